"""Selection rates and hiding of small cells, by laws and worked examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.rules.figures.fairness import (
    BANDS,
    FOUR_FIFTHS,
    LEAST_SHOWN,
    Alert,
    age_band,
    hide_small,
    permille_of,
    rates,
    ratio_interval,
    wilson,
)

COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 30), min_size=1)


@given(COUNTS)
def test_no_small_cell_is_ever_shown(counts):
    assert all(shown is None or shown >= LEAST_SHOWN for shown in hide_small(counts).values())


@given(COUNTS)
def test_what_is_shown_is_true(counts):
    assert all(shown in {None, counts[group]} for group, shown in hide_small(counts).items())


@given(COUNTS)
def test_no_hidden_cell_can_be_worked_out_from_the_total(counts):
    hidden = [group for group, shown in hide_small(counts).items() if shown is None]
    if hidden and len(hidden) < len(counts):
        assert len(hidden) >= 2
        assert sum(counts[group] for group in hidden) >= LEAST_SHOWN


@given(COUNTS)
def test_nothing_is_hidden_without_a_small_cell(counts):
    if min(counts.values()) >= LEAST_SHOWN:
        assert hide_small(counts) == counts


def test_one_small_cell_takes_its_smallest_neighbour_along():
    assert hide_small({"women": 3, "men": 40, "unspecified": 9}) == {"women": None, "men": 40, "unspecified": None}


def test_two_small_cells_that_hold_too_few_people_take_a_third_along():
    assert hide_small({"a": 1, "b": 2, "c": 6, "d": 50}) == {"a": None, "b": None, "c": None, "d": 50}


@st.composite
def funnels(draw):
    """Return counts of the same groups at two to four steps, each no more than before."""
    groups = draw(st.lists(st.sampled_from("abcdef"), min_size=1, unique=True))
    steps = [{group: draw(st.integers(0, 40)) for group in groups}]
    for _ in range(draw(st.integers(1, 3))):
        steps.append({group: draw(st.integers(0, steps[-1][group])) for group in groups})
    return steps


@given(funnels())
def test_nobody_few_can_be_worked_out_from_the_steps_before(steps):
    *earlier, last = steps
    shown = hide_small(last, earlier=earlier)
    hidden = [group for group, count in shown.items() if count is None]
    for step in earlier:
        for group, count in shown.items():
            assert count is None or not 0 < step[group] - count < LEAST_SHOWN
        if len(hidden) < len(last):
            assert not 0 < sum(step[group] - last[group] for group in hidden) < LEAST_SHOWN


def test_a_count_is_hidden_if_few_dropped_out_since():
    assert hide_small({"a": 38, "b": 30, "c": 20}, earlier=[{"a": 40, "b": 40, "c": 40}]) == {
        "a": None,
        "b": 30,
        "c": None,
    }


def test_a_group_of_which_nobody_dropped_out_is_shown():
    assert hide_small({"a": 40, "b": 30}, earlier=[{"a": 40, "b": 40}]) == {"a": 40, "b": 30}


def test_rates_are_permille_and_hidden_where_a_count_is():
    found = rates({"a": 10, "b": None}, {"a": 40, "b": 50, "c": 0})
    assert found["a"].rate == 250
    assert found["b"] is None
    assert found["c"] is None


def test_the_best_group_is_the_yardstick():
    found = rates({"a": 50, "b": 25, "c": 45}, {"a": 100, "b": 100, "c": 100})
    assert (found["a"].ratio, found["a"].alert) == (100, Alert.NONE)
    assert (found["b"].ratio, found["b"].alert) == (50, Alert.CLEAR)
    assert (found["c"].ratio, found["c"].alert) == (90, Alert.NONE)


def test_a_low_ratio_of_few_people_deserves_a_look_and_no_more():
    found = rates({"a": 8, "b": 5}, {"a": 20, "b": 20})["b"]
    assert found.ratio < FOUR_FIFTHS < found.ratio_high
    assert found.alert is Alert.LOOK


def test_four_fifths_exactly_are_no_alert():
    assert rates({"a": 500, "b": 400}, {"a": 1000, "b": 1000})["b"].alert is Alert.NONE


def test_where_nobody_is_chosen_there_is_no_ratio():
    found = rates({"a": 0}, {"a": 40})["a"]
    assert (found.rate, found.ratio, found.ratio_low, found.alert) == (0, None, None, Alert.NONE)


def test_a_group_of_which_nobody_is_chosen_is_clearly_under_four_fifths():
    assert rates({"a": 20, "b": 0}, {"a": 40, "b": 40})["b"].alert is Alert.CLEAR


@pytest.mark.parametrize(
    ("chosen", "among", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)],
)
def test_wilsons_interval_is_that_of_the_tables(chosen, among, low, high):
    """Newcombe (1998), Two-sided confidence intervals for the single proportion, tables I and II (method 3)."""
    assert wilson(chosen, among) == pytest.approx((low, high), abs=1e-4)


@given(st.integers(1, 500).flatmap(lambda among: st.tuples(st.integers(0, among), st.just(among))))
def test_an_interval_holds_its_share_and_narrows_with_more_people(counts):
    chosen, among = counts
    low, high = wilson(chosen, among)
    assert 0 <= low <= chosen / among <= high <= 1
    more_low, more_high = wilson(10 * chosen, 10 * among)
    assert more_high - more_low < high - low


def test_the_interval_of_a_ratio_is_even_on_the_logarithm():
    low, high = ratio_interval(20, 100, 40, 100)
    assert low * high == pytest.approx(0.25)
    assert (low, high) == pytest.approx((0.3160, 0.7911), abs=1e-3)


@given(st.dictionaries(st.sampled_from("abc"), st.floats(0, 50)))
def test_permille_share_out_the_whole(weights):
    found = permille_of(weights)
    assert (not sum(weights.values()) and found == {}) or abs(sum(found.values()) - 1000) <= 2


@pytest.mark.parametrize(
    ("age", "band"), [(-1, "0"), (16, "0"), (24, "0"), (25, "25"), (54, "45"), (55, "55"), (99, "55")]
)
def test_ages_fall_into_bands(age, band):
    assert age_band(age) == band
    assert int(band) in BANDS
