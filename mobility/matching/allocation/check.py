"""Whether an allocation is sound: caps, reserves, no blocking pair, reasons borne out; never how it was made."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mobility.matching.allocation.limits import Limits, ScoredPairs
from mobility.matching.allocation.loads import Ground, Sorted, Standing, ground_of, sort_pairs, standing_of
from mobility.matching.allocation.outcome import Allocation, Method, Reason
from mobility.matching.core.arrays import Flags, Whole
from mobility.matching.core.compiled import compiled

_Numbers = NDArray[Any]
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
    held : ndarray of bool
    unwanted : ndarray of bool
        Whether the worker's offers went to vacancies that they rank higher.
    key : ndarray of int64, shape (n_limits,)
        Of quotas; -1 for vacancies.
    """

    held: NDArray[np.bool_]
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
    n_vacancies, held = len(limits.places), np.ascontiguousarray(allocation.proposed)
    ready = sort_pairs(pairs, limits) if ready is None else ready
    ground = ground_of(ready, limits)
    standing = standing_of(ground, held)
    over = standing.load > ground.cap
    offers = np.bincount(pairs.worker[held], minlength=1)
    case = Case(held, _unwanted_pairs(pairs, limits, standing, allocation, ready), quota_keys(limits))
    blocking, wrong = _judge(ground, standing, case, allocation.reason, allocation.quota)
    return AllocationCheck(
        int(over[:n_vacancies].sum()),
        int(over[n_vacancies:].sum()),
        int(np.count_nonzero(offers > limits.a_worker)),
        int(blocking),
        int(wrong),
        int(np.count_nonzero((standing.open_load > ground.open_cap)[:n_vacancies] & ~over[:n_vacancies])),
    )


def reasons_of(limits: Limits, ground: Ground, held: Flags) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    """Return why each pair is left out, and by which quota.

    Parameters
    ----------
    limits : Limits
    ground : Ground
    held : ndarray of bool, shape (n_pairs,)
        Who is proposed.

    Returns
    -------
    ndarray of int8, ndarray of int64
        As in ``Allocation``.
    """
    standing = standing_of(ground, held)
    reason, quota = _explain(ground, standing, held, quota_keys(limits), _keepers(limits))
    return reason, quota


def _unwanted_pairs(
    pairs: ScoredPairs, limits: Limits, standing: Standing, allocation: Allocation, ready: Sorted
) -> Flags:
    """Tell for each pair whether the worker's offers all went to vacancies that they rank higher."""
    dearness = standing.strength
    if allocation.method is Method.DEFERRED_ACCEPTANCE:
        dearness = np.empty(len(ready.dearest), dtype=np.int64)
        dearness[ready.dearest] = np.arange(len(ready.dearest) - 1, -1, -1)
    found: Flags = _unwanted(allocation.proposed, pairs.worker, dearness, limits.a_worker)
    return found


def quota_keys(limits: Limits) -> Whole:
    """Return the key of each limit that is a quota, -1 for vacancies."""
    found: Whole = np.concatenate([np.full(len(limits.places), -1, np.int64), limits.quotas.key])
    return found


def _keepers(limits: Limits) -> Whole:
    """Return for each vacancy the key of a quota that keeps units of it for a group, -1 if none does."""
    quotas = limits.quotas
    found = np.full(len(limits.places), -1, dtype=np.int64)
    rows = np.flatnonzero(quotas.kept & (quotas.reserved > 0))
    rows = rows[np.argsort(-quotas.key[rows])]
    found[quotas.lone_vacancy()[rows]] = quotas.key[rows]
    return found


@compiled
def _unwanted(held: NDArray[np.bool_], worker: _Numbers, dearness: _Numbers, a_worker: int) -> NDArray[np.bool_]:
    pairs = held.size
    workers = 0
    for pair in range(pairs):
        workers = max(workers, worker[pair] + 1)
    offers, least = np.zeros(workers, np.int64), np.full(workers, np.iinfo(np.int64).max, np.int64)
    for pair in range(pairs):
        if held[pair]:
            offers[worker[pair]] += 1
            least[worker[pair]] = min(least[worker[pair]], dearness[pair])
    found = np.zeros(pairs, np.bool_)
    for pair in range(pairs):
        found[pair] = offers[worker[pair]] >= a_worker and (a_worker <= 0 or least[worker[pair]] > dearness[pair])
    return found


@compiled
def _full(ground: Ground, standing: Standing, pair: int, limit: int) -> bool:
    """Tell whether a limit is full of stronger pairs."""
    return standing.load[limit] >= ground.cap[limit] and standing.weakest[limit] > standing.strength[pair]


@compiled
def _kept_from(ground: Ground, standing: Standing, pair: int, vacancy: int) -> bool:
    """Tell whether all of a vacancy but what is kept for a group is full of stronger pairs."""
    outside = standing.strength[pair] < 2 * ground.cell.size
    full = standing.open_load[vacancy] >= ground.open_cap[vacancy]
    return outside and full and standing.weakest_open[vacancy] > standing.strength[pair]


@compiled
def _full_quota(ground: Ground, standing: Standing, pair: int, key: _Numbers, named: int) -> int:
    """Return the key of a quota that is full of stronger pairs, the innermost first, or the named one; -1 if none."""
    cell = ground.cell[pair]
    first, last = ground.pointer[cell] + 1, ground.pointer[cell + 1]
    for place in range(first, last):
        limit = ground.limit[place]
        if _full(ground, standing, pair, limit) and (named < 0 or key[limit] == named):
            return key[limit]
    return -1


@compiled
def _explain(
    ground: Ground, standing: Standing, held: NDArray[np.bool_], key: _Numbers, keepers: _Numbers
) -> tuple[NDArray[np.int8], _Numbers]:
    reason, quota = np.zeros(held.size, np.int8), np.full(held.size, -1, np.int64)
    for pair in range(held.size):
        if held[pair]:
            continue
        vacancy = ground.limit[ground.pointer[ground.cell[pair]]]
        if _full(ground, standing, pair, vacancy):
            reason[pair] = _VACANCY
            continue
        kept = _kept_from(ground, standing, pair, vacancy)
        quota[pair] = keepers[vacancy] if kept else _full_quota(ground, standing, pair, key, -1)
        reason[pair] = _QUOTA if quota[pair] >= 0 else _WORKER
    return reason, quota


@compiled
def _judge(
    ground: Ground, standing: Standing, case: Case, reason: NDArray[np.int8], quota: _Numbers
) -> tuple[int, int]:
    blocking, wrong = 0, 0
    for pair in range(reason.size):
        if case.held[pair]:
            continue
        vacancy = ground.limit[ground.pointer[ground.cell[pair]]]
        by_vacancy = _full(ground, standing, pair, vacancy)
        kept = _kept_from(ground, standing, pair, vacancy)
        by_quota = _full_quota(ground, standing, pair, case.key, -1) >= 0
        if not (by_vacancy or kept or by_quota or case.unwanted[pair]):
            blocking += 1
        if reason[pair] == _VACANCY:
            wrong += not by_vacancy
        elif reason[pair] == _QUOTA:
            named = quota[pair]
            wrong += not (kept or (named >= 0 and _full_quota(ground, standing, pair, case.key, named) >= 0))
        else:
            wrong += not case.unwanted[pair]
    return blocking, wrong
