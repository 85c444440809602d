import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.words.protocols import (
    calibration,
    confusions,
    form_ranking,
    ranked_precision,
    reciprocal_rank,
    within,
)

RANKED = ["a", "b", "c"]


@pytest.mark.parametrize(("right", "value"), [({"a"}, 1), ({"c"}, 1 / 3), ({"c", "b"}, 1 / 2), ({"z"}, 0)])
def test_the_reciprocal_rank_is_that_of_the_first_right_answer(right, value):
    assert reciprocal_rank(RANKED, frozenset(right)) == value


@pytest.mark.parametrize(("k", "hit"), [(1, False), (2, True), (9, True), (0, False)])
def test_an_answer_counts_within_k(k, hit):
    assert within(RANKED, frozenset({"b"}), k) is hit


@pytest.mark.parametrize(
    ("right", "k", "value"), [({"a", "c"}, 3, 1), ({"a", "c"}, 1, 1), ({"c", "z"}, 3, 1 / 2), ({"z"}, 3, 0)]
)
def test_ranked_precision_counts_of_as_many_as_there_could_be(right, k, value):
    assert ranked_precision(RANKED, frozenset(right), k) == value


def test_each_concepts_nearest_form_goes_first_and_equal_forms_count_once():
    forms = {"one": ["cook", "chef"], "two": ["chef", "head chef"]}
    assert form_ranking([("two", "chef"), ("one", "chef")], forms) == ["chef", "head chef", "cook"]
    assert form_ranking([("one", "chef"), ("two", "head chef")], forms) == ["chef", "head chef", "cook"]
    assert form_ranking([], forms) == []


def test_scores_that_come_true_have_no_calibration_error():
    error, table = calibration([0.25] * 4 + [1.0] * 2, [True, False, False, False, True, True])
    assert error == 0
    assert table == [("0.2 to 0.3", 4, 0.25, 0.25), ("0.9 to 1.0", 2, 1.0, 1.0)]


def test_scores_that_promise_too_much_have_that_much_error():
    assert calibration([0.9] * 10, [True] * 5 + [False] * 5)[0] == pytest.approx(0.4)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1))
def test_the_calibration_error_is_a_share_and_every_answer_has_a_bin(pairs):
    scores, right = zip(*pairs, strict=True)
    error, table = calibration(scores, right)
    assert -1e-9 <= error <= 1 + 1e-9
    assert sum(count for _, count, _, _ in table) == len(pairs)


def test_an_answer_is_counted_against_the_group_that_was_meant():
    pairs = [(frozenset("2"), "2"), (frozenset("2"), "3"), (frozenset("37"), "7"), (frozenset("37"), "1")]
    assert confusions(pairs) == {"2": {"2": 1, "3": 1}, "7": {"7": 1}, "3": {"1": 1}}


@given(st.lists(st.tuples(st.frozensets(st.sampled_from("123"), min_size=1), st.sampled_from("1234"))))
def test_every_answer_is_counted_once_and_in_the_column_it_fell_into(pairs):
    table = confusions(pairs)
    for answered in "1234":
        assert sum(row[answered] for row in table.values()) == sum(answer == answered for _, answer in pairs)
