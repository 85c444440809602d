"""Match runs: start, store a chunk, finish, cancel; what is computed stands in ``matching`` and ``match_steps``."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from mobility.errors import ConflictError, InvalidError
from mobility.matching.allocation import flow_audit
from mobility.models.base import public_reference
from mobility.models.match_runs import MatchPart, MatchRun
from mobility.models.proposals import MatchProposal
from mobility.models.schemes.schemes import Scheme
from mobility.queries.lists.scheme_lists import rule_set_in_force
from mobility.queries.pools import demands, pools
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.places import day_in
from mobility.rules.cases.match_runs import MatchRunEvent, MatchRunState, PartKind
from mobility.rules.cases.proposals import EndReason, ProposalState
from mobility.rules.cases.schemes import SchemeState
from mobility.security import audit
from mobility.security.actors import SYSTEM, Actor
from mobility.security.policy import require
from mobility.security.scopes import locked, one
from mobility.security.steps import advance
from mobility.services.match_runs import reports, scorecards
from mobility.services.match_runs.parts import pack, pack_parts
from mobility.services.match_runs.reports import Proposed
from mobility.services.match_runs.steps import (
    Conclusion,
    Cut,
    Effort,
    Scored,
    conclude,
    cut,
    find,
    score,
)
from mobility.services.platform import jobs
from mobility.services.platform.jobs import Order
from mobility.services.proposals import endings
from mobility.services.proposals.endings import Ending

#: Kinds of the jobs of a run.
SCORE, FINISH = "match.score", "match.finish"
LIVE = (MatchRunState.QUEUED, MatchRunState.RUNNING)
LARGEST_SEED = 2**31 - 1
_INSERT = 500


@dataclass(frozen=True)
class Parameters:
    """What an officer may set for a run, besides the seed.

    ``per_position`` proposals are wanted for each position; ``top`` more are kept for the page, and ``near`` people
    whom one single rule keeps out; a worker has at most ``a_worker`` of the run's proposals; ``part_size`` vacancies
    make one job; a proposal is open for ``open_days`` days. With ``yardstick`` the total score is measured against the
    highest that the same lists allow.
    """

    per_position: int = 2
    top: int = 20
    near: int = 5
    a_worker: int = 3
    part_size: int = 128
    open_days: int = 30
    yardstick: bool = False


_SHOWN = tuple(
    joinedload(each) for each in (MatchRun.scheme, MatchRun.rule_set, MatchRun.started_by, MatchRun.scorecard)
)


def get(session: Session, actor: Actor, ref: str) -> MatchRun:
    """Return a run with its scheme, rules, scorecard and starter.

    Raises
    ------
    NotFoundError
        No such run, or none that the actor may see.
    """
    run = one(session, actor, MatchRun, ref, options=_SHOWN)
    require(actor, Permission.MATCH_RUN_VIEW, run)
    return run


def fairness_of(actor: Actor, run: MatchRun) -> dict[str, Any]:
    """Return what was measured of a run (from ``get``): figures by group, small cells hidden, nobody's row.

    Raises
    ------
    ForbiddenError
        The actor neither reviews, runs schemes, nor audits.
    """
    require(actor, Permission.FAIRNESS_VIEW, run)
    return run.fairness


def start(
    session: Session,
    actor: Actor,
    scheme_ref: str,
    *,
    at: datetime,
    seed: int | None = None,
    parameters: Parameters | None = None,
) -> MatchRun:
    """Write a run and enqueue its jobs, in one transaction.

    Raises
    ------
    NotFoundError, ForbiddenError
        The scheme is not visible, or not the actor's to run.
    InvalidError
        ``match_run.scheme_not_active``, ``match_run.no_rules``, ``match_run.no_vacancies``, ``match_run.no_workers``,
        ``match_run.no_yardstick`` (OR-Tools is not installed).
    ConflictError
        ``match_run.under_way``: another run of the scheme is not over.
    """
    parameters = parameters or Parameters()
    scheme = locked(session, actor, Scheme, scheme_ref, Permission.MATCH_RUN_START, None)
    _check_possible(session, scheme, parameters)
    rule_set = rule_set_in_force(session, scheme.id, day_in(scheme.country, at))
    if rule_set is None:
        raise InvalidError("match_run.no_rules", field="scheme")
    vacancies = demands.open_vacancies(session, scheme.id, at=at)
    workers = pools.matchable(session, scheme.id, at=at)
    if not vacancies or not workers:
        raise InvalidError(f"match_run.no_{'workers' if vacancies else 'vacancies'}", field="scheme")
    plan = _in_parts(vacancies, parameters.part_size)
    run = MatchRun(
        scheme_id=scheme.id,
        rule_set_id=rule_set.id,
        started_by_id=actor.user_id,
        on_date=day_in(scheme.country, at),
        seed=secrets.randbelow(LARGEST_SEED) if seed is None else seed,
        **asdict(parameters),
        parts=len(plan),
        **_scored_by(session),
        vacancies=len(vacancies),
        workers=len(workers),
        created_at=at,
    )
    session.add(run)
    session.flush()
    session.add(MatchPart(run_id=run.id, kind=PartKind.INPUT, number=0, result=_cut(workers, plan)))
    jobs.enqueue_many(session, _orders(run.ref, len(plan)), at=at, by=actor)
    audit.record(session, actor, "match_run.start", run, at=at, scheme=scheme.ref, rules=rule_set.ref, seed=run.seed)
    return run


def _in_parts(vacancies: Sequence[int], size: int) -> list[Sequence[int]]:
    return [vacancies[first : first + size] for first in range(0, len(vacancies), size)]


def _scored_by(session: Session) -> dict[str, str]:
    """Return the columns of the scorecard in force, having made sure that this program can read it."""
    card = scorecards.in_force(session)
    return {"scorecard_name": scorecards.read(card).id, "scorecard_digest": card.digest}


def _check_possible(session: Session, scheme: Scheme, parameters: Parameters) -> None:
    if parameters.yardstick and not flow_audit.available():
        raise InvalidError("match_run.no_yardstick", field="yardstick")
    if scheme.state is not SchemeState.ACTIVE:
        raise InvalidError("match_run.scheme_not_active", field="scheme")
    under_way = sa.select(MatchRun.id).where(MatchRun.scheme_id == scheme.id, MatchRun.state.in_(LIVE))
    if session.scalar(under_way.limit(1)) is not None:
        raise ConflictError("match_run.under_way")


def _cut(workers: Sequence[int], plan: Sequence[Sequence[int]]) -> dict[str, Any]:
    return {
        "workers": pack(np.array(workers, np.int64)),
        "plan": [pack(np.array(part, np.int64)) for part in plan],
    }


def job_keys(ref: str, chunks: int) -> list[str]:
    """Return the keys of a run's jobs, the finishing one last."""
    return [*(f"{ref}:{number}" for number in range(1, chunks + 1)), f"{ref}:finish"]


