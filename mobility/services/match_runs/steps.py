"""The steps of a match run between database and arrays: load, lay out, score, conclude; reads only, decides nothing."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session, joinedload

from mobility.errors import NotFoundError
from mobility.matching.core import Flags, Rows, Whole
from mobility.matching.eligibility import RuleColumns, rule_columns_of
from mobility.matching.facts import Demand, Pool
from mobility.matching.runs import MatchResult, digest, ever_eligible
from mobility.matching.runs import finish as allocate
from mobility.matching.search import RunSettings, SameThread, ScoredBatch, Shortlist, join, score_batch, shortlist
from mobility.matching.snapshots import BlockArrays, Snapshot, blocks_of, check_pool, opened
from mobility.models.match_runs import MatchPart, MatchRun
from mobility.queries.lists import quota_lists
from mobility.queries.lists.waiver_lists import waived_workers
from mobility.queries.pools import demands, fairness_groups, pools
from mobility.queries.pools.worker_vectors import Source, changed_since, watermark
from mobility.rules.cases.match_runs import PartKind
from mobility.rules.law.rulesets import Rule, about_workers, blocking, in_force, parse_rules
from mobility.rules.law.safeguards import RULE as SAFEGUARD
from mobility.security.actors import SYSTEM
from mobility.services.match_runs import reports, scorecards
from mobility.services.match_runs.parts import unpack, unpack_parts, unpack_reached
from mobility.services.match_runs.reports import Margin, Proposed
from mobility.services.schemes import safeguards

#: Vacancies that one task on a cluster scores.
_TASK = 32

Progress = Callable[[int, int], object]
Keys = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Brief:
    """What a run is about; the same for each of its chunks.

    ``workers`` are keys, ascending; ``plan`` the keys of the vacancies of each chunk; ``rules`` what is asked of whom;
    ``waived`` who is freed from which rule.
    """

    ref: str
    scheme: int
    workers: Keys
    demand: Demand
    terms: RunSettings
    plan: Sequence[Sequence[int]]
    rules: RuleColumns
    waived: Mapping[str, Keys]


class Cut(NamedTuple):
    """A run's workers as they were at a watermark of their changes, laid out: in memory, or in a folder."""

    brief: Brief
    source: Snapshot | Path
    watermark: int


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


_WITH_LAW = (joinedload(MatchRun.rule_set), joinedload(MatchRun.scorecard))


def find(session: Session, ref: str, *, lock: bool = False) -> MatchRun:
    """Return a run with its rules and scorecard for the system's own work; raises ``NotFoundError`` if none."""
    select = sa.select(MatchRun).where(MatchRun.ref == ref).options(*_WITH_LAW)
    if lock:
        select = select.with_for_update(of=MatchRun)
    run = session.scalar(select.execution_options(populate_existing=True))
    if run is None:
        raise NotFoundError("match_run")
    return run


def brief(session: Session, ref: str) -> Brief:
    """Return what a run is about."""
    run = find(session, ref)
    told = session.scalars(_results(run, PartKind.INPUT)).one()
    plan = [unpack(part).tolist() for part in told["plan"]]
    words = pools.vocabulary(session)
    demand = demands.demand(session, words, [key for part in plan for key in part], on=run.on_date)
    terms = _terms(session, run, demand)
    held = pools.pool(session, words, (), on=run.on_date).facts
    rules = rule_columns_of(demand, terms.schemes, terms.on, frozenset(held))
    waived = waived_workers(session, run.scheme_id, on=run.on_date)
    return Brief(ref, run.scheme_id, unpack(told["workers"]).astype(np.int64), demand, terms, plan, rules, waived)


def _terms(session: Session, run: MatchRun, demand: Demand) -> RunSettings:
    occupations = {str(facts["vacancy.occupation"]) for facts in demand.facts}
    binding = safeguards.rules_on(session, run.scheme_id, occupations, run.on_date)
    return RunSettings(
        [(*blocking(about_workers(parse_rules(run.rule_set.rules))), *binding)],
        scorecards.read(run.scorecard),
        run.on_date,
        run.seed,
        run.per_position,
        run.top,
        run.near,
        run.a_worker,
    )


def lay_out(
    session: Session, asked: Brief, *, source: Source | None = None, progress: Progress | None = None
) -> Snapshot:
    """Lay out a run's workers as they are now, holding no more than one chunk of them unpacked at a time."""
    words, day = asked.demand.vocabulary, asked.terms.on
    chunks: list[BlockArrays] = []
    held: frozenset[str] = frozenset()
    done = 0
    for pool in pools.chunks(session, words, asked.workers.tolist(), on=day, waived=asked.waived, source=source):
        held = frozenset(pool.facts)
        done += len(pool)
        if len(pool):
            check_pool(pool)
            parts = [np.arange(len(pool))]
            chunks += blocks_of(pool, asked.rules.questions, day.toordinal(), parts, asked.terms.implied)
        if progress is not None:
            progress(done, len(asked.workers))
    return Snapshot(words, day.toordinal(), held, asked.rules.columns, tuple(chunks))


