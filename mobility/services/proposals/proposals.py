"""Decisions on match proposals by two governments, and what time does to them; the matcher itself decides nothing."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from mobility.errors import ConflictError, ForbiddenError, InvalidError
from mobility.models.accounts.users import User
from mobility.models.base import Base
from mobility.models.employers import Employer
from mobility.models.match_runs import MatchRun
from mobility.models.proposals import Decision, MatchProposal, ProposalEnding
from mobility.models.vacancies import Vacancy
from mobility.models.workers.workers import Worker
from mobility.queries.place_days import lies_in
from mobility.queries.pools import demands, pools
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.places import Place
from mobility.rules.cases.employers import EmployerState
from mobility.rules.cases.proposals import (
    EndReason,
    ProposalEvent,
    ProposalState,
    ReasonCode,
    Signatory,
    check_approver,
    check_in_time,
    check_reason,
)
from mobility.rules.cases.schemes import SchemeState
from mobility.rules.cases.shortages import ShortageState
from mobility.rules.cases.vacancies import VacancyState
from mobility.rules.cases.workers import WorkerEvent, WorkerState
from mobility.security import audit
from mobility.security.actors import SYSTEM, Actor
from mobility.security.projections import PROFILE
from mobility.security.scopes import check_version, locked, readable
from mobility.security.steps import advance, open_events
from mobility.services.match_runs import eligibility
from mobility.services.proposals import endings, validity
from mobility.services.proposals.endings import Ending
from mobility.services.schemes import quotas
from mobility.services.workers import vectors

_OF_VACANCY = (
    joinedload(Vacancy.employer).joinedload(Employer.organisation),
    joinedload(Vacancy.occupation),
    joinedload(Vacancy.scheme),
    joinedload(Vacancy.shortage),
)
#: What deciding on a proposal, and showing it, needs to have loaded.
WHOLE = (
    joinedload(MatchProposal.run).joinedload(MatchRun.scheme),
    joinedload(MatchProposal.vacancy).options(*_OF_VACANCY),
    joinedload(MatchProposal.worker),
    joinedload(MatchProposal.endorsed_by).joinedload(User.organisation),
    selectinload(MatchProposal.decisions).joinedload(Decision.user),
    selectinload(MatchProposal.decisions).joinedload(Decision.organisation),
)

#: What is shown beside.
PAGE = (
    *WHOLE,
    joinedload(MatchProposal.run).options(joinedload(MatchRun.rule_set), joinedload(MatchRun.scorecard)),
    joinedload(MatchProposal.ending).joinedload(ProposalEnding.organisation),
    joinedload(MatchProposal.worker).options(*PROFILE),
)

#: What the two governments decide.
DECISIONS = frozenset({ProposalEvent.ENDORSE, ProposalEvent.NOT_ENDORSE, ProposalEvent.APPROVE, ProposalEvent.REFUSE})
#: States in which a worker can be put forward.
_AVAILABLE = (WorkerState.READY, WorkerState.PROPOSED)


@dataclass(frozen=True)
class ReviewDecision:
    """What a reviewer says: the note is for the worker to read; ``version`` is what the reviewer was looking at."""

    event: ProposalEvent
    version: int
    reason: ReasonCode | None = None
    note: str | None = None


def get(session: Session, actor: Actor, ref: str) -> MatchProposal:
    """Return a proposal with all that is shown of it."""
    return readable(session, actor, MatchProposal, ref, Permission.PROPOSAL_VIEW, options=PAGE)


def open_to(actor: Actor, proposal: MatchProposal, *, at: datetime) -> list[ProposalEvent]:
    """Return the decisions that the actor may take on a proposal now (loaded with ``WHOLE``)."""
    if at >= proposal.expires_at or proposal.worker.state is WorkerState.ACTION_NEEDED:
        return []
    mine = [event for event in open_events(actor, proposal) if event in DECISIONS]
    if ProposalEvent.APPROVE in mine:
        try:
            check_approver(_endorser(proposal), _signatory(actor))
        except ForbiddenError:
            mine.remove(ProposalEvent.APPROVE)
    return mine


def endorse(
    session: Session,
    actor: Actor,
    ref: str,
    *,
    version: int,
    at: datetime,
    reason: ReasonCode | None = None,
    note: str | None = None,
) -> MatchProposal:
    """Endorse a proposal for the worker's country; see ``decide``."""
    return decide(session, actor, ref, ReviewDecision(ProposalEvent.ENDORSE, version, reason, note), at=at)


