import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime
from scipy.sparse import csr_array
from scipy.special import expit

from mobility.matching.learning.design import one_hot
from mobility.matching.learning.problem import (
    DecisionPairs,
    Design,
    corner_gain,
    decision_pairs,
    mean_loss,
    side_by_side,
    solve,
    time_folds,
)

SEEDS = st.integers(0, 10_000)


def drawn(seed, count=40, lists=5):
    rng = np.random.default_rng(seed)
    return rng.random(count) < 0.4, np.sort(rng.integers(0, lists, count)), rng


def plain(rows, centre=None, free=False):
    """Return a design whose levels are its steps."""
    steps = rows.shape[1]
    middle = np.zeros(steps) if centre is None else np.asarray(centre, float)
    return Design(csr_array(rows), csr_array(np.eye(steps)), middle, np.full(steps, free))


class TestPairs:
    @given(SEEDS, st.integers(1, 30))
    def test_a_pair_is_a_favourable_decision_and_another_of_its_list(self, seed, most):
        favourable, lists, rng = drawn(seed)
        pairs = decision_pairs(favourable, lists, rng, most)
        assert favourable[pairs.better].all()
        assert not favourable[pairs.worse].any()
        assert (lists[pairs.better] == lists[pairs.worse]).all()
        assert len(set(zip(pairs.better.tolist(), pairs.worse.tolist(), strict=True))) == len(pairs.better)
        for number in np.unique(lists):
            good = int(favourable[lists == number].sum())
            bad = int((~favourable[lists == number]).sum())
            taken = int((lists[pairs.better] == number).sum())
            assert taken == min(good * bad, max(most, good + bad))

    def test_the_pairs_of_a_list_weigh_what_its_decisions_weigh(self):
        favourable = np.arange(20) < 10
        pairs = decision_pairs(favourable, np.zeros(20, int), np.random.default_rng(0), 100)
        assert len(pairs.better) == 100
        assert pairs.weight == 0.2

    def test_few_pairs_weigh_no_more_than_one_each(self):
        favourable = np.array([True, False, False, False])
        assert decision_pairs(favourable, np.array([0, 0, 1, 1]), np.random.default_rng(0)).weight == 1.0

    def test_lists_decided_all_alike_have_no_pairs(self):
        pairs = decision_pairs(np.array([True, True, False]), np.array([0, 0, 1]), np.random.default_rng(0))
        assert len(pairs.better) == len(pairs.worse) == 0
        assert pairs.weight == 1.0


class TestTimeFolds:
    @given(SEEDS, st.integers(1, 5))
    def test_lists_stay_whole_and_learning_comes_before_judging(self, seed, count):
        rng = np.random.default_rng(seed)
        lists = np.repeat(rng.permutation(9), 4)
        found = list(time_folds(lists, count))
        assert len(found) == count
        for before, after in found:
            assert len(before) > 0
            assert len(after) > 0
            assert before.max() < after.min()
            assert not set(lists[before]) & set(lists[after])
        assert np.concatenate([after for _, after in found]).tolist() == list(range(found[0][1][0], len(lists)))

    @pytest.mark.parametrize(("lists", "folds"), [(1, 0), (2, 1), (3, 2)])
    def test_few_lists_make_few_folds(self, lists, folds):
        assert len(list(time_folds(np.arange(lists), 3))) == folds

    def test_a_list_that_goes_on_later_stands_where_it_began(self):
        ((before, after),) = time_folds(np.array([5, 5, 2, 5]), 1)
        assert (before.tolist(), after.tolist()) == ([0, 1, 3], [2])


