"""Schemes, the agreements that they stand on, their rule-set versions and signatures."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.db import Txt, enum_of
from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User
from mobility.models.base import Base, Versioned, choice, link, reference_column
from mobility.models.schemes.agreements import Agreement
from mobility.rules.basics.causes import Cause
from mobility.rules.cases.agreements import Side
from mobility.rules.cases.schemes import ReviewOrder, SchemeKind, SchemeState


class Scheme(Versioned, Base):
    """A pathway under one or several agreements with the same destination: kind, longest stay, order of review."""

    __tablename__ = "scheme"
    __table_args__ = (sa.CheckConstraint("max_stay_months BETWEEN 1 AND 120", name="stay_in_range"),)

    ref: Mapped[str] = reference_column("S")
    organisation_id: Mapped[int] = link("organisation")
    kind: Mapped[SchemeKind] = choice(SchemeKind)
    title_en: Mapped[str] = mapped_column(Txt(300))
    title_es: Mapped[str] = mapped_column(Txt(300))
    title_fr: Mapped[str] = mapped_column(Txt(300))
    country: Mapped[str] = mapped_column(Txt(2), index=True)
    review_order: Mapped[ReviewOrder] = choice(ReviewOrder)
    max_stay_months: Mapped[int]
    state: Mapped[SchemeState] = choice(SchemeState, default=SchemeState.DRAFT)
    drafted_by_id: Mapped[int] = link("user", index=False)
    suspension_reason: Mapped[str | None] = mapped_column(Txt(2000))
    cause: Mapped[Cause | None] = mapped_column(enum_of(Cause))
    created_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    drafted_by: Mapped[User] = relationship(lazy="raise_on_sql")
    agreements: Mapped[list["SchemeAgreement"]] = relationship(lazy="raise_on_sql", order_by="SchemeAgreement.id")
    rule_sets: Mapped[list["RuleSet"]] = relationship(lazy="raise_on_sql", order_by="RuleSet.number")
    rule_draft: Mapped["RuleDraft | None"] = relationship(lazy="raise_on_sql", cascade="all, delete-orphan")


class SchemeAgreement(Base):
    """The agreement under which one origin country takes part in a scheme."""

    __tablename__ = "scheme_agreement"
    __table_args__ = (sa.UniqueConstraint("scheme_id", "agreement_id"),)

    scheme_id: Mapped[int] = link("scheme")
    agreement_id: Mapped[int] = link("agreement")

    agreement: Mapped[Agreement] = relationship(lazy="raise_on_sql")


class RuleSet(Base):
    """One dated version of a scheme's rules; ``rules`` is what ``rules.rulesets.parse_rules`` reads.

    Never edited once its scheme is submitted. ``examples`` are its worked examples
    (``rules.worked_examples.parse_examples``), which must hold before it is submitted and signed.
    """

    __tablename__ = "rule_set"
    __table_args__ = (
        sa.UniqueConstraint("scheme_id", "number"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period_in_order"),
    )

    ref: Mapped[str] = reference_column("B")
    scheme_id: Mapped[int] = link("scheme")
    number: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    rules: Mapped[list[dict[str, Any]]]
    digest: Mapped[str] = mapped_column(Txt(64))
    created_at: Mapped[datetime]
    examples: Mapped[list[dict[str, Any]] | None]

    signatures: Mapped[list["Signature"]] = relationship(lazy="raise_on_sql", order_by="Signature.id")


class Signature(Base):
    """One ministry's approval of a rule-set version: each organisation and each person signs once."""

    __tablename__ = "signature"
    __table_args__ = (
        sa.UniqueConstraint("rule_set_id", "organisation_id"),
        sa.UniqueConstraint("rule_set_id", "user_id"),
    )

    rule_set_id: Mapped[int] = link("rule_set")
    side: Mapped[Side] = mapped_column(enum_of(Side))
    organisation_id: Mapped[int] = link("organisation")
    user_id: Mapped[int] = link("user", index=False)
    signed_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    user: Mapped[User] = relationship(lazy="raise_on_sql")


class RuleDraft(Base):
    """The next version of a scheme's rules while its ministry works on it; it binds nobody until it is issued."""

    __tablename__ = "rule_draft"
    __table_args__ = (sa.UniqueConstraint("scheme_id"),)

    scheme_id: Mapped[int] = link("scheme", index=False)
    first_day: Mapped[date]
    rules: Mapped[list[dict[str, Any]]]
    examples: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    changed_by_id: Mapped[int] = link("user", index=False)
    changed_at: Mapped[datetime]
