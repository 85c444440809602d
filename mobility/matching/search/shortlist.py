"""The best eligible workers of some vacancies: rules, features, points, exact top; no limits and no allocation."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, fields
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mobility.matching.core.arrays import Flags, Rows, Whole
from mobility.matching.core.ties import scores_of, ties_of, workers_of
from mobility.matching.eligibility.eligibility import Waterfall
from mobility.matching.eligibility.rule_columns import RuleColumns, rule_columns_of
from mobility.matching.facts.demand import Demand
from mobility.matching.facts.pool import Pool
from mobility.matching.kernels.engines import Kernel, engine
from mobility.matching.kernels.lists import Lists, rows_of
from mobility.matching.kernels.tables import blocking_columns, compile_batch
from mobility.matching.scoring.features import FEATURES
from mobility.matching.scoring.implied import Implied
from mobility.matching.scoring.scorecard import Scorecard
from mobility.matching.search.search import KeysToKeep, RuleCounts, SnapshotSource, search_all
from mobility.matching.snapshots.blocks import obstacles
from mobility.matching.snapshots.snapshot import Snapshot, snapshot_of
from mobility.matching.snapshots.storage import opened as open_snapshot
from mobility.rules.law.rulesets import Rule


class RunSettings(NamedTuple):
    """What holds for a whole run.

    Attributes
    ----------
    schemes : sequence of sequence of Rule
        Rules by scheme, in the order that ``Demand.scheme`` counts.
    scorecard : Scorecard
    on : date
        The day whose law applies.
    seed : int
        Of the lottery among equal scores; published.
    per_position : int
        Proposals wanted for each position.
    top : int
        Eligible workers kept for each vacancy beyond its places.
    near : int
        Workers kept for each vacancy whom one single rule keeps out.
    a_worker : int
        Open proposals that one worker may have.
    implied : Implied or None
        Which skills imply broader ones; None for none.
    """

    schemes: Sequence[Sequence[Rule]]
    scorecard: Scorecard
    on: date
    seed: int
    per_position: int = 2
    top: int = 20
    near: int = 5
    a_worker: int = 3
    implied: Implied | None = None

    def places(self, demand: Demand) -> Whole:
        """Return the proposals wanted for each vacancy, shape (n_vacancies,)."""
        wanted: Whole = demand.positions.astype(np.int64) * self.per_position
        return wanted


@dataclass(frozen=True, slots=True, eq=False)
class Shortlist:
    """Scored pairs, sorted by vacancy key, then best first; all arrays have n_pairs rows.

    Attributes
    ----------
    vacancy, worker : ndarray of int64
        Keys.
    score : ndarray of int32
        0 to 10,000.
    tie : ndarray of uint64
        Among equal scores the smaller goes first.
    contributions : ndarray of int32, shape (n_pairs, n_lines)
        Points by line of the scorecard, summing to ``score``; columns in the order of ``Scorecard.terms``.
    obstacle : ndarray of int16
        For near misses the row of the one rule of the vacancy's scheme that is not passed; -1 for eligible pairs.
    """

    vacancy: Whole
    worker: Whole
    score: Whole
    tie: NDArray[np.uint64]
    contributions: Whole
    obstacle: Whole

    def __len__(self) -> int:
        return len(self.vacancy)

    def take(self, rows: Rows | Flags) -> "Shortlist":
        """Return the given rows, in that order."""
        return Shortlist(*(getattr(self, part.name)[rows] for part in fields(self)))

    def in_order(self) -> "Shortlist":
        """Return the pairs by vacancy key, then best first."""
        return self.take(np.lexsort((self.worker, self.tie, -self.score.astype(np.int64), self.vacancy)))


@dataclass(frozen=True, slots=True, eq=False)
class ScoredBatch:
    """What a run found for some vacancies before any limit.

    Attributes
    ----------
    vacancies : ndarray of int64, shape (n_vacancies,)
        Keys, ascending.
    waterfalls : tuple of Waterfall, length n_vacancies
        In the order of ``vacancies``.
    eligible : Shortlist
        The best eligible workers of each vacancy, as many as it has places and ``top`` more.
    near : Shortlist
        The best workers of each vacancy whom one single rule keeps out, failed or unknown.
    """

    vacancies: Whole
    waterfalls: tuple[Waterfall, ...]
    eligible: Shortlist
    near: Shortlist

    @property
    def truncated(self) -> Flags:
        """Which vacancies have more eligible workers than were kept, shape (n_vacancies,)."""
        kept = np.bincount(np.searchsorted(self.vacancies, self.eligible.vacancy), minlength=len(self.vacancies))
        return np.array([waterfall.eligible for waterfall in self.waterfalls], dtype=np.int64) > kept


def score_batch(
    pool: Pool, demand: Demand, rows: Rows, settings: RunSettings, *, kernel: Kernel = Kernel.AUTO
) -> ScoredBatch:
    """Find the best workers of some vacancies in a pool that is in memory.

    Parameters
    ----------
    pool, demand : Pool, Demand
        Sharing one vocabulary.
    rows : ndarray of intp
        Vacancies of the batch, row numbers.
    settings : RunSettings
    kernel : Kernel

    Returns
    -------
    ScoredBatch
        The same whatever the other vacancies of the batch are, and whatever the order of rows.

    Raises
    ------
    ValueError
        If the vocabularies differ or a vacancy names a scheme that ``settings`` does not have.

    Notes
    -----
    Lays the pool out anew for each call; ``shortlist`` reads a snapshot that was built once.
    """
    if pool.vocabulary != demand.vocabulary:
        raise ValueError("pool and demand were built with different vocabularies")
    part = demand.take(rows)
    rule_columns = rule_columns_of(part, settings.schemes, settings.on, frozenset(pool.facts))
    return shortlist(
        [snapshot_of(pool, rule_columns, settings.on.toordinal(), implied=settings.implied)],
        part,
        settings,
        rule_columns=rule_columns,
        kernel=kernel,
    )


def shortlist(
    sources: Sequence[SnapshotSource],
    demand: Demand,
    settings: RunSettings,
    *,
    rule_columns: RuleColumns | None = None,
    executor: Executor | None = None,
    kernel: Kernel = Kernel.AUTO,
) -> ScoredBatch:
    """Find the best workers of vacancies in snapshots.

    Parameters
    ----------
    sources : sequence of Snapshot or Path
        Parts of the pool, such as the folders of its shards; no worker in two of them.
    demand : Demand
    settings : RunSettings
    rule_columns : RuleColumns, optional
        Rules of the vacancies, if it is there already.
    executor : concurrent.futures.Executor, optional
        Where the work is done; threads of this process by default.
    kernel : Kernel

    Returns
    -------
    ScoredBatch
        The same on every executor and however the pool is cut into blocks and parts.

    Raises
    ------
    ValueError
        If a term is negative, vocabularies differ or a vacancy names a scheme that ``settings`` does not have.
    SnapshotError
        If a folder cannot be read, or a snapshot has no answers to a rule that is asked.
    """
    if min(settings.per_position, settings.top, settings.near, settings.a_worker) < 0:
        raise ValueError("a term of the run is negative")
    order = np.argsort(demand.key)
    part = demand.take(order)
    opened = [source if isinstance(source, Snapshot) else open_snapshot(source) for source in sources]
    fact_names = frozenset().union(*(source.fact_names for source in opened))
    ordered = (
        rule_columns_of(part, settings.schemes, settings.on, fact_names)
        if rule_columns is None
        else rule_columns.take(order)
    )
    keys_to_keep = KeysToKeep(settings.places(part) + settings.top, np.full(len(part), settings.near))
    result = search_all(
        sources, part, ordered, keys_to_keep, settings.scorecard, settings.seed, executor=executor, kernel=kernel
    )
    return ScoredBatch(
        part.key,
        tuple(_waterfall(result.rule_counts, row, ordered.rules_of(row)) for row in range(len(part))),
        detailed(opened, result.eligible, part, ordered, settings, near=False, kernel=kernel),
        detailed(opened, result.near, part, ordered, settings, near=True, kernel=kernel),
    )


def detailed(
    sources: Sequence[Snapshot],
    lists: Lists,
    demand: Demand,
    rule_columns: RuleColumns,
    settings: RunSettings,
    *,
    near: bool,
    kernel: Kernel = Kernel.AUTO,
) -> Shortlist:
    """Return the pairs of ranked lists with the points that each feature brings and, for near misses, the obstacle.

    Parameters
    ----------
    sources : sequence of Snapshot
        That the lists were found in.
    lists : Lists
        Best first, of the vacancies of ``demand`` in their order.
    demand, rule_columns, settings
        As in the search.
    near : bool
        Whether the lists hold people whom one rule keeps out.
    kernel : Kernel

    Returns
    -------
    Shortlist
    """
    row = rows_of(lists)
    worker = workers_of(settings.seed, demand.key[row], lists.keys)
    values = np.zeros((len(row), len(FEATURES)), dtype=np.int16)
    obstacle = np.full(len(row), -1, dtype=np.int16)
    for source in sources:
        number, local = source.locate(worker)
        batch = compile_batch(demand, source.epoch, settings.seed)
        columns = blocking_columns(rule_columns, source.places(rule_columns))
        for block in np.unique(number[number >= 0]).tolist():
            mine = np.flatnonzero(number == block)
            some = np.empty((len(mine), len(FEATURES)), dtype=np.int16)
            engine(kernel).pair_values(source.blocks[block], batch, row[mine], local[mine], some)
            values[mine] = some
            if near:
                obstacle[mine] = obstacles(source.blocks[block], columns[row[mine]], local[mine])
    contributions = settings.scorecard.contributions(values)
    return Shortlist(demand.key[row], worker, scores_of(lists.keys), ties_of(lists.keys), contributions, obstacle)


def _waterfall(rule_counts: RuleCounts, row: int, rules: int) -> Waterfall:
    counts = rule_counts.counts
    return Waterfall(
        considered=rule_counts.considered,
        failed=rule_counts.failed[row, :rules],
        unknown=rule_counts.unknown[row, :rules],
        sole=counts.sole[row, :rules],
        left=counts.left[row, :rules],
        eligible=int(counts.eligible[row]),
        unclear=int(counts.unclear[row]),
    )


def join(parts: Sequence[Shortlist]) -> Shortlist:
    """Put shortlists one after another; at least one is needed."""
    return Shortlist(*(np.concatenate([getattr(part, name.name) for part in parts]) for name in fields(Shortlist)))


def empty_shortlist(columns: int = len(FEATURES)) -> Shortlist:
    """Return a shortlist without pairs; its contributions have so many columns."""
    nothing = np.empty(0, dtype=np.int64)
    points = np.empty((0, columns), dtype=np.int32)
    return Shortlist(
        nothing, nothing, nothing.astype(np.int32), nothing.astype(np.uint64), points, nothing.astype(np.int16)
    )
