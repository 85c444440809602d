import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import NotFittedError

from mobility.matching.learning.boosting import compile_hgb
from mobility.matching.scoring.documents import FULL_SCORE
from mobility.matching.scoring.features import FEATURES
from tests.matching.decided import decided

pytestmark = pytest.mark.slow

COUNT = len(FEATURES)


def model(data, **changes):
    settings = {
        "monotonic_cst": [1] * COUNT,
        "interaction_cst": "no_interactions",
        "max_iter": 60,
        "max_leaf_nodes": 6,
        "min_samples_leaf": 5,
        "early_stopping": False,
        "random_state": 0,
    }
    return HistGradientBoostingClassifier(**{**settings, **changes}).fit(data.values, data.favourable)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([[1] * COUNT, [0] * COUNT, [1, -1, 0] * 4]))
def test_tables_decide_as_the_model_does(seed, constraints):
    found = model(decided(seed, 30), monotonic_cst=constraints)
    compiled = compile_hgb(found)
    values = np.random.default_rng(seed).uniform(-100, 1100, (500, COUNT))
    values[:200] = np.round(values[:200])
    for column, at in enumerate(compiled.thresholds):
        values[: len(at), column] = at[: len(values)]
    assert np.abs(compiled.decision_function(values) - found.decision_function(values)).max() <= 1e-5


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_its_scorecard_keeps_the_order_up_to_rounding_and_never_falls(seed):
    found = model(decided(seed, 40))
    card = compile_hgb(found).scorecard("boosted", "decisions until May")
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 1001, (400, COUNT))
    score = card.contributions(values).sum(axis=1)
    ends = found.decision_function(np.array([[0] * COUNT, [1000] * COUNT]))
    exact = (found.decision_function(values) - ends[0]) * FULL_SCORE / (ends[1] - ends[0])
    assert np.abs(score - exact).max() <= COUNT
    more = np.minimum(values + rng.integers(0, 300, values.shape), 1000)
    assert (card.contributions(more) >= card.contributions(values)).all()
    assert {weight.reason for weight in card.weights} == {"decisions until May"}


def test_a_feature_that_no_tree_uses_has_one_bin():
    data = decided(1, 30)
    data.values[:, 4] = 500
    compiled = compile_hgb(model(data))
    assert len(compiled.thresholds[4]) == 0
    assert compiled.levels[4].shape == (1,)


def test_a_model_that_is_not_fitted_is_refused():
    with pytest.raises(NotFittedError):
        compile_hgb(HistGradientBoostingClassifier())


def test_a_model_with_interactions_is_refused():
    with pytest.raises(ValueError, match="no_interactions"):
        compile_hgb(model(decided(1, 30), interaction_cst=None))


def test_a_categorical_feature_is_refused():
    data = decided(1, 60)
    data.values[:, 0] = data.values[:, 0] // 200
    found = model(data, categorical_features=[0], monotonic_cst=None)
    with pytest.raises(ValueError, match="categorical"):
        compile_hgb(found)


def test_a_model_of_three_labels_is_refused():
    data = decided(1, 30)
    with pytest.raises(ValueError, match="tells 3 labels apart"):
        compile_hgb(model(data._replace(favourable=np.arange(len(data.values)) % 3), monotonic_cst=None))


def test_values_that_are_missing_or_too_many_are_refused():
    compiled = compile_hgb(model(decided(1, 30)))
    with pytest.raises(ValueError, match="NaN"):
        compiled.decision_function(np.full((1, COUNT), np.nan))
    with pytest.raises(ValueError, match="the model has 12 features; X has 3"):
        compiled.bins(np.zeros((1, 3)))


def test_a_model_that_falls_or_has_other_features_makes_no_scorecard():
    data = decided(1, 30)
    with pytest.raises(ValueError, match="a level falls"):
        compile_hgb(model(data, monotonic_cst=[-1] * COUNT)).scorecard("x", "y")
    few = data._replace(values=data.values[:, :3])
    with pytest.raises(ValueError, match="the model has 3"):
        compile_hgb(model(few, monotonic_cst=[1] * 3)).scorecard("x", "y")
