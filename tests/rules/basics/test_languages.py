import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.errors import InvalidError
from mobility.rules.basics.findings import Verdict
from mobility.rules.basics.languages import CODES, Cefr, at_least, parse

LEVELS = st.sampled_from(list(Cefr))


def test_levels_are_ordered_from_none_to_c2():
    assert [level.name for level in sorted(Cefr)] == ["NONE", "A1", "A2", "B1", "B2", "C1", "C2"]


@given(LEVELS, LEVELS)
def test_a_known_level_passes_exactly_from_the_needed_one_up(level, needed):
    assert at_least(level, needed) is (Verdict.PASS if level >= needed else Verdict.FAIL)


@given(LEVELS)
def test_an_unknown_level_is_unknown_unless_nothing_is_needed(needed):
    assert at_least(None, needed) is (Verdict.PASS if needed is Cefr.NONE else Verdict.UNKNOWN)


@given(LEVELS, LEVELS, LEVELS)
def test_a_higher_level_never_loses_a_pass(level, higher, needed):
    if at_least(level, needed) is Verdict.PASS and higher >= level:
        assert at_least(higher, needed) is Verdict.PASS


@pytest.mark.parametrize(
    ("text", "level"),
    [("b1", Cefr.B1), (" B1 ", Cefr.B1), ("B1+", Cefr.B1), ("none", Cefr.NONE), ("C2", Cefr.C2)],
)
def test_levels_are_read_as_people_write_them(text, level):
    assert parse(text) is level


@given(LEVELS)
def test_every_level_is_read_back_from_its_name(level):
    assert parse(level.name) is level


@given(st.text().filter(lambda text: text.strip().upper().removesuffix("+") not in Cefr.__members__))
def test_any_other_text_is_refused_with_a_code(text):
    with pytest.raises(InvalidError) as refused:
        parse(text)
    assert refused.value.code in CODES
    assert len(str(refused.value.params["level"])) <= 20
