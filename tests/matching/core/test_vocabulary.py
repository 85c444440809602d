import pytest

from mobility.data.reference import LANGUAGES
from mobility.matching.core.vocabulary import Vocabulary
from tests.matching import worlds


def test_a_name_may_not_stand_twice():
    with pytest.raises(ValueError, match="vocabulary skills names something twice"):
        Vocabulary(("S1", "S1"), (), (), (), ())


def test_its_languages_are_those_of_the_product():
    assert worlds.vocabulary().languages == LANGUAGES


def test_equal_names_make_equal_vocabularies():
    assert worlds.vocabulary() == worlds.vocabulary()
    assert worlds.vocabulary(5) != worlds.vocabulary(6)
