"""What an allocation chooses from and what it may not exceed: scored pairs, orders of both sides, limits."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mobility.matching.allocation.quotas import Quotas
from mobility.matching.allocation.sorting import best_first, by_preference
from mobility.matching.core.arrays import Rows, Whole


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


class Limits(NamedTuple):
    """What an allocation may not exceed.

    Attributes
    ----------
    places : ndarray of int64, shape (n_vacancies,)
        Proposals wanted: positions left times proposals a position.
    quotas : Quotas
        Caps on proposals, and units reserved for some.
    a_worker : int
        Open proposals that one worker may have.
    """

    places: Whole
    quotas: Quotas
    a_worker: int
