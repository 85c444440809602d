from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.errors import InvalidError
from mobility.rules.basics.findings import Verdict
from mobility.rules.basics.languages import Cefr
from mobility.rules.law.conditions import missing, write_condition
from mobility.rules.law.operators import parse_condition
from mobility.rules.law.reader import CODES, Reader, shown
from tests.rules.rule_worlds import ALL_FACTS, CONDITIONS, refusal_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


def reader(**raw):
    return Reader(raw, "here", parse_condition)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (31, 31),
        (True, "true"),
        (False, "false"),
        (Decimal("1E+2"), "100"),
        (date(2026, 5, 4), "2026-05-04"),
        (Cefr.B1, "B1"),
        (frozenset({"HN", "GT"}), "GT,HN"),
        ("USD", "USD"),
        (None, ""),
    ],
)
def test_facts_are_shown_as_text_or_whole_numbers(value, text):
    assert shown(value) == text


@given(ALL_FACTS)
def test_nothing_is_shown_as_anything_else(facts):
    assert all(type(shown(value)) in (str, int) for value in facts.values())


def test_missing_names_the_fields_without_a_value_in_the_order_asked():
    assert missing({"a": 1, "b": None}, "c", "a", "b").params == {"missing": "c,b"}
    assert missing({"a": 0, "b": False}, "a", "b") is None


def test_an_answer_is_coded_by_operator_and_finding():
    reads = parse_condition({"operator": "is_true", "params": {"field": "worker.displaced"}})
    assert reads.decide({}, ok=True).code == "is_true.met"
    failed = reads.decide({}, ok=False, no="late")
    assert (failed.verdict, failed.code) == (Verdict.FAIL, "is_true.late")


def test_an_unknown_parameter_is_refused_with_the_nearest():
    with pytest.raises(InvalidError) as refused:
        reader(fields="x").only("field", "values")
    assert refused.value.params == {"parameter": "fields", "nearest": "field"}


@given(JSON, st.sampled_from(["text", "integer", "decimal", "date", "flag", "level", "season_day", "items", "inner"]))
def test_each_kind_of_parameter_is_read_or_refused_with_its_path(value, kind):
    refused = refusal_of(getattr(reader(key=value), kind), "key")
    assert refused is None or (refused.code in CODES and refused.field == "here.key")


@pytest.mark.parametrize("number", ["1_000", "", " ", "Infinity", "-NaN", "1e15", "0.1234567890123456", "9" * 300])
def test_numbers_are_finite_and_of_reasonable_size(number):
    with pytest.raises(InvalidError, match=r"rules\.not_a_number"):
        reader(key=number if number != "1_000" else "1__000x").decimal("key")


@given(st.decimals("-1000", "1000", places=2))
def test_reasonable_numbers_are_read_exactly(number):
    assert reader(key=f"{number:f}").decimal("key") == number


def test_a_text_may_not_be_blank_or_long():
    for text in ("", "  ", "x" * 201, 7):
        with pytest.raises(InvalidError, match=r"rules\.(not_a_text|required)"):
            reader(key=text).text("key")


@given(CONDITIONS)
def test_every_condition_comes_back_from_its_json(condition):
    assert parse_condition(write_condition(condition)) == condition


@given(CONDITIONS, ALL_FACTS)
def test_a_condition_looks_only_at_the_fields_it_names(condition, facts):
    fewer = {name: value for name, value in facts.items() if name in condition.fields}
    assert condition.apply(fewer) == condition.apply(facts)