def cut(session: Session, ref: str) -> Cut:
    """Load what a run is about and lay out its workers in memory."""
    asked, mark = brief(session, ref), watermark(session)
    return Cut(asked, lay_out(session, asked), mark)


class Scored(NamedTuple):
    """What one job found: its chunks, and which of the run's workers the rules let through to any of its vacancies."""

    chunks: list[ScoredBatch]
    reached: Flags


class Effort(NamedTuple):
    """Seconds by the wall that a run took to lay out its workers, to score, to conclude; for planning the next."""

    load: float = 0.0
    score: float = 0.0
    conclude: float = 0.0


def score(given: Cut, number: int, *, executor: Executor | None = None) -> Scored:
    """Score the vacancies of one chunk, on threads of this process or on an executor; touches no database."""
    asked = given.brief
    rows = np.searchsorted(asked.demand.key, np.array(asked.plan[number - 1], np.int64))
    with ExitStack() as stack:
        if executor is None:
            cores = os.cpu_count() or 1
            executor, size = stack.enter_context(ThreadPoolExecutor(cores)), -(-len(rows) // cores)
        else:
            size = _TASK
        pieces = [rows[first : first + size] for first in range(0, len(rows), size)]
        tasks = [
            executor.submit(_score, given.source, asked.demand.take(piece), asked.rules.take(piece), asked.terms)
            for piece in pieces
        ]
        laid_out = given.source if isinstance(given.source, Snapshot) else opened(given.source)
        reached = np.isin(asked.workers, ever_eligible(laid_out, asked.rules.take(rows)))
        return Scored([task.result() for task in tasks], reached)


def _score(source: Snapshot | Path, demand: Demand, rules: RuleColumns, terms: RunSettings) -> ScoredBatch:
    """Score some vacancies in the thread or process of a task."""
    return shortlist([source], demand, terms, rule_columns=rules, executor=SameThread())


def conclude(
    session: Session,
    ref: str,
    *,
    at: datetime,
    source: Source | None = None,
    progress: Progress | None = None,
) -> Conclusion:
    """Allocate under places and quotas, explain each proposal, measure; only reads.

    Whoever has left since the run began is left out, and whoever's file has changed is scored anew as it is now: so
    that what is stored agrees with what the explanations say.
    """
    run, asked = find(session, ref), brief(session, ref)
    matchable = np.array(pools.matchable(session, run.scheme_id, at=at), np.int64)
    present = np.intersect1d(asked.workers, matchable, assume_unique=True)
    scored = _as_they_are(session, run, asked, present, source)
    listed = np.unique(np.concatenate([chunk.eligible.worker for chunk in scored]))
    pool = pools.pool(
        session, asked.demand.vocabulary, listed.tolist(), on=asked.terms.on, waived=asked.waived, source=source
    )
    bounds = demands.quotas(session, run.scheme_id, asked.demand.key.tolist(), pool.key.tolist())
    yardstick = bool(run.yardstick)
    result = allocate(pool, asked.demand, bounds, asked.terms, scored, yardstick=yardstick)
    rules = in_force(asked.terms.schemes[0], asked.terms.on)
    chunk_of = {key: number for number, part in enumerate(asked.plan, start=1) for key in part}
    proposed, margins = _told(session, run, asked, pool, result, rules, chunk_of, progress)
    groups = fairness_groups.groups_of(session, SYSTEM, asked.workers.tolist())
    reached = _reached(session, run, len(asked.workers))
    reached[np.searchsorted(asked.workers, result.scored.eligible.worker)] = True  # some have come to it since
    return Conclusion(
        result,
        digest(result),
        proposed,
        margins,
        chunk_of,
        {
            **_sizes(asked, present),
            **reports.funnel(result),
            "waterfall": reports.waterfall_rows(result, rules),
            **reports.soundness(result),
            **(reports.yardstick(result) if yardstick else {}),
        },
        reports.fairness(result, asked.workers, reached, groups),
    )


def _told(
    session: Session,
    run: MatchRun,
    asked: Brief,
    pool: Pool,
    result: MatchResult,
    rules: Sequence[Rule],
    chunk_of: Mapping[int, int],
    progress: Progress | None,
) -> tuple[list[Proposed], dict[int, list[Margin]]]:
    """Explain each proposal, and tell who came close, vacancy by vacancy."""
    names = {quota.id: quota.ref for quota in quota_lists.of_scheme(session, run.scheme_id)}
    binding = [rule for rule in asked.terms.schemes[0] if rule.id == SAFEGUARD]
    shown = asked.terms._replace(schemes=[(*parse_rules(run.rule_set.rules), *binding)])
    proposed: list[Proposed] = []
    margins: dict[int, list[Margin]] = {}
    total = int(result.allocation.proposed.sum())
    for part in reports.by_vacancy(result):
        proposed += reports.explained(part, pool, asked.demand, shown)
        around = reports.margin(part, rules, names)
        margins.setdefault(chunk_of[around.vacancy], []).append(around)
        if progress is not None:
            progress(len(proposed), total)
    return proposed, margins


def _sizes(asked: Brief, present: Keys) -> dict[str, Any]:
    return {
        "workers": len(asked.workers),
        "workers_gone": len(asked.workers) - len(present),
        "vacancies": len(asked.demand),
        "places": int(asked.terms.places(asked.demand).sum()),
    }


def _as_they_are(
    session: Session, run: MatchRun, asked: Brief, present: Keys, source: Source | None
) -> list[ScoredBatch]:
    """Return what was scored, of those present alone, and with those who changed meanwhile as they are now."""
    changed = np.intersect1d(changed_since(session, run.watermark or 0), present)
    decided = demands.decided_pairs(session, run.scheme_id)
    kept = np.setdiff1d(present, changed, assume_unique=True)
    stored = [_only(chunk, kept, decided) for chunk in _stored(session, run)]
    if not len(changed):
        return stored
    words, day = asked.demand.vocabulary, asked.terms.on
    pool = pools.pool(session, words, changed.tolist(), on=day, waived=asked.waived, source=source)
    anew = _only(score_batch(pool, asked.demand, np.arange(len(asked.demand)), asked.terms), changed, decided)
    room = asked.terms.places(asked.demand) + asked.terms.top
    return [_with(chunk, anew, asked.demand.key, room, asked.terms.near) for chunk in stored]


def _results(run: MatchRun, kind: PartKind) -> sa.Select[Any]:
    mine = sa.select(MatchPart.result).where(MatchPart.run_id == run.id, MatchPart.kind == kind)
    return mine.order_by(MatchPart.number)


def _stored(session: Session, run: MatchRun) -> list[ScoredBatch]:
    return [chunk for packed in session.scalars(_results(run, PartKind.SCORED)) for chunk in unpack_parts(packed)]


def _reached(session: Session, run: MatchRun, workers: int) -> Flags:
    """Tell whom every rule let through to at least one vacancy, when it was scored."""
    found = np.zeros(workers, np.bool_)
    for packed in session.scalars(_results(run, PartKind.SCORED)):
        found |= unpack_reached(packed, workers)
    return found


def effort(session: Session, ref: str) -> Effort:
    """Return what the stored chunks of a run have cost."""
    run = find(session, ref)
    select = sa.select(MatchPart.result["effort"]).where(MatchPart.run_id == run.id, MatchPart.kind == PartKind.SCORED)
    told = [Effort(**each) for each in session.scalars(select) if each]
    return Effort(sum(each.load for each in told), sum(each.score for each in told))


def _only(chunk: ScoredBatch, kept: Keys, decided: set[tuple[int, int]]) -> ScoredBatch:
    """Leave out the workers who are not to be kept and the pairs that somebody decided on meanwhile."""
    stays = np.isin(chunk.eligible.worker, kept)
    if decided:
        pairs = zip(chunk.eligible.vacancy.tolist(), chunk.eligible.worker.tolist(), strict=True)
        stays &= np.array([pair not in decided for pair in pairs], dtype=np.bool_)
    near = chunk.near.take(np.isin(chunk.near.worker, kept))
    return ScoredBatch(chunk.vacancies, chunk.waterfalls, chunk.eligible.take(stays), near)


def _with(chunk: ScoredBatch, anew: ScoredBatch, keys: Whole, room: NDArray[Any], near: int) -> ScoredBatch:
    """Put those who were scored anew among the others, and keep as many as before."""
    places = room[np.searchsorted(keys, chunk.vacancies)]
    return ScoredBatch(
        chunk.vacancies,
        chunk.waterfalls,
        _best(chunk.vacancies, [chunk.eligible, anew.eligible], places),
        _best(chunk.vacancies, [chunk.near, anew.near], np.full(len(places), near)),
    )


def _best(vacancies: Whole, parts: Sequence[Shortlist], room: NDArray[Any]) -> Shortlist:
    """Return the best pairs of each of some vacancies, as many as it has room for."""
    both = join([part.take(np.isin(part.vacancy, vacancies)) for part in parts]).in_order()
    row = np.searchsorted(vacancies, both.vacancy)
    first: Rows = np.searchsorted(both.vacancy, vacancies)
    return both.take(np.arange(len(both)) - first[row] < room[row])
