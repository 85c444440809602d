"""The composite of tightness: its parts add up, missing ones are told, weights are shares of one whole."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.errors import InvalidError
from mobility.rules.figures.tightness import (
    EQUAL_WEIGHTS,
    LEAST_COVERED,
    SCALES,
    IndicatorKind,
    ReadingKind,
    check_weights,
    composite,
    place_on_scale,
)

I = IndicatorKind  # noqa: E741
FIGURES = st.dictionaries(st.sampled_from(list(I)), st.decimals(0, 60, places=4))


@st.composite
def weights(draw):
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=len(I) - 1, max_size=len(I) - 1)))
    return dict(zip(I, (b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)), strict=True))


def test_each_part_is_worked_out_by_hand():
    found = composite({I.VACANCY_RATE: Decimal(6), I.UNEMPLOYMENT: Decimal(4)}, EQUAL_WEIGHTS)

    places = {part.indicator: part.place for part in found.components}
    assert places[I.VACANCY_RATE] == Decimal("75.0")  # 6 of 8
    assert places[I.UNEMPLOYMENT] == Decimal("80.0")  # 8 of 10 points down from 12
    assert found.score == Decimal("77.5")
    assert (found.covered, found.reading) == (50, ReadingKind.TIGHT)
    assert found.missing == (I.WAGE_GROWTH, I.DAYS_TO_FILL)


@given(FIGURES, weights())
def test_the_parts_add_up_to_the_score_exactly_and_it_stays_between_0_and_100(figures, shares):
    found = composite(figures, shares)
    assert [part.indicator for part in found.components] == list(I)
    if found.score is not None:
        assert found.score == sum(part.points for part in found.components if part.points is not None)
        assert 0 <= found.score <= Decimal("100.2")  # each of four parts is rounded by at most 0.05


@given(FIGURES, weights())
def test_a_score_is_told_only_where_half_of_the_weights_have_figures(figures, shares):
    found = composite(figures, shares)
    assert (found.score is None) == (found.covered < LEAST_COVERED)
    assert (found.reading is ReadingKind.NOT_ENOUGH) == (found.score is None)


@given(st.sampled_from(list(I)), st.decimals(-50, 100, places=3), st.decimals(0, 50, places=3))
def test_a_figure_nearer_to_the_tight_end_never_lowers_its_place(indicator, figure, step):
    towards = step if SCALES[indicator].tight > SCALES[indicator].slack else -step
    assert place_on_scale(indicator, figure + towards) >= place_on_scale(indicator, figure)


@pytest.mark.parametrize(
    ("figure", "reading"), [("0", ReadingKind.SLACK), ("3.2", ReadingKind.BALANCED), ("4.8", ReadingKind.TIGHT)]
)
def test_a_word_for_the_score(figure, reading):
    alone = {I.VACANCY_RATE: 100, I.UNEMPLOYMENT: 0, I.WAGE_GROWTH: 0, I.DAYS_TO_FILL: 0}
    found = composite({I.VACANCY_RATE: Decimal(figure)}, alone)
    assert found.reading is reading
    assert found.missing == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({I.UNEMPLOYMENT: 26}, "tightness.weights_not_whole"),
        ({I.UNEMPLOYMENT: -1}, "tightness.weight_out_of_bounds"),
        ({I.UNEMPLOYMENT: 101}, "tightness.weight_out_of_bounds"),
    ],
)
def test_weights_that_are_no_shares_are_refused(changes, code):
    with pytest.raises(InvalidError, match=code):
        check_weights({**EQUAL_WEIGHTS, **changes})


def test_no_indicator_may_be_left_without_a_weight():
    with pytest.raises(InvalidError, match="tightness.weight_unknown"):
        check_weights({I.VACANCY_RATE: 100})


def test_figures_alone_cannot_make_a_score_without_weights():
    none = {I.VACANCY_RATE: 0, I.UNEMPLOYMENT: 0, I.WAGE_GROWTH: 0, I.DAYS_TO_FILL: 100}
    found = composite({I.VACANCY_RATE: Decimal(5)}, none)
    assert (found.score, found.components[0].points) == (None, Decimal(0))
