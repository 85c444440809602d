"""Who is proposed where within positions, quotas and a limit a worker; scored pairs in, nothing decided."""

import numpy as np

from mobility.matching.arrays import Flags, Rows, Whole
from mobility.matching.common_order import Queue, common_order
from mobility.matching.deferred_acceptance import Contest, deferred_acceptance
from mobility.matching.limits import Limits, ScoredPairs
from mobility.matching.outcome import Allocation, Method, Reason
from mobility.matching.quota_tree import Cells, Tree, cells_of, tree_of
from mobility.matching.stability import AllocationCheck, check_allocation, reasons_of
from mobility.matching.standing import Ground, ground_of

__all__ = [
    "Allocation",
    "AllocationCheck",
    "Limits",
    "Method",
    "Reason",
    "ScoredPairs",
    "allocate",
    "check_allocation",
    "contest_of",
]

#: Of what a unit kept for a group lifts its holder by; of one that is only reserved.
_KEPT, _RESERVED = 2, 1


def allocate(pairs: ScoredPairs, limits: Limits) -> Allocation:
    """Propose pairs while vacancy, worker and every quota touched have room, so that nobody has cause to object.

    Parameters
    ----------
    pairs : ScoredPairs
        Each (vacancy, worker) at most once, all eligible.
    limits : Limits
        Room; all at least 0.

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
    cells = cells_of(pairs, limits.quotas, len(limits.places))
    order = pairs.order()
    ground = ground_of(cells, limits, order)
    tree = tree_of(cells, limits)
    if tree is None:
        method, held = Method.COMMON_ORDER, _best_first(pairs, limits, ground, order)
    else:
        method, held = Method.DEFERRED_ACCEPTANCE, _deferred(pairs, limits, cells, tree, ground)
    quota = np.full(len(order), -1, dtype=np.int64)
    rough = Allocation(np.where(held, Reason.PROPOSED, Reason.WORKER_TAKEN).astype(np.int8), _ranks(pairs, held, order), quota, method)
    reason, quota = reasons_of(pairs, limits, ground, rough)
    return Allocation(reason, rough.rank, quota, method)


def contest_of(pairs: ScoredPairs, cells: Cells, tree: Tree, ground: Ground) -> tuple[Contest, Rows]:
    """Lay out the pairs by worker, dearest first, as deferred acceptance takes them.

    Parameters
    ----------
    pairs, cells, tree, ground
        Belonging together.

    Returns
    -------
    Contest
    ndarray of intp, shape (n_pairs,)
        The pair at each of its places.
    """
    order = pairs.order_of_workers()
    worker = pairs.worker[order]
    merit = ground.merit[order].astype(np.int32)
    by_merit = np.empty(len(order), dtype=np.int32)
    by_merit[merit] = np.arange(len(order), dtype=np.int32)
    contest = Contest(
        np.concatenate([[0], np.cumsum(np.bincount(worker, minlength=1))]).astype(np.int64),
        worker.astype(np.int32),
        tree.leaf[cells.of_pair[order]],
        merit,
        by_merit,
        tree.parent,
        tree.cap,
        tree.open_cap,
        tree.reserved,
        np.where(tree.kept, _KEPT, _RESERVED),
    )
    return contest, order


def _deferred(pairs: ScoredPairs, limits: Limits, cells: Cells, tree: Tree, ground: Ground) -> Flags:
    contest, order = contest_of(pairs, cells, tree, ground)
    held = np.empty(len(order), dtype=np.bool_)
    held[order] = deferred_acceptance(contest, limits.a_worker)
    return held


def _best_first(pairs: ScoredPairs, limits: Limits, ground: Ground, order: Rows) -> Flags:
    queue = Queue(
        order,
        pairs.worker,
        ground.cell,
        ground.pointer,
        ground.limit,
        ground.cap,
        ground.open_cap,
        ground.reserved,
        ground.kept,
    )
    held: Flags = common_order(queue, _size(pairs.worker), limits.a_worker)
    return held


def _ranks(pairs: ScoredPairs, held: Flags, order: Rows) -> Whole:
    """Number the proposals of each vacancy from 1 in the vacancies' order."""
    proposed = order[held[order]]
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
