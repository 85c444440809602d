import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.matching.concepts.segment import Name, Segment, Texts, build_segment

NAMES = [
    Name(0, "cocinero/cocinera", True),
    Name(0, "cocineras", False),
    Name(0, "ayudante de cocina", False),
    Name(3, "albañil", True),
    Name(7, "cosechador de fruta", True),
    Name(7, "recolectora de fruta", False),
    Name(9, "cosechadores de fruta", True),
]
TOLD = {3: "Levanta muros de ladrillo con mezcla.", 0: "Prepara comida.", 7: "Trabaja en la huerta."}


@pytest.fixture(scope="module")
def segment():
    return build_segment(NAMES, "es", TOLD, frozenset({9}), {3: 4})


def concepts(segment, text, most=64):
    found = segment.candidates(text, most)
    return [] if found is None else found.concept.tolist()


def test_forms_with_the_same_words_stand_once_under_the_first_label(segment):
    assert list(segment.labels) == [
        "cocinero/cocinera",
        "ayudante de cocina",
        "albañil",
        "cosechador de fruta",
        "recolectora de fruta",
        "cosechadores de fruta",
    ]
    assert segment.concept.tolist() == [0, 3, 7, 9]
    assert segment.first.tolist() == [0, 2, 3, 5, 6]


@pytest.mark.parametrize(
    ("text", "best"),
    [("cocinera", 0), ("ALBAÑILES", 3), ("recolector", 7), ("cosechadora de frutas", 7), ("albanik", 3)],
)
def test_the_nearest_concept_goes_first(segment, text, best):
    assert concepts(segment, text)[0] == best


def test_a_wide_concept_loses_against_a_narrow_one_with_the_same_label(segment):
    assert concepts(segment, "cosechador de fruta")[:2] == [7, 9]
    other = build_segment(NAMES, "es", TOLD, frozenset({7}))
    assert concepts(other, "cosechador de fruta")[:2] == [9, 7]


def test_a_label_with_a_slip_counts_more_than_one_that_shares_a_word(segment):
    found = segment.candidates("ayudente de cocina")
    assert segment.labels[found.label[0]] == "ayudante de cocina"


def test_strengths_fall_and_each_concept_stands_once(segment):
    found = segment.candidates("ayudante albañil de fruta")
    assert (np.diff(found.strength) <= 0).all()
    assert len(set(found.concept.tolist())) == len(found.concept) > 1


def test_a_text_of_unknown_words_and_letters_has_no_candidates(segment):
    assert segment.candidates("xyzxyz 123") is None
    assert segment.candidates("") is None


def test_no_more_than_a_shortlist_is_looked_at(segment):
    assert len(concepts(segment, "cocinero albañil cosechador de fruta", 2)) <= 3


def test_how_common_and_how_telling_is_known(segment):
    assert segment.uses.tolist() == pytest.approx([0, np.log(5), 0, 0])
    assert (segment.mass > 0).all()
    assert segment.mass[1] > segment.mass[2]


def test_a_segment_survives_being_stored(segment):
    again = Segment.of(segment.arrays(), "es")
    for text in ("cocinera", "fruta", "albanik"):
        assert concepts(again, text) == concepts(segment, text)
    assert again.wide.tolist() == [False, False, False, True]


@given(st.text(alphabet="abcdeo cñ", max_size=60))
def test_the_label_of_a_candidate_is_one_of_its_concept(segment, text):
    found = segment.candidates(text)
    if found is not None:
        place = np.searchsorted(segment.concept, found.concept)
        assert ((segment.first[place] <= found.label) & (found.label < segment.first[place + 1])).all()


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8"), max_size=20), max_size=20))
def test_packed_texts_are_the_texts(texts):
    packed = Texts.pack(texts)
    assert list(packed) == texts
    assert len(packed) == len(texts)
    again = Texts.of(packed.arrays("some"), "some")
    assert list(again) == texts


@pytest.mark.parametrize("number", [-1, 2, 10])
def test_a_text_that_is_not_there_is_refused(number):
    with pytest.raises(IndexError):
        Texts.pack(["one", "two"])[number]


def test_what_utf8_cannot_hold_is_replaced():
    assert list(Texts.pack(["a\ud800"])) == ["a?"]
