"""Limits as a tree: which limits each pair touches, and whether these lie within one another; allocates nothing."""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from mobility.matching.allocation.quotas import Limits, Quotas
from mobility.matching.allocation.sorting import ScoredPairs
from mobility.matching.core.arrays import Flags, Rows, Whole

#: Columns of a table whose marks fit one whole number.
_BITS = 62


class LimitCells(NamedTuple):
    """Pairs that touch the same limits, together; limits count vacancies first, then quotas.

    Attributes
    ----------
    of_pair : ndarray of int64, shape (n_pairs,)
        The cell of each pair.
    size : ndarray of int64, shape (n_cells,)
        Pairs in each.
    limits : csr_array of bool, shape (n_cells, n_vacancies + n_quotas)
        The limits that each cell touches, ascending: its vacancy stands first.
    """

    of_pair: Whole
    size: Whole
    limits: csr_array

    @property
    def vacancy(self) -> Rows:
        """The vacancy of each cell, shape (n_cells,)."""
        vacancy: Rows = self.limits.indices[self.limits.indptr[:-1]]
        return vacancy


class Tree(NamedTuple):
    """Limits that lie within one another; arrays by limit, vacancies first, unless said otherwise.

    Attributes
    ----------
    leaf : ndarray of int32, shape (n_cells,)
        The innermost limit of each cell.
    parent : ndarray of int32, shape (n_limits,)
        The next limit around each; -1 for the outermost, and for those that nothing touches.
    cap : ndarray of int64, shape (n_limits,)
    open_cap : ndarray of int64, shape (n_limits,)
        Of a vacancy's places, those not kept for a group; the cap for other limits.
    reserved : ndarray of int64, shape (n_limits,)
    kept : ndarray of bool, shape (n_limits,)
    """

    leaf: Whole
    parent: Whole
    cap: Whole
    open_cap: Whole
    reserved: Whole
    kept: Flags


