import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.matching.concepts.segment import Texts


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