def _orders(ref: str, chunks: int) -> list[Order]:
    *scoring, finishing = job_keys(ref, chunks)
    orders = [Order(SCORE, key, {"run": ref, "chunk": number}) for number, key in enumerate(scoring, start=1)]
    return [*orders, Order(FINISH, finishing, {"run": ref}, priority=-1)]


def store_chunk(
    session: Session, ref: str, number: int, scored: Scored, *, at: datetime, spent: Effort | None = None
) -> None:
    """Store what was scored; a chunk stored already stays as it is, and nothing is kept of a run that is over."""
    run = find(session, ref, lock=True)
    if run.state not in LIVE:
        return
    if run.state is MatchRunState.QUEUED:
        run.state = advance(SYSTEM, run, MatchRunEvent.START)
        audit.record(session, SYSTEM, "match_run.run", run, at=at)
    if number not in _scored(session, run):
        result = {**pack_parts(*scored), "effort": (spent or Effort())._asdict()}
        session.add(MatchPart(run_id=run.id, kind=PartKind.SCORED, number=number, result=result))
        session.flush()


def run_chunk(session: Session, ref: str, number: int, *, at: datetime, given: Cut | None = None) -> None:
    """Score and store one chunk in the caller's transaction."""
    given = given or cut(session, ref)
    bind_watermark(session, ref, given.watermark, at=at)
    store_chunk(session, ref, number, score(given, number), at=at)


class BoundSnapshot(NamedTuple):
    """The snapshot that a run works from: the hash of its manifest, and the last change of a worker that is in it."""

    id: str
    watermark: int


def snapshot_of(session: Session, ref: str) -> BoundSnapshot | None:
    """Return the snapshot that a run is bound to; None before its first job."""
    run = find(session, ref)
    if run.snapshot is None or run.watermark is None:
        return None
    return BoundSnapshot(run.snapshot, run.watermark)


def bind_snapshot(session: Session, ref: str, snapshot: str, watermark: int, *, at: datetime) -> BoundSnapshot:
    """Bind a run to a snapshot, unless it is bound to one; returns the one that it is bound to."""
    run = find(session, ref, lock=True)
    if run.state in LIVE and run.snapshot is None:
        run.snapshot, run.watermark = snapshot, watermark
        audit.record(session, SYSTEM, "match_run.bind", run, at=at, snapshot=snapshot, watermark=watermark)
    return BoundSnapshot(run.snapshot or "", watermark if run.watermark is None else run.watermark)


def bind_watermark(session: Session, ref: str, watermark: int, *, at: datetime) -> None:
    """Note how old the oldest data is that a run was scored on; changes after it are caught up with at the end."""
    run = find(session, ref, lock=True)
    if run.state in LIVE and (run.watermark is None or run.watermark > watermark):
        run.watermark = watermark
        audit.record(session, SYSTEM, "match_run.bind", run, at=at, watermark=watermark)


def missing_chunks(session: Session, ref: str) -> list[int]:
    """Return the numbers of the chunks of a run that are not scored yet."""
    run = find(session, ref)
    return sorted(set(range(1, run.parts + 1)) - _scored(session, run))


