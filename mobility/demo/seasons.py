"""What people did in the demo: last season from proposals to return, and the coming one so far."""

from collections.abc import Callable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.db import SessionFactory, read_tx, write_tx
from mobility.demo.calendar import Calendar
from mobility.demo.dice import Dice
from mobility.demo.ministries import Cast
from mobility.errors import MobilityError
from mobility.models.match_runs import MatchRun
from mobility.models.proposals import MatchProposal
from mobility.models.schemes.quotas import Quota, QuotaUnit
from mobility.models.schemes.schemes import Scheme
from mobility.models.vacancies import Vacancy
from mobility.models.workers.profiles import Employment
from mobility.models.workers.workers import Worker
from mobility.rules.basics.organisations import Role
from mobility.rules.cases.proposals import REASONS_FOR, ProposalEvent, ProposalState
from mobility.rules.cases.workers import LIFECYCLE as WORKERS
from mobility.rules.cases.workers import WorkerEvent, WorkerState
from mobility.security import audit
from mobility.security.actors import SYSTEM, Actor
from mobility.services.proposals import proposals
from mobility.services.proposals.proposals import ReviewDecision
from mobility.services.workers import fairness_groups, vectors

#: Runs a match: scheme officer, scheme reference, moment, seed → reference of the finished run.
Matching = Callable[[Actor, str, datetime, int], str]
NOTE = {
    ProposalEvent.NOT_ENDORSE: "Your papers end before this job does. Renew them, and you can be proposed again.",
    ProposalEvent.REFUSE: "Another vacancy suits your experience better; you stay on the list.",
}


def review(
    sessions: SessionFactory, cast: Cast, run_ref: str, dice: Dice, *, at: datetime, endorsed: int, approved: int
) -> list[str]:
    """Let reviewers of both sides decide on a run's best-ranked proposals; returns the approved ones' references."""
    done: list[str] = []
    taken: set[int] = set()
    for number, (ref, worker, origin, destination) in enumerate(_best(sessions, run_ref, endorsed + 12)):
        reviewer = cast.actors[origin, Role.REVIEWER]
        if number >= endorsed or dice.chance(0.12):
            _decide(sessions, reviewer, ref, ProposalEvent.NOT_ENDORSE, at)
            continue
        if not _decide(sessions, reviewer, ref, ProposalEvent.ENDORSE, at) or len(done) >= approved or worker in taken:
            continue
        event = ProposalEvent.REFUSE if dice.chance(0.06) else ProposalEvent.APPROVE
        if (
            _decide(sessions, cast.actors[destination, Role.REVIEWER], ref, event, at)
            and event is ProposalEvent.APPROVE
        ):
            done.append(ref)
            taken.add(worker)
    return done


def _best(sessions: SessionFactory, run_ref: str, number: int) -> Sequence[tuple[str, int, str, str]]:
    """Return the best-ranked proposals about workers whom no approval binds: reference, worker, both countries."""
    best = (
        sa.select(MatchProposal.ref, Worker.id, Worker.origin_country, Vacancy.country)
        .join(MatchRun, MatchProposal.run_id == MatchRun.id)
        .join(Worker, MatchProposal.worker_id == Worker.id)
        .join(Vacancy, MatchProposal.vacancy_id == Vacancy.id)
        .where(MatchRun.ref == run_ref, Worker.state == WorkerState.READY)
        .order_by(MatchProposal.rank, MatchProposal.id)
        .limit(number)
    )
    with read_tx(sessions) as session:
        return list(session.execute(best))


def _decide(sessions: SessionFactory, actor: Actor, ref: str, event: ProposalEvent, at: datetime) -> bool:
    """Decide as the actor; what the rules refuse (a worker taken elsewhere, a full quota) is left undecided."""
    reasons = REASONS_FOR.get(event)
    try:
        with write_tx(sessions) as session:
            version = session.scalars(sa.select(MatchProposal.version).where(MatchProposal.ref == ref)).one()
            reason = min(reasons) if reasons and event in NOTE else None
            proposals.decide(session, actor, ref, ReviewDecision(event, version, reason, NOTE.get(event)), at=at)
    except MobilityError:
        return False
    return True


