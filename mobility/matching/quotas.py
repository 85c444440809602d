"""Quotas that a match run respects, and which of them a pair touches; counting against the law is elsewhere."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from mobility.matching.arrays import Entries, Rows, Whole, table, unique_keys, whole


@dataclass(frozen=True, slots=True, eq=False)
class Quotas:
    """Caps on proposals; a pair takes a unit of every quota to which both its vacancy and its worker belong.

    Attributes
    ----------
    key : ndarray of int64, shape (n_quotas,)
        Opaque and unique.
    remaining : ndarray of int64, shape (n_quotas,)
        Units left.
    vacancies : csr_array of int8, shape (n_vacancies, n_quotas)
        1 where the vacancy belongs (its scheme, region, sector, employer); rows as in the demand.
    workers : csr_array of int8, shape (n_workers, n_quotas)
        1 where the worker belongs (origin, returning, …; everybody for a quota without such a dimension); rows as in
        the pool.
    """

    key: Whole
    remaining: Whole
    vacancies: csr_array
    workers: csr_array

    def __len__(self) -> int:
        return len(self.key)

    def in_order(self, vacancies: Rows, workers: Rows) -> "Quotas":
        """Return the same quotas by key, with the given rows of vacancies and of workers, in that order."""
        by_key = np.argsort(self.key)
        return Quotas(
            self.key[by_key],
            self.remaining[by_key],
            self.vacancies[vacancies][:, by_key],
            self.workers[workers][:, by_key],
        )

    def touched(self, vacancy: Rows, worker: Rows) -> csr_array:
        """Return the quotas that each pair touches: csr_array of shape (n_pairs, n_quotas)."""
        both = csr_array(self.vacancies[vacancy].multiply(self.workers[worker]))
        both.sort_indices()
        return both


def quotas_from_columns(
    n_vacancies: int, n_workers: int, *, key: ArrayLike, remaining: ArrayLike, vacancies: Entries, workers: Entries
) -> Quotas:
    """Check the columns and put them together.

    Parameters
    ----------
    n_vacancies, n_workers : int
        Rows of the demand and of the pool.
    key, remaining : array_like of int, shape (n_quotas,)
        Unique keys and units left, at least 0.
    vacancies, workers : Entries
        (vacancy row, quota row, 1) and (worker row, quota row, 1).

    Returns
    -------
    Quotas

    Raises
    ------
    ValueError
        If a remainder is negative, a key repeats or a row is out of range.
    """
    keys = unique_keys(key)
    n = len(keys)
    return Quotas(
        keys,
        whole("remaining", remaining, (n,), np.int64),
        table("quota of vacancy", vacancies, (n_vacancies, n), np.int8, high=1),
        table("quota of worker", workers, (n_workers, n), np.int8, high=1),
    )


def no_quotas(n_vacancies: int, n_workers: int) -> Quotas:
    """Return quotas for a run that has none."""
    nothing = Entries((), (), ())
    return quotas_from_columns(n_vacancies, n_workers, key=(), remaining=(), vacancies=nothing, workers=nothing)
