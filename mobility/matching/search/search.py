"""A pass over snapshots for some vacancies: who passes, the best ranking keys, the counts; merging parts exactly."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mobility.matching.core.arrays import Flags, Whole
from mobility.matching.eligibility.rule_columns import Plan
from mobility.matching.eligibility.waterfalls import distinct
from mobility.matching.facts.demand import Demand
from mobility.matching.kernels.engines import Kernel, engine
from mobility.matching.kernels.lists import Counts, Lists, empty_lists, merged, no_counts, ranked
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
Source: TypeAlias = Snapshot | Path


class Room(NamedTuple):
    """How many keys to keep of each vacancy, both of shape (n_vacancies,)."""

    eligible: Whole
    near: Whole


class Falls(NamedTuple):
    """How rules narrow a pool: ``considered`` workers; failed and unknown of shape (v, r); further counts."""

    considered: int
    failed: NDArray[np.int64]
    unknown: NDArray[np.int64]
    counts: Counts


class Found(NamedTuple):
    """What a pass found for v vacancies, in their order; lists are best first."""

    eligible: Lists
    near: Lists
    falls: Falls


class SameThread(Executor):
    """Does what it is given at once, in the caller's thread: for callers that are in a thread of their own."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call ``fn`` and return its answer as a future; an error is raised here."""
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