def cells_of(pairs: ScoredPairs, quotas: Quotas, n_vacancies: int) -> LimitCells:
    """Gather pairs that touch the same limits.

    Parameters
    ----------
    pairs : ScoredPairs
    quotas : Quotas
    n_vacancies : int

    Returns
    -------
    LimitCells
        Far fewer than pairs: a vacancy has as many as there are kinds of workers that quotas tell apart.
    """
    kind, kinds = _kinds(quotas)
    code = pairs.vacancy.astype(np.int64) * kinds + kind[pairs.worker]
    of_pair, codes = _numbered(code, n_vacancies * kinds)
    someone = np.zeros(len(codes), dtype=np.intp)
    someone[of_pair] = pairs.worker
    touched = quotas.touched(codes // kinds, someone)
    pointer = touched.indptr + np.arange(len(codes) + 1)
    limits = np.empty(pointer[-1], dtype=np.int64)
    first = np.zeros(len(limits), dtype=np.bool_)
    first[pointer[:-1]] = True
    limits[first] = codes // kinds
    limits[~first] = touched.indices + n_vacancies
    shape = (len(codes), n_vacancies + len(quotas))
    marks = csr_array((np.ones(len(limits), dtype=np.bool_), limits, pointer), shape=shape)
    return LimitCells(of_pair, np.bincount(of_pair, minlength=len(codes)), marks)


def _kinds(quotas: Quotas) -> tuple[Whole, int]:
    """Number the kinds of workers that quotas tell apart."""
    kind = np.zeros(quotas.workers.shape[0], dtype=np.int64)
    telling = np.flatnonzero(np.bincount(quotas.workers.indices, minlength=len(quotas)))
    for first in range(0, len(telling), _BITS):
        columns = telling[first : first + _BITS]
        marks = quotas.workers[:, columns].astype(np.int64) @ (np.int64(1) << np.arange(len(columns)))
        number = np.unique(marks, return_inverse=True)[1]
        kind = np.unique(kind * (int(number.max(initial=0)) + 1) + number, return_inverse=True)[1]
    return kind, int(kind.max(initial=0)) + 1


def _numbered(code: Whole, codes: int) -> tuple[Whole, Whole]:
    """Number the codes that occur from 0, in order; returns numbers and the code of each."""
    if codes > 4 * len(code) + 1000:
        there_codes, number = np.unique(code, return_inverse=True)
        return number, there_codes
    there = np.zeros(codes, dtype=np.bool_)
    there[code] = True
    return (np.cumsum(there) - 1)[code], np.flatnonzero(there)


def tree_of(cells: LimitCells, limits: Limits) -> Tree | None:
    """Return the limits as a tree, or None if two of them cross.

    Parameters
    ----------
    cells : LimitCells
    limits : Limits

    Returns
    -------
    Tree or None
        None also if a quota with reserved units contains another limit. Quotas that cannot be used up, whatever is
        proposed, are left out: they may cross. So may quotas where a vacancy has no place.
    """
    n_vacancies, quotas = len(limits.places), limits.quotas
    reserved = np.concatenate([np.zeros(n_vacancies, np.int64), quotas.reserved])
    cap = np.concatenate([limits.places, quotas.remaining]).astype(np.int64)
    binding = _may_bind(cells, cap, reserved, n_vacancies)
    cell, limit = cells.limits.tocoo().coords
    counts = binding[limit] & ((limits.places[cells.vacancy[cell]] > 0) | (limit < n_vacancies))
    cell, limit = cell[counts], limit[counts]
    size = np.bincount(limit, minlength=len(cap))
    marks = csr_array((np.ones(len(cell), dtype=np.int64), (cell, limit)), shape=cells.limits.shape)
    shared = (marks.T @ marks).tocoo()
    one, other = shared.coords
    if (shared.data != np.minimum(size[one], size[other])).any():
        return None
    depth = np.empty(len(cap), dtype=np.int64)
    kind = np.where(reserved > 0, 0, np.where(np.arange(len(cap)) < n_vacancies, 1, 2))
    depth[np.lexsort((np.arange(len(cap)), kind, size))] = np.arange(len(cap))
    inner_first = np.lexsort((depth[limit], cell))
    cell, limit = cell[inner_first], limit[inner_first]
    follows = cell[1:] == cell[:-1]
    parent = np.full(len(cap), -1, dtype=np.int32)
    parent[limit[:-1][follows]] = limit[1:][follows]
    if (reserved[limit[1:][follows]] > 0).any():
        return None
    leaf = limit[np.searchsorted(cell, np.arange(len(cells.size)))].astype(np.int32)
    kept = np.concatenate([np.zeros(n_vacancies, np.bool_), quotas.kept])
    return Tree(leaf, parent, cap, open_caps(limits), reserved, kept)


def _may_bind(cells: LimitCells, cap: Whole, reserved: Whole, n_vacancies: int) -> Flags:
    """Tell which limits matter: vacancies, reserves, and quotas below what their vacancies can take at most."""
    cell, limit = cells.limits.tocoo().coords
    count, wide = cells.limits.shape[1], max(n_vacancies, 1)
    part, number = np.unique(limit.astype(np.int64) * wide + cells.vacancy[cell], return_inverse=True)
    pairs = np.bincount(number, weights=cells.size[cell], minlength=len(part)).astype(np.int64)
    most = np.bincount(part // wide, weights=np.minimum(pairs, cap[part % wide]), minlength=count)
    return (np.arange(count) < n_vacancies) | (reserved > 0) | (cap < most)


def open_caps(limits: Limits) -> Whole:
    """Return the units of each limit that are not kept for a group: int64 of shape (n_vacancies + n_quotas,)."""
    n_vacancies, quotas = len(limits.places), limits.quotas
    cap: Whole = np.concatenate([limits.places, quotas.remaining]).astype(np.int64)
    kept = quotas.kept & (quotas.reserved > 0)
    taken_off = np.bincount(quotas.lone_vacancy()[kept], weights=quotas.reserved[kept], minlength=n_vacancies).astype(
        np.int64
    )
    cap[:n_vacancies] = np.maximum(cap[:n_vacancies] - taken_off, 0)
    return cap
