"""What an allocation came to, and whether it is sound: caps, reserves, no blocking pair, reasons borne out."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mobility.matching.allocation.loads import (
    LimitArrays,
    LimitLoads,
    Sorted,
    limit_arrays_of,
    limit_loads_of,
    sort_pairs,
)
from mobility.matching.allocation.quotas import Limits
from mobility.matching.allocation.sorting import ScoredPairs
from mobility.matching.core.arrays import Flags, Whole
from mobility.matching.core.compiled import compiled

_Numbers = NDArray[Any]


class Reason(IntEnum):
    """Why a pair is or is not proposed; the first that applies, in this order."""

    PROPOSED = 0
    VACANCY_FULL = 1
    QUOTA_FULL = 2
    WORKER_TAKEN = 3


class Method(IntEnum):
    """How an allocation was found.

    ``DEFERRED_ACCEPTANCE`` heeds what workers wish for, and needs limits that lie within one another;
    ``COMMON_ORDER`` proposes the best pairs first, and serves where limits cross.
    """

    COMMON_ORDER = 0
    DEFERRED_ACCEPTANCE = 1


@dataclass(frozen=True, slots=True, eq=False)
class Allocation:
    """What became of each pair; all arrays of shape (n_pairs,), in the order of the pairs.

    Attributes
    ----------
    reason : ndarray of int8
        A ``Reason``. ``WORKER_TAKEN``: the worker's offers went to vacancies that they rank higher.
    rank : ndarray of int32
        From 1 among those proposed for the vacancy, by the vacancy's order; 0 for those who are not.
    quota : ndarray of int64
        Key of the quota that was full, -1 unless the reason is ``QUOTA_FULL``. If units kept for a group keep
        somebody out, it is that group's quota.
    method : Method
    """

    reason: NDArray[np.int8]
    rank: NDArray[np.int32]
    quota: NDArray[np.int64]
    method: Method = Method.COMMON_ORDER

    @property
    def proposed(self) -> Flags:
        """Which pairs are proposed."""
        return np.equal(self.reason, Reason.PROPOSED)


_VACANCY, _QUOTA, _WORKER = int(Reason.VACANCY_FULL), int(Reason.QUOTA_FULL), int(Reason.WORKER_TAKEN)


class AllocationCheck(NamedTuple):
    """What is wrong with an allocation; all zero if nothing is.

    Attributes
    ----------
    over_places, over_quotas, over_workers : int
        Vacancies, quotas and workers beyond their limit.
    blocking_pairs : int
        Pairs left out although each limit has room or holds a weaker pair, and the worker has an offer to spare or
        holds one that they rank lower.
    wrong_reasons : int
        Pairs left out for a reason that the outcome does not bear out.
    over_reserves : int
        Vacancies with others in units that are kept for a group.
    """

    over_places: int
    over_quotas: int
    over_workers: int
    blocking_pairs: int
    wrong_reasons: int
    over_reserves: int = 0

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not any(self)


class Case(NamedTuple):
    """An outcome as the kernels judge it; arrays of shape (n_pairs,).

    Attributes
    ----------
    proposed : ndarray of bool
    unwanted : ndarray of bool
        Whether the worker's offers went to vacancies that they rank higher.
    key : ndarray of int64, shape (n_limits,)
        Of quotas; -1 for vacancies.
    """

    proposed: NDArray[np.bool_]
    unwanted: NDArray[np.bool_]
    key: _Numbers


def check_allocation(
    pairs: ScoredPairs, limits: Limits, allocation: Allocation, ready: Sorted | None = None
) -> AllocationCheck:
    """Verify an allocation without repeating how it was made; run after every allocation and stored with it.

    Parameters
    ----------
    pairs : ScoredPairs
    limits : Limits
    allocation : Allocation
        In the order of ``pairs``. Its method says what workers go by: their wishes, or the order of the vacancies.
    ready : Sorted, optional
        Of these pairs and limits, if known already.

    Returns
    -------
    AllocationCheck
    """
    n_vacancies, proposed = len(limits.places), np.ascontiguousarray(allocation.proposed)
    ready = sort_pairs(pairs, limits) if ready is None else ready
    arrays = limit_arrays_of(ready, limits)
    loads = limit_loads_of(arrays, proposed)
    over = loads.load > arrays.cap
    offers = np.bincount(pairs.worker[proposed], minlength=1)
    case = Case(proposed, _unwanted_pairs(pairs, limits, loads, allocation, ready), quota_keys(limits))
    blocking, wrong = _judge(arrays, loads, case, allocation.reason, allocation.quota)
    return AllocationCheck(
        int(over[:n_vacancies].sum()),
        int(over[n_vacancies:].sum()),
        int(np.count_nonzero(offers > limits.a_worker)),
        int(blocking),
        int(wrong),
        int(np.count_nonzero((loads.open_load > arrays.open_cap)[:n_vacancies] & ~over[:n_vacancies])),
    )


def reasons_of(limits: Limits, arrays: LimitArrays, proposed: Flags) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    """Return why each pair is left out, and by which quota.

    Parameters
    ----------
    limits : Limits
    arrays : LimitArrays
    proposed : ndarray of bool, shape (n_pairs,)
        Who is proposed.

    Returns
    -------
    ndarray of int8, ndarray of int64
        As in ``Allocation``.
    """
    loads = limit_loads_of(arrays, proposed)
    reason, quota = _explain(arrays, loads, proposed, quota_keys(limits), _keepers(limits))
    return reason, quota


def _unwanted_pairs(
    pairs: ScoredPairs, limits: Limits, loads: LimitLoads, allocation: Allocation, ready: Sorted
) -> Flags:
    """Tell for each pair whether the worker's offers all went to vacancies that they rank higher."""
    preference = loads.strength
    if allocation.method is Method.DEFERRED_ACCEPTANCE:
        preference = np.empty(len(ready.preferred), dtype=np.int64)
        preference[ready.preferred] = np.arange(len(ready.preferred) - 1, -1, -1)
    unwanted: Flags = _unwanted(allocation.proposed, pairs.worker, preference, limits.a_worker)
    return unwanted