def _scored(session: Session, run: MatchRun) -> set[int]:
    scored = sa.select(MatchPart.number).where(MatchPart.run_id == run.id, MatchPart.kind == PartKind.SCORED)
    return set(session.scalars(scored))


def store(session: Session, ref: str, found: Conclusion, *, at: datetime, spent: Effort | None = None) -> MatchRun:
    """Write the proposals and the report of a run, supersede older proposals that nobody looked at, end the run.

    Raises
    ------
    TransitionError
        The run is over already.
    """
    run = find(session, ref, lock=True)
    if run.state is MatchRunState.QUEUED:
        run.state = advance(SYSTEM, run, MatchRunEvent.START)
    run.state = advance(SYSTEM, run, MatchRunEvent.FINISH)
    proposed = _standing(session, run, found.proposed, at=at)
    superseded = _supersede(session, run, at=at)
    expires = at + timedelta(days=run.open_days)
    for first in range(0, len(proposed), _INSERT):
        some = proposed[first : first + _INSERT]
        rows = [_proposal_row(run, pair, found.chunk_of[pair.vacancy], expires, at) for pair in some]
        session.execute(sa.insert(MatchProposal), rows)
    ids = session.scalars(sa.select(MatchProposal.id).where(MatchProposal.run_id == run.id).order_by(MatchProposal.id))
    audit.record_many(session, SYSTEM, "proposal.generate", MatchProposal, ids.all(), at=at, run=run.ref)
    for number, around in found.margins.items():
        result = {"margins": [each._asdict() for each in around]}
        session.add(MatchPart(run_id=run.id, kind=PartKind.MARGINS, number=number, result=result))
    cost = {"effort": (spent or Effort())._asdict()}
    gone = {"withdrawn_meanwhile": len(found.proposed) - len(proposed)}
    run.counts, run.fairness = {**found.counts, "superseded": superseded, **gone, **cost}, found.fairness
    run.digest = found.digest
    run.finished_at = at
    audit.record(session, SYSTEM, "match_run.finish", run, at=at, proposals=len(proposed), digest=found.digest)
    return run


def _standing(session: Session, run: MatchRun, found: Sequence[Proposed], *, at: datetime) -> list[Proposed]:
    """Leave out the pairs whose vacancy closed, or whose worker left, between conclusion and storing."""
    vacancies = demands.still_open(session, {pair.vacancy for pair in found})
    workers = pools.still_matchable(session, run.scheme_id, {pair.worker for pair in found}, at=at)
    return [pair for pair in found if pair.vacancy in vacancies and pair.worker in workers]


def finish(session: Session, ref: str, *, at: datetime) -> MatchRun:
    """Conclude a run and store it in the caller's transaction."""
    return store(session, ref, conclude(session, ref, at=at), at=at)


def _proposal_row(run: MatchRun, pair: Proposed, chunk: int, expires: datetime, at: datetime) -> dict[str, Any]:
    return {
        "ref": public_reference("P")(),
        "run_id": run.id,
        "chunk": chunk,
        "vacancy_id": pair.vacancy,
        "worker_id": pair.worker,
        "rank": pair.rank,
        "score": pair.score,
        "tied_with": pair.tied_with,
        **reports.told_json(pair),
        "state": ProposalState.GENERATED,
        "expires_at": expires,
        "created_at": at,
        "version": 1,
    }


def _supersede(session: Session, run: MatchRun, *, at: datetime) -> int:
    """Close the scheme's proposals of earlier runs on which nobody has decided."""
    earlier = sa.select(MatchRun.id).where(MatchRun.scheme_id == run.scheme_id, MatchRun.id != run.id)
    open_ones = sa.and_(MatchProposal.run_id.in_(earlier), MatchProposal.state == ProposalState.GENERATED)
    ending = Ending(EndReason.NEW_RUN, facts={"run": run.ref})
    return endings.end_open(session, SYSTEM, open_ones, ending, at=at).waiting


def abandon(session: Session, ref: str, code: str, *, at: datetime) -> None:
    """End a run that cannot be finished: one of its jobs is dead. Nothing is proposed."""
    run = find(session, ref, lock=True)
    if run.state in LIVE:
        run.state = advance(SYSTEM, run, MatchRunEvent.FAIL)
        run.finished_at = at
        audit.record(session, SYSTEM, "match_run.fail", run, at=at, code=code)


def cancel(session: Session, actor: Actor, ref: str, *, at: datetime) -> MatchRun:
    """Stop a run that is not over; its jobs end at their next report.

    Raises
    ------
    NotFoundError, ForbiddenError, TransitionError
        Not visible, not the actor's to run, or over already.
    """
    run = locked(session, actor, MatchRun, ref, MatchRunEvent.CANCEL, None)
    run.state = advance(actor, run, MatchRunEvent.CANCEL)
    run.finished_at = at
    keys = job_keys(run.ref, run.parts)
    jobs.cancel(session, SCORE, keys, at=at)
    jobs.cancel(session, FINISH, keys, at=at)
    audit.record(session, actor, "match_run.cancel", run, at=at)
    return run
