import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from mobility.matching.learning.ranker import ScorecardRanker
from mobility.matching.scoring.documents import FULL_SCORE
from mobility.matching.scoring.features import FEATURES
from mobility.matching.scoring.scorecard import expert_scorecard, scorecard_from
from tests.matching.decided import PRIOR, decided
from tests.matching.scorecards import rich_document

SEEDS = st.integers(0, 10_000)
EXPERTS = expert_scorecard()
EXPERIENCE, RECENCY = 3, 4
SOME_PAIRS = [(EXPERIENCE, RECENCY), (0, 2), (0, 5)]


@parametrize_with_checks(
    [ScorecardRanker(), ScorecardRanker(strength=1.0, pairs=[(0, 0)][:0]), ScorecardRanker(strength=3.0, max_iter=20)]
)
def test_it_keeps_every_promise_of_a_scikit_learn_estimator(estimator, check):
    check(estimator)


def fitted(data, **parameters):
    ranker = ScorecardRanker(**{"prior": EXPERTS, "strength": 10.0, **parameters})
    return ranker.fit(data.values, data.favourable, lists=data.lists, position=data.position)


def together(values):
    """Worth that only experience and recency together bring."""
    return 0.2 + 0.6 * ((values[:, EXPERIENCE] > 500) & (values[:, RECENCY] > 500))


@settings(max_examples=20, deadline=None)
@given(SEEDS, st.integers(1, 30), st.sampled_from([1.0, 100.0, None]))
def test_more_of_a_good_thing_never_lowers_the_odds_or_the_points(seed, lists, strength):
    data = decided(seed, lists, worth=together)
    ranker = fitted(data, strength=strength, pairs=SOME_PAIRS, least_gain=0.0)
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 1001, (200, len(FEATURES)))
    better = np.minimum(values + rng.integers(0, 300, values.shape) * (rng.random(values.shape) < 0.3), 1000)
    assert (ranker.decision_function(better) >= ranker.decision_function(values) - 1e-9).all()
    card = ranker.scorecard("learned")
    assert (np.diff(card.tables, axis=1) >= 0).all()
    assert all((np.diff(pair.points, axis=axis) >= 0).all() for pair in card.pairs for axis in (0, 1))
    assert (card.contributions(better) >= card.contributions(values)).all()


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(SEEDS, st.integers(2, 40))
def test_equal_data_and_seed_give_an_equal_model_to_the_last_byte(seed, lists):
    data = decided(seed, lists)
    first, second = (fitted(data, strength=None, pairs=SOME_PAIRS).scorecard("learned") for _ in range(2))
    assert first.text() == second.text()
    assert first.sha256 == second.sha256


def test_one_label_only_leaves_the_prior_to_the_last_point():
    data = decided(1, 20)
    for label in (0, 1):
        ranker = ScorecardRanker(prior=EXPERTS).fit(data.values, np.full(len(data.values), label), lists=data.lists)
        assert ranker.scorecard("x").document["features"] == [
            {"name": name, "weight": int(points), "reason": "fitted"}
            for name, points in zip(FEATURES, PRIOR, strict=True)
        ]
        assert ranker.predict(data.values).tolist() == [label] * len(data.values)
        assert ranker.predict_proba(data.values).tolist() == [[1.0]] * len(data.values)


def test_lists_that_were_decided_all_alike_leave_the_prior_too():
    data = decided(1, 20)
    ranker = fitted(data._replace(favourable=data.lists % 2))
    assert ranker.scorecard("x").points.tolist() == PRIOR.tolist()
    assert ranker.predict_proba(data.values)[:, 1].mean() == pytest.approx(0.5)


@settings(max_examples=10, deadline=None)
@given(SEEDS, st.integers(1, 20))
def test_decisions_taken_at_random_hardly_move_the_prior(seed, lists):
    data = decided(seed, lists, worth=lambda values: np.full(len(values), 0.5))
    card = fitted(data, strength=None).scorecard("x")
    assert np.abs(card.points - PRIOR).max() < FULL_SCORE // 10
    values = np.random.default_rng(seed).integers(0, 1001, (1000, len(FEATURES)))
    ranked = [scored.contributions(values).sum(axis=1) for scored in (card, EXPERTS)]
    assert np.corrcoef(ranked)[0, 1] > 0.9


def test_many_decisions_overrule_the_prior():
    data = decided(3, 400, worth=lambda values: values[:, RECENCY] / 1000)
    points = fitted(data, strength=None).scorecard("x").points
    assert points[RECENCY] > 0.7 * FULL_SCORE
    assert PRIOR[RECENCY] < 0.1 * FULL_SCORE