def not_endorse(
    session: Session, actor: Actor, ref: str, reason: ReasonCode, *, version: int, at: datetime, note: str | None = None
) -> MatchProposal:
    """Decline to endorse a proposal for the worker's country; see ``decide``."""
    return decide(session, actor, ref, ReviewDecision(ProposalEvent.NOT_ENDORSE, version, reason, note), at=at)


def approve(
    session: Session,
    actor: Actor,
    ref: str,
    *,
    version: int,
    at: datetime,
    reason: ReasonCode | None = None,
    note: str | None = None,
) -> MatchProposal:
    """Approve a proposal for the vacancy's country, taking a unit of each quota that it touches; see ``decide``."""
    return decide(session, actor, ref, ReviewDecision(ProposalEvent.APPROVE, version, reason, note), at=at)


def refuse(
    session: Session, actor: Actor, ref: str, reason: ReasonCode, *, version: int, at: datetime, note: str | None = None
) -> MatchProposal:
    """Refuse a proposal for the vacancy's country; see ``decide``."""
    return decide(session, actor, ref, ReviewDecision(ProposalEvent.REFUSE, version, reason, note), at=at)


def decide(session: Session, actor: Actor, ref: str, verdict: ReviewDecision, *, at: datetime) -> MatchProposal:
    """Record a reviewer's decision.

    The row is locked, so that of several reviewers at once all but the first meet the first one's decision.

    Raises
    ------
    NotFoundError, ForbiddenError, TransitionError
        Not visible; not the actor's to decide (other side, or four eyes); not in a state that it can follow.
    ConflictError
        Somebody decided first (with who, what and when), time is over or something has run out, the vacancy is
        filled, or the scheme, the employer or the worker is no longer there for it.
    InvalidError
        A reason is missing or does not belong; the worker no longer meets a rule (named).
    QuotaFullError
        A quota has no unit left.
    """
    proposal = _locked(session, actor, ref, verdict)
    before, after = proposal.state, advance(actor, proposal, verdict.event)
    check_in_time(proposal.expires_at, at)
    validity.check(session, proposal, verdict.event, at=at)
    check_reason(verdict.event, verdict.reason)
    override = _overrides(session, proposal, verdict)
    also: list[Base] = []
    match verdict.event:
        case ProposalEvent.ENDORSE:
            _check_not_frozen(proposal)
            proposal.endorsed_by_id = actor.user_id
        case ProposalEvent.APPROVE:
            also = _approve(session, actor, proposal, at=at)
        case _:
            pass
    proposal.state = after
    session.add(_decision(actor, proposal, verdict, before, override=override, at=at))
    session.flush()
    if verdict.event is ProposalEvent.APPROVE:
        vectors.write(session, [proposal.worker_id])
        touched = demands.quota_facts(session, proposal.vacancy.scheme_id, proposal.vacancy_id, proposal.worker_id)
        also += quotas.take(session, touched, proposal.id)
    told = {"vacancy": proposal.vacancy.ref, "reason": verdict.reason.value if verdict.reason else None}
    facts = {"override": override, "rank": proposal.rank, **told}
    audit.record(session, actor, f"proposal.{verdict.event}", proposal, at=at, also=also, **facts)
    session.expire(proposal, ["decisions"])
    return proposal


def _locked(session: Session, actor: Actor, ref: str, verdict: ReviewDecision) -> MatchProposal:
    if verdict.event is ProposalEvent.APPROVE:
        _hold_vacancy_and_worker(session, ref)
    proposal = locked(session, actor, MatchProposal, ref, verdict.event, None, options=WHOLE)
    _check_version(proposal, verdict.version)
    return proposal


def _decision(
    actor: Actor,
    proposal: MatchProposal,
    verdict: ReviewDecision,
    before: ProposalState,
    *,
    override: bool,
    at: datetime,
) -> Decision:
    return Decision(
        proposal_id=proposal.id,
        event=verdict.event,
        state_before=before,
        state_after=proposal.state,
        user_id=actor.user_id,
        organisation_id=actor.organisation_id,
        reason=verdict.reason,
        note=verdict.note or None,
        override=override,
        decided_at=at,
    )


def _check_version(proposal: MatchProposal, version: int) -> None:
    """Refuse a decision on what has changed since it was read, and say who changed it."""
    if proposal.version != version and proposal.decisions:
        last = proposal.decisions[-1]
        who = f"{last.user.name} ({last.organisation.name})"
        raise ConflictError("proposal.decided", by=who, at=last.decided_at, what=last.event.value)
    check_version(proposal, version)


