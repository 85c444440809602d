import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mobility.matching.learning.design import (
    FEW,
    bins_of,
    corner_rises,
    knots_of,
    one_hot,
    ramps,
    rises,
    thresholds_of,
)

VALUES = arrays(np.float64, (30, 3), elements=st.integers(0, 1000).map(float))
NUMBERS = st.floats(-50, 50, allow_nan=False).map(lambda number: round(number, 3))


def test_a_feature_with_few_values_has_a_knot_at_each():
    values = np.array([[3.0, 1.0], [1.0, 1.0], [2.0, 1.0]])
    assert [knots.tolist() for knots in knots_of(values, values[:1])] == [[1.0, 2.0, 3.0], [1.0]]


@given(VALUES, VALUES)
def test_knots_rise_and_span_everything(values, top):
    for column, high, knots in zip(values.T, top.T, knots_of(values, top), strict=True):
        assert (np.diff(knots) > 0).all()
        assert knots[0] == min(column.min(), high.min())
        assert knots[-1] == max(column.max(), high.max())
        assert set(knots) <= set(column) | set(high)


def test_knots_stand_closer_where_lists_are_decided():
    values = np.arange(10_000.0)[:, None]
    (knots,) = knots_of(values, values[9000:])
    assert len(knots) <= FEW
    assert (knots >= 9000).sum() >= 11
    assert (knots < 9000).sum() >= 9


@given(arrays(np.float64, 40, elements=NUMBERS))
def test_thresholds_rise_and_leave_somebody_below(column):
    thresholds = thresholds_of(column)
    assert (np.diff(thresholds) > 0).all()
    assert (thresholds > column.min()).all()
    bins = bins_of(column, thresholds)
    assert bins.min() == 0
    assert bins.max() == len(thresholds)


@given(VALUES, st.integers(0, 100))
def test_ramps_draw_straight_lines_between_knots(values, seed):
    rng = np.random.default_rng(seed)
    knots = [np.unique(rng.integers(100, 900, count)).astype(float) for count in (1, 2, 9)]
    levels = [np.cumsum(rng.random(len(at))) for at in knots]
    expected = sum(np.interp(column, at, level) for column, at, level in zip(values.T, knots, levels, strict=True))
    design = ramps(values, knots)
    assert design.shape == (30, sum(map(len, knots)))
    assert np.allclose(design @ np.concatenate(levels), expected)
    assert np.allclose(design.sum(axis=1), 3)


def test_steps_rise_to_levels_feature_by_feature():
    levels = rises([3, 1, 2]) @ np.array([1.0, 2.0, 4.0])
    assert levels.tolist() == [0, 1, 3, 0, 0, 4]


def test_corner_steps_rise_to_a_grid_with_nothing_at_its_lower_edges():
    grid = (corner_rises(3, 3) @ np.array([1.0, 2.0, 4.0, 8.0])).reshape(3, 3)
    assert grid.tolist() == [[0, 0, 0], [0, 1, 3], [0, 5, 15]]


@given(st.lists(st.integers(0, 6), min_size=1, max_size=9))
def test_one_hot_has_a_single_one_in_each_row(columns):
    dense = one_hot(np.array(columns), 7).toarray()
    assert dense.sum(axis=1).tolist() == [1] * len(columns)
    assert dense.argmax(axis=1).tolist() == columns


@pytest.mark.parametrize(("value", "found"), [(-1.0, 0), (0.0, 1), (4.9, 1), (5.0, 2), (99.0, 2)])
def test_a_bin_begins_at_its_threshold(value, found):
    assert bins_of(np.array([value]), np.array([0.0, 5.0])).tolist() == [found]
