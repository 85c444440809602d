import sys
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.matching.allocation import flow_audit
from mobility.matching.allocation.allocation import allocate
from mobility.matching.allocation.flow_audit import FlowAuditUnavailableError, audit_flow
from mobility.matching.allocation.quotas import Limits, no_quotas
from mobility.matching.allocation.sorting import ScoredPairs
from tests.matching import contests
from tests.matching.allocation.test_tree import every_pair, quotas

pytest.importorskip("ortools", reason="OR-Tools is not installed: the yardstick is not tested")


def best_total(pairs, limits):
    """Return the highest total score by trying every set of pairs."""
    touched = limits.quotas.touched(pairs.vacancy, pairs.worker).toarray()
    best = 0
    for chosen in product([False, True], repeat=len(pairs.score)):
        taken = np.array(chosen, dtype=bool)
        fits = (
            (np.bincount(pairs.vacancy[taken], minlength=contests.V) <= limits.places).all()
            and (np.bincount(pairs.worker[taken], minlength=contests.W) <= limits.a_worker).all()
            and (touched[taken].sum(axis=0) <= limits.quotas.remaining).all()
            and kept_units_hold_nobody_else(pairs, limits, touched, taken)
        )
        best = max(best, int(pairs.score[taken].sum()) if fits else 0)
    return best


def kept_units_hold_nobody_else(pairs, limits, touched, taken):
    outside = np.bincount(pairs.vacancy[taken], minlength=contests.V)
    room = limits.places.copy()
    kept = limits.quotas.kept & (limits.quotas.reserved > 0)
    for quota in np.flatnonzero(kept):
        vacancy, units = limits.quotas.lone_vacancy()[quota], limits.quotas.reserved[quota]
        outside[vacancy] -= min(units, touched[taken][:, quota].sum())
        room[vacancy] -= units
    return (outside <= np.maximum(room, 0)).all()


@settings(max_examples=30)
@given(st.integers(0, 1_000_000))
def test_the_optimum_is_the_best_of_all_sets_of_pairs(seed):
    rng = np.random.default_rng(seed)
    pairs = contests.pairs(rng)
    pairs = pairs.take(np.arange(min(len(pairs.score), 9)))
    limits = contests.limits(rng, contests.nested(rng))
    found = audit_flow(pairs, limits, allocate(pairs, limits))
    assert found.optimum == best_total(pairs, limits)
    assert found.reached <= found.optimum


def test_what_is_left_on_the_table_is_a_share_of_the_optimum():
    pairs = ScoredPairs(
        np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([60, 50, 50, 10]), np.arange(4, dtype=np.uint64)
    )
    limits = Limits(np.array([1, 1]), no_quotas(2, 2), 1)
    found = audit_flow(pairs, limits, allocate(pairs, limits))
    assert (found.reached, found.optimum, found.proposals) == (70, 100, 2)
    assert found.left == pytest.approx(0.3)


def test_with_nothing_to_propose_nothing_is_left():
    nothing = np.empty(0, int)
    pairs = ScoredPairs(nothing, nothing, nothing, nothing.astype(np.uint64))
    limits = Limits(np.array([3]), no_quotas(1, 0), 1)
    assert audit_flow(pairs, limits, allocate(pairs, limits)).left == 0.0


def test_crossing_quotas_have_no_yardstick():
    limits = Limits(np.array([3, 3]), quotas(([0, 1], [0, 1], 1)), 1)
    pairs = every_pair(2, 4)
    with pytest.raises(FlowAuditUnavailableError, match="do not all lie within"):
        audit_flow(pairs, limits, allocate(pairs, limits))


def test_without_or_tools_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ortools.graph.python.min_cost_flow", None)
    with pytest.raises(FlowAuditUnavailableError, match=r"pip install .*\[audit\]"):
        flow_audit.flow_library()
