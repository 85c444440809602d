"""Who is proposed where within positions, quotas and a limit a worker; scored pairs in, nothing decided."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mobility.matching.arrays import Flags, Rows, Whole
from mobility.matching.quotas import Quotas


class Reason(IntEnum):
    """Why a pair is or is not proposed; the first that applies, in this order."""

    PROPOSED = 0
    VACANCY_FULL = 1
    QUOTA_FULL = 2
    WORKER_TAKEN = 3


class ScoredPairs(NamedTuple):
    """Eligible pairs to choose from, in any order; all arrays of shape (n_pairs,).

    Attributes
    ----------
    vacancy, worker : ndarray of intp
        Row numbers.
    score : ndarray of int32
        0 to 10,000.
    tie : ndarray of uint64
        Among equal scores the smaller goes first.
    """

    vacancy: Rows
    worker: Rows
    score: Whole
    tie: NDArray[np.uint64]

    def order(self) -> Rows:
        """Return pair numbers, best first: score, then the lottery, then (never needed within a vacancy) row keys."""
        return np.lexsort((self.worker, self.vacancy, self.tie, -self.score.astype(np.int64)))


class Limits(NamedTuple):
    """What an allocation may not exceed.

    Attributes
    ----------
    places : ndarray of int64, shape (n_vacancies,)
        Proposals wanted: positions left times proposals a position.
    quotas : Quotas
        Caps on proposals.
    a_worker : int
        Open proposals that one worker may have.
    """

    places: Whole
    quotas: Quotas
    a_worker: int


@dataclass(frozen=True, slots=True, eq=False)
class Allocation:
    """What became of each pair; all arrays of shape (n_pairs,), in the order of the pairs.

    Attributes
    ----------
    reason : ndarray of int8
        A ``Reason``.
    rank : ndarray of int32
        From 1 among those proposed for the vacancy; 0 for those who are not.
    quota : ndarray of int64
        Key of the quota that was full, -1 unless the reason is ``QUOTA_FULL``.
    """

    reason: NDArray[np.int8]
    rank: NDArray[np.int32]
    quota: NDArray[np.int64]

    @property
    def proposed(self) -> Flags:
        """Which pairs are proposed."""
        return np.equal(self.reason, Reason.PROPOSED)


def allocate(pairs: ScoredPairs, limits: Limits) -> Allocation:
    """Propose the best pairs first while vacancy, worker and every quota touched have room.

    Parameters
    ----------
    pairs : ScoredPairs
        Each (vacancy, worker) at most once, all eligible.
    limits : Limits
        Room; all at least 0.

    Returns
    -------
    Allocation

    Raises
    ------
    ValueError
        If a limit is negative or a pair stands twice.

    Notes
    -----
    Both sides rank pairs by the same order (score, then the lottery), so best-first is the one stable allocation: a
    pair is left out only if something it needs was used up by better pairs. With overlapping quotas no method does
    more. Later engines may let workers rank vacancies; the result keeps this form.
    """
    _check(pairs, limits)
    order = pairs.order()
    touched = limits.quotas.touched(pairs.vacancy, pairs.worker)
    pointer, quota_rows = touched.indptr.tolist(), touched.indices.tolist()
    places, room, keys = limits.places.tolist(), limits.quotas.remaining.tolist(), limits.quotas.key.tolist()
    vacancies, workers = pairs.vacancy.tolist(), pairs.worker.tolist()
    held: dict[int, int] = {}
    allocation = _nothing_yet(len(order))
    ranks: dict[int, int] = {}
    for pair in order.tolist():
        vacancy, worker = vacancies[pair], workers[pair]
        needed = quota_rows[pointer[pair] : pointer[pair + 1]]
        full = next((quota for quota in needed if room[quota] <= 0), -1)
        if places[vacancy] <= 0:
            allocation.reason[pair] = Reason.VACANCY_FULL
        elif full >= 0:
            allocation.reason[pair], allocation.quota[pair] = Reason.QUOTA_FULL, keys[full]
        elif held.get(worker, 0) >= limits.a_worker:
            allocation.reason[pair] = Reason.WORKER_TAKEN
        else:
            places[vacancy] -= 1
            held[worker] = held.get(worker, 0) + 1
            for quota in needed:
                room[quota] -= 1
            allocation.rank[pair] = ranks[vacancy] = ranks.get(vacancy, 0) + 1
    return allocation


class AllocationCheck(NamedTuple):
    """What is wrong with an allocation; all zero if nothing is.

    Attributes
    ----------
    over_places, over_quotas, over_workers : int
        Vacancies, quotas and workers beyond their limit.
    blocking_pairs : int
        Pairs left out although each limit has room or is used by a worse pair.
    wrong_reasons : int
        Pairs left out for a reason that better pairs do not bear out.
    """

    over_places: int
    over_quotas: int
    over_workers: int
    blocking_pairs: int
    wrong_reasons: int

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not any(self)


def check_allocation(pairs: ScoredPairs, limits: Limits, allocation: Allocation) -> AllocationCheck:
    """Verify an allocation without repeating how it was made; run after every allocation and stored with it.

    Parameters
    ----------
    pairs : ScoredPairs
    limits : Limits
    allocation : Allocation
        In the order of ``pairs``.

    Returns
    -------
    AllocationCheck
    """
    taken = allocation.proposed
    place = np.empty(len(taken), dtype=np.int64)
    place[pairs.order()] = np.arange(len(taken))
    touched = limits.quotas.touched(pairs.vacancy, pairs.worker).tocoo()
    pair, quota = touched.coords
    inside = taken[pair]
    counters = [
        _Counter.of(limits.places, pairs.vacancy[taken], place[taken]),
        _Counter.of(limits.quotas.remaining, quota[inside], place[pair][inside]),
        _Counter.of(np.full(_size(pairs.worker), limits.a_worker), pairs.worker[taken], place[taken]),
    ]
    by_vacancy = counters[0].used_up(pairs.vacancy, place)
    by_worker = counters[2].used_up(pairs.worker, place)
    quota_used_up = counters[1].used_up(quota, place[pair])
    by_quota = np.bincount(pair[quota_used_up], minlength=len(taken)) > 0
    named = (
        np.bincount(pair[quota_used_up & (limits.quotas.key[quota] == allocation.quota[pair])], minlength=len(taken))
        > 0
    )
    borne_out = np.select(
        [allocation.reason == reason for reason in Reason],
        [np.ones_like(taken), by_vacancy, named, by_worker],
        default=False,
    )
    over_places, over_quotas, over_workers = (counter.over() for counter in counters)
    return AllocationCheck(
        over_places,
        over_quotas,
        over_workers,
        int(np.count_nonzero(~taken & ~by_vacancy & ~by_worker & ~by_quota)),
        int(np.count_nonzero(~borne_out)),
    )


class _Counter(NamedTuple):
    """How much of each limit is used, and by how bad a pair at worst."""

    limit: Whole
    used: Whole
    worst: Whole

    @classmethod
    def of(cls, limit: Whole, row: Whole, place: Whole) -> "_Counter":
        worst = np.full(len(limit), -1, dtype=np.int64)
        np.maximum.at(worst, row, place)
        return cls(limit, np.bincount(row, minlength=len(limit)), worst)

    def over(self) -> int:
        return int(np.count_nonzero(self.used > self.limit))

    def used_up(self, row: Whole, place: Whole) -> NDArray[Any]:
        """Tell for each pair whether the limit it needs is used up, by better pairs only."""
        return (self.used[row] >= self.limit[row]) & (self.worst[row] < place)


def _nothing_yet(count: int) -> Allocation:
    return Allocation(np.zeros(count, np.int8), np.zeros(count, np.int32), np.full(count, -1, np.int64))


def _size(rows: Rows) -> int:
    return int(rows.max()) + 1 if len(rows) else 0


def _check(pairs: ScoredPairs, limits: Limits) -> None:
    if limits.a_worker < 0 or (limits.places < 0).any():
        raise ValueError("a limit is negative")
    cell = pairs.vacancy.astype(np.int64) * _size(pairs.worker) + pairs.worker
    if len(np.unique(cell)) != len(cell):
        raise ValueError("a pair stands twice")
