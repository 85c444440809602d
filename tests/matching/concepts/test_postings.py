import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from mobility.matching.concepts import posting_kernel, postings
from mobility.matching.concepts.postings import UNIT, Postings, build_postings, group_best, leaders

ROWS = [["cook", "assistant"], ["cook"], ["fruit", "picker", "fruit"], ["crane", "operator"]]
WORDS = st.lists(st.sampled_from("abcdefg"), max_size=6)


@pytest.fixture(params=["compiled", "plain"])
def engine(request, monkeypatch):
    kernel = posting_kernel if request.param == "compiled" else postings._Plain
    monkeypatch.setattr(postings, "_kernel", lambda: kernel)


def cosines(index, words):
    total = np.zeros(index.rows, dtype=np.uint32)
    index.add(words, total)
    return total / UNIT


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("words", [["cook"], ["fruit", "picker"], ["fruit", "fruit", "cook"], ["crane", "crane"]])
def test_totals_are_the_cosines_of_scikit_learn_but_for_rounding(words):
    model = TfidfVectorizer(analyzer=lambda row: row, sublinear_tf=True)
    matrix = model.fit_transform(ROWS)
    expected = (model.transform([words]) @ matrix.T).toarray()[0]
    assert cosines(build_postings(ROWS), words) == pytest.approx(expected, abs=0.02)


def test_a_term_that_no_row_holds_lowers_every_cosine():
    index = build_postings(ROWS)
    assert cosines(index, ["cook", "zzz"])[1] < cosines(index, ["cook"])[1]
    assert cosines(index, ["zzz"]).tolist() == [0] * 4
    assert cosines(index, []).tolist() == [0] * 4


@given(st.lists(WORDS, min_size=1, max_size=8), WORDS)
def test_compiled_and_plain_loops_agree_to_the_last_bit(rows, words):
    index = build_postings(rows)
    numbers, weights = index.query(words)
    whole = np.rint(weights * 255).astype(np.uint32)
    totals = []
    for kernel in (posting_kernel, postings._Plain):
        total = np.zeros(index.rows, dtype=np.uint32)
        kernel.accumulate(index.start, index.row, index.impact, numbers, whole, total)
        totals.append(total.tolist())
    assert totals[0] == totals[1]
    assert max(totals[0]) <= 1.05 * UNIT


@given(st.lists(st.integers(0, 9), max_size=30), st.integers(1, 12))
def test_leaders_are_the_greatest_and_the_lower_row_wins_a_tie(values, most):
    array = np.array(values, dtype=np.int64)
    expected = [row for row in sorted(range(len(values)), key=lambda row: (-values[row], row)) if values[row]][:most]
    assert leaders(array, most).tolist() == expected
    assert postings._Plain.leaders(array, most).tolist() == expected


@pytest.mark.usefixtures("engine")
def test_the_best_of_each_group_is_found():
    total = np.array([3, 1, 7, 0, 2], dtype=np.uint32)
    assert group_best(total, np.array([0, 2, 3, 5])).tolist() == [3, 7, 2]


def test_postings_survive_being_stored():
    index = build_postings(ROWS)
    again = Postings.of(index.arrays("some"), "some")
    assert cosines(again, ["fruit"]).tolist() == cosines(index, ["fruit"]).tolist()
    assert again.rows == 4


def test_rows_without_terms_are_rows_all_the_same():
    index = build_postings([[], ["cook"], []])
    assert cosines(index, ["cook"]).tolist()[::2] == [0, 0]
    assert index.information().tolist() == pytest.approx([0, np.log(4 / 2) + 1, 0])


def test_an_index_of_nothing_finds_nothing():
    assert cosines(build_postings([[], []]), ["cook"]).tolist() == [0, 0]