class TestSolve:
    @settings(max_examples=25, deadline=None)
    @given(SEEDS, st.sampled_from([0.5, 5.0, 50.0]))
    def test_no_step_of_the_gradient_leads_lower(self, seed, strength):
        rng = np.random.default_rng(seed)
        design = plain(rng.random((30, 4)), centre=rng.random(4))
        pairs = decision_pairs(rng.random(30) < 0.5, np.repeat(np.arange(3), 10), rng)
        found = solve(design, pairs, strength)

        def loss(unknown):
            off = unknown[:-1] - unknown[-1] * design.centre
            differences = pairs.differences(design.score(unknown[:-1]))
            return pairs.weight * np.logaddexp(0, -differences).sum() + strength / 2 * off @ off

        at = np.append(found.steps, found.scale)
        assert (found.steps >= 0).all()
        assert found.scale >= 1
        slope = approx_fprime(at, loss, 1e-6)
        bound = np.append(found.steps <= 1e-9, found.scale <= 1)
        assert np.abs(slope[~bound]).max(initial=0) < 0.02
        assert (slope[bound] > -0.02).all()

    def test_a_free_step_may_be_negative_and_a_bounded_one_may_not(self):
        rows = np.arange(10.0)[:, None]
        pairs = decision_pairs(np.arange(10) < 5, np.zeros(10, int), np.random.default_rng(0))
        assert solve(plain(rows, free=True), pairs, 1.0).steps[0] < -0.1
        assert solve(plain(rows), pairs, 1.0).steps[0] == 0

    def test_a_strong_penalty_keeps_the_prior_up_to_its_scale(self):
        rng = np.random.default_rng(1)
        rows, centre = rng.random((200, 3)), np.array([1.0, 2.0, 3.0])
        favourable = rng.random(200) < expit(20 * (rows @ centre - 3))
        pairs = decision_pairs(favourable, np.repeat(np.arange(20), 10), rng)
        found = solve(plain(rows, centre), pairs, 1e6)
        assert found.scale > 2
        assert np.allclose(found.steps, found.scale * centre, rtol=1e-3)

    def test_decisions_at_random_do_not_shrink_the_prior(self):
        rng = np.random.default_rng(2)
        centre = np.array([3.0, 1.0])
        pairs = decision_pairs(rng.random(60) < 0.5, np.repeat(np.arange(6), 10), rng)
        found = solve(plain(rng.random((60, 2)), centre), pairs, 1000.0)
        assert found.scale == 1
        assert np.allclose(found.steps, centre, atol=0.1)


def test_designs_side_by_side_add_up():
    rng = np.random.default_rng(0)
    one, other = plain(rng.random((6, 2)), [1, 2]), plain(rng.random((6, 3)), free=True)
    both = side_by_side([one, other])
    steps = rng.random(5)
    assert np.allclose(both.score(steps), one.score(steps[:2]) + other.score(steps[2:]))
    assert both.centre.tolist() == [1, 2, 0, 0, 0]
    assert both.free.tolist() == [False, False, True, True, True]
    rows = np.array([4, 0])
    assert np.allclose(both.take(rows).score(steps), both.score(steps)[rows])


def test_an_order_that_tells_nothing_loses_log_two():
    assert mean_loss(np.zeros(5)) == pytest.approx(np.log(2))
    assert mean_loss(np.full(5, 50.0)) < 1e-9


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_the_gain_of_a_corner_is_that_of_its_column(seed):
    rng = np.random.default_rng(seed)
    favourable, lists = rng.random(40) < 0.5, np.repeat(np.arange(4), 10)
    pairs = decision_pairs(favourable, lists, rng)
    first, second = rng.integers(0, 3, 40), rng.integers(0, 4, 40)
    differences = rng.normal(size=len(pairs.better))
    best = 0.0
    for row in (1, 2):
        for across in (1, 2, 3):
            column = ((first >= row) & (second >= across)).astype(float)
            change = pairs.differences(column)
            slope = -(pairs.weight * expit(-differences)) @ change
            bend = (pairs.weight * expit(differences) * expit(-differences)) @ change**2
            best = max(best, max(-slope, 0) ** 2 / (2 * (bend + 7.0)))
    assert corner_gain(first, second, (3, 4), pairs, differences, 7.0) == pytest.approx(best, abs=1e-12)


def test_a_feature_without_bins_gains_nothing():
    pairs = DecisionPairs(np.array([0]), np.array([1]), 1.0)
    assert corner_gain(np.zeros(2, int), np.array([1, 0]), (1, 2), pairs, np.zeros(1), 1.0) == 0


def test_the_gain_foretells_what_a_solution_gains():
    rng = np.random.default_rng(5)
    first, second = rng.integers(0, 2, 2000), rng.integers(0, 2, 2000)
    cell = first * 2 + second
    favourable = rng.random(2000) < expit(1.0 * (cell == 3) - 0.5)
    pairs = decision_pairs(favourable, np.repeat(np.arange(200), 10), rng)
    design = plain(one_hot(cell, 4).toarray()[:, 3:])
    before = np.full(len(pairs.better), np.log(2)).sum() * pairs.weight
    steps = solve(design, pairs, 1.0).steps
    after = np.logaddexp(0, -pairs.differences(design.score(steps))).sum() * pairs.weight
    gain = corner_gain(first, second, (2, 2), pairs, np.zeros(len(pairs.better)), 1.0)
    assert gain == pytest.approx(before - after, rel=0.15)
