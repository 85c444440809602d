"""Selection rates and hiding of small cells, by laws and worked examples."""

from hypothesis import given
from hypothesis import strategies as st

from mobility.rules.fairness import LEAST_SHOWN, exposure, hide_small, rates, ratios

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


def test_rates_are_permille_and_hidden_where_a_count_is():
    assert rates({"a": 10, "b": None}, {"a": 40, "b": 50, "c": 0}) == {"a": 250, "b": None, "c": None}


def test_the_best_group_has_a_ratio_of_a_hundred():
    assert ratios({"a": 250, "b": 125, "c": None}) == {"a": 100, "b": 50, "c": None}
    assert ratios({"a": 0, "b": None}) == {"a": None, "b": None}


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 50)), max_size=30))
def test_exposure_shares_out_all_attention(ranks):
    assert (not ranks and exposure(ranks) == {}) or abs(sum(exposure(ranks).values()) - 1000) <= 1


def test_a_first_place_gets_more_attention_than_a_third():
    assert exposure([("a", 1), ("b", 3)]) == {"a": 667, "b": 333}
