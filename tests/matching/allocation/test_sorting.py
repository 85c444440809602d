import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.matching.allocation.sorting import best_first, by_preference

SEEDS = st.integers(0, 1_000_000)


def keys(seed, *, most=80):
    """Return values with many equals, lottery numbers that are spread, clumped or all the same, and distinct pairs."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(0, most))
    kinds = [
        rng.integers(0, 2**64, n, dtype=np.uint64),
        rng.integers(0, 3, n).astype(np.uint64),
        np.where(rng.random(n) < 0.9, 1, 2**64 - 1).astype(np.uint64),
        np.zeros(n, np.uint64),
    ]
    wide = [1, 5, 10_000, 2**40]
    pair = rng.permutation(max(n, 1) * 3)[:n]
    return rng.integers(-3, rng.choice(wide), n), kinds[rng.integers(0, 4)], pair // 5, pair % 5


@given(SEEDS)
def test_best_first_is_the_order_that_a_comparison_sort_finds(seed):
    value, tie, vacancy, worker = keys(seed)
    assert best_first(value, tie, vacancy, worker).tolist() == np.lexsort((worker, vacancy, tie, -value)).tolist()


@given(SEEDS)
def test_dearest_first_is_that_order_within_each_worker(seed):
    value, tie, vacancy, worker = keys(seed)
    expected = np.lexsort((vacancy, tie, -value, worker))
    assert by_preference(value, tie, vacancy, worker).tolist() == expected.tolist()


@given(SEEDS)
def test_the_order_of_pairs_changes_nothing(seed):
    value, tie, vacancy, worker = keys(seed)
    moved = np.random.default_rng(seed).permutation(len(value))
    here = best_first(value, tie, vacancy, worker)
    there = best_first(value[moved], tie[moved], vacancy[moved], worker[moved])
    assert moved[there].tolist() == here.tolist()


@pytest.mark.parametrize("spread", [True, False])
def test_many_equal_values_are_sorted_as_well(spread):
    n = 5_000
    rng = np.random.default_rng(4)
    tie = rng.integers(0, 2**64, n, dtype=np.uint64) if spread else np.arange(n, dtype=np.uint64)[::-1].copy()
    rows = np.arange(n)
    assert best_first(np.zeros(n, int), tie, rows, rows).tolist() == np.argsort(tie).tolist()


def test_one_worker_on_very_many_lists_is_sorted_as_well():
    n = 3_000
    value = np.random.default_rng(5).integers(0, 50, n)
    tie, vacancy = np.zeros(n, np.uint64), np.arange(n)
    found = by_preference(value, tie, vacancy, np.zeros(n, int))
    assert found.tolist() == np.lexsort((vacancy, -value)).tolist()


def test_there_may_be_nothing_to_sort():
    nothing = np.empty(0, int)
    assert best_first(nothing, nothing.astype(np.uint64), nothing, nothing).tolist() == []
    assert by_preference(nothing, nothing.astype(np.uint64), nothing, nothing).tolist() == []