def close_season(
    sessions: SessionFactory, approved: Sequence[str], vacancies: Sequence[int], calendar: Calendar
) -> None:
    """Bring last season's people home: placed, quota used, the season in their history; its vacancies are over."""
    with write_tx(sessions) as session:
        placed = list(session.scalars(sa.select(MatchProposal).where(MatchProposal.ref.in_(approved))))
        for proposal in placed:
            proposal.state = ProposalState.PLACED
            proposal.accepted_at = calendar.moment(-310)
            _add_season(session, proposal)
        session.flush()
        audit.record_many(
            session, SYSTEM, "proposal.place", MatchProposal, [each.id for each in placed], at=calendar.moment(-300)
        )
        workers = sorted({proposal.worker_id for proposal in placed})
        fairness_groups.write(session, workers, on=calendar.today)
        _bring_home(session, workers, at=calendar.moment(-40))
        _use_quotas(session, [proposal.id for proposal in placed], at=calendar.moment(-260))
        open_ones = session.scalars(
            sa.select(MatchProposal).where(
                MatchProposal.vacancy_id.in_(vacancies),
                MatchProposal.state.in_((ProposalState.GENERATED, ProposalState.ENDORSED)),
            )
        ).all()
        for proposal in open_ones:
            proposal.state = ProposalState.EXPIRED
        session.flush()
        ids = [proposal.id for proposal in open_ones]
        audit.record_many(session, SYSTEM, "proposal.expire", MatchProposal, ids, at=calendar.moment(-290))


def _bring_home(session: Session, workers: Sequence[int], *, at: datetime) -> None:
    """Take the workers of a season through placement, departure and return, to be ready for the next one."""
    state = WorkerState.PROPOSED
    for event in (WorkerEvent.PLACE, WorkerEvent.DEPART, WorkerEvent.RETURN, WorkerEvent.MAKE_READY):
        state = WORKERS.advance(state, event)
    values = {"state": state, "version": Worker.version + 1}
    home = sa.update(Worker).where(Worker.id.in_(workers)).values(values)
    session.execute(home.execution_options(synchronize_session=False))
    vectors.write(session, workers)
    audit.record_many(session, SYSTEM, "worker.return", Worker, workers, at=at)


def _add_season(session: Session, proposal: MatchProposal) -> None:
    vacancy = session.get_one(Vacancy, proposal.vacancy_id)
    session.add(
        Employment(
            worker_id=proposal.worker_id,
            occupation_id=vacancy.occupation_id,
            country=vacancy.country,
            months=max(1, (vacancy.ends_on - vacancy.starts_on).days // 30),
            ended_on=vacancy.ends_on,
            scheme_kind=session.scalars(sa.select(Scheme.kind).where(Scheme.id == vacancy.scheme_id)).one().value,
            returned_on_time=True,
        )
    )


def _use_quotas(session: Session, placed: Sequence[int], *, at: datetime) -> None:
    taken = (
        sa.select(QuotaUnit.quota_id, sa.func.count())
        .where(QuotaUnit.proposal_id.in_(placed))
        .group_by(QuotaUnit.quota_id)
        .order_by(QuotaUnit.quota_id)
    )
    touched = [(quota_id, units) for quota_id, units in session.execute(taken)]
    for quota_id, units in touched:
        counters = {"committed": Quota.committed - units, "used": Quota.used + units}
        session.execute(
            sa.update(Quota).where(Quota.id == quota_id).values(counters).execution_options(synchronize_session=False)
        )
    audit.record_many(session, SYSTEM, "quota.use", Quota, [quota_id for quota_id, _ in touched], at=at)
