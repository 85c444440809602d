"""What stands behind a worker's file: identity documents, consents, dated checks."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.db import Sealed, Txt, enum_of
from mobility.models.accounts.users import User
from mobility.models.base import Base, link
from mobility.rules.cases.checks import CheckKind, CheckResult
from mobility.rules.cases.consents import ConsentPurpose
from mobility.rules.cases.documents import DocumentKind


class IdentityDocument(Base):
    """A travel or identity document; number and machine-readable zone are sealed under the worker's key."""

    __tablename__ = "identity_document"
    __table_args__ = (sa.Index("ix_identity_document_number_index", "number_index"),)

    worker_id: Mapped[int] = link("worker")
    kind: Mapped[DocumentKind] = mapped_column(enum_of(DocumentKind))
    issuer: Mapped[str] = mapped_column(Txt(2))
    number: Mapped[bytes | None] = mapped_column(Sealed())
    mrz: Mapped[bytes | None] = mapped_column(Sealed())
    number_index: Mapped[str | None] = mapped_column(Txt(32))
    mrz_valid: Mapped[bool | None] = mapped_column(sa.Boolean(create_constraint=True, name="mrz_valid"))
    issued_on: Mapped[date | None]
    expires_on: Mapped[date]


class Consent(Base):
    """A worker's consent to one purpose, by text version; withdrawal is dated, never deleted."""

    __tablename__ = "consent"
    __table_args__ = (
        sa.CheckConstraint("withdrawn_at IS NULL OR withdrawn_at >= given_at", name="withdrawn_after_given"),
    )

    worker_id: Mapped[int] = link("worker")
    purpose: Mapped[ConsentPurpose] = mapped_column(enum_of(ConsentPurpose))
    controller_id: Mapped[int] = link("organisation", index=False)
    text_version: Mapped[str] = mapped_column(Txt(20))
    language: Mapped[str] = mapped_column(Txt(3))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Check(Base):
    """The result of one check by one verifier, with the date until which it counts."""

    __tablename__ = "worker_check"
    __table_args__ = (
        sa.CheckConstraint("valid_until IS NULL OR valid_until >= checked_on", name="valid_after_checked"),
    )

    worker_id: Mapped[int] = link("worker")
    kind: Mapped[CheckKind] = mapped_column(enum_of(CheckKind))
    result: Mapped[CheckResult] = mapped_column(enum_of(CheckResult))
    provider: Mapped[str] = mapped_column(Txt(200))
    checked_on: Mapped[date]
    valid_until: Mapped[date | None]
    verifier_id: Mapped[int] = link("user", index=False)
    note: Mapped[bytes | None] = mapped_column(Sealed())
    recorded_at: Mapped[datetime]

    verifier: Mapped[User] = relationship(lazy="raise_on_sql")


class CheckWarning(Base):
    """The last notice that the post got about a check that runs out: how many days ahead it was due."""

    __tablename__ = "check_warning"
    __table_args__ = (sa.CheckConstraint("days >= 0", name="days_not_negative"),)

    check_id: Mapped[int] = mapped_column(sa.ForeignKey("worker_check.id", ondelete="RESTRICT"), unique=True)
    days: Mapped[int]
