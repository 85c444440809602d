"""The yardstick of an allocation: the highest total score under the same caps; for analysis, it never decides.

Needs OR-Tools (the extra ``audit``).
"""

from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

from mobility.errors import MobilityError
from mobility.instance import command_for_extra
from mobility.matching.allocation.check import Allocation
from mobility.matching.allocation.quotas import Limits
from mobility.matching.allocation.sorting import ScoredPairs
from mobility.matching.allocation.tree import Tree, cells_of, tree_of
from mobility.matching.core.arrays import Whole


class FlowAuditUnavailableError(MobilityError):
    """No optimum: ``code`` is ``not_installed`` (OR-Tools), ``not_nested`` (limits), or ``failed`` (the solver)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class FlowAudit(NamedTuple):
    """How far an allocation's total score is from the highest possible.

    Attributes
    ----------
    reached, optimum : int
        Total scores. The optimum ignores wishes and reserves that are not kept, so it may be out of anybody's reach.
    proposals : int
        Proposals in the optimum.
    """

    reached: int
    optimum: int
    proposals: int

    @property
    def left(self) -> float:
        """Share of the optimum that is left on the table, 0 to 1."""
        return 1 - self.reached / self.optimum if self.optimum else 0.0


class Arcs(NamedTuple):
    """A network whose cheapest flow is the optimum; arrays by arc, and supply by node.

    Attributes
    ----------
    tail, head : ndarray of int64
    capacity, cost : ndarray of int64
    supply : ndarray of int64, shape (n_nodes,)
    """

    tail: Whole
    head: Whole
    capacity: Whole
    cost: Whole
    supply: Whole


def audit_flow(pairs: ScoredPairs, limits: Limits, allocation: Allocation) -> FlowAudit:
    """Measure an allocation against the highest total score under the same caps.

    Parameters
    ----------
    pairs, limits, allocation
        Belonging together.

    Returns
    -------
    FlowAudit

    Raises
    ------
    FlowAuditUnavailableError
        OR-Tools is not installed, the limits do not lie within one another, or the solver failed.
    """
    flow = flow_library()
    arcs = arcs_of(pairs, limits)
    chosen = solve(flow, arcs)[: len(pairs.score)] > 0
    score = pairs.score.astype(np.int64)
    return FlowAudit(int(score[allocation.proposed].sum()), int(score[chosen].sum()), int(chosen.sum()))


def available() -> bool:
    """Tell whether OR-Tools is installed."""
    return find_spec("ortools") is not None


def flow_library() -> Any:
    """Return OR-Tools' module of minimum-cost flows; raises ``FlowAuditUnavailableError`` if there is none."""
    try:
        return import_module("ortools.graph.python.min_cost_flow")
    except ImportError as missing:
        raise FlowAuditUnavailableError(
            "not_installed",
            f"measuring against the optimum needs OR-Tools ({command_for_extra('audit')}); runs do not need it",
        ) from missing


def arcs_of(pairs: ScoredPairs, limits: Limits) -> Arcs:
    """Lay out pairs and limits as a network; the first arcs are the pairs, in their order.

    Parameters
    ----------
    pairs : ScoredPairs
    limits : Limits

    Returns
    -------
    Arcs
        Source → worker (offers) → innermost limit (one each, costing minus the score) → … → sink, and an arc that
        passes everything by, so that no proposal is forced.

    Raises
    ------
    FlowAuditUnavailableError
        The limits do not lie within one another.
    """
    cells = cells_of(pairs, limits.quotas, len(limits.places))
    tree = tree_of(cells, limits)
    if tree is None:
        raise FlowAuditUnavailableError(
            "not_nested", "quotas of this run do not all lie within one another, so no flow gives the optimum"
        )
    n_workers = int(pairs.worker.max(initial=-1)) + 1
    enter, inner, outer, capacity = _tree_arcs(tree)
    source, sink = n_workers + int(inner.max(initial=-1)) + 1, n_workers + int(inner.max(initial=-1)) + 2
    supply = np.zeros(sink + 1, dtype=np.int64)
    total = min(n_workers * limits.a_worker, len(pairs.score))
    supply[[source, sink]] = total, -total
    pair = np.ones(len(pairs.score), dtype=np.int64)
    return Arcs(
        np.concatenate([pairs.worker, np.full(n_workers, source), n_workers + inner, [source]]),
        np.concatenate(
            [
                n_workers + enter[tree.leaf[cells.of_pair]],
                np.arange(n_workers),
                np.where(outer < 0, sink, n_workers + outer),
                [sink],
            ]
        ),
        np.concatenate([pair, np.full(n_workers, limits.a_worker), capacity, [total]]),
        np.concatenate([-pairs.score.astype(np.int64), np.zeros(n_workers + len(inner) + 1, np.int64)]),
        supply,
    )


def _tree_arcs(tree: Tree) -> tuple[Whole, Whole, Whole, Whole]:
    """Return where one enters each limit, and the arcs from limit to limit with their capacities, -1 for the sink.

    A vacancy with units kept for a group is entered by an open part that holds the rest; the group, entered by a part
    that holds its cap, may pass that by.
    """
    rows = np.arange(len(tree.cap))
    group = tree.kept & (tree.reserved > 0) & (tree.parent >= 0)
    parted, groups = np.flatnonzero((tree.open_cap < tree.cap) | group), np.flatnonzero(group)
    enter = rows.copy()
    enter[parted] = len(rows) + np.arange(len(parted))
    inner = np.concatenate([rows, enter[parted], groups])
    outer = np.concatenate([np.where(tree.parent < 0, -1, enter[tree.parent]), parted, tree.parent[groups]])
    return enter, inner, outer, np.concatenate([tree.cap, tree.open_cap[parted], tree.reserved[groups]])


def solve(flow: Any, arcs: Arcs) -> Whole:
    """Return the flow through each arc at the least cost.

    Raises
    ------
    FlowAuditUnavailableError
        The solver failed, which a network from ``arcs_of`` gives no cause for.
    """
    network = flow.SimpleMinCostFlow()
    added = network.add_arcs_with_capacity_and_unit_cost(arcs.tail, arcs.head, arcs.capacity, arcs.cost)
    network.set_nodes_supplies(np.arange(len(arcs.supply)), arcs.supply)
    status = network.solve()
    if status != network.OPTIMAL:
        raise FlowAuditUnavailableError("failed", f"the flow solver ended with {status}")
    flows: Whole = network.flows(added)
    return flows
