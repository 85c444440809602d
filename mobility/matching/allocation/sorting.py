"""Scored pairs, and sorting millions of them exactly in linear time for either side of an allocation."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mobility.matching.core.arrays import Rows, Whole
from mobility.matching.core.compiled import compiled

_Numbers = NDArray[Any]
#: Pairs in one bucket up to which insertion is the quickest sort.
_FEW = 16
#: Bits of the lottery that spread equal values over buckets, and the widest span of values with a bucket each.
_SPREAD, _WIDEST = 32, 2**22


class ScoredPairs(NamedTuple):
    """Eligible pairs to choose from, in any order; all arrays of shape (n_pairs,).

    Attributes
    ----------
    vacancy, worker : ndarray of intp
        Row numbers.
    score : ndarray of int32
        0 to 10,000.
    tie : ndarray of uint64
        Among equals the smaller goes first, on either side.
    wish : ndarray of int, optional
        How well the vacancy meets what the worker asked for; more is better. Without it workers rank vacancies as the
        vacancies rank them.
    """

    vacancy: Rows
    worker: Rows
    score: Whole
    tie: NDArray[np.uint64]
    wish: Whole | None = None

    def take(self, rows: Rows) -> "ScoredPairs":
        """Return the given pairs, in that order."""
        return ScoredPairs(*(None if part is None else part[rows] for part in self))  # type: ignore[arg-type]

    def order(self) -> Rows:
        """Return pair numbers, best first: score, then the lottery, then (never needed within a vacancy) row keys."""
        return best_first(self.score, self.tie, self.vacancy, self.worker)

    def order_of_workers(self) -> Rows:
        """Return pair numbers by worker, each worker's preferred vacancy first: wish, then the lottery."""
        preference = self.score if self.wish is None else self.wish
        return by_preference(preference, self.tie, self.vacancy, self.worker)


def best_first(value: Whole, tie: NDArray[np.uint64], vacancy: Rows, worker: Rows) -> Rows:
    """Return pair numbers by value, then by the lottery, then by row numbers.

    Parameters
    ----------
    value : ndarray of int, shape (n_pairs,)
        The greatest goes first.
    tie : ndarray of uint64, shape (n_pairs,)
        Among equal values the smallest goes first.
    vacancy, worker : ndarray of intp, shape (n_pairs,)
        Row numbers, each pair once.

    Returns
    -------
    ndarray of intp, shape (n_pairs,)
        The same order whatever the order of the pairs.

    Notes
    -----
    Lottery numbers are spread evenly, so as many buckets as there are pairs of a value hold about one each: what is
    left to sort within them are a few. Where they are not spread, it is more, and takes longer.
    """
    if not len(value):
        return np.empty(0, dtype=np.intp)
    if int(value.max()) - int(value.min()) > _WIDEST:
        value = np.unique(value, return_inverse=True)[1]
    step = int(value.max()) - value.astype(np.int64)
    count = np.bincount(step)
    bits = int(tie.max()).bit_length()
    drawn = tie >> np.uint64(bits - _SPREAD) if bits > _SPREAD else tie << np.uint64(_SPREAD - bits)
    bucket = _spread(step, drawn, count, np.cumsum(count) - count)
    return _sorted(bucket, len(step), value, tie, vacancy, worker)


def by_preference(value: Whole, tie: NDArray[np.uint64], vacancy: Rows, worker: Rows) -> Rows:
    """Return pair numbers by worker; the pairs of a worker as ``best_first`` has them, which see."""
    if not len(value):
        return np.empty(0, dtype=np.intp)
    return _sorted(worker, int(worker.max()) + 1, value, tie, vacancy, worker)


def _sorted(
    bucket: Whole,
    buckets: int,
    value: Whole,
    tie: NDArray[np.uint64],
    vacancy: Rows,
    worker: Rows,
) -> Rows:
    order: Rows = _by_bucket(bucket, buckets)
    _sort_buckets(order, bucket, value, tie, vacancy, worker)
    return order


@compiled
def _spread(step: _Numbers, drawn: _Numbers, count: _Numbers, first: _Numbers) -> _Numbers:
    bucket = np.empty(step.size, np.int32)
    for row in range(step.size):
        share = (np.int64(drawn[row]) * count[step[row]]) >> _SPREAD
        bucket[row] = first[step[row]] + share
    return bucket


@compiled
def _by_bucket(bucket: _Numbers, buckets: int) -> _Numbers:
    place = np.zeros(buckets + 1, np.int32)
    for row in range(bucket.size):
        place[bucket[row] + 1] += 1
    for number in range(buckets):
        place[number + 1] += place[number]
    order = np.empty(bucket.size, np.intp)
    for row in range(bucket.size):
        order[place[bucket[row]]] = row
        place[bucket[row]] += 1
    return order


@compiled
def _sort_buckets(
    order: _Numbers, bucket: _Numbers, value: _Numbers, tie: _Numbers, vacancy: _Numbers, worker: _Numbers
) -> None:
    first = 0
    while first < order.size:
        last = first + 1
        while last < order.size and bucket[order[last]] == bucket[order[first]]:
            last += 1
        if last - first > _FEW:
            _heap_sort(order[first:last], value, tie, vacancy, worker)
        else:
            _insertion_sort(order[first:last], value, tie, vacancy, worker)
        first = last


@compiled
def _insertion_sort(rows: _Numbers, value: _Numbers, tie: _Numbers, vacancy: _Numbers, worker: _Numbers) -> None:
    for at in range(1, rows.size):
        row = rows[at]
        place = at
        while place > 0 and _before(value, tie, vacancy, worker, row, rows[place - 1]):
            rows[place] = rows[place - 1]
            place -= 1
        rows[place] = row


@compiled
def _heap_sort(rows: _Numbers, value: _Numbers, tie: _Numbers, vacancy: _Numbers, worker: _Numbers) -> None:
    """Sort by a heap with the last on top, which moves behind the others one after another."""
    size = rows.size
    for step in range(size // 2 + size - 1):
        place, end = size // 2 - 1 - step, size
        if place < 0:
            place, end = 0, size // 2 + size - 1 - step
            rows[0], rows[end] = rows[end], rows[0]
        row = rows[place]
        while 2 * place + 1 < end:
            below = 2 * place + 1
            if below + 1 < end and _before(value, tie, vacancy, worker, rows[below], rows[below + 1]):
                below += 1
            if not _before(value, tie, vacancy, worker, row, rows[below]):
                break
            rows[place] = rows[below]
            place = below
        rows[place] = row


@compiled
def _before(value: _Numbers, tie: _Numbers, vacancy: _Numbers, worker: _Numbers, one: int, other: int) -> bool:
    if value[one] != value[other]:
        return value[one] > value[other]
    if tie[one] != tie[other]:
        return tie[one] < tie[other]
    if vacancy[one] != vacancy[other]:
        return vacancy[one] < vacancy[other]
    return worker[one] < worker[other]
