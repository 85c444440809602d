"""Best pairs first, for limits that cross one another: the compiled loop; arrays in, arrays out."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mobility.matching.core.compiled import compiled

_Numbers = NDArray[Any]
#: What ``_reserve_open`` returns for a unit that is kept for a group, and for one that is only reserved.
_KEPT, _RESERVED = 2, 1


class Queue(NamedTuple):
    """Pairs in their common order, and what each needs.

    Attributes
    ----------
    order : ndarray of intp, shape (n_pairs,)
        Pair numbers, best first.
    worker, cell : ndarray of int64, shape (n_pairs,)
    pointer, limit : ndarray of int64
        The limits of each cell, its vacancy first: ``limit[pointer[cell] : pointer[cell + 1]]``.
    cap, open_cap, reserved : ndarray of int64, shape (n_limits,)
    kept : ndarray of bool, shape (n_limits,)
    """

    order: _Numbers
    worker: _Numbers
    cell: _Numbers
    pointer: _Numbers
    limit: _Numbers
    cap: _Numbers
    open_cap: _Numbers
    reserved: _Numbers
    kept: NDArray[np.bool_]


@compiled
def _reserve_open(queue: Queue, load: _Numbers, cell: int) -> int:
    """Return 2 if a unit kept for a group of this cell is free, 1 if another reserved one is, 0 if none."""
    tier = 0
    for place in range(queue.pointer[cell], queue.pointer[cell + 1]):
        limit = queue.limit[place]
        if load[limit] < queue.reserved[limit]:
            tier = max(tier, _KEPT if queue.kept[limit] else _RESERVED)
    return tier


@compiled
def _is_free(queue: Queue, load: _Numbers, cell: int) -> bool:
    for place in range(queue.pointer[cell], queue.pointer[cell + 1]):
        if load[queue.limit[place]] >= queue.cap[queue.limit[place]]:
            return False
    return True


@compiled
def _take(queue: Queue, load: _Numbers, cell: int) -> None:
    for place in range(queue.pointer[cell], queue.pointer[cell + 1]):
        load[queue.limit[place]] += 1


@compiled
def _unit_for(queue: Queue, load: _Numbers, open_load: _Numbers, cell: int, reserved_first: bool) -> int:  # noqa: FBT001
    """Return which unit a pair of this cell gets now, as ``_reserve_open`` counts them; -1 if none."""
    if not _is_free(queue, load, cell):
        return -1
    unit = _reserve_open(queue, load, cell) if reserved_first else 0
    vacancy = queue.limit[queue.pointer[cell]]
    if (reserved_first and unit == 0) or (unit < _KEPT and open_load[vacancy] >= queue.open_cap[vacancy]):
        return -1
    return unit


@compiled
def common_order(queue: Queue, workers: int, a_worker: int) -> NDArray[np.bool_]:
    """Propose pair after pair while everything that it needs has room: reserved units first, then the rest.

    Parameters
    ----------
    queue : Queue
    workers : int
        Rows of workers.
    a_worker : int
        Open proposals that one worker may have.

    Returns
    -------
    ndarray of bool, shape (n_pairs,)
        Which pairs are proposed.
    """
    proposed = np.zeros(queue.order.size, np.bool_)
    load, open_load = np.zeros(queue.cap.size, np.int64), np.zeros(queue.cap.size, np.int64)
    offers = np.zeros(workers, np.int64)
    for reserved_first in (True, False):
        if reserved_first and not queue.reserved.any():
            continue
        for pair in queue.order:
            cell, worker = queue.cell[pair], queue.worker[pair]
            if proposed[pair] or offers[worker] >= a_worker:
                continue
            unit = _unit_for(queue, load, open_load, cell, reserved_first)
            if unit < 0:
                continue
            proposed[pair] = True
            offers[worker] += 1
            open_load[queue.limit[queue.pointer[cell]]] += unit < _KEPT
            _take(queue, load, cell)
    return proposed
