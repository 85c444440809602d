import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.matching.learning.rounding import Curve, Grid, line_document, shares, step_document
from mobility.matching.scoring.documents import FULL_SCORE
from mobility.matching.scoring.features import FEATURES
from mobility.matching.scoring.scorecard import scorecard_from

COUNT = len(FEATURES)
STRAIGHT = Curve(np.array([0.0, 1000.0]), np.array([0.0, 1.0]))
LEVELS = st.lists(st.floats(0, 100), min_size=1, max_size=20).filter(lambda levels: sum(levels) > 1e-3)


def curves(seed, highest=3.0):
    """Return random rising curves with whole knots."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(COUNT):
        knots = np.unique(rng.integers(0, 1001, rng.integers(2, 12))).astype(float)
        steps = rng.random(len(knots)) * (rng.random(len(knots)) < 0.7) * highest
        found.append(Curve(knots, np.append(0.0, np.cumsum(steps)[:-1])))
    return found


@given(LEVELS)
def test_shares_sum_in_full_and_lose_less_than_a_point(levels):
    points = shares(levels)
    assert points.sum() == FULL_SCORE
    assert np.abs(points - np.array(levels) / sum(levels) * FULL_SCORE).max() < 1


def test_a_model_without_any_rise_has_no_shares():
    with pytest.raises(ValueError, match="every weight is zero"):
        shares([0.0, 0.0])


@given(st.integers(0, 10_000))
def test_a_line_document_follows_its_curves_to_two_points(seed):
    given_curves = curves(seed)
    grid = Grid(0, 5, np.array([200.0]), np.array([300.0, 700.0]), np.array([[0, 0, 0], [0, 0.4, 1.1]]))
    card = scorecard_from(line_document("x", given_curves, [grid], "why"))
    scale = FULL_SCORE / (sum(curve.levels[-1] for curve in given_curves) + 1.1)
    value = np.arange(1001)
    for table, curve in zip(card.tables, given_curves, strict=True):
        assert np.abs(table - np.interp(value, *curve) * scale).max() < 2
    (pair,) = card.pairs
    assert np.abs(pair.points - grid.levels * scale).max() < 1
    assert pair.first_bin[[199, 200]].tolist() == [0, 1]


@given(st.integers(0, 10_000))
def test_a_step_document_follows_its_curves_to_one_point(seed):
    value = np.arange(1001.0)
    given_curves = [Curve(value, np.interp(value, *curve)) for curve in curves(seed)]
    card = scorecard_from(step_document("x", given_curves, "why"))
    scale = FULL_SCORE / sum(curve.levels[-1] for curve in given_curves)
    for table, curve in zip(card.tables, given_curves, strict=True):
        assert np.abs(table - curve.levels * scale).max() < 1


def test_a_straight_curve_is_a_weight_however_many_knots_it_has():
    knots = np.array([0.0, 100.0, 333.0, 800.0, 1000.0])
    bent = Curve(np.array([0.0, 400.0, 1000.0]), np.array([0.0, 0.9, 1.0]))
    rows = line_document("x", [Curve(knots, knots / 1000), bent, *[STRAIGHT] * (COUNT - 2)], [], "why")["features"]
    assert rows[0] == {"name": "essential_skills", "reason": "why", "weight": 834}
    assert rows[1]["line"] == [[0, 0], [400, 750], [1000, 834]]
    assert rows[-1]["weight"] == 833


def test_a_curve_is_level_beyond_its_knots():
    short = Curve(np.array([300.0, 600.0]), np.array([0.0, 1.0]))
    table = scorecard_from(line_document("x", [short, *[STRAIGHT] * (COUNT - 1)], [], "why")).tables[0]
    assert table[300] == 0
    assert table[600] == table[1000] > 0


@pytest.mark.parametrize("knots", [[0.5, 10.0], [-1.0, 10.0], [0.0, 1001.0]])
def test_knots_that_no_value_has_are_refused(knots):
    with pytest.raises(ValueError, match="whole numbers from 0 to 1000"):
        line_document("x", [Curve(np.array(knots), np.array([0.0, 1.0])), *[STRAIGHT] * (COUNT - 1)], [], "why")


def test_thresholds_that_no_value_has_are_refused():
    grid = Grid(0, 5, np.array([0.5]), np.array([300.0]), np.array([[0, 0], [0, 1.1]]))
    with pytest.raises(ValueError, match="whole numbers from 0 to 1000"):
        line_document("x", [STRAIGHT] * COUNT, [grid], "why")


def test_another_number_of_features_is_refused():
    with pytest.raises(ValueError, match="a scorecard has 12 features; the model has 2"):
        step_document("x", [STRAIGHT] * 2, "why")
