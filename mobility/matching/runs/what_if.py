"""What other rules would change: only what they touch is worked out anew, and the answer is that of a whole run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from mobility.matching.core.arrays import Flags, Rows, Whole
from mobility.matching.core.bitsets import Words
from mobility.matching.core.ties import workers_of
from mobility.matching.eligibility.rule_columns import RuleColumns, rule_columns_of
from mobility.matching.facts.demand import Demand
from mobility.matching.facts.pool import Pool
from mobility.matching.kernels.engines import Kernel, engine
from mobility.matching.kernels.lists import Lists, empty_lists, merged, ranked, rows_of
from mobility.matching.kernels.tables import blocking_columns, compile_batch, compile_card, compile_points
from mobility.matching.scoring.scorecard import Scorecard
from mobility.matching.search.search import CORES, KeysToKeep, SearchResult, counted, search, search_all
from mobility.matching.snapshots.blocks import NOBODY, BlockArrays, obstacles
from mobility.matching.snapshots.snapshot import Snapshot, SnapshotError, answer_words
from mobility.rules.law.rulesets import Rule


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """A run kept in memory with the facts it rests on, ready to be asked what other rules would change.

    Attributes
    ----------
    pool : Pool
        The workers' facts, ascending by key; they never leave the process.
    snapshot : Snapshot
        Of the same workers.
    demand : Demand
    rule_columns : RuleColumns
    keys_to_keep : KeysToKeep
    scorecard : Scorecard
    seed : int
    on : date
        The day whose law applies.
    result : SearchResult
        Lists and counts under the rules of ``rule_columns``; near misses are not kept.
    searched : int
        Vacancies that the last change made search the whole pool again.
    """

    pool: Pool
    snapshot: Snapshot
    demand: Demand
    rule_columns: RuleColumns
    keys_to_keep: KeysToKeep
    scorecard: Scorecard
    seed: int
    on: date
    result: SearchResult
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
    rule_columns = rule_columns_of(demand, schemes, on, frozenset(pool.facts))
    wide = with_columns(snapshot, people, rule_columns)
    kept = np.broadcast_to(np.asarray(keep, np.int64), len(demand)).copy()
    keys_to_keep = KeysToKeep(kept, np.zeros(len(demand), np.int64))
    result = search_all([wide], demand, rule_columns, keys_to_keep, scorecard, seed)
    return Simulation(people, wide, demand, rule_columns, keys_to_keep, scorecard, seed, on, result, len(demand))


def with_columns(snapshot: Snapshot, pool: Pool, rule_columns: RuleColumns) -> Snapshot:
    """Return a snapshot that answers every rule of some vacancies; only columns that it lacks are worked out.

    Parameters
    ----------
    snapshot : Snapshot
    pool : Pool
        The same workers, ascending by key.
    rule_columns : RuleColumns

    Returns
    -------
    Snapshot

    Raises
    ------
    SnapshotError
        ``snapshot.pool``: pool and snapshot hold different workers.
    """
    answered = set(snapshot.columns)
    lacking = [number for number, name in enumerate(rule_columns.columns) if name not in answered]
    if not lacking:
        return snapshot
    parts = _rows_by_block(snapshot, pool)
    passed, unknown = answer_words(pool, [rule_columns.questions[number] for number in lacking], parts)
    blocks = tuple(_wider(*each) for each in zip(snapshot.blocks, passed, unknown, strict=True))
    columns = (*snapshot.columns, *(rule_columns.columns[number] for number in lacking))
    return Snapshot(snapshot.vocabulary, snapshot.epoch, snapshot.fact_names, columns, blocks)


def _rows_by_block(snapshot: Snapshot, pool: Pool) -> list[Rows]:
    """Return the rows of a pool that stand in each block; raises ``SnapshotError`` if these hold other workers."""
    bounds = np.cumsum([0, *(len(block.key) for block in snapshot.blocks)])
    rows = [np.arange(first, last) for first, last in pairwise(bounds.tolist())]
    if bounds[-1] != len(pool) or not all(
        np.array_equal(block.key, pool.key[part]) for block, part in zip(snapshot.blocks, rows, strict=True)
    ):
        raise SnapshotError("snapshot.pool", "it holds other workers than the pool; build it from this pool")
    return rows


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
    rule_columns = rule_columns_of(before.demand, schemes, before.on, frozenset(before.pool.facts))
    snapshot = with_columns(before.snapshot, before.pool, rule_columns)
    rule_counts = counted(snapshot, rule_columns, kernel, threads=CORES)
    kept = _still_passing(before, snapshot, rule_columns)
    lists = merged([kept, _newly_passing(before, snapshot, rule_columns, kernel)], before.keys_to_keep.eligible)
    again = np.flatnonzero(_uncertain(before, lists))
    if len(again):
        lists = _searched(before, snapshot, rule_columns, lists, again, kernel)
    result = SearchResult(lists, before.result.near, rule_counts)
    return Simulation(
        before.pool, snapshot, before.demand, rule_columns, before.keys_to_keep, before.scorecard, before.seed,
        before.on, result, len(again),
    )  # fmt: skip


def _wider(block: BlockArrays, passed: Words, unknown: Words) -> BlockArrays:
    """Return a block with further rule columns."""
    first, count = len(block.bits), len(passed)
    open_ = unknown.any(axis=1)
    where = np.where(open_, first + count + np.cumsum(open_) - 1, NOBODY)
    wider = block._replace(
        bits=np.concatenate([block.bits, passed, unknown[open_]]),
        passed=np.concatenate([block.passed, np.arange(first, first + count)]).astype(np.int32),
        unknown=np.concatenate([block.unknown, where]).astype(np.int32),
    )
    for array in (wider.bits, wider.passed, wider.unknown):
        array.flags.writeable = False
    return wider


def _still_passing(before: Simulation, snapshot: Snapshot, rule_columns: RuleColumns) -> Lists:
    """Return the lists without those who do not pass any more."""
    lists = before.result.eligible
    row = rows_of(lists)
    worker = workers_of(before.seed, before.demand.key[row], lists.keys)
    columns = blocking_columns(rule_columns, snapshot.places(rule_columns))
    passing = np.zeros(len(row), dtype=np.bool_)
    number, local = snapshot.locate(worker)
    for block in np.unique(number).tolist():
        mine = np.flatnonzero(number == block)
        passing[mine] = obstacles(snapshot.blocks[block], columns[row[mine]], local[mine]) < 0
    length = np.bincount(row[passing], minlength=len(before.demand))
    return Lists(lists.keys[passing], np.concatenate([[0], np.cumsum(length)]), length)


def _newly_passing(before: Simulation, snapshot: Snapshot, rule_columns: RuleColumns, kernel: Kernel) -> Lists:
    """Return the best of those who pass now and did not before."""
    batch, card = compile_batch(before.demand, snapshot.epoch, before.seed), compile_card(before.scorecard)
    points, columns = compile_points(batch, card), blocking_columns(rule_columns, snapshot.places(rule_columns))
    former = blocking_columns(before.rule_columns, snapshot.places(before.rule_columns))
    fresh, nobody = empty_lists(before.keys_to_keep.eligible), empty_lists(np.zeros(len(before.demand), np.int64))
    for block in snapshot.blocks:
        engine(kernel).select_new(block, batch, card, points, columns, former, fresh, nobody)
    return ranked(fresh)


def _uncertain(before: Simulation, lists: Lists) -> Flags:
    """Tell which lists may lack somebody who was below the end of the former list."""
    old, keys_to_keep = before.result.eligible, np.asarray(before.keys_to_keep.eligible)
    whole = before.result.rule_counts.counts.eligible <= old.length
    least = np.zeros(len(keys_to_keep), dtype=np.uint64)
    least[old.length > 0] = old.keys[old.start[1:][old.length > 0] - 1]
    row = rows_of(lists)
    certain = np.bincount(row[lists.keys >= least[row]], minlength=len(keys_to_keep))
    return ~whole & (certain < keys_to_keep)


def _searched(
    before: Simulation, snapshot: Snapshot, rule_columns: RuleColumns, lists: Lists, again: Rows, kernel: Kernel
) -> Lists:
    """Return the lists with some of them searched anew."""
    keys_to_keep = np.asarray(before.keys_to_keep.eligible)
    some = KeysToKeep(keys_to_keep[again], np.zeros(len(again), np.int64))
    anew = search(
        snapshot, before.demand.take(again), rule_columns.take(again), some, before.scorecard, before.seed, kernel
    ).eligible
    keys = np.split(lists.keys, lists.start[1:-1])
    for row, result in zip(again.tolist(), np.split(anew.keys, anew.start[1:-1]), strict=True):
        keys[row] = result
    length = np.array([len(each) for each in keys], dtype=np.int64)
    return Lists(np.concatenate(keys), np.concatenate([[0], np.cumsum(length)]), length)
