"""Scenarios: what a simulation of a scheme changed and came to, kept under a name, shown to who signs."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.db import Txt
from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User
from mobility.models.base import Base, Versioned, link, reference_column
from mobility.models.match_runs import StoredScorecard, scorecard_digest
from mobility.models.schemes.schemes import RuleSet, Scheme


class Scenario(Versioned, Base):
    """A simulation that a ministry kept: ``changes`` as ``rules.simulations`` reads them, and ``figures`` of that day.

    Small cells are hidden in the figures before they are kept. ``scorecard_digest`` is empty for scenarios from before
    scorecards were stored: they were scored by the experts'. Attached to a version of the rules, every ministry that
    signs it sees them; put away (``deleted_at``), nobody does.
    """

    __tablename__ = "scenario"
    __table_args__ = (
        sa.CheckConstraint("(rule_set_id IS NULL) = (attached_at IS NULL)", name="attached_at_a_time"),
        sa.Index("ix_scenario_scheme_created", "scheme_id", "created_at"),
    )

    ref: Mapped[str] = reference_column("C")
    scheme_id: Mapped[int] = link("scheme", index=False)
    organisation_id: Mapped[int] = link("organisation")
    name: Mapped[str] = mapped_column(Txt(120))
    note: Mapped[str] = mapped_column(Txt(2000), default="")
    changes: Mapped[dict[str, Any]]
    figures: Mapped[dict[str, Any]]
    scorecard_digest: Mapped[str | None] = scorecard_digest(optional=True)
    as_of: Mapped[datetime]
    created_by_id: Mapped[int] = link("user", index=False)
    created_at: Mapped[datetime]
    rule_set_id: Mapped[int | None] = link("rule_set")
    attached_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]

    scheme: Mapped[Scheme] = relationship(lazy="raise_on_sql")
    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    created_by: Mapped[User] = relationship(lazy="raise_on_sql")
    scorecard: Mapped[StoredScorecard | None] = relationship(lazy="raise_on_sql")
    rule_set: Mapped[RuleSet | None] = relationship(lazy="raise_on_sql")
