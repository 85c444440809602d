"""Worked examples: read, written, run by the rules' own code, and refused where they do not fit."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given

from mobility.errors import InvalidError
from mobility.rules.basics.dates import Period
from mobility.rules.basics.findings import Severity, Verdict
from mobility.rules.basics.languages import Cefr
from mobility.rules.law.comparisons import Range
from mobility.rules.law.rulesets import Rule, evaluate
from mobility.rules.law.worked_examples import (
    MOST,
    WorkedExample,
    check,
    check_names,
    parse_examples,
    run,
    write_examples,
)
from tests.rules.rule_worlds import ALL_FACTS, RULES

DAY = date(2026, 5, 4)
AGE = Rule("age", Range("worker.age", 18), Severity.BLOCK, "Decree 5", date(2026, 1, 1))
RAW = {
    "name": "A worker of 17",
    "on": "2026-05-04",
    "facts": {"worker.age": 17, "worker.nationalities": ["GT"], "vacancy.pay_hourly": "16.50"},
    "expected": {"age": "fail"},
}


def refused(raw):
    with pytest.raises(InvalidError) as error:
        parse_examples(raw)
    return error.value.code, error.value.field


def test_an_example_that_holds():
    result = run([AGE], parse_examples([RAW]))[0]
    assert result.holds
    assert [(each.rule, each.found, each.code) for each in result.answers] == [("age", Verdict.FAIL, "range.below")]
    check([AGE], parse_examples([RAW]))


@pytest.mark.parametrize(
    ("facts", "expected", "found"),
    [({"worker.age": 18}, "fail", "pass"), ({}, "pass", "unknown"), ({"worker.age": 17}, "unknown", "fail")],
)
def test_an_example_that_does_not_hold_says_what_was_expected_and_found(facts, expected, found):
    examples = parse_examples([{**RAW, "facts": facts, "expected": {"age": expected}}])
    with pytest.raises(InvalidError) as error:
        check([AGE], examples)
    assert error.value.code == "examples.fails"
    assert error.value.params == {
        "example": "A worker of 17",
        "rule": "age",
        "expected": expected,
        "found": found,
    }


def test_a_rule_that_is_not_in_force_on_the_day_holds_nothing():
    early = parse_examples([{**RAW, "on": "2025-12-31"}])
    assert not run([AGE], early)[0].holds
    with pytest.raises(InvalidError) as error:
        check([AGE], early)
    assert error.value.params["found"] == "not_in_force"


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        (
            {"facts": {"worker.marital_status": "single"}},
            "facts.discriminatory",
            "examples[0].facts.worker.marital_status",
        ),
        ({"facts": {"worker.agee": 3}}, "facts.unknown", "examples[0].facts.worker.agee"),
        ({"facts": {"worker.age": "17"}}, "rules.not_an_integer", "examples[0].facts.worker.age"),
        ({"facts": {"worker.displaced": "yes"}}, "rules.not_a_flag", "examples[0].facts.worker.displaced"),
        (
            {"facts": {"worker.nationalities": ["Guatemala"]}},
            "rules.not_a_code",
            "examples[0].facts.worker.nationalities[0]",
        ),
        (
            {"facts": {"worker.stays": [{"start": "2025-02-01", "end": "2025-01-01"}]}},
            "rules.dates_reversed",
            "examples[0].facts.worker.stays[0]",
        ),
        ({"expected": {}}, "examples.expects_nothing", "examples[0].expected"),
        ({"expected": {"age": "maybe"}}, "rules.not_a_code", "examples[0].expected.age"),
        ({"name": " "}, "rules.not_a_text", "examples[0].name"),
        ({"on": "yesterday"}, "rules.not_a_date", "examples[0].on"),
        ({"why": "x"}, "rules.unknown_parameter", "examples[0]"),
    ],
)
def test_an_example_that_does_not_fit_is_refused_with_its_path(changes, code, field):
    assert refused([{**RAW, **changes}]) == (code, field)


def test_examples_are_a_list_of_different_names_and_not_endless():
    assert refused({})[0] == "rules.not_a_list"
    assert refused([RAW, RAW])[0] == "examples.name_taken"
    assert refused([{**RAW, "name": f"{number}"} for number in range(MOST + 1)])[0] == "examples.too_many"


def test_an_example_names_only_rules_that_are_there():
    (example,) = parse_examples([{**RAW, "expected": {"agee": "fail"}}])
    with pytest.raises(InvalidError) as error:
        check_names([AGE], example)
    assert (error.value.code, error.value.params["nearest"]) == ("examples.unknown_rule", "age")


@given(ALL_FACTS)
def test_writing_and_reading_gives_the_same_facts(facts):
    example = WorkedExample("All", DAY, facts, {"age": Verdict.PASS})
    (back,) = parse_examples(write_examples([example]))
    assert dict(back.facts) == {name: value for name, value in facts.items() if value is not None}


def test_levels_stays_and_amounts_survive():
    facts = {
        "worker.language.en": Cefr.NONE,
        "worker.stays": (Period(date(2025, 1, 1), date(2025, 3, 1)),),
        "vacancy.pay_hourly": Decimal("16.50"),
    }
    (back,) = parse_examples(write_examples([WorkedExample("x", DAY, facts, {"age": Verdict.PASS})]))
    assert dict(back.facts) == facts


@given(RULES, ALL_FACTS)
def test_an_example_made_of_what_the_rules_say_holds(rules, facts):
    expected = {finding.rule: finding.verdict for finding in evaluate(rules, facts, on=DAY)}
    if expected:
        check(rules, [WorkedExample("As it is", DAY, facts, expected)])
