from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.matching.eligibility.rule_columns import rule_columns_of
from mobility.matching.kernels.engines import Kernel
from mobility.matching.runs.fairness import ListPlaces, ever_eligible, funnel, ranks_on_lists
from mobility.matching.runs.run import match
from mobility.matching.snapshots.snapshot import snapshot_of
from tests.matching import worlds


def places(*pairs):
    found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return ListPlaces(found[:, 0], found[:, 1])


GROUP = np.array([0, 0, 1, 1, 1])


def test_people_are_counted_once_at_each_step_however_many_places_they_have():
    reached = np.array([True, False, True, True, False])
    found = funnel(GROUP, 3, reached, places((0, 1), (0, 2), (2, 1), (3, 3)), places((2, 1)))
    assert found.considered.tolist() == [2, 3, 0]
    assert found.eligible.tolist() == [1, 2, 0]
    assert found.ranked.tolist() == [1, 2, 0]
    assert found.proposed.tolist() == [0, 1, 0]


def test_attention_falls_with_the_rank():
    found = funnel(GROUP, 2, np.ones(5, bool), places((0, 1), (2, 3)), places())
    assert found.attention_ranked.tolist() == pytest.approx([1.0, 1 / log2(4)])
    assert found.attention_proposed.tolist() == [0, 0]


def test_a_group_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="between 0 and 0"):
        funnel(GROUP, 1, np.ones(5, bool), places(), places())


def test_lists_count_ranks_from_one():
    assert ranks_on_lists(np.array([4, 4, 7, 9, 9, 9])).tolist() == [1, 2, 1, 1, 2, 3]


@given(st.integers(0, 200))
@pytest.mark.parametrize("kernel", [Kernel.NUMPY, Kernel.NUMBA])
def test_whoever_is_on_a_list_was_reached_and_whoever_is_not_reached_is_on_none(kernel, seed):
    pool, demand = worlds.pool(seed, 30), worlds.demand(seed, 5)
    run_settings = worlds.run_settings(top=100)
    result = match(pool, demand, worlds.quotas(seed, 5, 30), run_settings)
    listed = np.isin(pool.key, result.scored.eligible.worker)
    rule_columns = rule_columns_of(demand, run_settings.schemes, run_settings.on, frozenset(pool.facts))
    snapshot = snapshot_of(pool, rule_columns, run_settings.on.toordinal(), rows=7)
    assert ever_eligible(snapshot, rule_columns, kernel).tolist() == sorted(pool.key[listed].tolist())
