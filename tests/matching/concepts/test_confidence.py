import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.errors import InvalidError
from mobility.matching.concepts.confidence import confidence_from, stored_confidence

STRENGTHS = st.lists(st.floats(-1, 5), min_size=1, max_size=40).map(lambda values: sorted(values, reverse=True))


@given(STRENGTHS)
def test_confidence_is_a_probability_and_falls_with_the_strength(strengths):
    sure = stored_confidence().of(strengths)
    assert ((sure > 0) & (sure < 1)).all()
    assert (sure[1:] <= sure[:-1]).all()


@given(STRENGTHS, st.floats(0.01, 1))
def test_a_stronger_first_answer_is_never_less_sure(strengths, gain):
    before = stored_confidence().of(strengths)[0]
    assert stored_confidence().of([strengths[0] + gain, *strengths[1:]])[0] >= before


def test_an_answer_with_an_equal_rival_is_less_sure_than_one_alone():
    curve = stored_confidence()
    assert curve.of([3.0, 3.0])[0] < curve.of([3.0, 1.0])[0] < curve.of([3.0])[0] + 1e-3


def test_no_answer_has_no_confidence():
    assert stored_confidence().of([]).tolist() == []


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"intercept": 0, "strength": 1, "share": 1},
        {"intercept": 0, "strength": -1, "share": 1, "first": 1},
        {"intercept": 0, "strength": "x", "share": 1, "first": 1},
        {"intercept": float("nan"), "strength": 1, "share": 1, "first": 1},
    ],
)
def test_a_document_without_sound_weights_is_refused(document):
    with pytest.raises(InvalidError, match=r"confidence\.malformed"):
        confidence_from(document)
