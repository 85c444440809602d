"""A pass over snapshots for some vacancies: who passes, the best ranking keys, the counts; merging parts exactly."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mobility.matching.core.arrays import Flags, Rows, Whole
from mobility.matching.eligibility.rule_columns import RuleColumns
from mobility.matching.facts.demand import Demand
from mobility.matching.kernels.engines import Kernel, engine
from mobility.matching.kernels.lists import Lists, PassCounts, empty_lists, merged, no_counts, ranked
from mobility.matching.kernels.tables import (
    blocking_columns,
    compile_batch,
    compile_card,
    compile_points,
    in_snapshot,
)
from mobility.matching.scoring.scorecard import Scorecard
from mobility.matching.snapshots.snapshot import Snapshot
from mobility.matching.snapshots.storage import opened

#: Processors of this machine.
CORES = os.cpu_count() or 1
#: Vacancies that one task looks at together.
SLICE = 512
#: A snapshot in memory, or the folder of one, which a task opens where it runs.
SnapshotSource: TypeAlias = Snapshot | Path


class KeysToKeep(NamedTuple):
    """How many keys to keep of each vacancy, both of shape (n_vacancies,)."""

    eligible: Whole
    near: Whole


class RuleCounts(NamedTuple):
    """How rules narrow a pool: ``considered`` workers; failed and unknown of shape (v, r); further counts."""

    considered: int
    failed: NDArray[np.int64]
    unknown: NDArray[np.int64]
    counts: PassCounts


class SearchResult(NamedTuple):
    """What a pass found for v vacancies, in their order; lists are best first."""

    eligible: Lists
    near: Lists
    rule_counts: RuleCounts


class DistinctRules(NamedTuple):
    """The distinct rows among what v vacancies ask.

    Attributes
    ----------
    columns : ndarray of int32, shape (d, r)
        A snapshot's columns; -1 for none. Rows that begin alike stand side by side.
    blocking : ndarray of bool, shape (d, r)
    of : ndarray of int, shape (v,)
        Which row each vacancy has.
    """

    columns: NDArray[np.int32]
    blocking: Flags
    of: Rows


def distinct_rules(columns: NDArray[np.int32], blocking: Flags) -> DistinctRules:
    """Find the distinct rows of what vacancies ask.

    Parameters
    ----------
    columns : ndarray of int32, shape (v, r)
        -1 for none.
    blocking : ndarray of bool, shape (v, r)

    Returns
    -------
    DistinctRules
    """
    both = columns.astype(np.int64) * 2 + blocking
    rows, of = np.unique(both, axis=0, return_inverse=True)
    kept = rows >> 1
    return DistinctRules(np.ascontiguousarray(kept, np.int32), np.ascontiguousarray(rows & 1, np.bool_), of.reshape(-1))


class SameThread(Executor):
    """Does what it is given at once, in the caller's thread: for callers that are in a thread of their own."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call ``fn`` and return its answer as a future; an error is raised here."""
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


def search(
    source: SnapshotSource,
    demand: Demand,
    rule_columns: RuleColumns,
    keys_to_keep: KeysToKeep,
    scorecard: Scorecard,
    seed: int,
    kernel: Kernel = Kernel.AUTO,
) -> SearchResult:
    """Look through one snapshot for some vacancies, in this thread.

    Parameters
    ----------
    source : Snapshot or Path
        The snapshot, or its folder.
    demand : Demand
    rule_columns : RuleColumns
        Rules of the same vacancies, in the same order.
    keys_to_keep : KeysToKeep
        Keys wanted.
    scorecard : Scorecard
    seed : int
        Of the lottery.
    kernel : Kernel

    Returns
    -------
    SearchResult

    Raises
    ------
    ValueError
        If vocabularies differ.
    SnapshotError
        If the folder cannot be read or lacks a column.
    """
    snapshot = source if isinstance(source, Snapshot) else opened(source)
    if snapshot.vocabulary != demand.vocabulary:
        raise ValueError("pool and demand were built with different vocabularies")
    places, engines = snapshot.places(rule_columns), engine(kernel)
    batch, card = compile_batch(demand, snapshot.epoch, seed), compile_card(scorecard)
    points = compile_points(batch, card)
    columns = blocking_columns(rule_columns, places)
    eligible, near = empty_lists(keys_to_keep.eligible), empty_lists(keys_to_keep.near)
    for block in snapshot.blocks:
        engines.select(block, batch, card, points, columns, eligible, near)
    return SearchResult(ranked(eligible), ranked(near), counted(snapshot, rule_columns, kernel))


def counted(
    snapshot: Snapshot, rule_columns: RuleColumns, kernel: Kernel = Kernel.AUTO, *, threads: int = 1
) -> RuleCounts:
    """Return only the counts of a run: who is left after each rule, from bitsets alone.

    Vacancies that ask the same have the same counts: each such row of rules is counted once.
    """
    rows = distinct_rules(in_snapshot(rule_columns, snapshot.places(rule_columns)), rule_columns.blocking)
    rule_counts = _counted_apart(snapshot, rows, kernel, threads)
    if not rule_counts:
        return RuleCounts(len(snapshot), *_no_totals(rule_columns), no_counts(*rule_columns.numbers.shape))
    failed, unknown = (np.concatenate(some)[rows.of] for some in zip(*(each[1:3] for each in rule_counts), strict=True))
    counts = [np.concatenate(some)[rows.of] for some in zip(*(each.counts for each in rule_counts), strict=True)]
    return RuleCounts(len(snapshot), failed, unknown, PassCounts(*counts))


