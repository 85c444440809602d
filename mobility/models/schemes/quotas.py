"""Quotas: a cap and its counters; the database refuses more than the cap whatever the code does."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.db import Txt, enum_of
from mobility.models.base import Base, Versioned, link, reference_column
from mobility.models.schemes.schemes import Scheme
from mobility.rules.quotas.counters import QuotaDimension


class Quota(Base):
    """Units of a scheme in a period, optionally of one ``value`` of a dimension (an origin, a sector, a region …).

    ``held + committed + used`` never exceeds ``cap``: held by open offers, committed by approvals, used by arrivals.
    ``conditions`` is what ``rules.quotas.read_conditions`` reads, empty for none.
    """

    __tablename__ = "quota"
    __table_args__ = (
        sa.UniqueConstraint(
            "scheme_id", "period_from", "period_to", "dimension", "value", "conditions", name="uq_quota_key"
        ),
        sa.CheckConstraint("cap >= 0", name="cap_not_negative"),
        sa.CheckConstraint(
            "held >= 0 AND committed >= 0 AND used >= 0 AND released >= 0", name="counters_not_negative"
        ),
        sa.CheckConstraint("held + committed + used <= cap", name="never_oversubscribed"),
        sa.CheckConstraint("period_to >= period_from", name="period_in_order"),
    )

    ref: Mapped[str] = reference_column("Q")
    scheme_id: Mapped[int] = link("scheme")
    period_from: Mapped[date]
    period_to: Mapped[date]
    dimension: Mapped[QuotaDimension] = mapped_column(enum_of(QuotaDimension))
    value: Mapped[str] = mapped_column(Txt(40), default="")
    conditions: Mapped[str] = mapped_column(Txt(500), default="", server_default="")
    cap: Mapped[int]
    held: Mapped[int] = mapped_column(default=0)
    committed: Mapped[int] = mapped_column(default=0)
    used: Mapped[int] = mapped_column(default=0)
    released: Mapped[int] = mapped_column(default=0)

    scheme: Mapped[Scheme] = relationship(lazy="raise_on_sql")


class QuotaUnit(Base):
    """The unit of one quota that one approved proposal took; at most one each, so that nothing is taken twice."""

    __tablename__ = "quota_unit"
    __table_args__ = (sa.UniqueConstraint("quota_id", "proposal_id"),)

    quota_id: Mapped[int] = link("quota")
    proposal_id: Mapped[int] = link("match_proposal")


class QuotaPlaces(Versioned, Base):
    """The places of a scheme's year in halves and with a set-aside, from which some of its quotas follow.

    It is what ``rules.quota_places.Places`` says, column by column; ``set_aside_for`` is split by commas.
    """

    __tablename__ = "quota_places"
    __table_args__ = (
        sa.UniqueConstraint("scheme_id", "period_from"),
        sa.CheckConstraint("period_to >= period_from", name="period_in_order"),
        sa.CheckConstraint(
            "second_from IS NULL OR (second_from > period_from AND second_from <= period_to)", name="half_in_its_year"
        ),
        sa.CheckConstraint(
            "regular >= carried AND carried >= 0 AND second >= 0 AND set_aside >= 0", name="counts_not_negative"
        ),
        sa.CheckConstraint("set_aside <= supplement", name="set_aside_in_its_pot"),
    )

    scheme_id: Mapped[int] = link("scheme")
    period_from: Mapped[date]
    period_to: Mapped[date]
    regular: Mapped[int]
    second_from: Mapped[date | None]
    second: Mapped[int] = mapped_column(default=0)
    carry_on: Mapped[date | None]
    carried: Mapped[int] = mapped_column(default=0)
    supplement: Mapped[int] = mapped_column(default=0)
    set_aside: Mapped[int] = mapped_column(default=0)
    set_aside_for: Mapped[str] = mapped_column(Txt(400), default="")