def search(
    source: Source,
    demand: Demand,
    plan: Plan,
    room: Room,
    scorecard: Scorecard,
    seed: int,
    kernel: Kernel = Kernel.AUTO,
) -> Found:
    """Look through one snapshot for some vacancies, in this thread.

    Parameters
    ----------
    source : Snapshot or Path
        The snapshot, or its folder.
    demand : Demand
    plan : Plan
        Rules of the same vacancies, in the same order.
    room : Room
        Keys wanted.
    scorecard : Scorecard
    seed : int
        Of the lottery.
    kernel : Kernel

    Returns
    -------
    Found

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
    places, engines = snapshot.places(plan), engine(kernel)
    batch, card = compile_batch(demand, snapshot.epoch, seed), compile_card(scorecard)
    points = compile_points(batch, card)
    columns = blocking_columns(plan, places)
    eligible, near = empty_lists(room.eligible), empty_lists(room.near)
    for chunk in snapshot.chunks:
        engines.select(chunk, batch, card, points, columns, eligible, near)
    return Found(ranked(eligible), ranked(near), counted(snapshot, plan, kernel))


def counted(snapshot: Snapshot, plan: Plan, kernel: Kernel = Kernel.AUTO, *, threads: int = 1) -> Falls:
    """Return only the counts of a run: who is left after each rule, from bitsets alone.

    Vacancies that ask the same have the same counts: each such row of rules is counted once.
    """
    rows = distinct(in_snapshot(plan, snapshot.places(plan)), plan.blocking)
    cuts = [cut for cut in np.array_split(np.arange(len(rows.columns)), threads) if len(cut)]
    with ThreadPoolExecutor(threads) if threads > 1 else SameThread() as pool:
        parts = [pool.submit(_counted, snapshot, rows.columns[cut], rows.blocking[cut], kernel) for cut in cuts]
        falls = [part.result() for part in parts]
    if not falls:
        return Falls(len(snapshot), *_no_totals(plan), no_counts(*plan.numbers.shape))
    failed, unknown = (np.concatenate(some)[rows.of] for some in zip(*(each[1:3] for each in falls), strict=True))
    counts = [np.concatenate(some)[rows.of] for some in zip(*(each.counts for each in falls), strict=True)]
    return Falls(len(snapshot), failed, unknown, Counts(*counts))


def _counted(snapshot: Snapshot, columns: NDArray[np.int32], blocking: Flags, kernel: Kernel) -> Falls:
    """Count for distinct rows, in one thread."""
    counts, engines, asked = no_counts(*columns.shape), engine(kernel), np.unique(columns[columns >= 0])
    passed, unknown = np.zeros(len(asked), np.int64), np.zeros(len(asked), np.int64)
    for chunk in snapshot.chunks:
        engines.count(chunk, columns, blocking, counts)
        engines.add_sizes(chunk, asked, passed, unknown)
    # What a column comes to is the same for all who ask for it; nothing is the last place.
    place = np.where(columns >= 0, np.searchsorted(asked, columns), len(asked))
    failed = np.append(len(snapshot) - passed - unknown, 0)
    return Falls(len(snapshot), failed[place], np.append(unknown, 0)[place], counts)


def search_all(
    sources: Sequence[Source],
    demand: Demand,
    plan: Plan,
    room: Room,
    scorecard: Scorecard,
    seed: int,
    *,
    executor: Executor | None = None,
    kernel: Kernel = Kernel.AUTO,
    width: int = SLICE,
) -> Found:
    """Look through all parts of a pool, in parallel over slices of vacancies and parts.

    Parameters
    ----------
    sources : sequence of Snapshot or Path
        Parts of the pool; no worker in two of them. Folders are opened where a task runs, so an executor of processes
        or of a cluster should be given folders.
    demand, plan, room, scorecard, seed, kernel
        As in ``search``.
    executor : concurrent.futures.Executor, optional
        Where slices are searched; threads of this process by default.
    width : int
        Vacancies in a slice; changes no bit of the result.

    Returns
    -------
    Found
        The same on every executor, and however the pool and the vacancies are cut.
    """
    cuts = [np.arange(first, min(first + width, len(demand))) for first in range(0, len(demand), width)]
    rooms = [Room(np.asarray(room.eligible)[cut], np.asarray(room.near)[cut]) for cut in cuts]
    with ExitStack() as stack:
        runner = executor or stack.enter_context(ThreadPoolExecutor(CORES))
        tasks: list[list[Future[Found]]] = [
            [
                runner.submit(search, source, demand.take(cut), plan.take(cut), part, scorecard, seed, kernel)
                for source in sources
            ]
            for cut, part in zip(cuts, rooms, strict=True)
        ]
        found = [
            merge_parts([task.result() for task in row], part, plan.numbers.shape[1])
            for row, part in zip(tasks, rooms, strict=True)
        ]
    return _in_a_row(found, plan)


def merge_parts(parts: Sequence[Found], room: Room, rules: int) -> Found:
    """Put together what parts of a pool gave for the same vacancies; associative, and in any order the same."""
    size = len(room.eligible)
    counts, considered = no_counts(size, rules), 0
    failed, unknown = np.zeros((size, rules), np.int64), np.zeros((size, rules), np.int64)
    for part in parts:
        considered += part.falls.considered
        failed += part.falls.failed
        unknown += part.falls.unknown
        for total, more in zip(counts, part.falls.counts, strict=True):
            np.add(total, more, out=total)
    return Found(
        merged([part.eligible for part in parts], room.eligible),
        merged([part.near for part in parts], room.near),
        Falls(considered, failed, unknown, counts),
    )


def _in_a_row(parts: Sequence[Found], plan: Plan) -> Found:
    """Put together what slices of vacancies gave."""
    if not parts:
        nothing = empty_lists(np.empty(0, np.int64))
        return Found(nothing, nothing, Falls(0, *_no_totals(plan), no_counts(*plan.numbers.shape)))

    def lists(some: Sequence[Lists]) -> Lists:
        held = np.concatenate([each.held for each in some])
        return Lists(np.concatenate([each.keys for each in some]), np.concatenate([[0], np.cumsum(held)]), held)

    falls = [part.falls for part in parts]
    return Found(
        lists([part.eligible for part in parts]),
        lists([part.near for part in parts]),
        Falls(
            falls[0].considered,
            np.concatenate([fall.failed for fall in falls]),
            np.concatenate([fall.unknown for fall in falls]),
            Counts(*(np.concatenate(some) for some in zip(*(fall.counts for fall in falls), strict=True))),
        ),
    )


def _no_totals(plan: Plan) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return np.zeros(plan.numbers.shape, np.int64), np.zeros(plan.numbers.shape, np.int64)