def _check_not_frozen(proposal: MatchProposal) -> None:
    """Refuse to go on with what a suspension has frozen."""
    vacancy = proposal.vacancy
    if vacancy.scheme.state is not SchemeState.ACTIVE:
        raise ConflictError("proposal.scheme_not_active")
    if vacancy.shortage is not None and vacancy.shortage.state is ShortageState.SUSPENDED:
        raise ConflictError("proposal.shortage_suspended")
    if vacancy.employer.state is not EmployerState.VERIFIED:
        raise ConflictError("proposal.employer_not_verified")
    if vacancy.state is not VacancyState.OPEN:
        raise ConflictError("proposal.vacancy_not_open")


def _approve(session: Session, actor: Actor, proposal: MatchProposal, *, at: datetime) -> list[Base]:
    """Check that an approval may stand today, and bind the worker; quotas come last."""
    check_approver(_endorser(proposal), _signatory(actor))
    _check_not_frozen(proposal)
    if demands.positions_left(session, proposal.vacancy_id) < 1:
        raise ConflictError("proposal.positions_filled")
    worker = proposal.worker
    if worker.state not in _AVAILABLE or not pools.consents_to_matching(session, worker.id, at=at):
        raise ConflictError("proposal.worker_left")
    eligibility.check(session, proposal.vacancy.scheme_id, proposal.vacancy_id, worker.id, at=at)
    proposal.approved_by_id = actor.user_id
    if worker.state is WorkerState.PROPOSED:
        return []
    worker.state = advance(SYSTEM, worker, WorkerEvent.PROPOSE)
    return [worker]


def _hold_vacancy_and_worker(session: Session, ref: str) -> None:
    """Hold what an approval binds before the proposal itself: whoever withdraws either takes them in this order too."""
    bound = sa.select(MatchProposal.vacancy_id, MatchProposal.worker_id).where(MatchProposal.ref == ref)
    found = session.execute(bound).one_or_none()
    if found is not None:
        session.execute(sa.select(Vacancy.id).where(Vacancy.id == found[0]).with_for_update(of=Vacancy))
        session.execute(sa.select(Worker.id).where(Worker.id == found[1]).with_for_update(of=Worker))


def _overrides(session: Session, proposal: MatchProposal, verdict: ReviewDecision) -> bool:
    """Tell whether an approval passes over somebody with a higher score who waits for the same decision.

    Raises
    ------
    InvalidError
        ``proposal.override_reason``: it does, and the reason does not say so.
    """
    if verdict.event is not ProposalEvent.APPROVE:
        return verdict.reason is ReasonCode.OVERRIDES_RANKING
    passed = passed_over(session, proposal)
    if passed and verdict.reason is not ReasonCode.OVERRIDES_RANKING:
        raise InvalidError("proposal.override_reason", field="reason", better=passed)
    return passed > 0


def passed_over(session: Session, proposal: MatchProposal) -> int:
    """Return how many with a higher score wait in the same state for the last places of the same vacancy."""
    left = demands.positions_left(session, proposal.vacancy_id)
    better = sa.select(sa.func.count()).where(
        MatchProposal.run_id == proposal.run_id,
        MatchProposal.vacancy_id == proposal.vacancy_id,
        MatchProposal.state == proposal.state,
        MatchProposal.score > proposal.score,
    )
    waiting = session.scalar(better) or 0
    return waiting if waiting >= left else 0


def _endorser(proposal: MatchProposal) -> Signatory | None:
    by = proposal.endorsed_by
    return None if by is None else Signatory(by.id, by.organisation_id)


def _signatory(actor: Actor) -> Signatory:
    return Signatory(actor.user_id or 0, actor.organisation_id or 0)


def on_new_day(session: Session, place: Place, day: date, *, at: datetime) -> int:  # noqa: ARG001  a moment ends it
    """Expire every open proposal at a place whose time has run out; units and workers that were bound become free.

    Returns
    -------
    int
        How many expired.
    """
    there = MatchProposal.vacancy_id.in_(sa.select(Vacancy.id).where(lies_in(place, Vacancy.region)))
    ending = Ending(EndReason.TIME_OVER, event=ProposalEvent.EXPIRE)
    over = endings.end_open(session, SYSTEM, sa.and_(MatchProposal.expires_at <= at, there), ending, at=at)
    return over.waiting + over.approved
