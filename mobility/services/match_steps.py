"""The steps of a match run between database and arrays: load, score, conclude; reads only, decides nothing."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from mobility.errors import NotFoundError
from mobility.matching.demand import Demand
from mobility.matching.fairness import ever_eligible
from mobility.matching.pool import Pool
from mobility.matching.run import MatchResult, digest
from mobility.matching.run import finish as allocate
from mobility.matching.scorecard import expert_scorecard
from mobility.matching.shortlist import Chunk, Terms, score_chunk
from mobility.models.match_runs import MatchChunk, MatchRun
from mobility.queries import demands, fairness_groups, pools
from mobility.queries import quotas as quota_queries
from mobility.queries.worker_vectors import Source
from mobility.rules.facts import Scope
from mobility.rules.findings import Severity
from mobility.rules.rulesets import Rule, in_force, parse_rules
from mobility.security.actors import SYSTEM
from mobility.services import match_reports
from mobility.services.match_chunks import unpack, unpack_parts
from mobility.services.match_reports import Margin, Proposed

#: Number of the chunk that holds what the run is about: its workers and vacancies. Scored ones count from 1.
CUT = 0
#: Vacancies that one task on a cluster scores.
_TASK = 32

Progress = Callable[[int, int], object]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A run's data as arrays; the same for each of its chunks."""

    ref: str
    pool: Pool
    demand: Demand
    terms: Terms
    plan: Sequence[Sequence[int]]


@dataclass(frozen=True, eq=False)
class Conclusion:
    """What a run came to, ready to be stored."""

    result: MatchResult
    digest: str
    proposed: Sequence[Proposed]
    margins: Mapping[int, Sequence[Margin]]
    chunk_of: Mapping[int, int]
    counts: dict[str, Any]
    fairness: dict[str, Any]


def find(session: Session, ref: str, *, lock: bool = False) -> MatchRun:
    """Return a run with its rules, for the system's own work; raises ``NotFoundError`` if there is none."""
    select = sa.select(MatchRun).where(MatchRun.ref == ref).options(joinedload(MatchRun.rule_set))
    if lock:
        select = select.with_for_update(of=MatchRun)
    run = session.scalar(select.execution_options(populate_existing=True))
    if run is None:
        raise NotFoundError("match_run")
    return run


def snapshot(session: Session, ref: str, *, source: Source | None = None) -> Snapshot:
    """Load what a run is about; ``source`` is where packed workers are read from, the session by default."""
    run = find(session, ref)
    rows = sa.select(MatchChunk.result).where(MatchChunk.run_id == run.id, MatchChunk.number == CUT)
    cut = session.scalars(rows).one()
    plan = [unpack(part).tolist() for part in cut["plan"]]
    words = pools.vocabulary(session)
    return Snapshot(
        ref,
        pools.pool(session, words, unpack(cut["workers"]).tolist(), on=run.on_date, source=source),
        demands.demand(session, words, [key for part in plan for key in part], on=run.on_date),
        _terms(run),
        plan,
    )


def rules_about_workers(raw: object) -> tuple[Rule, ...]:
    """Return the rules that look at a worker; those about the job alone were decided at its certification."""
    return tuple(rule for rule in parse_rules(raw) if Scope.WORKER in rule.scopes)


def _terms(run: MatchRun) -> Terms:
    given = run.parameters
    rules = rules_about_workers(run.rule_set.rules)
    return Terms(
        [tuple(rule for rule in rules if rule.severity is Severity.BLOCK)],  # warnings are told, and keep nobody out
        expert_scorecard(),
        run.on_date,
        run.seed,
        given["per_position"],
        given["top"],
        given["near"],
        given["a_worker"],
    )


def score(cut: Snapshot, number: int, *, executor: Executor | None = None) -> list[Chunk]:
    """Score the vacancies of one chunk, here or spread over an executor; touches no database."""
    rows = np.searchsorted(cut.demand.key, np.array(cut.plan[number - 1], np.int64))
    if executor is None:
        return [score_chunk(cut.pool, cut.demand, rows, cut.terms)]
    pieces = [rows[first : first + _TASK] for first in range(0, len(rows), _TASK)]
    tasks = [executor.submit(score_chunk, cut.pool, cut.demand, piece, cut.terms) for piece in pieces]
    return [task.result() for task in tasks]


def conclude(
    session: Session, ref: str, *, at: datetime, cut: Snapshot | None = None, progress: Progress | None = None
) -> Conclusion:
    """Allocate under places and quotas, explain each proposal, measure; only reads."""
    run = find(session, ref)
    cut = cut or snapshot(session, ref)
    present = np.isin(cut.pool.key, np.array(pools.matchable(session, run.scheme_id, at=at), np.int64))
    pool = cut.pool.take(np.flatnonzero(present))
    decided = demands.decided_pairs(session, run.scheme_id)
    scored = [_still(chunk, pool, decided) for chunk in _stored(session, run)]
    bounds = demands.quotas(session, run.scheme_id, cut.demand.key.tolist(), pool.key.tolist())
    result = allocate(pool, cut.demand, bounds, cut.terms, scored)
    rules = in_force(cut.terms.schemes[0], cut.terms.on)
    names = {quota.id: quota.ref for quota in quota_queries.of_scheme(session, run.scheme_id)}
    chunk_of = {key: number for number, part in enumerate(cut.plan, start=1) for key in part}
    shown = cut.terms._replace(schemes=[parse_rules(run.rule_set.rules)])
    proposed: list[Proposed] = []
    margins: dict[int, list[Margin]] = {}
    total = int(result.allocation.proposed.sum())
    for part in match_reports.by_vacancy(result):
        proposed += match_reports.explained(part, pool, cut.demand, shown)
        around = match_reports.margin(part, rules, names)
        margins.setdefault(chunk_of[around.vacancy], []).append(around)
        if progress is not None:
            progress(len(proposed), total)
    groups = fairness_groups.groups_of(session, SYSTEM, cut.pool.key.tolist())
    reached = ever_eligible(cut.pool, cut.demand, cut.terms)
    return Conclusion(
        result,
        digest(result),
        proposed,
        margins,
        chunk_of,
        {
            **_sizes(cut, pool),
            **match_reports.funnel(result),
            "waterfall": match_reports.waterfall_rows(result, rules),
            **match_reports.soundness(result),
        },
        match_reports.fairness(result, cut.pool.key, reached, groups),
    )


def _sizes(cut: Snapshot, pool: Pool) -> dict[str, Any]:
    return {
        "workers": len(cut.pool),
        "workers_gone": len(cut.pool) - len(pool),
        "vacancies": len(cut.demand),
        "places": int(cut.terms.places(cut.demand).sum()),
    }


def _stored(session: Session, run: MatchRun) -> list[Chunk]:
    select = sa.select(MatchChunk.result).where(MatchChunk.run_id == run.id, MatchChunk.number > CUT)
    return [chunk for packed in session.scalars(select.order_by(MatchChunk.number)) for chunk in unpack_parts(packed)]


def _still(chunk: Chunk, pool: Pool, decided: set[tuple[int, int]]) -> Chunk:
    """Leave out the workers who are gone and the pairs that somebody decided on meanwhile."""
    kept = np.isin(chunk.eligible.worker, pool.key)
    if decided:
        pairs = zip(chunk.eligible.vacancy.tolist(), chunk.eligible.worker.tolist(), strict=True)
        kept &= np.array([pair not in decided for pair in pairs], dtype=np.bool_)
    near = chunk.near.take(np.isin(chunk.near.worker, pool.key))
    return Chunk(chunk.vacancies, chunk.waterfalls, chunk.eligible.take(kept), near)