def _counted_apart(snapshot: Snapshot, rows: DistinctRules, kernel: Kernel, threads: int) -> list[RuleCounts]:
    """Count for distinct rows, a piece of them in each thread."""
    pieces = [piece for piece in np.array_split(np.arange(len(rows.columns)), threads) if len(piece)]
    with ThreadPoolExecutor(threads) if threads > 1 else SameThread() as pool:
        parts = [pool.submit(_counted, snapshot, rows.columns[piece], rows.blocking[piece], kernel) for piece in pieces]
        return [part.result() for part in parts]


def _counted(snapshot: Snapshot, columns: NDArray[np.int32], blocking: Flags, kernel: Kernel) -> RuleCounts:
    """Count for distinct rows, in one thread."""
    counts, engines, distinct_columns = no_counts(*columns.shape), engine(kernel), np.unique(columns[columns >= 0])
    passed, unknown = np.zeros(len(distinct_columns), np.int64), np.zeros(len(distinct_columns), np.int64)
    for block in snapshot.blocks:
        engines.count(block, columns, blocking, counts)
        engines.add_sizes(block, distinct_columns, passed, unknown)
    # What a column comes to is the same for all who ask for it; nothing is the last place.
    place = np.where(columns >= 0, np.searchsorted(distinct_columns, columns), len(distinct_columns))
    failed = np.append(len(snapshot) - passed - unknown, 0)
    return RuleCounts(len(snapshot), failed[place], np.append(unknown, 0)[place], counts)


def search_all(
    sources: Sequence[SnapshotSource],
    demand: Demand,
    rule_columns: RuleColumns,
    keys_to_keep: KeysToKeep,
    scorecard: Scorecard,
    seed: int,
    *,
    executor: Executor | None = None,
    kernel: Kernel = Kernel.AUTO,
    width: int = SLICE,
) -> SearchResult:
    """Look through all parts of a pool, in parallel over slices of vacancies and parts.

    Parameters
    ----------
    sources : sequence of Snapshot or Path
        Parts of the pool; no worker in two of them. Folders are opened where a task runs, so an executor of processes
        or of a cluster should be given folders.
    demand, rule_columns, keys_to_keep, scorecard, seed, kernel
        As in ``search``.
    executor : concurrent.futures.Executor, optional
        Where slices are searched; threads of this process by default.
    width : int
        Vacancies in a slice; changes no bit of the result.

    Returns
    -------
    SearchResult
        The same on every executor, and however the pool and the vacancies are cut.
    """
    slices = [np.arange(first, min(first + width, len(demand))) for first in range(0, len(demand), width)]
    keys_by_slice = [
        KeysToKeep(np.asarray(keys_to_keep.eligible)[rows], np.asarray(keys_to_keep.near)[rows]) for rows in slices
    ]
    with ExitStack() as stack:
        runner = executor or stack.enter_context(ThreadPoolExecutor(CORES))
        tasks: list[list[Future[SearchResult]]] = [
            [
                runner.submit(search, source, demand.take(rows), rule_columns.take(rows), part, scorecard, seed, kernel)
                for source in sources
            ]
            for rows, part in zip(slices, keys_by_slice, strict=True)
        ]
        results = [
            merge_parts([task.result() for task in row], part, rule_columns.numbers.shape[1])
            for row, part in zip(tasks, keys_by_slice, strict=True)
        ]
    return _in_a_row(results, rule_columns)


def merge_parts(parts: Sequence[SearchResult], keys_to_keep: KeysToKeep, rules: int) -> SearchResult:
    """Put together what parts of a pool gave for the same vacancies; associative, and in any order the same."""
    size = len(keys_to_keep.eligible)
    counts, considered = no_counts(size, rules), 0
    failed, unknown = np.zeros((size, rules), np.int64), np.zeros((size, rules), np.int64)
    for part in parts:
        considered += part.rule_counts.considered
        failed += part.rule_counts.failed
        unknown += part.rule_counts.unknown
        for total, more in zip(counts, part.rule_counts.counts, strict=True):
            np.add(total, more, out=total)
    return SearchResult(
        merged([part.eligible for part in parts], keys_to_keep.eligible),
        merged([part.near for part in parts], keys_to_keep.near),
        RuleCounts(considered, failed, unknown, counts),
    )


def _in_a_row(results: Sequence[SearchResult], rule_columns: RuleColumns) -> SearchResult:
    """Put together what slices of vacancies gave."""
    if not results:
        nothing = empty_lists(np.empty(0, np.int64))
        return SearchResult(
            nothing, nothing, RuleCounts(0, *_no_totals(rule_columns), no_counts(*rule_columns.numbers.shape))
        )

    def lists(some: Sequence[Lists]) -> Lists:
        length = np.concatenate([each.length for each in some])
        return Lists(np.concatenate([each.keys for each in some]), np.concatenate([[0], np.cumsum(length)]), length)

    rule_counts = [part.rule_counts for part in results]
    return SearchResult(
        lists([part.eligible for part in results]),
        lists([part.near for part in results]),
        RuleCounts(
            rule_counts[0].considered,
            np.concatenate([each.failed for each in rule_counts]),
            np.concatenate([each.unknown for each in rule_counts]),
            PassCounts(*(np.concatenate(some) for some in zip(*(each.counts for each in rule_counts), strict=True))),
        ),
    )


def _no_totals(rule_columns: RuleColumns) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return np.zeros(rule_columns.numbers.shape, np.int64), np.zeros(rule_columns.numbers.shape, np.int64)
