"""What other rules would change: only what they touch is worked out anew, and the answer is that of a whole run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from mobility.matching.core.arrays import Flags, Rows, Whole
from mobility.matching.core.bitsets import Words
from mobility.matching.core.ties import workers_of
from mobility.matching.eligibility.rule_columns import Plan, plan_of
from mobility.matching.facts.demand import Demand
from mobility.matching.facts.pool import Pool
from mobility.matching.kernels.engines import Kernel, engine
from mobility.matching.kernels.lists import Lists, empty_lists, merged, ranked, rows_of
from mobility.matching.kernels.tables import blocking_columns, compile_batch, compile_card, compile_points
from mobility.matching.scoring.scorecard import Scorecard
from mobility.matching.search.search import CORES, Found, Room, counted, search, search_all
from mobility.matching.snapshots.blocks import NOBODY, ChunkArrays, obstacles
from mobility.matching.snapshots.snapshot import Snapshot, SnapshotError, answer_words
from mobility.rules.law.rulesets import Rule


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """A run held in memory with the facts it rests on, ready to be asked what other rules would change.

    Attributes
    ----------
    pool : Pool
        The workers' facts, ascending by key; they never leave the process.
    snapshot : Snapshot
        Of the same workers.
    demand : Demand
    plan : Plan
    room : Room
    scorecard : Scorecard
    seed : int
    on : date
        The day whose law applies.
    found : Found
        Lists and counts under the rules of ``plan``; near misses are not kept.
    searched : int
        Vacancies that the last change made search the whole pool again.
    """

    pool: Pool
    snapshot: Snapshot
    demand: Demand
    plan: Plan
    room: Room
    scorecard: Scorecard
    seed: int
    on: date
    found: Found
    searched: int = 0


def simulation(
    pool: Pool,
    snapshot: Snapshot,
    demand: Demand,
    schemes: Sequence[Sequence[Rule]],
    on: date,
    keep: int | Whole,
    scorecard: Scorecard,
    seed: int,
) -> Simulation:
    """Run once under the rules as they are.

    Parameters
    ----------
    pool, snapshot : Pool, Snapshot
        Of the same workers; the snapshot may lack rule columns.
    demand : Demand
    schemes : sequence of sequence of Rule
    on : date
        The day whose law applies.
    keep : int or ndarray of int, shape (n_vacancies,)
        Workers kept for each vacancy.
    scorecard : Scorecard
    seed : int
        Of the lottery.

    Returns
    -------
    Simulation

    Raises
    ------
    SnapshotError
        ``snapshot.pool``: pool and snapshot hold different workers.
    """
    people = pool.take(np.argsort(pool.key))
    plan = plan_of(demand, schemes, on, frozenset(pool.facts))
    wide = with_columns(snapshot, people, plan)
    kept = np.broadcast_to(np.asarray(keep, np.int64), len(demand)).copy()
    room = Room(kept, np.zeros(len(demand), np.int64))
    found = search_all([wide], demand, plan, room, scorecard, seed)
    return Simulation(people, wide, demand, plan, room, scorecard, seed, on, found, len(demand))


def with_columns(snapshot: Snapshot, pool: Pool, plan: Plan) -> Snapshot:
    """Return a snapshot that answers every rule of a plan; only columns that it lacks are worked out.

    Parameters
    ----------
    snapshot : Snapshot
    pool : Pool
        The same workers, ascending by key.
    plan : Plan

    Returns
    -------
    Snapshot

    Raises
    ------
    SnapshotError
        ``snapshot.pool``: pool and snapshot hold different workers.
    """
    held = set(snapshot.columns)
    lacking = [number for number, name in enumerate(plan.columns) if name not in held]
    if not lacking:
        return snapshot
    bounds = np.cumsum([0, *(len(chunk.key) for chunk in snapshot.chunks)])
    keys = [pool.key[first:last] for first, last in pairwise(bounds.tolist())]
    same = all(np.array_equal(chunk.key, key) for chunk, key in zip(snapshot.chunks, keys, strict=True))
    if bounds[-1] != len(pool) or not same:
        raise SnapshotError("snapshot.pool", "it holds other workers than the pool; build it from this pool")
    parts = [np.arange(first, last) for first, last in pairwise(bounds.tolist())]
    passed, unknown = answer_words(pool, [plan.questions[number] for number in lacking], parts)
    chunks = tuple(_wider(*each) for each in zip(snapshot.chunks, passed, unknown, strict=True))
    columns = (*snapshot.columns, *(plan.columns[number] for number in lacking))
    return Snapshot(snapshot.vocabulary, snapshot.epoch, snapshot.held, columns, chunks)


def changed(before: Simulation, schemes: Sequence[Sequence[Rule]], kernel: Kernel = Kernel.AUTO) -> Simulation:
    """Return the run under other rules.

    Parameters
    ----------
    before : Simulation
    schemes : sequence of sequence of Rule
        In the order that ``Demand.scheme`` counts.
    kernel : Kernel

    Returns
    -------
    Simulation
        Lists and counts as a whole run would give them, to the last bit.

    Notes
    -----
    Counts come from bitsets alone. Of each list those stay who still pass; only workers who pass now and did not
    before are scored. A list that lost somebody and cannot be filled with certainty is searched anew: whoever was not
    on it ranks below its last, so it is certain as far as that one's key.
    """
    plan = plan_of(before.demand, schemes, before.on, frozenset(before.pool.facts))
    snapshot = with_columns(before.snapshot, before.pool, plan)
    falls = counted(snapshot, plan, kernel, threads=CORES)
    kept = _still_passing(before, snapshot, plan)
    lists = merged([kept, _newly_passing(before, snapshot, plan, kernel)], before.room.eligible)
    again = np.flatnonzero(_uncertain(before, lists))
    if len(again):
        lists = _searched(before, snapshot, plan, lists, again, kernel)
    found = Found(lists, before.found.near, falls)
    return Simulation(
        before.pool, snapshot, before.demand, plan, before.room, before.scorecard, before.seed, before.on, found,
        len(again),
    )  # fmt: skip


def _wider(chunk: ChunkArrays, passed: Words, unknown: Words) -> ChunkArrays:
    """Return a chunk with further rule columns."""
    first, count = len(chunk.bits), len(passed)
    open_ = unknown.any(axis=1)
    where = np.where(open_, first + count + np.cumsum(open_) - 1, NOBODY)
    wider = chunk._replace(
        bits=np.concatenate([chunk.bits, passed, unknown[open_]]),
        passed=np.concatenate([chunk.passed, np.arange(first, first + count)]).astype(np.int32),
        unknown=np.concatenate([chunk.unknown, where]).astype(np.int32),
    )
    for array in (wider.bits, wider.passed, wider.unknown):
        array.flags.writeable = False
    return wider


def _still_passing(before: Simulation, snapshot: Snapshot, plan: Plan) -> Lists:
    """Return the lists without those who do not pass any more."""
    lists = before.found.eligible
    row = rows_of(lists)
    worker = workers_of(before.seed, before.demand.key[row], lists.keys)
    columns = blocking_columns(plan, snapshot.places(plan))
    passing = np.zeros(len(row), dtype=np.bool_)
    number, local = snapshot.locate(worker)
    for chunk in np.unique(number).tolist():
        mine = np.flatnonzero(number == chunk)
        passing[mine] = obstacles(snapshot.chunks[chunk], columns[row[mine]], local[mine]) < 0
    held = np.bincount(row[passing], minlength=len(before.demand))
    return Lists(lists.keys[passing], np.concatenate([[0], np.cumsum(held)]), held)


def _newly_passing(before: Simulation, snapshot: Snapshot, plan: Plan, kernel: Kernel) -> Lists:
    """Return the best of those who pass now and did not before."""
    batch, card = compile_batch(before.demand, snapshot.epoch, before.seed), compile_card(before.scorecard)
    points, columns = compile_points(batch, card), blocking_columns(plan, snapshot.places(plan))
    former = blocking_columns(before.plan, snapshot.places(before.plan))
    fresh, nobody = empty_lists(before.room.eligible), empty_lists(np.zeros(len(before.demand), np.int64))
    for chunk in snapshot.chunks:
        engine(kernel).select_new(chunk, batch, card, points, columns, former, fresh, nobody)
    return ranked(fresh)


def _uncertain(before: Simulation, lists: Lists) -> Flags:
    """Tell which lists may lack somebody who was below the end of the former list."""
    old, room = before.found.eligible, np.asarray(before.room.eligible)
    whole = before.found.falls.counts.eligible <= old.held
    least = np.zeros(len(room), dtype=np.uint64)
    least[old.held > 0] = old.keys[old.start[1:][old.held > 0] - 1]
    row = rows_of(lists)
    certain = np.bincount(row[lists.keys >= least[row]], minlength=len(room))
    return ~whole & (certain < room)


def _searched(before: Simulation, snapshot: Snapshot, plan: Plan, lists: Lists, again: Rows, kernel: Kernel) -> Lists:
    """Return the lists with some of them searched anew."""
    room = np.asarray(before.room.eligible)
    some = Room(room[again], np.zeros(len(again), np.int64))
    anew = search(
        snapshot, before.demand.take(again), plan.take(again), some, before.scorecard, before.seed, kernel
    ).eligible
    keys = np.split(lists.keys, lists.start[1:-1])
    for row, found in zip(again.tolist(), np.split(anew.keys, anew.start[1:-1]), strict=True):
        keys[row] = found
    held = np.array([len(each) for each in keys], dtype=np.int64)
    return Lists(np.concatenate(keys), np.concatenate([[0], np.cumsum(held)]), held)