def test_a_curve_that_is_not_straight_is_learned():
    data = decided(4, 400, worth=lambda values: 0.2 + 0.6 * (values[:, EXPERIENCE] > 700))
    table = fitted(data).scorecard("x").tables[EXPERIENCE]
    assert table[650] < 0.35 * table[1000]
    assert table[800] > 0.8 * table[1000]


def test_the_severity_of_a_list_moves_nothing():
    data = decided(5, 60)
    kept = fitted(data)
    severe = data.values[data.lists < 10]
    none = data._replace(
        values=np.vstack([data.values, severe]),
        favourable=np.append(data.favourable, np.zeros(len(severe), int)),
        lists=np.append(data.lists, 1000 + data.lists[data.lists < 10]),
        position=np.append(data.position, data.position[data.lists < 10]),
    )
    moved = fitted(none, strength=10.0)
    assert np.abs(moved.scorecard("x").points - kept.scorecard("x").points).max() < 150
    assert moved.intercept_ < kept.intercept_


class TestPairs:
    def test_two_features_that_count_together_are_found_and_used(self):
        data = decided(6, 400, worth=together)
        ranker = fitted(data, pairs=SOME_PAIRS)
        assert (ranker.grids_[0].first, ranker.grids_[0].second) == (EXPERIENCE, RECENCY)
        card = ranker.scorecard("x")
        assert card.lines[len(FEATURES)] == "experience*recency"
        assert card.full[len(FEATURES)] > 0.2 * FULL_SCORE

    def test_none_is_used_where_they_do_not(self):
        assert fitted(decided(7, 400), pairs=SOME_PAIRS).grids_ == []

    def test_only_declared_pairs_are_used_and_only_so_many(self):
        data = decided(6, 400, worth=together)
        assert fitted(data).grids_ == []
        assert len(fitted(data, pairs=SOME_PAIRS, least_gain=0.0, most_pairs=2).grids_) == 2

    @pytest.mark.parametrize("pair", [(1, 1), (0, 12), (-1, 0)])
    def test_a_pair_that_is_none_is_refused(self, pair):
        with pytest.raises(ValueError, match="two different features"):
            fitted(decided(1, 5), pairs=[pair])

    def test_a_feature_that_may_fall_takes_part_in_no_pair(self):
        increasing = [True] * 11 + [False]
        with pytest.raises(ValueError, match="never worse"):
            fitted(decided(1, 5), pairs=[(0, 11)], increasing=increasing)


class TestPlaces:
    def test_what_a_place_brings_is_learned_apart_and_falls_down_the_list(self):
        data = decided(8, 400, places=3.0)
        ranker = fitted(data)
        assert ranker.position_.shape == (12,)
        assert (np.diff(ranker.position_) <= 1e-12).all()
        assert 1.5 < ranker.position_[0] - ranker.position_[-1] < 4.5

    def test_it_brings_the_curves_nearer_to_what_reviewers_value(self):
        worth = lambda values: values[:, [0, RECENCY]].mean(axis=1) / 1000  # noqa: E731
        data = decided(9, 600, places=4.0, worth=worth)
        fresh = np.random.default_rng(1).integers(0, 1001, (2000, len(FEATURES)))
        likeness = [
            np.corrcoef(fitted(data, position_from=least).decision_function(fresh), worth(fresh))[0, 1]
            for least in (0, 10**9)
        ]
        assert likeness[0] > likeness[1]

    def test_it_is_left_out_of_a_small_fit_and_where_no_place_is_given(self):
        data = decided(8, 20, places=3.0)
        assert fitted(data).position_ is None
        big = decided(8, 200)
        ranker = ScorecardRanker(prior=EXPERTS, strength=10.0).fit(big.values, big.favourable, lists=big.lists)
        assert ranker.position_ is None