def quota_keys(limits: Limits) -> Whole:
    """Return the key of each limit that is a quota, -1 for vacancies."""
    keys: Whole = np.concatenate([np.full(len(limits.places), -1, np.int64), limits.quotas.key])
    return keys


def _keepers(limits: Limits) -> Whole:
    """Return for each vacancy the key of a quota that keeps units of it for a group, -1 if none does."""
    quotas = limits.quotas
    keepers = np.full(len(limits.places), -1, dtype=np.int64)
    rows = np.flatnonzero(quotas.kept & (quotas.reserved > 0))
    rows = rows[np.argsort(-quotas.key[rows])]
    keepers[quotas.lone_vacancy()[rows]] = quotas.key[rows]
    return keepers


@compiled
def _unwanted(proposed: NDArray[np.bool_], worker: _Numbers, preference: _Numbers, a_worker: int) -> NDArray[np.bool_]:
    pairs = proposed.size
    workers = 0
    for pair in range(pairs):
        workers = max(workers, worker[pair] + 1)
    offers, least = np.zeros(workers, np.int64), np.full(workers, np.iinfo(np.int64).max, np.int64)
    for pair in range(pairs):
        if proposed[pair]:
            offers[worker[pair]] += 1
            least[worker[pair]] = min(least[worker[pair]], preference[pair])
    unwanted = np.zeros(pairs, np.bool_)
    for pair in range(pairs):
        unwanted[pair] = offers[worker[pair]] >= a_worker and (a_worker <= 0 or least[worker[pair]] > preference[pair])
    return unwanted


@compiled
def _full(arrays: LimitArrays, loads: LimitLoads, pair: int, limit: int) -> bool:
    """Tell whether a limit is full of stronger pairs."""
    return loads.load[limit] >= arrays.cap[limit] and loads.weakest[limit] > loads.strength[pair]


@compiled
def _kept_from(arrays: LimitArrays, loads: LimitLoads, pair: int, vacancy: int) -> bool:
    """Tell whether all of a vacancy but what is kept for a group is full of stronger pairs."""
    outside = loads.strength[pair] < 2 * arrays.cell.size
    full = loads.open_load[vacancy] >= arrays.open_cap[vacancy]
    return outside and full and loads.weakest_open[vacancy] > loads.strength[pair]


@compiled
def _full_quota(arrays: LimitArrays, loads: LimitLoads, pair: int, key: _Numbers, named: int) -> int:
    """Return the key of a quota that is full of stronger pairs, the innermost first, or the named one; -1 if none."""
    cell = arrays.cell[pair]
    first, last = arrays.pointer[cell] + 1, arrays.pointer[cell + 1]
    for place in range(first, last):
        limit = arrays.limit[place]
        if _full(arrays, loads, pair, limit) and (named < 0 or key[limit] == named):
            return key[limit]
    return -1


@compiled
def _is_full(arrays: LimitArrays, loads: LimitLoads, pair: int, key: _Numbers, named: int) -> bool:
    """Tell whether a quota, -1 for none, is touched by a pair and full of stronger ones."""
    return named >= 0 and _full_quota(arrays, loads, pair, key, named) >= 0


@compiled
def _explain(
    arrays: LimitArrays, loads: LimitLoads, proposed: NDArray[np.bool_], key: _Numbers, keepers: _Numbers
) -> tuple[NDArray[np.int8], _Numbers]:
    reason, quota = np.zeros(proposed.size, np.int8), np.full(proposed.size, -1, np.int64)
    for pair in range(proposed.size):
        if proposed[pair]:
            continue
        vacancy = arrays.limit[arrays.pointer[arrays.cell[pair]]]
        if _full(arrays, loads, pair, vacancy):
            reason[pair] = _VACANCY
            continue
        kept = _kept_from(arrays, loads, pair, vacancy)
        quota[pair] = keepers[vacancy] if kept else _full_quota(arrays, loads, pair, key, -1)
        reason[pair] = _QUOTA if quota[pair] >= 0 else _WORKER
    return reason, quota


@compiled
def _judge(
    arrays: LimitArrays, loads: LimitLoads, case: Case, reason: NDArray[np.int8], quota: _Numbers
) -> tuple[int, int]:
    blocking, wrong = 0, 0
    for pair in range(reason.size):
        if case.proposed[pair]:
            continue
        vacancy = arrays.limit[arrays.pointer[arrays.cell[pair]]]
        by_vacancy = _full(arrays, loads, pair, vacancy)
        kept = _kept_from(arrays, loads, pair, vacancy)
        by_quota = _full_quota(arrays, loads, pair, case.key, -1) >= 0
        if not (by_vacancy or kept or by_quota or case.unwanted[pair]):
            blocking += 1
        if reason[pair] == _VACANCY:
            wrong += not by_vacancy
        elif reason[pair] == _QUOTA:
            wrong += not (kept or _is_full(arrays, loads, pair, case.key, quota[pair]))
        else:
            wrong += not case.unwanted[pair]
    return blocking, wrong
