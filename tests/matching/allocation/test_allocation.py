import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.matching.allocation.allocation import (
    Allocation,
    Reason,
    ScoredPairs,
    allocate,
    check_allocation,
    exhausted,
)
from mobility.matching.allocation.quotas import Limits, no_quotas
from tests.matching import worlds
from tests.matching.allocation.test_tree import every_pair, quotas

SEEDS = st.integers(0, 100_000)
V, W = 5, 12


def world(seed, *, ties=True):
    """Return random pairs and limits; few distinct scores, so that ties abound."""
    rng = np.random.default_rng(seed)
    chosen = np.flatnonzero(rng.random(V * W) < rng.random())
    rng.shuffle(chosen)
    score = rng.integers(0, 4 if ties else 10_000, len(chosen)).astype(np.int32)
    pairs = ScoredPairs(chosen // W, chosen % W, score, rng.permutation(len(chosen)).astype(np.uint64))
    limits = Limits(rng.integers(0, 5, V), worlds.quotas(seed, V, W), int(rng.integers(0, 4)))
    return pairs, limits


def counts(pairs, limits, allocation):
    taken = allocation.proposed
    touched = limits.quotas.touched(pairs.vacancy[taken], pairs.worker[taken]).sum(axis=0)
    return (
        np.bincount(pairs.vacancy[taken], minlength=V),
        np.atleast_1d(touched),
        np.bincount(pairs.worker[taken], minlength=W),
    )


@given(SEEDS)
def test_no_limit_is_ever_exceeded(seed):
    pairs, limits = world(seed)
    by_vacancy, by_quota, by_worker = counts(pairs, limits, allocate(pairs, limits))
    assert (by_vacancy <= limits.places).all()
    assert (by_quota <= limits.quotas.remaining).all()
    assert (by_worker <= limits.a_worker).all()


@given(SEEDS)
def test_whoever_is_left_out_lacks_what_better_pairs_used_up(seed):
    pairs, limits = world(seed)
    allocation = allocate(pairs, limits)
    place = np.empty(len(pairs.score), dtype=int)
    place[pairs.order()] = np.arange(len(place))
    keys = limits.quotas.key.tolist()
    for pair in np.flatnonzero(~allocation.proposed):
        better = allocation.proposed & (place < place[pair])
        reason = allocation.reason[pair]
        if reason == Reason.VACANCY_FULL:
            assert (better & (pairs.vacancy == pairs.vacancy[pair])).sum() == limits.places[pairs.vacancy[pair]]
        elif reason == Reason.WORKER_TAKEN:
            assert (better & (pairs.worker == pairs.worker[pair])).sum() == limits.a_worker
        else:
            quota = keys.index(int(allocation.quota[pair]))
            touched = limits.quotas.touched(pairs.vacancy, pairs.worker).toarray()[:, quota] > 0
            assert touched[pair]
            assert (better & touched).sum() == limits.quotas.remaining[quota]


@given(SEEDS)
def test_every_allocation_passes_its_check(seed):
    pairs, limits = world(seed)
    assert check_allocation(pairs, limits, allocate(pairs, limits)).sound


@given(SEEDS)
def test_ranks_count_from_one_in_order_of_score(seed):
    pairs, limits = world(seed)
    allocation = allocate(pairs, limits)
    for vacancy in range(V):
        mine = np.flatnonzero(allocation.proposed & (pairs.vacancy == vacancy))
        mine = mine[np.argsort(allocation.rank[mine])]
        assert allocation.rank[mine].tolist() == list(range(1, len(mine) + 1))
        assert (np.diff(pairs.score[mine]) <= 0).all()
    assert (allocation.rank[~allocation.proposed] == 0).all()


@given(SEEDS)
def test_the_order_of_pairs_changes_nothing(seed):
    pairs, limits = world(seed)
    moved = np.random.default_rng(seed).permutation(len(pairs.score))
    here = allocate(pairs, limits)
    there = allocate(pairs.take(moved), limits)
    assert there.reason.tolist() == here.reason[moved].tolist()
    assert there.rank.tolist() == here.rank[moved].tolist()
    assert there.quota.tolist() == here.quota[moved].tolist()


@given(SEEDS)
def test_one_more_place_never_proposes_fewer(seed):
    pairs, limits = world(seed)
    limits = limits._replace(quotas=no_quotas(V, W))
    wider = limits._replace(places=limits.places + 1)
    assert allocate(pairs, wider).proposed.sum() >= allocate(pairs, limits).proposed.sum()


def test_equal_scores_are_decided_by_the_lottery():
    pairs = ScoredPairs(np.zeros(3, int), np.arange(3), np.full(3, 50), np.array([9, 2, 5], dtype=np.uint64))
    allocation = allocate(pairs, Limits(np.array([1]), no_quotas(1, 3), 1))
    assert allocation.rank.tolist() == [0, 1, 0]
    assert [Reason(reason) for reason in allocation.reason] == [
        Reason.VACANCY_FULL,
        Reason.PROPOSED,
        Reason.VACANCY_FULL,
    ]


def test_a_vacancy_without_places_gets_nobody():
    pairs = ScoredPairs(np.zeros(2, int), np.arange(2), np.full(2, 50), np.arange(2, dtype=np.uint64))
    allocation = allocate(pairs, Limits(np.array([0]), no_quotas(1, 2), 1))
    assert not allocation.proposed.any()


def test_there_may_be_no_pairs():
    nothing = np.empty(0, dtype=np.intp)
    pairs, limits = (
        ScoredPairs(nothing, nothing, nothing, nothing.astype(np.uint64)),
        Limits(np.array([3]), no_quotas(1, 0), 1),
    )
    assert check_allocation(pairs, limits, allocate(pairs, limits)).sound


def test_limits_and_pairs_that_make_no_sense_are_refused():
    pairs = ScoredPairs(np.zeros(2, int), np.zeros(2, int), np.full(2, 50), np.arange(2, dtype=np.uint64))
    with pytest.raises(ValueError, match="a pair stands twice"):
        allocate(pairs, Limits(np.array([1]), no_quotas(1, 1), 1))
    with pytest.raises(ValueError, match="a limit is negative"):
        allocate(pairs, Limits(np.array([-1]), no_quotas(1, 1), 1))


def altered(allocation, **parts):
    whole = {"reason": allocation.reason, "rank": allocation.rank, "quota": allocation.quota}
    return Allocation(**(whole | parts))


@given(SEEDS)
def test_the_check_sees_a_pair_wrongly_dropped(seed):
    pairs, limits = world(seed)
    allocation = allocate(pairs, limits)
    for pair in np.flatnonzero(allocation.proposed)[:3]:
        reason = allocation.reason.copy()
        reason[pair] = Reason.WORKER_TAKEN
        check = check_allocation(pairs, limits, altered(allocation, reason=reason))
        assert check.blocking_pairs >= 1
        assert check.wrong_reasons >= 1


@given(SEEDS)
def test_the_check_sees_one_proposed_too_many(seed):
    pairs, limits = world(seed)
    allocation = allocate(pairs, limits)
    for pair in np.flatnonzero(~allocation.proposed)[:3]:
        reason = allocation.reason.copy()
        kind, reason[pair] = Reason(reason[pair]), Reason.PROPOSED
        check = check_allocation(pairs, limits, altered(allocation, reason=reason))
        over = {
            Reason.VACANCY_FULL: check.over_places,
            Reason.QUOTA_FULL: check.over_quotas,
            Reason.WORKER_TAKEN: check.over_workers,
        }
        assert over[kind] >= 1
        assert not check.sound


ALL, NONE = np.ones(2, bool), np.zeros(2, bool)


def exhausted_lists(limits, truncated, workers=2):
    pairs = every_pair(2, workers)
    return exhausted(pairs, limits, allocate(pairs, limits), truncated)


def test_a_vacancy_with_places_left_and_more_eligible_people_is_named_with_how_deep_the_run_looked():
    short = exhausted_lists(Limits(np.array([5, 1]), no_quotas(2, 2), 2), ALL)
    assert (short.vacancy.tolist(), short.listed.tolist(), short.places_left.tolist()) == ([0], [2], [3])


def test_a_vacancy_whose_list_holds_everybody_eligible_is_not():
    assert len(exhausted_lists(Limits(np.array([5, 5]), no_quotas(2, 2), 2), NONE).vacancy) == 0


@pytest.mark.parametrize(("cap", "named"), [(2, 0), (3, 2)])
def test_nor_is_one_whose_quota_is_used_up(cap, named):
    limits = Limits(np.array([5, 5]), quotas(([0, 1], None, cap), w=2), 1)
    assert len(exhausted_lists(limits, ALL).vacancy) == named


def test_a_full_quota_of_some_workers_leaves_room_for_others():
    limits = Limits(np.array([5, 5]), quotas(([0, 1], [0], 1), w=2), 1)
    assert len(exhausted_lists(limits, ALL).vacancy) == 2