class TestScorecard:
    @settings(max_examples=15, deadline=None)
    @given(SEEDS, st.integers(2, 60))
    def test_it_keeps_the_order_up_to_rounding(self, seed, lists):
        ranker = fitted(decided(seed, lists, worth=together), pairs=SOME_PAIRS, least_gain=0.0)
        card = ranker.scorecard("fit", "data until May")
        values = np.random.default_rng(seed).integers(0, 1001, (300, len(FEATURES)))
        score = card.contributions(values).sum(axis=1)
        total = sum(curve.levels[-1] for curve in ranker.curves_) + sum(grid.levels[-1, -1] for grid in ranker.grids_)
        exact = (ranker.decision_function(values) - ranker.intercept_) * FULL_SCORE / total
        assert np.abs(score - exact).max() <= 2 * len(card.lines)
        assert score.min() >= 0
        assert score.max() <= FULL_SCORE
        assert card.contributions(np.full((1, len(FEATURES)), 1000)).sum() == FULL_SCORE
        assert all(weight.reason == "data until May" for weight in card.weights)

    def test_it_can_be_saved_and_read(self):
        card = fitted(decided(1, 60, worth=together), pairs=SOME_PAIRS).scorecard("learned")
        assert scorecard_from(json.loads(card.text())["scorecard"]) == card

    def test_knots_far_from_a_scorecards_values_are_refused(self):
        data = decided(1, 20)
        ranker = ScorecardRanker().fit(data.values / 1000, data.favourable, lists=data.lists)
        with pytest.raises(ValueError, match="whole numbers from 0 to 1000"):
            ranker.scorecard("x")

    def test_a_model_that_may_fall_is_refused(self):
        ranker = fitted(decided(1, 20), increasing=[True] * 11 + [False])
        with pytest.raises(ValueError, match="never falls"):
            ranker.scorecard("x")

    def test_a_model_that_ranks_nobody_is_refused(self):
        data = decided(1, 3)
        with pytest.raises(ValueError, match="every weight is zero"):
            ScorecardRanker().fit(data.values, np.ones(len(data.values))).scorecard("x")

    def test_a_model_of_other_features_is_refused(self):
        data = decided(1, 5)
        ranker = ScorecardRanker().fit(data.values[:, :5], data.favourable, lists=data.lists)
        with pytest.raises(ValueError, match="a scorecard has 12 features; the model has 5"):
            ranker.scorecard("x")


def test_a_reference_places_knots_where_the_ranking_will_look():
    data = decided(1, 10)
    low = np.minimum(data.values, 300)
    sample = np.random.default_rng(1).integers(0, 1001, (3000, len(FEATURES)))
    for prior in (EXPERTS, PRIOR / 1000, None):
        ranker = ScorecardRanker(prior=prior, strength=10.0).fit(
            low, data.favourable, lists=data.lists, comparison=sample
        )
        assert all(knots[-1] == 1000 and (knots > 300).sum() > 5 for knots in ranker.knots_)
        assert all((np.diff(knots) > 0).all() for knots in ranker.knots_)


def test_a_feature_with_one_value_only_is_no_obstacle():
    data = decided(1, 30)
    data.values[:, 7] = 400
    for prior in (EXPERTS, None):
        ranker = fitted(data, prior=prior, pairs=[(7, 8)], least_gain=0.0)
        assert np.isfinite(ranker.decision_function(data.values)).all()


def test_names_of_lists_and_labels_do_not_matter():
    data = decided(3, 40)
    named = [f"vacancy {chr(65 + number)}" for number in data.lists]
    labels = np.where(data.favourable == 1, "yes", "no")
    one = fitted(data)
    other = ScorecardRanker(prior=EXPERTS, strength=10.0).fit(data.values, labels, lists=named, position=data.position)
    assert other.classes_.tolist() == ["no", "yes"]
    assert np.allclose(one.decision_function(data.values), other.decision_function(data.values))


def test_a_clone_is_fitted_alike():
    data = decided(3, 40)
    ranker = ScorecardRanker(prior=EXPERTS, pairs=SOME_PAIRS, random_state=4)
    one, other = (model.fit(data.values, data.favourable, lists=data.lists) for model in (ranker, clone(ranker)))
    assert one.scorecard("x") == other.scorecard("x")


def test_what_it_cannot_learn_from_is_refused():
    values, labels, lists, _ = decided(4, 3)
    with pytest.raises(ValueError, match="Only binary classification"):
        ScorecardRanker().fit(values, np.arange(len(values)) % 3)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        ScorecardRanker().fit(values, labels, lists=lists[:-1])
    with pytest.raises(ValueError, match="the comparison has 2 features"):
        ScorecardRanker().fit(values, labels, comparison=values[:, :2])
    with pytest.raises(ValueError, match="increasing needs 12 entries"):
        ScorecardRanker(increasing=[True]).fit(values, labels)
    with pytest.raises(ValueError, match="no pair lines"):
        ScorecardRanker(prior=scorecard_from(rich_document())).fit(values, labels)
    with pytest.raises(ValueError, match="NaN"):
        ScorecardRanker().fit(values * np.nan, labels)
