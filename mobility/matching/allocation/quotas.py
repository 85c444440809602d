"""Limits that an allocation respects: places, quotas and which of them a pair touches, proposals of one worker."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from mobility.matching.core.arrays import Entries, Flags, Rows, Whole, lookup, table, unique_keys, whole


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
        1 where the worker belongs (origin, returning, …); rows as in the pool. Empty where everybody belongs.
    everybody : ndarray of bool, shape (n_quotas,)
        Whether the quota has no dimension of workers.
    reserved : ndarray of int64, shape (n_quotas,)
        Units that the quota's members fill first, the best of them first, before anybody else is considered.
    kept : ndarray of bool, shape (n_quotas,)
        Whether reserved units stay empty when no member fills them; else they are open to all.
    """

    key: Whole
    remaining: Whole
    vacancies: csr_array
    workers: csr_array
    everybody: Flags
    reserved: Whole
    kept: Flags

    def __len__(self) -> int:
        return len(self.key)

    def in_order(self, vacancies: Rows, workers: Rows) -> "Quotas":
        """Return the same quotas by key, with the given rows of vacancies and of workers, in that order."""
        by_key = np.argsort(self.key)
        return Quotas(
            self.key[by_key],
            self.remaining[by_key],
            _sorted(self.vacancies[vacancies][:, by_key]),
            _sorted(self.workers[workers][:, by_key]),
            self.everybody[by_key],
            self.reserved[by_key],
            self.kept[by_key],
        )

    def touched(self, vacancy: Whole, worker: Whole) -> csr_array:
        """Return the quotas that each pair touches: csr_array of bool, shape (n_pairs, n_quotas)."""
        vacancy, worker = np.asarray(vacancy), np.asarray(worker)
        count = np.diff(self.vacancies.indptr)[vacancy]
        pair = np.repeat(np.arange(len(vacancy)), count)
        first = np.repeat(self.vacancies.indptr[vacancy] - np.concatenate([[0], np.cumsum(count)[:-1]]), count)
        quota = self.vacancies.indices[first + np.arange(len(pair))].astype(np.int64)
        member = self.everybody[quota] | (lookup(self.workers, worker[pair], quota) > 0)
        pointer = np.concatenate([[0], np.cumsum(np.bincount(pair[member], minlength=len(vacancy)))])
        cells = (np.ones(int(member.sum()), dtype=np.bool_), quota[member], pointer)
        return csr_array(cells, shape=(len(vacancy), len(self)))

    def lone_vacancy(self) -> Whole:
        """Return the one vacancy to which each quota is confined, -1 if there are more or none; shape (n_quotas,)."""
        vacancy, quota = self.vacancies.tocoo().coords
        lone = np.full(len(self), -1, dtype=np.int64)
        lone[quota] = vacancy
        lone[np.bincount(quota, minlength=len(self)) != 1] = -1
        return lone


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


def quotas_from_columns(
    n_vacancies: int,
    n_workers: int,
    *,
    key: ArrayLike,
    remaining: ArrayLike,
    vacancies: Entries,
    workers: Entries,
    everybody: ArrayLike | None = None,
    reserved: ArrayLike | None = None,
    kept: ArrayLike | None = None,
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
    everybody : array_like of bool, shape (n_quotas,), optional
        Quotas to which every worker belongs: they need no entry in ``workers``. One to which every worker is entered
        is found out.
    reserved : array_like of int, shape (n_quotas,), optional
        Units for members first; none by default.
    kept : array_like of bool, shape (n_quotas,), optional
        Which reserves stay empty when no member fills them; none by default.

    Returns
    -------
    Quotas

    Raises
    ------
    ValueError
        If a remainder is negative, a key repeats, a row is out of range, or units are kept in a quota that is not
        confined to one vacancy (there, cap everybody else instead).
    """
    keys = unique_keys(key)
    n = len(keys)
    members = table("quota of worker", workers, (n_workers, n), np.int8, high=1)
    all_of_them = _flags("everybody", everybody, n) | ((_count(members) == n_workers) & (n_workers > 0))
    made = Quotas(
        keys,
        whole("remaining", remaining, (n,), np.int64),
        table("quota of vacancy", vacancies, (n_vacancies, n), np.int8, high=1),
        _without(members, all_of_them),
        all_of_them,
        whole("reserved", np.zeros(n, int) if reserved is None else reserved, (n,), np.int64),
        _flags("kept", kept, n),
    )
    if (made.kept & (made.lone_vacancy() < 0)).any():
        raise ValueError("units are kept in a quota that is not confined to one vacancy; cap everybody else instead")
    return made


def no_quotas(n_vacancies: int, n_workers: int) -> Quotas:
    """Return quotas for a run that has none."""
    nothing = Entries((), (), ())
    return quotas_from_columns(n_vacancies, n_workers, key=(), remaining=(), vacancies=nothing, workers=nothing)


def _flags(name: str, values: ArrayLike | None, n: int) -> Flags:
    flags = np.zeros(n, dtype=np.int8) if values is None else whole(name, values, (n,), np.int8, high=1)
    return flags > 0


def _sorted(cells: csr_array) -> csr_array:
    cells.sort_indices()
    return cells


def _count(members: csr_array) -> Whole:
    return np.bincount(members.indices, minlength=members.shape[1])


def _without(members: csr_array, columns: Flags) -> csr_array:
    """Return a table with some of its columns emptied."""
    left = ~columns[members.indices]
    row = np.repeat(np.arange(members.shape[0]), np.diff(members.indptr))[left]
    pointer = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=members.shape[0]))])
    return csr_array((members.data[left], members.indices[left], pointer), shape=members.shape)
