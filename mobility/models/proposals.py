"""Match proposals, the decisions on them, and appeals."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.db import Txt, enum_of
from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User
from mobility.models.base import Base, Versioned, choice, link, reference_column
from mobility.models.match_runs import MatchRun
from mobility.models.vacancies import Vacancy, yes_no
from mobility.models.workers.workers import Worker
from mobility.rules.basics.causes import Cause
from mobility.rules.cases.appeals import AppealState
from mobility.rules.cases.proposals import EndReason, ProposalEvent, ProposalState, ReasonCode

#: Where the employer chooses first, a proposal may be selected before the worker has said yes. Once placed, the
#: placement counts, and the worker is free for a later season when it has ended.
_ACCEPTED = "accepted_at IS NOT NULL AND state IN ('accepted', 'selected')"


class MatchProposal(Versioned, Base):
    """One worker proposed for one vacancy by one match run; binding on nobody until approved.

    ``score`` is in points (integers, the sum of ``contributions``); ``rank`` counts from 1 within the vacancy.
    ``findings`` is every rule's verdict with its source, ``reasons`` the skills matched, partly matched and missing.
    """

    __tablename__ = "match_proposal"
    __table_args__ = (
        sa.UniqueConstraint("run_id", "vacancy_id", "worker_id"),
        sa.UniqueConstraint("run_id", "vacancy_id", "rank"),
        sa.Index("ix_match_proposal_state_created", "state", "created_at", "id"),
        sa.Index(
            "uq_match_proposal_one_accepted",
            "worker_id",
            unique=True,
            sqlite_where=sa.text(_ACCEPTED),
            postgresql_where=sa.text(_ACCEPTED),
        ),
        sa.CheckConstraint("rank > 0", name="rank_from_one"),
        sa.CheckConstraint("score BETWEEN 0 AND 10000", name="score_in_range"),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR endorsed_by_id IS NULL OR approved_by_id <> endorsed_by_id", name="four_eyes"
        ),
    )

    ref: Mapped[str] = reference_column("P")
    run_id: Mapped[int] = link("match_run")
    chunk: Mapped[int]
    vacancy_id: Mapped[int] = link("vacancy")
    worker_id: Mapped[int] = link("worker")
    rank: Mapped[int]
    score: Mapped[int]
    tied_with: Mapped[int] = mapped_column(default=0)
    contributions: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    reasons: Mapped[dict[str, Any]] = mapped_column(default=dict)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    state: Mapped[ProposalState] = choice(ProposalState, default=ProposalState.GENERATED)
    endorsed_by_id: Mapped[int | None] = link("user", index=False)
    approved_by_id: Mapped[int | None] = link("user", index=False)
    accepted_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime]

    run: Mapped[MatchRun] = relationship(lazy="raise_on_sql")
    vacancy: Mapped[Vacancy] = relationship(lazy="raise_on_sql")
    worker: Mapped[Worker] = relationship(lazy="raise_on_sql")
    endorsed_by: Mapped[User | None] = relationship(foreign_keys=[endorsed_by_id], lazy="raise_on_sql")
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id], lazy="raise_on_sql")
    decisions: Mapped[list["Decision"]] = relationship(lazy="raise_on_sql", order_by="Decision.id")
    ending: Mapped["ProposalEnding | None"] = relationship(lazy="raise_on_sql")


class Decision(Base):
    """What one person decided on a proposal, why, and whether it went against the ranking."""

    __tablename__ = "decision"

    proposal_id: Mapped[int] = link("match_proposal")
    event: Mapped[ProposalEvent] = mapped_column(enum_of(ProposalEvent))
    state_before: Mapped[ProposalState] = mapped_column(enum_of(ProposalState, name="state_before"))
    state_after: Mapped[ProposalState] = mapped_column(enum_of(ProposalState, name="state_after"))
    user_id: Mapped[int] = link("user", index=False)
    organisation_id: Mapped[int] = link("organisation", index=False)
    reason: Mapped[ReasonCode | None] = mapped_column(enum_of(ReasonCode))
    note: Mapped[str | None] = mapped_column(Txt(2000))
    override: Mapped[bool] = yes_no("override")
    decided_at: Mapped[datetime]

    user: Mapped[User] = relationship(lazy="raise_on_sql")
    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")


class ProposalEnding(Base):
    """Why an open proposal ended without a decision on it; ``organisation_id`` is whose step ended it, if any's.

    ``cause`` is what was given for that step, where the step asks for one.
    """

    __tablename__ = "proposal_ending"

    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("match_proposal.id", ondelete="RESTRICT"), unique=True)
    reason: Mapped[EndReason] = mapped_column(enum_of(EndReason))
    cause: Mapped[Cause | None] = mapped_column(enum_of(Cause))
    organisation_id: Mapped[int | None] = link("organisation", index=False)
    ended_at: Mapped[datetime]

    organisation: Mapped[Organisation | None] = relationship(lazy="raise_on_sql")


class Appeal(Base):
    """A worker's appeal against an adverse decision, for the oversight body alone to decide."""

    __tablename__ = "appeal"

    proposal_id: Mapped[int] = link("match_proposal")
    decision_id: Mapped[int] = mapped_column(sa.ForeignKey("decision.id", ondelete="RESTRICT"), unique=True)
    state: Mapped[AppealState] = choice(AppealState, default=AppealState.OPEN)
    grounds: Mapped[str] = mapped_column(Txt(4000))
    filed_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = link("user", index=False)
    decided_at: Mapped[datetime | None]
    outcome_note: Mapped[str | None] = mapped_column(Txt(4000))
