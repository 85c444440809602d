import math

import pytest

from mobility.matching.core.canonical import canonical, canonical_hash


def test_equal_documents_have_one_text():
    assert canonical({"b": 1, "a": "é"}) == canonical({"a": "é", "b": 1}) == '{"a":"é","b":1}'


def test_the_hash_is_the_same_on_every_machine():
    assert canonical_hash({"b": 1, "a": "é"}) == "aa58fba8483623bed37c1b02edfccbdd9a53123837c20bfa4cb4049993a2872e"


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_what_is_no_number_has_no_text(number):
    with pytest.raises(ValueError, match="JSON"):
        canonical({"a": number})
