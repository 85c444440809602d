import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.utils.estimator_checks import parametrize_with_checks

from mobility.matching.features import FEATURES
from mobility.matching.ranker import ScorecardRanker
from mobility.matching.scorecard import FULL_SCORE, expert_scorecard

PRIOR = expert_scorecard().points
SEEDS = st.integers(0, 10_000)


@parametrize_with_checks([ScorecardRanker(), ScorecardRanker(strength=1.0, unit=1.0)])
def test_it_keeps_every_promise_of_a_scikit_learn_estimator(estimator, check):
    check(estimator)


def decisions(seed, count, truth=None):
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 1001, (count, len(FEATURES)))
    points = PRIOR if truth is None else np.asarray(truth)
    odds = 12 * (values @ points / points.sum() / 1000 - 0.5)
    return values, (rng.random(count) < 1 / (1 + np.exp(-odds))).astype(int)


@settings(max_examples=20)
@given(SEEDS, st.integers(2, 60))
def test_more_of_a_good_thing_never_lowers_the_odds(seed, count):
    values, labels = decisions(seed, count)
    ranker = ScorecardRanker(prior=PRIOR, strength=1.0).fit(values, labels)
    assert (ranker.coef_ >= 0).all()
    better = np.minimum(values + np.random.default_rng(seed).integers(0, 300, values.shape), 1000)
    assert (ranker.decision_function(better) >= ranker.decision_function(values) - 1e-9).all()


def test_without_a_difference_in_decisions_the_prior_stands():
    values, _ = decisions(1, 20)
    ranker = ScorecardRanker(prior=PRIOR).fit(values, np.ones(20))
    assert ranker.scorecard("x").points.tolist() == PRIOR.tolist()
    assert ranker.predict(values).tolist() == [1.0] * 20
    assert ranker.predict_proba(values).tolist() == [[1.0]] * 20


def test_a_few_decisions_hardly_move_the_prior():
    values, labels = decisions(2, 30, truth=[1] * len(FEATURES))
    ranker = ScorecardRanker(prior=PRIOR).fit(values, labels)
    assert np.abs(ranker.scorecard("x").points - PRIOR).max() < 200


def test_many_decisions_overrule_the_prior():
    truth = np.zeros(len(FEATURES))
    truth[3] = 1
    values, labels = decisions(3, 4000, truth=truth)
    points = ScorecardRanker(prior=PRIOR, strength=1.0).fit(values, labels).scorecard("x").points
    assert points[3] > 0.8 * FULL_SCORE


@settings(max_examples=20)
@given(SEEDS)
def test_its_scorecard_has_whole_points_that_sum_in_full(seed):
    values, labels = decisions(seed, 200)
    ranker = ScorecardRanker(prior=PRIOR, strength=10.0).fit(values, labels)
    points = ranker.scorecard("fit", "data until May").points
    assert points.sum() == FULL_SCORE
    assert np.abs(points - ranker.coef_ / ranker.coef_.sum() * FULL_SCORE).max() < 1


def test_what_it_cannot_learn_from_is_refused():
    values, labels = decisions(4, 30)
    with pytest.raises(ValueError, match="Only binary classification"):
        ScorecardRanker().fit(values, np.arange(30) % 3)
    for prior in ([1.0], [-1.0] * len(FEATURES), [0.0] * len(FEATURES)):
        with pytest.raises(ValueError, match="the prior needs 12 points"):
            ScorecardRanker(prior=prior).fit(values, labels)
    with pytest.raises(ValueError, match="every weight is zero"):
        ScorecardRanker().fit(values, np.ones(30)).scorecard("x")
