"""Waivers: one worker freed from one rule of one scheme for a while."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.db import Txt, enum_of
from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User
from mobility.models.base import Base, Versioned, link, reference_column
from mobility.models.proposals import MatchProposal
from mobility.models.schemes.schemes import Scheme
from mobility.models.workers.workers import Worker
from mobility.rules.basics.organisations import OrganisationKind


class Waiver(Versioned, Base):
    """What an authority said of one rule for one worker in one scheme: the reason, and the last day."""

    __tablename__ = "waiver"
    __table_args__ = (sa.CheckConstraint("valid_until >= valid_from", name="period_in_order"),)

    ref: Mapped[str] = reference_column("X")
    scheme_id: Mapped[int] = link("scheme")
    worker_id: Mapped[int] = link("worker")
    proposal_id: Mapped[int] = link("match_proposal")
    rule: Mapped[str] = mapped_column(Txt(60))
    authority: Mapped[OrganisationKind] = mapped_column(enum_of(OrganisationKind))
    organisation_id: Mapped[int] = link("organisation", index=False)
    given_by_id: Mapped[int] = link("user", index=False)
    given_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Txt(2000))
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = link("user", index=False)

    scheme: Mapped[Scheme] = relationship(lazy="raise_on_sql")
    worker: Mapped[Worker] = relationship(lazy="raise_on_sql")
    proposal: Mapped[MatchProposal] = relationship(lazy="raise_on_sql")
    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    given_by: Mapped[User] = relationship(foreign_keys=[given_by_id], lazy="raise_on_sql")
