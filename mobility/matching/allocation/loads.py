"""How full each limit is under an outcome, and by whom at least: what reasons and checks rest on, not how it came."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mobility.matching.allocation.quotas import Limits
from mobility.matching.allocation.sorting import ScoredPairs
from mobility.matching.allocation.tree import LimitCells, cells_of, open_caps
from mobility.matching.core.arrays import Flags, Rows, Whole
from mobility.matching.core.compiled import compiled

_Numbers = NDArray[Any]


class Sorted(NamedTuple):
    """Pairs in the order of either side, and what limits they touch: worked out once, used by method and check.

    Attributes
    ----------
    cells : LimitCells
    best : ndarray of intp, shape (n_pairs,)
        Pair numbers in the vacancies' order.
    preferred : ndarray of intp, shape (n_pairs,)
        Pair numbers by worker, in the worker's order.
    """

    cells: LimitCells
    best: Rows
    preferred: Rows


def sort_pairs(pairs: ScoredPairs, limits: Limits) -> Sorted:
    """Sort pairs for both sides.

    Parameters
    ----------
    pairs : ScoredPairs
    limits : Limits

    Returns
    -------
    Sorted
    """
    cells = cells_of(pairs, limits.quotas, len(limits.places))
    return Sorted(cells, pairs.order(), pairs.order_of_workers())


class LimitLoads(NamedTuple):
    """Loads and weakest holders, recomputed from who is proposed.

    A pair's strength is its merit (place in the vacancies' order, from the worst), lifted by a whole order if it
    stands in a reserved unit, by two if that is kept for its group.

    Attributes
    ----------
    strength : ndarray of int64, shape (n_pairs,)
        Of proposed pairs as they stand; of others as they would stand if they came.
    load, open_load : ndarray of int64, shape (n_limits,)
        Proposals under each limit; of those at a vacancy, the ones outside units kept for a group.
    weakest, weakest_open : ndarray of int64, shape (n_limits,)
        Least strength among them; greater than any if there are none.
    """

    strength: Whole
    load: Whole
    open_load: Whole
    weakest: Whole
    weakest_open: Whole


class LimitArrays(NamedTuple):
    """Pairs and limits as the kernels take them.

    Attributes
    ----------
    cell : ndarray of int64, shape (n_pairs,)
    merit : ndarray of int64, shape (n_pairs,)
        Place in the vacancies' order counted from the worst.
    pointer, limit : ndarray
        The limits of each cell, its vacancy first.
    cap, open_cap, reserved : ndarray of int64, shape (n_limits,)
    kept : ndarray of bool, shape (n_limits,)
    """

    cell: _Numbers
    merit: _Numbers
    pointer: _Numbers
    limit: _Numbers
    cap: _Numbers
    open_cap: _Numbers
    reserved: _Numbers
    kept: NDArray[np.bool_]


def limit_arrays_of(ready: Sorted, limits: Limits) -> LimitArrays:
    """Lay out pairs and limits.

    Parameters
    ----------
    ready : Sorted
    limits : Limits

    Returns
    -------
    LimitArrays
    """
    quotas, n_vacancies, cells = limits.quotas, len(limits.places), ready.cells
    merit = np.empty(len(ready.best), dtype=np.int64)
    merit[ready.best] = np.arange(len(ready.best) - 1, -1, -1)
    return LimitArrays(
        cells.of_pair,
        merit,
        cells.limits.indptr.astype(np.int64),
        cells.limits.indices.astype(np.int64),
        np.concatenate([limits.places, quotas.remaining]).astype(np.int64),
        open_caps(limits),
        np.concatenate([np.zeros(n_vacancies, np.int64), quotas.reserved]),
        np.concatenate([np.zeros(n_vacancies, np.bool_), quotas.kept]),
    )


def limit_loads_of(arrays: LimitArrays, proposed: Flags) -> LimitLoads:
    """Work out loads and weakest holders.

    Parameters
    ----------
    arrays : LimitArrays
    proposed : ndarray of bool, shape (n_pairs,)
        Who is proposed.

    Returns
    -------
    LimitLoads
    """
    pairs = np.flatnonzero(proposed)
    weakest_first = pairs[np.argsort(arrays.merit[pairs])]
    threshold = _thresholds(arrays, weakest_first[::-1].copy())
    return LimitLoads(*_stand(arrays, proposed, threshold))


@compiled
def _thresholds(arrays: LimitArrays, best_first: _Numbers) -> _Numbers:
    """Return for each limit the least merit of those in its reserved units, -1 while one of these is free."""
    count = np.zeros(arrays.cap.size, np.int64)
    threshold = np.full(arrays.cap.size, -1, np.int64)
    for pair in best_first:
        cell = arrays.cell[pair]
        for place in range(arrays.pointer[cell], arrays.pointer[cell + 1]):
            limit = arrays.limit[place]
            count[limit] += 1
            if count[limit] == arrays.reserved[limit]:
                threshold[limit] = arrays.merit[pair]
    return threshold


@compiled
def _tier(arrays: LimitArrays, threshold: _Numbers, pair: int) -> int:
    tier = 0
    cell = arrays.cell[pair]
    for place in range(arrays.pointer[cell], arrays.pointer[cell + 1]):
        limit = arrays.limit[place]
        if arrays.reserved[limit] > 0 and arrays.merit[pair] >= threshold[limit]:
            tier = max(tier, 2 if arrays.kept[limit] else 1)
    return tier


@compiled
def _stand(
    arrays: LimitArrays, proposed: NDArray[np.bool_], threshold: _Numbers
) -> tuple[_Numbers, _Numbers, _Numbers, _Numbers, _Numbers]:
    pairs, limits = arrays.cell.size, arrays.cap.size
    strength = np.empty(pairs, np.int64)
    load, open_load = np.zeros(limits, np.int64), np.zeros(limits, np.int64)
    weakest, weakest_open = np.full(limits, 3 * pairs, np.int64), np.full(limits, 3 * pairs, np.int64)
    for pair in range(pairs):
        strength[pair] = arrays.merit[pair] + _tier(arrays, threshold, pair) * pairs
        if not proposed[pair]:
            continue
        cell = arrays.cell[pair]
        opens = strength[pair] < 2 * pairs
        for place in range(arrays.pointer[cell], arrays.pointer[cell + 1]):
            limit = arrays.limit[place]
            load[limit] += 1
            weakest[limit] = min(weakest[limit], strength[pair])
            if opens:
                open_load[limit] += 1
                weakest_open[limit] = min(weakest_open[limit], strength[pair])
    return strength, load, open_load, weakest, weakest_open
