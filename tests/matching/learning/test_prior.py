import numpy as np
import pytest

from mobility.matching.learning.prior import SLOPE, prior_of
from mobility.matching.scoring.features import FEATURES
from mobility.matching.scoring.scorecard import expert_scorecard, scorecard_from
from tests.matching.scorecards import rich_document

COUNT = len(FEATURES)


def stepped():
    """Return a scorecard with steps and a line, without pairs."""
    document = rich_document(2)
    document["features"][1]["weight"] += 100
    del document["pairs"]
    return scorecard_from(document)


def test_the_steps_of_an_expert_scorecard_are_in_proportion_to_its_weights():
    prior = prior_of(expert_scorecard(), COUNT)
    knots = prior.knots([np.array([250.0, 600.0])] * COUNT)
    assert all(at.tolist() == [0, 250, 600, 1000] for at in knots)
    steps = prior.steps(knots).reshape(COUNT, 3)
    assert steps.sum() == pytest.approx(SLOPE)
    assert np.allclose(steps.sum(axis=1), SLOPE * expert_scorecard().points / 10_000)
    assert np.allclose(steps / steps.sum(axis=1, keepdims=True), [[0.25, 0.35, 0.4]] * COUNT)


def test_a_table_that_is_not_straight_is_read_at_the_knots():
    card = stepped()
    prior = prior_of(card, COUNT)
    knots = prior.knots([np.arange(0.0, 1001.0, 100.0)] * COUNT)
    levels = np.cumsum(prior.steps(knots).reshape(COUNT, 10), axis=1) * 10_000 / SLOPE
    assert np.allclose(levels[0], card.tables[0][100::100], atol=1e-6)


def test_a_prior_scores_as_its_scorecard_does():
    card = stepped()
    values = np.random.default_rng(0).integers(0, 1001, (50, COUNT))
    assert prior_of(card, COUNT).score(values.astype(float)).tolist() == card.contributions(values).sum(axis=1).tolist()


def test_points_for_a_unit_are_a_prior_for_any_features():
    prior = prior_of([1.0, 3.0], 2)
    assert prior.score(np.array([[2.0, 1.0]])).tolist() == [5.0]
    knots = [np.array([0.0, 1.0]), np.array([0.0, 1.0])]
    assert prior.knots(knots) == knots
    assert prior.steps(knots).tolist() == [SLOPE / 4, 3 * SLOPE / 4]


def test_no_prior_draws_to_nothing():
    prior = prior_of(None, 2)
    assert prior.steps([np.array([0.0, 1.0])] * 2).tolist() == [0, 0]


@pytest.mark.parametrize("given", [[1.0], [-1.0, 2.0], [0.0, 0.0], [np.nan, 1.0], [[1.0, 1.0]]])
def test_what_is_no_prior_is_refused(given):
    with pytest.raises(ValueError, match="the prior needs 2 points"):
        prior_of(given, 2)


def test_a_scorecard_with_pairs_or_for_other_features_is_refused():
    with pytest.raises(ValueError, match="no pair lines"):
        prior_of(scorecard_from(rich_document()), COUNT)
    with pytest.raises(ValueError, match="the prior needs 5 points"):
        prior_of(expert_scorecard(), 5)
