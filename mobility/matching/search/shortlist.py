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
from mobility.matching.eligibility.rule_columns import Plan, plan_of
from mobility.matching.facts.demand import Demand
from mobility.matching.facts.pool import Pool
from mobility.matching.kernels.engines import Kernel, engine
from mobility.matching.kernels.lists import Lists, rows_of
from mobility.matching.kernels.tables import blocking_columns, compile_batch
from mobility.matching.scoring.features import FEATURES
from mobility.matching.scoring.implied import Implied
from mobility.matching.scoring.scorecard import Scorecard
from mobility.matching.search.search import Falls, Room, Source, search_all
from mobility.matching.snapshots.blocks import obstacles
from mobility.matching.snapshots.snapshot import Snapshot, snapshot_of
from mobility.matching.snapshots.storage import opened as open_snapshot
from mobility.rules.law.rulesets import Rule


class Terms(NamedTuple):
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
    contributions : ndarray of int32, shape (n_pairs, n_terms)
        Points by term, summing to ``score``; columns in the order of ``Scorecard.terms``.
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
class Chunk:
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
        return np.array([fall.eligible for fall in self.waterfalls], dtype=np.int64) > kept


def score_chunk(pool: Pool, demand: Demand, rows: Rows, terms: Terms, *, kernel: Kernel = Kernel.AUTO) -> Chunk:
    """Find the best workers of some vacancies in a pool that is in memory.

    Parameters
    ----------
    pool, demand : Pool, Demand
        Sharing one vocabulary.
    rows : ndarray of intp
        Vacancies of the chunk, row numbers.
    terms : Terms
    kernel : Kernel

    Returns
    -------
    Chunk
        The same whatever the other vacancies of the chunk are, and whatever the order of rows.

    Raises
    ------
    ValueError
        If the vocabularies differ or a vacancy names a scheme that ``terms`` does not have.

    Notes
    -----
    Lays the pool out anew for each call; ``shortlist`` reads a snapshot that was built once.
    """
    if pool.vocabulary != demand.vocabulary:
        raise ValueError("pool and demand were built with different vocabularies")
    part = demand.take(rows)
    plan = plan_of(part, terms.schemes, terms.on, frozenset(pool.facts))
    return shortlist(
        [snapshot_of(pool, plan, terms.on.toordinal(), implied=terms.implied)], part, terms, plan=plan, kernel=kernel
    )


def shortlist(
    sources: Sequence[Source],
    demand: Demand,
    terms: Terms,
    *,
    plan: Plan | None = None,
    executor: Executor | None = None,
    kernel: Kernel = Kernel.AUTO,
) -> Chunk:
    """Find the best workers of vacancies in snapshots.

    Parameters
    ----------
    sources : sequence of Snapshot or Path
        Parts of the pool, such as the folders of its shards; no worker in two of them.
    demand : Demand
    terms : Terms
    plan : Plan, optional
        Rules of the vacancies, if it is there already.
    executor : concurrent.futures.Executor, optional
        Where the work is done; threads of this process by default.
    kernel : Kernel

    Returns
    -------
    Chunk
        The same on every executor and however the pool is cut into chunks and parts.

    Raises
    ------
    ValueError
        If a term is negative, vocabularies differ or a vacancy names a scheme that ``terms`` does not have.
    SnapshotError
        If a folder cannot be read, or a snapshot has no answers to a rule that is asked.
    """
    if min(terms.per_position, terms.top, terms.near, terms.a_worker) < 0:
        raise ValueError("a term of the run is negative")
    order = np.argsort(demand.key)
    part = demand.take(order)
    opened = [source if isinstance(source, Snapshot) else open_snapshot(source) for source in sources]
    held = frozenset().union(*(source.held for source in opened))
    asked = plan_of(part, terms.schemes, terms.on, held) if plan is None else plan.take(order)
    room = Room(terms.places(part) + terms.top, np.full(len(part), terms.near))
    found = search_all(sources, part, asked, room, terms.scorecard, terms.seed, executor=executor, kernel=kernel)
    return Chunk(
        part.key,
        tuple(_waterfall(found.falls, row, asked.rules_of(row)) for row in range(len(part))),
        detailed(opened, found.eligible, part, asked, terms, near=False, kernel=kernel),
        detailed(opened, found.near, part, asked, terms, near=True, kernel=kernel),
    )


def detailed(
    sources: Sequence[Snapshot],
    lists: Lists,
    demand: Demand,
    plan: Plan,
    terms: Terms,
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
    demand, plan, terms
        As in the search.
    near : bool
        Whether the lists hold people whom one rule keeps out.
    kernel : Kernel

    Returns
    -------
    Shortlist
    """
    row = rows_of(lists)
    worker = workers_of(terms.seed, demand.key[row], lists.keys)
    values = np.zeros((len(row), len(FEATURES)), dtype=np.int16)
    obstacle = np.full(len(row), -1, dtype=np.int16)
    for source in sources:
        number, local = source.locate(worker)
        batch = compile_batch(demand, source.epoch, terms.seed)
        columns = blocking_columns(plan, source.places(plan))
        for chunk in np.unique(number[number >= 0]).tolist():
            mine = np.flatnonzero(number == chunk)
            some = np.empty((len(mine), len(FEATURES)), dtype=np.int16)
            engine(kernel).pair_values(source.chunks[chunk], batch, row[mine], local[mine], some)
            values[mine] = some
            if near:
                obstacle[mine] = obstacles(source.chunks[chunk], columns[row[mine]], local[mine])
    contributions = terms.scorecard.contributions(values)
    return Shortlist(demand.key[row], worker, scores_of(lists.keys), ties_of(lists.keys), contributions, obstacle)


def _waterfall(falls: Falls, row: int, rules: int) -> Waterfall:
    counts = falls.counts
    return Waterfall(
        considered=falls.considered,
        failed=falls.failed[row, :rules],
        unknown=falls.unknown[row, :rules],
        sole=counts.sole[row, :rules],
        left=counts.left[row, :rules],
        eligible=int(counts.eligible[row]),
        unclear=int(counts.unclear[row]),
    )


def join(parts: Sequence[Shortlist]) -> Shortlist:
    """Put shortlists one after another; at least one is needed."""
    return Shortlist(*(np.concatenate([getattr(part, name.name) for part in parts]) for name in fields(Shortlist)))


def empty_shortlist(terms: int = len(FEATURES)) -> Shortlist:
    """Return a shortlist without pairs; its contributions have a column for each of ``terms`` terms."""
    nothing = np.empty(0, dtype=np.int64)
    points = np.empty((0, terms), dtype=np.int32)
    return Shortlist(
        nothing, nothing, nothing.astype(np.int32), nothing.astype(np.uint64), points, nothing.astype(np.int16)
    )
