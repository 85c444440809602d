from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.demo.dice import Dice, Weighted, rows, single

share = st.floats(0, 1, exclude_max=True)


@given(share, st.integers(-50, 50), st.integers(0, 50))
def test_a_number_lies_between_both_ends(number, least, width):
    assert least <= Dice([number]).between(least, least + width) <= least + width


@given(share, st.lists(st.integers(), min_size=1))
def test_a_pick_is_one_of_the_things(number, things):
    assert Dice([number]).pick(things) in things


@given(st.lists(share, min_size=5, max_size=5), st.lists(st.integers(), unique=True, max_size=8))
def test_some_are_different_ones(numbers, things):
    drawn = Dice(numbers).some(things, 5)
    assert len(drawn) == len(set(drawn)) == min(5, len(things))
    assert set(drawn) <= set(things)


@given(share, st.dictionaries(st.text(), st.floats(0.01, 100), min_size=1))
def test_a_weighted_draw_is_one_of_the_things(number, weights):
    assert Weighted(weights).draw(Dice([number])) in weights


def test_heavier_things_come_up_more_often():
    dice = single(3, 1)
    drawn = [Weighted({"often": 9.0, "seldom": 1.0}).draw(dice) for _ in range(1000)]
    assert 850 < drawn.count("often") < 950


def test_days_are_counted_back():
    assert Dice([0.0]).day(5, 9, date(2026, 5, 10)) == date(2026, 5, 10) - timedelta(days=5)


def test_a_dice_that_was_used_up_says_so():
    with pytest.raises(ValueError, match="more chance"):
        Dice([]).roll()


def test_batches_depend_on_seed_stream_and_number_alone():
    def numbers(*key):
        return [[dice.roll(), dice.roll()] for dice in rows(*key, count=3, width=2)]

    assert numbers(1, 2, 3) == numbers(1, 2, 3)
    assert len({str(numbers(*key)) for key in ((1, 2, 3), (2, 2, 3), (1, 3, 3), (1, 2, 4))}) == 4
    assert single(1, 2).roll() == single(1, 2).roll() != single(1, 3).roll()
