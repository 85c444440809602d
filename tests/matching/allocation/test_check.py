"""Method and check against one another and against a check by enumeration, limits nested or crossing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.matching.allocation.allocation import Allocation, Method, Reason, allocate, check_allocation
from mobility.matching.allocation.quotas import Limits, no_quotas
from mobility.matching.allocation.sorting import ScoredPairs
from tests.matching import contests
from tests.matching.allocation.test_tree import every_pair, quotas

SEEDS = st.integers(0, 1_000_000)
KINDS = st.sampled_from(["nested", "crossing"])


def world(seed, kind):
    rng = np.random.default_rng(seed)
    pairs = contests.pairs(rng, wishes=rng.random() < 0.7)
    return pairs, contests.limits(rng, getattr(contests, kind)(rng))


def altered(allocation, **parts):
    whole = {name: getattr(allocation, name) for name in ("reason", "rank", "quota", "method")}
    return Allocation(**(whole | parts))


@given(SEEDS, KINDS)
def test_every_allocation_is_sound(seed, kind):
    pairs, limits = world(seed, kind)
    assert check_allocation(pairs, limits, allocate(pairs, limits)) == (0, 0, 0, 0, 0, 0)


@given(SEEDS, KINDS)
def test_no_cap_is_exceeded_whatever_the_method(seed, kind):
    pairs, limits = world(seed, kind)
    taken = allocate(pairs, limits).proposed
    touched = limits.quotas.touched(pairs.vacancy[taken], pairs.worker[taken])
    assert (np.bincount(touched.indices, minlength=len(limits.quotas)) <= limits.quotas.remaining).all()
    assert (np.bincount(pairs.vacancy[taken], minlength=contests.V) <= limits.places).all()
    assert (np.bincount(pairs.worker[taken], minlength=contests.W) <= limits.a_worker).all()


@given(SEEDS, KINDS)
def test_the_order_of_pairs_changes_nothing(seed, kind):
    pairs, limits = world(seed, kind)
    moved = np.random.default_rng(seed).permutation(len(pairs.score))
    here, there = allocate(pairs, limits), allocate(pairs.take(moved), limits)
    assert there.method is here.method
    for name in ("reason", "rank", "quota"):
        assert getattr(there, name).tolist() == getattr(here, name)[moved].tolist()


@given(SEEDS)
def test_nested_limits_are_allocated_by_deferred_acceptance(seed):
    assert allocate(*world(seed, "nested")).method is Method.DEFERRED_ACCEPTANCE


def test_crossing_limits_are_allocated_in_common_order():
    limits = Limits(np.array([3, 3]), quotas(([0, 1], [0, 1], 1)), 1)
    assert allocate(every_pair(2, 4), limits).method is Method.COMMON_ORDER


@given(SEEDS)
def test_without_wishes_both_methods_agree(seed):
    """Where both sides rank alike, there is one stable outcome; limits that cross are the same with one that never binds."""
    rng = np.random.default_rng(seed)
    pairs = contests.pairs(rng, wishes=False)
    limits = contests.limits(rng, contests.nested(rng, reserves=False))
    order = pairs.order()
    room, units = limits.places.copy(), limits.quotas.remaining.copy()
    offers = np.full(contests.W, limits.a_worker)
    touched = limits.quotas.touched(pairs.vacancy, pairs.worker).toarray()
    expected = np.zeros(len(order), bool)
    for pair in order:
        vacancy, worker = pairs.vacancy[pair], pairs.worker[pair]
        if room[vacancy] > 0 and offers[worker] > 0 and (units[touched[pair]] > 0).all():
            expected[pair] = True
            room[vacancy] -= 1
            offers[worker] -= 1
            units[touched[pair]] -= 1
    assert allocate(pairs, limits).proposed.tolist() == expected.tolist()


@given(SEEDS, KINDS)
def test_the_check_sees_a_pair_wrongly_dropped(seed, kind):
    pairs, limits = world(seed, kind)
    allocation = allocate(pairs, limits)
    for pair in np.flatnonzero(allocation.proposed)[:3]:
        reason = allocation.reason.copy()
        reason[pair] = Reason.VACANCY_FULL
        check = check_allocation(pairs, limits, altered(allocation, reason=reason))
        assert check.blocking_pairs >= 1
        assert check.wrong_reasons >= 1


@given(SEEDS, KINDS)
def test_the_check_sees_one_proposed_too_many(seed, kind):
    pairs, limits = world(seed, kind)
    allocation = allocate(pairs, limits)
    for pair in np.flatnonzero(~allocation.proposed)[:3]:
        reason = allocation.reason.copy()
        reason[pair] = Reason.PROPOSED
        assert not check_allocation(pairs, limits, altered(allocation, reason=reason)).sound


@given(SEEDS, KINDS, st.sampled_from([Reason.VACANCY_FULL, Reason.QUOTA_FULL, Reason.WORKER_TAKEN]))
def test_the_check_accepts_another_reason_only_if_it_is_true_too(seed, kind, other):
    pairs, limits = world(seed, kind)
    allocation = allocate(pairs, limits)
    for pair in np.flatnonzero((allocation.reason != Reason.PROPOSED) & (allocation.reason > other))[:3]:
        reason, quota = allocation.reason.copy(), allocation.quota.copy()
        reason[pair], quota[pair] = other, -1
        assert check_allocation(pairs, limits, altered(allocation, reason=reason, quota=quota)).wrong_reasons == 1


@pytest.mark.parametrize("method", list(Method))
def test_two_who_would_rather_have_one_another_are_seen(method):
    pairs = ScoredPairs(
        np.array([0, 0, 1, 1]),
        np.array([0, 1, 0, 1]),
        np.array([90, 50, 40, 80]),
        np.arange(4, dtype=np.uint64),
        np.array([9, 1, 1, 9]),
    )
    limits = Limits(np.array([1, 1]), no_quotas(2, 2), 1)
    crossed = Allocation(np.array([3, 0, 0, 3], np.int8), np.array([0, 1, 1, 0], np.int32), np.full(4, -1), method)
    assert check_allocation(pairs, limits, crossed).blocking_pairs == 2


def test_others_in_units_kept_for_a_group_are_seen():
    limits = Limits(np.array([2]), quotas(([0], [3], 9, 1, True), n=1), 1)
    pairs = every_pair(1, 4)
    assert allocate(pairs, limits).proposed.tolist() == [True, False, False, True]
    both = Allocation(np.array([0, 0, 1, 1], np.int8), np.zeros(4, np.int32), np.full(4, -1))
    assert check_allocation(pairs, limits, both).over_reserves == 1


def test_whoever_is_kept_out_by_units_kept_for_a_group_is_told_whose():
    limits = Limits(np.array([2]), quotas(([0], [], 9, 2, True), n=1), 1)
    allocation = allocate(every_pair(1, 4), limits)
    assert allocation.reason.tolist() == [Reason.QUOTA_FULL] * 4
    assert allocation.quota.tolist() == [10] * 4
    assert check_allocation(every_pair(1, 4), limits, allocation).sound


@pytest.mark.parametrize("kept", [False, True])
def test_a_reserve_at_one_vacancy_holds_where_other_quotas_cross(kept):
    given_quotas = quotas(([0], [3], 9, 1, kept), ([0, 1], [0, 1], 2))
    limits = Limits(np.array([2, 1]), given_quotas, 1)
    allocation = allocate(every_pair(2, 4), limits)
    assert allocation.method is Method.COMMON_ORDER
    assert allocation.proposed.tolist()[:4] == [True, False, False, True]


def test_a_reserve_over_several_vacancies_is_filled_first_and_open_if_unused():
    everywhere = Limits(np.array([1, 1]), quotas(([0, 1], [2, 3], 9, 1)), 1)
    allocation = allocate(every_pair(2, 4), everywhere)
    assert allocation.method is Method.COMMON_ORDER
    assert allocation.proposed.reshape(2, 4)[:, 2:].sum() == 1
    unused = Limits(np.array([1, 1]), quotas(([0, 1], [], 9, 1)), 1)
    assert allocate(every_pair(2, 4), unused).proposed.sum() == 2
