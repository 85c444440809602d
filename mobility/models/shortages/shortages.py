"""Declared shortages and their evidence."""

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.db import Exact, Txt, enum_of
from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User
from mobility.models.base import Base, Versioned, choice, link, reference_column
from mobility.models.concepts.occupations import Occupation
from mobility.rules.basics.causes import Cause
from mobility.rules.cases.shortages import EvidenceKind, ShortageState


class Shortage(Versioned, Base):
    """A destination ministry's declaration: ``headcount`` people of an occupation are missing in a region and period.

    ``region`` is an ISO 3166-2 code, or the country's ISO 3166-1 code for the whole country. ``concept`` is the key of
    the narrower occupation that was chosen, if an imported taxonomy has one; the declaration is for its unit group.
    """

    __tablename__ = "shortage"
    __table_args__ = (
        sa.CheckConstraint("headcount > 0", name="headcount_positive"),
        sa.CheckConstraint("valid_to >= valid_from", name="period_in_order"),
    )

    ref: Mapped[str] = reference_column("H")
    organisation_id: Mapped[int] = link("organisation")
    occupation_id: Mapped[int] = link("occupation")
    concept: Mapped[str | None] = mapped_column(Txt(80))
    country: Mapped[str] = mapped_column(Txt(2), index=True)
    region: Mapped[str] = mapped_column(Txt(6))
    headcount: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    state: Mapped[ShortageState] = choice(ShortageState, default=ShortageState.DRAFT)
    drafted_by_id: Mapped[int] = link("user", index=False)
    declared_by_id: Mapped[int | None] = link("user", index=False)
    declared_at: Mapped[datetime | None]
    suspension_reason: Mapped[str | None] = mapped_column(Txt(2000))
    cause: Mapped[Cause | None] = mapped_column(enum_of(Cause))
    created_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    occupation: Mapped[Occupation] = relationship(lazy="raise_on_sql")
    drafted_by: Mapped[User] = relationship(foreign_keys=[drafted_by_id], lazy="raise_on_sql")
    evidence: Mapped[list["ShortageEvidence"]] = relationship(
        lazy="raise_on_sql", order_by="ShortageEvidence.id", cascade="all, delete-orphan"
    )
    reviews: Mapped[list["ShortageReview"]] = relationship(lazy="raise_on_sql", order_by="ShortageReview.id")


class ShortageEvidence(Base):
    """One figure or reference that supports a declaration, with its source and date.

    The unit of ``figure`` follows from the kind (``rules.evidence``); ``region`` is what it speaks of, the
    declaration's own region where it is empty, and the period the months that it was measured over.
    """

    __tablename__ = "shortage_evidence"

    shortage_id: Mapped[int] = link("shortage")
    kind: Mapped[EvidenceKind] = mapped_column(enum_of(EvidenceKind))
    figure: Mapped[Decimal | None] = mapped_column(Exact(4))
    statement: Mapped[str | None] = mapped_column(Txt(2000))
    source: Mapped[str] = mapped_column(Txt(500))
    observed_on: Mapped[date]
    region: Mapped[str | None] = mapped_column(Txt(6))
    period_from: Mapped[date | None]
    period_to: Mapped[date | None]


class ShortageReview(Base):
    """A declaration looked at again: it still holds, and is due for the next look on ``next_on``."""

    __tablename__ = "shortage_review"

    shortage_id: Mapped[int] = link("shortage")
    reviewer_id: Mapped[int] = link("user", index=False)
    reviewed_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Txt(2000))
    next_on: Mapped[date]

    reviewer: Mapped[User] = relationship(lazy="raise_on_sql")
