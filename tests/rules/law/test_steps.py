"""Loosening by one step: nobody who passed is lost, what a step is, and where there is none."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given

from mobility.rules.basics.findings import Verdict
from mobility.rules.law.conditions import write_condition
from mobility.rules.law.operators import parse_condition
from mobility.rules.law.rulesets import each_loosened, parse_rules
from tests.rules.rule_worlds import ALL_FACTS, CONDITIONS, LEAVES, SOME_FACTS


def step(operator, **params):
    """Return the parameters of a condition that is one step looser, None if there is none."""
    looser = parse_condition({"operator": operator, "params": params}).loosened()
    return None if looser is None else looser.params()


@given(CONDITIONS, SOME_FACTS)
def test_whoever_passed_passes_still(condition, facts):
    looser = condition.loosened()
    if looser is not None and condition.apply(facts).verdict is Verdict.PASS:
        assert looser.apply(facts).verdict is Verdict.PASS


@given(LEAVES, ALL_FACTS)
def test_of_a_single_rule_too(condition, facts):
    looser = condition.loosened()
    if looser is not None and condition.apply(facts).verdict is Verdict.PASS:
        assert looser.apply(facts).verdict is Verdict.PASS


@given(CONDITIONS)
def test_a_step_is_another_condition_of_the_same_kind_that_can_be_written_and_read(condition):
    looser = condition.loosened()
    if looser is not None:
        assert looser != condition
        assert type(looser) is type(condition)
        assert looser.fields <= condition.fields
        assert parse_condition(write_condition(looser)) == looser


@pytest.mark.parametrize(
    ("operator", "params", "expected"),
    [
        ("range", {"field": "worker.age", "min": 21, "max": 45}, {"min": 20, "max": 46}),
        ("range", {"field": "worker.experience_months", "min": 12}, {"min": 9}),
        ("range", {"field": "worker.experience_months_total", "min": 2}, {"min": -1}),
        ("range", {"field": "worker.education_years", "min": 6}, {"min": 5}),
        ("range", {"field": "vacancy.pay_hourly", "min": "10.00"}, {"min": "9.50"}),
        ("range", {"field": "vacancy.pay_hourly", "min": "0.00"}, {"min": "-0.01"}),
        ("range", {"field": "worker.earliest_start", "max": "2026-01-31"}, {"max": "2026-02-28"}),
        ("at_least_level", {"field": "worker.language.es", "level": "B1"}, {"level": "A2"}),
        ("highest_of_floors", {"currency": "USD", "amounts": {"federal": "7.25"}}, {"amounts": {"federal": "6.89"}}),
        ("valid_beyond_end", {"field": "worker.document_valid_until", "months": 6, "days": 3}, {"months": 5}),
        ("valid_beyond_end", {"field": "worker.document_valid_until", "days": 10}, {"days": 3}),
        ("stay_cap", {"max_months": 8}, {"max_months": 9}),
        ("season", {"opens": "03-01", "closes": "11-30"}, {"opens": "02-23", "closes": "12-07"}),
        ("notice_days", {"field": "vacancy.filed_on", "least": 75, "most": 120}, {"least": 68, "most": 127}),
        ("history", {"min_seasons": 2, "within_years": 3}, {"min_seasons": 1, "within_years": 4}),
    ],
)
def test_what_one_step_is(operator, params, expected):
    assert step(operator, **params) == {**_full(operator, params), **expected}


def _full(operator, params):
    return parse_condition({"operator": operator, "params": params}).params()


def test_parts_are_loosened_each_and_the_if_of_a_when_stays():
    part = {"operator": "range", "params": {"field": "worker.age", "min": 18}}
    looser = {"operator": "range", "params": {"field": "worker.age", "min": 17}}
    flag = {"operator": "is_true", "params": {"field": "worker.displaced"}}
    assert step("any_of", of=[part, flag]) == {"of": [looser, flag]}
    assert step("all_of", of=[flag, part]) == {"of": [flag, looser]}
    assert step("when", **{"if": part, "then": part}) == {"if": part, "then": looser}
    assert step("capped", cap={"max_months": 9}, sub_caps=[{"max_months": 4}], exempt=flag) == {
        "cap": {"max_months": 10, "window": "stay"},
        "sub_caps": [{"max_months": 5, "window": "stay"}],
        "exempt": flag,
    }


@pytest.mark.parametrize(
    ("operator", "params"),
    [
        ("at_least_level", {"field": "worker.language.es", "level": "A1"}),
        ("one_of", {"field": "worker.nationalities", "values": ["GT"]}),
        ("none_of", {"field": "worker.nationalities", "values": ["GT"]}),
        ("equals", {"field": "worker.age", "value": 30}),
        ("is_true", {"field": "worker.displaced"}),
        ("no_later_than", {"field": "worker.earliest_start", "than": "vacancy.start"}),
        ("valid_beyond_end", {"field": "worker.document_valid_until"}),
        ("stay_cap", {"max_months": 11, "window": "rolling", "over": 12}),
        ("stay_cap", {"max_months": 600}),
        ("season", {"opens": "01-01", "closes": "12-31"}),
        ("notice_days", {"field": "vacancy.filed_on", "least": 0}),
        ("history", {"min_seasons": 1}),
        ("history", {"returned_on_time": True}),
        ("highest_of_floors", {"currency": "USD", "floors": ["vacancy.wage_floor.prevailing"]}),
        ("highest_of_floors", {"currency": "USD", "amounts": {"token": "0.01"}}),
        ("when", {"if": {"operator": "is_true", "params": {"field": "worker.displaced"}},
                  "then": {"operator": "is_true", "params": {"field": "worker.reads_and_writes"}}}),
        ("all_of", {"of": [{"operator": "is_true", "params": {"field": "worker.displaced"}}]}),
    ],
)  # fmt: skip
def test_where_there_is_no_next_step(operator, params):
    assert step(operator, **params) is None


def test_a_floor_is_lowered_to_the_cent_and_the_day_of_a_date_is_kept_where_there_is_one():
    looser = parse_condition({"operator": "range", "params": {"field": "vacancy.hours_week", "max": "40"}}).loosened()
    assert looser.most == Decimal("42.00")
    dated = {"operator": "range", "params": {"field": "worker.earliest_start", "min": "2026-03-15"}}
    assert parse_condition(dated).loosened().least == date(2026, 2, 15)


def test_each_rule_with_a_step_is_loosened_alone():
    rules = parse_rules(
        [
            {"id": name, "source": "x", "valid_from": "2020-01-01", "operator": operator, "params": params}
            for name, operator, params in (
                ("age", "range", {"field": "worker.age", "min": 18}),
                ("reads", "is_true", {"field": "worker.reads_and_writes"}),
                ("stay", "stay_cap", {"max_months": 9}),
            )
        ]
    )
    found = list(each_loosened(rules))
    assert [changed.id for changed, _ in found] == ["age", "stay"]
    for changed, after in found:
        others = [rule for rule in after if rule.id != changed.id]
        assert others == [rule for rule in rules if rule.id != changed.id]
        assert changed in after
        assert changed not in rules
