"""A whole match run: batches in any order and place, one allocation, its check, a digest; nothing is stored."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, fields
from hashlib import sha256
from itertools import islice
from typing import Any

import numpy as np

from mobility.matching.allocation.allocation import (
    Allocation,
    AllocationCheck,
    Exhausted,
    Limits,
    ScoredPairs,
    allocate,
    check_allocation,
    exhausted,
    sort_pairs,
)
from mobility.matching.allocation.flow_audit import FlowAudit, FlowAuditUnavailableError, audit_flow
from mobility.matching.allocation.quotas import Quotas
from mobility.matching.core.arrays import Rows, Whole
from mobility.matching.eligibility.eligibility import Waterfall
from mobility.matching.eligibility.rule_columns import RuleColumns, rule_columns_of
from mobility.matching.facts.demand import Demand
from mobility.matching.facts.pool import Pool
from mobility.matching.scoring.attributes import attributes_of
from mobility.matching.scoring.features import wish_values
from mobility.matching.search.search import SameThread
from mobility.matching.search.shortlist import RunSettings, ScoredBatch, Shortlist, empty_shortlist, join, shortlist
from mobility.matching.snapshots.snapshot import Snapshot, snapshot_of

#: Vacancies in a batch unless the caller says otherwise.
BATCH = 128
#: Batches that wait for an executor at once.
_AHEAD = 8

#: Called with (vacancies done, vacancies in all) after each batch.
OnProgress = Callable[[int, int], object]


@dataclass(frozen=True, slots=True, eq=False)
class MatchResult:
    """All that a run found, by vacancy key.

    Attributes
    ----------
    scored : ScoredBatch
        All batches as one: vacancies, waterfalls, eligible pairs and near misses.
    allocation : Allocation
        What became of each pair of ``scored.eligible``, in its order.
    check : AllocationCheck
        Verdict on the allocation; ``check.sound`` unless there is a defect in this program.
    exhausted : Exhausted or None
        Vacancies (rows of ``scored.vacancies``) that deeper lists could fill further; None for a part of a result.
    optimum : FlowAudit or None
        How far the total score is from the highest that the same lists and limits allow; None where nobody asked or
        ``no_optimum`` says why it cannot be told.
    no_optimum : str
        A code of ``FlowAuditUnavailableError``, else empty.
    """

    scored: ScoredBatch
    allocation: Allocation
    check: AllocationCheck
    exhausted: Exhausted | None = None
    optimum: FlowAudit | None = None
    no_optimum: str = ""

    @property
    def proposals(self) -> Shortlist:
        """The pairs that are proposed, by vacancy key and rank."""
        return self.scored.eligible.take(self.allocation.proposed)


def match(
    pool: Pool,
    demand: Demand,
    quotas: Quotas,
    settings: RunSettings,
    *,
    batch: int = BATCH,
    progress: OnProgress | None = None,
    executor: Executor | None = None,
) -> MatchResult:
    """Find, score and allocate.

    Parameters
    ----------
    pool, demand : Pool, Demand
        Sharing one vocabulary.
    quotas : Quotas
        Rows as in ``demand`` and ``pool``.
    settings : RunSettings
    scored : int
        Vacancies scored together; bounds memory, changes no bit of the result.
    progress : callable, optional
        Called after each batch with vacancies done and in all.
    executor : concurrent.futures.Executor, optional
        Where batches are scored; here by default.

    Returns
    -------
    MatchResult

    Raises
    ------
    ValueError
        If arrays do not fit together or a term is negative.
    """
    scored: list[ScoredBatch] = []
    done = 0
    for part in _scored(pool, demand, settings, batches_of(demand, batch), executor):
        scored.append(part)
        done += len(part.vacancies)
        if progress is not None:
            progress(done, len(demand))
    return finish(pool, demand, quotas, settings, scored)


def batches_of(demand: Demand, size: int = BATCH) -> list[Rows]:
    """Cut the vacancies into batches, those of like scheme and dates together, as they share most rule answers.

    Parameters
    ----------
    demand : Demand
    size : int
        Vacancies in a batch, at least 1.

    Returns
    -------
    list of ndarray of intp
        Row numbers; every vacancy in exactly one.
    """
    if size < 1:
        raise ValueError("a batch needs at least one vacancy")
    order = np.lexsort((demand.key, demand.end, demand.start, demand.scheme))
    return [order[first : first + size] for first in range(0, len(order), size)]


def finish(
    pool: Pool,
    demand: Demand,
    quotas: Quotas,
    settings: RunSettings,
    batches: Sequence[ScoredBatch],
    *,
    yardstick: bool = False,
) -> MatchResult:
    """Allocate over all batches of a run, in whatever order they were scored.

    Parameters
    ----------
    pool, demand, quotas, settings
        As in ``match``.
    blocks : sequence of ScoredBatch
        Results of ``score_batch`` that together hold each vacancy once.
    yardstick : bool
        Also measure the allocation against the highest total score of the same lists; changes nothing else.

    Returns
    -------
    MatchResult

    Raises
    ------
    ValueError
        If a vacancy is missing or stands twice, or the quotas have other rows than pool and demand.
    """
    if quotas.vacancies.shape[0] != len(demand) or quotas.workers.shape[0] != len(pool):
        raise ValueError("the quotas have other rows than pool and demand")
    by_vacancy, by_worker = np.argsort(demand.key), np.argsort(pool.key)
    whole = _one(batches)
    if not np.array_equal(whole.vacancies, demand.key[by_vacancy]):
        raise ValueError("the batches do not hold each vacancy exactly once")
    limits = Limits(settings.places(demand)[by_vacancy], quotas.in_order(by_vacancy, by_worker), settings.a_worker)
    vacancy = np.searchsorted(demand.key[by_vacancy], whole.eligible.vacancy)
    worker = np.searchsorted(pool.key[by_worker], whole.eligible.worker)
    listed, row = np.unique(by_worker[worker], return_inverse=True)
    workers = attributes_of(pool.profile.take(listed), settings.on.toordinal())
    wish = wish_values(workers, demand, by_vacancy[vacancy], row)
    pairs = ScoredPairs(vacancy, worker, whole.eligible.score, whole.eligible.tie, wish)
    ready = sort_pairs(pairs, limits)
    allocation = allocate(pairs, limits, ready)
    check = check_allocation(pairs, limits, allocation, ready)
    measured = _optimum(pairs, limits, allocation) if yardstick else (None, "")
    return MatchResult(whole, allocation, check, exhausted(pairs, limits, allocation, whole.truncated), *measured)


def _optimum(pairs: ScoredPairs, limits: Limits, allocation: Allocation) -> tuple[FlowAudit | None, str]:
    """Return the yardstick, or why there is none: that is no reason to lose a run."""
    try:
        return audit_flow(pairs, limits, allocation), ""
    except FlowAuditUnavailableError as error:
        return None, error.code


def digest(result: MatchResult) -> str:
    """Return the SHA-256 of a result in hexadecimal: equal for equal input, however it was ordered, cut or spread."""
    state = sha256()
    for name, array in _parts(result):
        state.update(f"{name} {array.shape} ".encode())
        state.update(np.ascontiguousarray(array).astype("<i8").tobytes())
    return state.hexdigest()


def _parts(result: MatchResult) -> Iterator[tuple[str, Any]]:
    scored = result.scored
    yield "vacancies", scored.vacancies
    for waterfall in scored.waterfalls:
        for part in fields(Waterfall):
            yield part.name, np.atleast_1d(getattr(waterfall, part.name))
    for name, pairs in (("eligible", scored.eligible), ("near", scored.near)):
        for part in fields(Shortlist):
            yield f"{name}.{part.name}", getattr(pairs, part.name)
    for part in fields(Allocation):
        yield part.name, np.atleast_1d(getattr(result.allocation, part.name))


def _one(batches: Sequence[ScoredBatch]) -> ScoredBatch:
    if not batches:
        return _no_batch()
    vacancies: Whole = np.concatenate([batch.vacancies for batch in batches])
    waterfalls = [waterfall for batch in batches for waterfall in batch.waterfalls]
    order = np.argsort(vacancies, kind="stable")
    return ScoredBatch(
        vacancies[order],
        tuple(waterfalls[number] for number in order),
        join([batch.eligible for batch in batches]).in_order(),
        join([batch.near for batch in batches]).in_order(),
    )


def _no_batch() -> ScoredBatch:
    nothing = empty_shortlist()
    return ScoredBatch(nothing.vacancy, (), nothing, nothing)


def _scored(
    pool: Pool, demand: Demand, settings: RunSettings, parts: Iterable[Rows], executor: Executor | None
) -> Iterator[ScoredBatch]:
    """Lay out the pool once and score part after part, here or on an executor, a few ahead."""
    if pool.vocabulary != demand.vocabulary:
        raise ValueError("pool and demand were built with different vocabularies")
    rule_columns = rule_columns_of(demand, settings.schemes, settings.on, frozenset(pool.facts))
    snapshot = snapshot_of(pool, rule_columns, settings.on.toordinal(), implied=settings.implied)
    with ExitStack() as stack:
        runner = executor or stack.enter_context(ThreadPoolExecutor(os.cpu_count()))

        def submit(rows: Rows) -> Future[ScoredBatch]:
            return runner.submit(_score, snapshot, demand.take(rows), rule_columns.take(rows), settings)

        left = iter(parts)
        waiting = [submit(rows) for rows in islice(left, _AHEAD)]
        while waiting:
            yield waiting.pop(0).result()
            waiting.extend(submit(rows) for rows in islice(left, 1))


def _score(snapshot: Snapshot, demand: Demand, rule_columns: RuleColumns, settings: RunSettings) -> ScoredBatch:
    """Score one part of a run in the thread or process of a task."""
    return shortlist([snapshot], demand, settings, rule_columns=rule_columns, executor=SameThread())
