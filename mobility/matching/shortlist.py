"""The best eligible workers of some vacancies: rules, features, points, exact top; no limits and no allocation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mobility.matching.arrays import Flags, Rows, Whole
from mobility.matching.demand import Demand
from mobility.matching.eligibility import PoolRules, Waterfall, eligible, sole_obstacle, waterfall
from mobility.matching.features import FEATURES, feature_values
from mobility.matching.pool import Pool
from mobility.matching.scorecard import Scorecard
from mobility.matching.ties import tie_order
from mobility.rules.rulesets import Rule

#: Workers looked at together; keeps memory bounded whatever the pool.
BLOCK = 16_384
#: Pairs whose features are held at once, about.
PAIRS_AT_ONCE = 500_000


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
    """

    schemes: Sequence[Sequence[Rule]]
    scorecard: Scorecard
    on: date
    seed: int
    per_position: int = 2
    top: int = 20
    near: int = 5
    a_worker: int = 3

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


def score_chunk(pool: Pool, demand: Demand, rows: Rows, terms: Terms) -> Chunk:
    """Find the best workers of some vacancies.

    Parameters
    ----------
    pool, demand : Pool, Demand
        Sharing one vocabulary.
    rows : ndarray of intp
        Vacancies of the chunk, row numbers.
    terms : Terms

    Returns
    -------
    Chunk
        The same whatever the other vacancies of the chunk are, and whatever the order of rows.

    Raises
    ------
    ValueError
        If the vocabularies differ or a vacancy names a scheme that ``terms`` does not have.
    """
    _check(pool, demand, terms)
    part = demand.take(rows[np.argsort(demand.key[rows])])
    wanted = terms.places(part) + terms.top
    nothing = empty_shortlist(len(terms.scorecard.terms))
    found = [(nothing, nothing)]
    falls: list[Waterfall] = []
    for first in range(0, max(len(pool), 1), BLOCK):
        block = pool.take(np.arange(first, min(first + BLOCK, len(pool))))
        rules = PoolRules(block, terms.schemes, terms.on)
        for step in _steps(len(part), len(block)):
            counted, fits, near = _block(block, part, step, rules, terms)
            falls.extend(counted)
            found.append((_best(fits, part.key, wanted), _best(near, part.key, np.full(len(part), terms.near))))
    return Chunk(
        part.key,
        tuple(sum(falls[number + len(part) :: len(part)], falls[number]) for number in range(len(part))),
        _best(join([fits for fits, _ in found]), part.key, wanted),
        _best(join([near for _, near in found]), part.key, np.full(len(part), terms.near)),
    )


def _steps(vacancies: int, workers: int) -> Iterator[Rows]:
    width = max(1, PAIRS_AT_ONCE // max(workers, 1))
    for first in range(0, vacancies, width):
        yield np.arange(first, min(first + width, vacancies))


def _block(
    block: Pool, demand: Demand, step: Rows, rules: PoolRules, terms: Terms
) -> tuple[list[Waterfall], Shortlist, Shortlist]:
    """Apply rules and score a step of vacancies over one block of workers."""
    falls: list[Waterfall] = []
    fits = np.zeros((len(step), len(block)), dtype=np.bool_)
    obstacle = np.full(fits.shape, -1, dtype=np.int16)
    for number, vacancy in enumerate(step.tolist()):
        marks, blocking = rules.marks(demand, vacancy), rules.blocking(int(demand.scheme[vacancy]))
        falls.append(waterfall(marks, blocking))
        fits[number] = eligible(marks, blocking)
        obstacle[number] = sole_obstacle(marks, blocking)
    if not terms.near:
        obstacle[:] = -1
    vacancy, worker = np.nonzero(fits | (obstacle >= 0))
    scored = _score(block, demand, step[vacancy], worker, obstacle[vacancy, worker], terms)
    return falls, scored.take(scored.obstacle < 0), scored.take(scored.obstacle >= 0)


def _score(block: Pool, demand: Demand, vacancy: Rows, worker: Rows, obstacle: Whole, terms: Terms) -> Shortlist:
    values = feature_values(block.profile, demand, vacancy, worker)
    contributions = terms.scorecard.contributions(values)
    vacancy_key, worker_key = demand.key[vacancy], block.key[worker]
    tie = tie_order(terms.seed, vacancy_key, worker_key)
    score = contributions.sum(axis=1, dtype=np.int32)
    return Shortlist(vacancy_key, worker_key, score, tie, contributions, obstacle)


def _best(pairs: Shortlist, keys: Whole, wanted: Whole) -> Shortlist:
    """Keep the best ``wanted[i]`` pairs of vacancy ``keys[i]`` (keys ascending), in order."""
    row = np.searchsorted(keys, pairs.vacancy)
    by_vacancy = np.argsort(row, kind="stable")
    bounds = np.searchsorted(row[by_vacancy], np.arange(len(keys) + 1))
    kept = [_at_least(pairs.score, by_vacancy[bounds[v] : bounds[v + 1]], int(wanted[v])) for v in range(len(keys))]
    hopeful = pairs.take(np.concatenate([*kept, np.empty(0, np.intp)])).in_order()
    row = np.searchsorted(keys, hopeful.vacancy)
    place = np.arange(len(row)) - np.searchsorted(row, row)
    return hopeful.take(place < wanted[row])


def _at_least(score: Whole, rows: Rows, wanted: int) -> Rows:
    """Keep the rows that score no less than the ``wanted``-th best of them."""
    if len(rows) <= wanted:
        return rows
    if wanted == 0:
        return rows[:0]
    threshold = np.partition(score[rows], len(rows) - wanted)[len(rows) - wanted]
    return rows[score[rows] >= threshold]


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


def _check(pool: Pool, demand: Demand, terms: Terms) -> None:
    if pool.vocabulary != demand.vocabulary:
        raise ValueError("pool and demand were built with different vocabularies")
    if len(demand) and int(demand.scheme.max()) >= len(terms.schemes):
        raise ValueError(f"a vacancy names scheme {int(demand.scheme.max())} of {len(terms.schemes)}")
    if min(terms.per_position, terms.top, terms.near, terms.a_worker) < 0:
        raise ValueError("a term of the run is negative")
