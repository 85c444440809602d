"""Who is proposed where within positions, quotas and a limit a worker, and which lists ended too early."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mobility.matching.allocation.best_first import Queue, common_order
from mobility.matching.allocation.check import Allocation, AllocationCheck, Method, Reason, check_allocation, reasons_of
from mobility.matching.allocation.deferred_acceptance import Contest, deferred_acceptance
from mobility.matching.allocation.loads import LimitArrays, Sorted, limit_arrays_of, sort_pairs
from mobility.matching.allocation.quotas import Limits
from mobility.matching.allocation.sorting import ScoredPairs
from mobility.matching.allocation.tree import Tree, tree_of
from mobility.matching.core.arrays import Flags, Rows, Whole

__all__ = [
    "Allocation",
    "AllocationCheck",
    "Exhausted",
    "Limits",
    "Method",
    "Reason",
    "ScoredPairs",
    "allocate",
    "check_allocation",
    "contest_of",
    "exhausted",
    "sort_pairs",
]

#: Of what a unit kept for a group lifts its holder by; of one that is only reserved.
_KEPT, _RESERVED = 2, 1


def allocate(pairs: ScoredPairs, limits: Limits, ready: Sorted | None = None) -> Allocation:
    """Propose pairs while vacancy, worker and every quota touched have room, so that nobody has cause to object.

    Parameters
    ----------
    pairs : ScoredPairs
        Each (vacancy, worker) at most once, all eligible.
    limits : Limits
        Room; all at least 0.
    ready : Sorted, optional
        Of these pairs and limits, if known already.

    Returns
    -------
    Allocation
        The same whatever the order of the pairs; ``method`` says how it was found.

    Raises
    ------
    ValueError
        If a limit is negative or a pair stands twice.

    Notes
    -----
    Where the limits lie within one another (a vacancy in a region's quota in the scheme's) the workers ask and the
    limits choose: deferred acceptance. No pair is left that both its worker and its limits would rather have, and no
    such outcome is better for any worker. Workers go by what they said they wish for; what they wish decides between
    vacancies that want them, never whether one does. With one offer a worker nobody gains by stating other wishes
    than their own, as long as wishes bring no points; with more offers, or where a vacancy's list was cut short, that
    holds no longer in theory.

    Where limits cross (an origin's quota over several vacancies) a stable outcome need not exist if the two sides rank
    pairs differently. There both go by the order of the vacancies, best first: a pair is left out only if something
    that it needs was used up by better pairs.

    Reserved units go to the best of their group before anybody else is considered, whatever the method.
    """
    _check(pairs, limits)
    ready = sort_pairs(pairs, limits) if ready is None else ready
    arrays = limit_arrays_of(ready, limits)
    tree = tree_of(ready.cells, limits)
    if tree is None:
        method, is_proposed = Method.COMMON_ORDER, _best_first(pairs, limits, arrays, ready.best)
    else:
        method, is_proposed = Method.DEFERRED_ACCEPTANCE, _deferred(pairs, limits, ready, tree)
    reason, quota = reasons_of(limits, arrays, is_proposed)
    return Allocation(reason, _ranks(pairs, is_proposed, ready.best), quota, method)


def contest_of(pairs: ScoredPairs, ready: Sorted, tree: Tree) -> Contest:
    """Lay out the pairs by worker, preferred first, as deferred acceptance takes them.

    Parameters
    ----------
    pairs : ScoredPairs
    ready : Sorted
    tree : Tree

    Returns
    -------
    Contest
        Its pairs stand in the order of ``ready.preferred``.
    """
    place = np.empty(len(ready.best), dtype=np.int32)
    place[ready.preferred] = np.arange(len(place), dtype=np.int32)
    by_merit = place[ready.best[::-1]]
    merit = np.empty(len(place), dtype=np.int32)
    merit[by_merit] = np.arange(len(place), dtype=np.int32)
    worker = pairs.worker[ready.preferred].astype(np.int32)
    return Contest(
        np.concatenate([[0], np.cumsum(np.bincount(worker, minlength=1))]).astype(np.int64),
        worker,
        tree.leaf[ready.cells.of_pair[ready.preferred]],
        merit,
        by_merit,
        tree.parent,
        tree.cap,
        tree.open_cap,
        tree.reserved,
        np.where(tree.kept, _KEPT, _RESERVED),
    )


def _deferred(pairs: ScoredPairs, limits: Limits, ready: Sorted, tree: Tree) -> Flags:
    is_proposed = np.empty(len(ready.preferred), dtype=np.bool_)
    is_proposed[ready.preferred] = deferred_acceptance(contest_of(pairs, ready, tree), limits.a_worker)
    return is_proposed


def _best_first(pairs: ScoredPairs, limits: Limits, arrays: LimitArrays, order: Rows) -> Flags:
    queue = Queue(
        order,
        pairs.worker,
        arrays.cell,
        arrays.pointer,
        arrays.limit,
        arrays.cap,
        arrays.open_cap,
        arrays.reserved,
        arrays.kept,
    )
    is_proposed: Flags = common_order(queue, _size(pairs.worker), limits.a_worker)
    return is_proposed


def _ranks(pairs: ScoredPairs, is_proposed: Flags, order: Rows) -> NDArray[np.int32]:
    """Number the proposals of each vacancy from 1 in the vacancies' order."""
    proposed = order[is_proposed[order]]
    proposed = proposed[np.argsort(pairs.vacancy[proposed], kind="stable")]
    vacancy = pairs.vacancy[proposed]
    rank = np.zeros(len(order), dtype=np.int32)
    rank[proposed] = np.arange(len(proposed)) - np.searchsorted(vacancy, vacancy) + 1
    return rank


def _size(rows: Rows) -> int:
    return int(rows.max()) + 1 if len(rows) else 0


def _check(pairs: ScoredPairs, limits: Limits) -> None:
    if limits.a_worker < 0 or (limits.places < 0).any():
        raise ValueError("a limit is negative")
    cell = np.sort(pairs.vacancy.astype(np.int64) * _size(pairs.worker) + pairs.worker)
    if (cell[1:] == cell[:-1]).any():
        raise ValueError("a pair stands twice")


class Exhausted(NamedTuple):
    """Vacancies whose list should have been longer; arrays of shape (n_exhausted,).

    Attributes
    ----------
    vacancy : ndarray of intp
        Row numbers.
    listed : ndarray of int64
        People on the list: how deep the run looked.
    places_left : ndarray of int64
        Proposals that could still have been made.
    """

    vacancy: Whole
    listed: Whole
    places_left: Whole


def exhausted(pairs: ScoredPairs, limits: Limits, allocation: Allocation, truncated: Flags) -> Exhausted:
    """Find the vacancies that deeper lists could fill further.

    Parameters
    ----------
    pairs, limits, allocation
        Belonging together.
    truncated : ndarray of bool, shape (n_vacancies,)
        Which vacancies have more eligible workers than are listed.

    Returns
    -------
    Exhausted
        Without those of which a quota for everybody is used up: more people would not help them.
    """
    quotas, n_vacancies = limits.quotas, len(limits.places)
    is_proposed = allocation.proposed
    proposed = np.bincount(pairs.vacancy[is_proposed], minlength=n_vacancies)
    used = np.bincount(
        quotas.touched(pairs.vacancy[is_proposed], pairs.worker[is_proposed]).indices, minlength=len(quotas)
    )
    full = (quotas.everybody & (used >= quotas.remaining)).astype(np.int64)
    short = truncated & (proposed < limits.places) & ((quotas.vacancies.astype(np.int64) @ full) == 0)
    rows = np.flatnonzero(short)
    listed = np.bincount(pairs.vacancy, minlength=n_vacancies)
    return Exhausted(rows, listed[rows], (limits.places - proposed)[rows])
