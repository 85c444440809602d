"""Parameters of operators as form fields: every operator has them, and what goes in comes out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.forms.schemes import rule_fields
from mobility.forms.schemes.rule_fields import (
    fields_at,
    fields_of,
    fill,
    inputs_of,
    is_plain,
    part_names,
    parts_in,
    parts_needed,
    read,
    with_parts,
)
from mobility.forms.words import operator_name
from mobility.rules.law.example_schemes import example_schemes
from mobility.rules.law.operators import OPERATORS, parse_condition
from tests.rules.rule_worlds import LEAVES

PREFIXES = {"of[0]": "q0_", "of[1]": "q1_", "if": "q0_", "then": "q1_"}


def test_every_operator_has_fields_or_parts_and_a_name_for_people(app):
    assert all(inputs_of(operator) or part_names(operator) for operator in OPERATORS)
    with app.test_request_context():
        assert len({operator_name(operator) for operator in OPERATORS}) == len(OPERATORS)


@pytest.mark.parametrize(
    ("operator", "names", "needed"),
    [
        ("all_of", ("of[0]", "of[1]", "of[2]", "of[3]"), 1),
        ("any_of", ("of[0]", "of[1]", "of[2]", "of[3]"), 1),
        ("when", ("if", "then"), 2),
        ("capped", ("exempt",), 0),
        ("range", (), 0),
    ],
)
def test_a_form_offers_the_parts_that_an_operator_declares(operator, names, needed):
    assert (part_names(operator), parts_needed(operator)) == (names, needed)


FLAG = {"operator": "is_true", "params": {"field": "worker.displaced"}}
AGE = {"operator": "range", "params": {"field": "worker.age", "min": 18}}


@pytest.mark.parametrize(
    ("operator", "parts", "params"),
    [
        ("all_of", [FLAG, AGE], {"of": [FLAG, AGE]}),
        ("when", [FLAG, AGE], {"if": FLAG, "then": AGE}),
        ("when", [FLAG], {"if": FLAG}),
        ("capped", [FLAG], {"exempt": FLAG}),
        ("capped", [], {}),
    ],
)
def test_parts_stand_where_their_operator_asks_for_them(operator, parts, params):
    assert with_parts(operator, {}, parts) == params
    assert parts_in(operator, params) == parts


def test_a_rule_is_plain_unless_parts_hold_parts_or_there_are_too_many():
    assert is_plain("all_of", {"of": [FLAG, AGE]})
    assert not is_plain("all_of", {"of": [FLAG] * 5})
    assert not is_plain("all_of", {"of": [{"operator": "all_of", "params": {"of": [FLAG]}}]})
    assert is_plain("capped", {"cap": {"max_months": 9}, "sub_caps": [{"max_months": 4}]})
    assert not is_plain("capped", {"cap": {"max_months": 9}, "sub_caps": [{"max_months": 4}, {"max_months": 5}]})


@given(LEAVES)
def test_what_fills_a_form_is_what_is_read_from_it(condition):
    params = condition.params()
    shown = fill(condition.operator, params)
    back = parse_condition({"operator": condition.operator, "params": read(condition.operator, shown)})
    assert back == condition


@given(LEAVES, st.sampled_from(["q0_", "q3_"]))
def test_parts_keep_apart_by_their_prefix(condition, prefix):
    shown = fill(condition.operator, condition.params(), prefix)
    assert all(name.startswith(prefix) for name in shown)
    assert read(condition.operator, shown) == {}


def test_the_rules_of_all_example_schemes_go_through_the_fields():
    seen = 0
    for scheme in example_schemes():
        for rule in scheme.rules:
            if part_names(rule.operator):
                continue
            again = read(rule.operator, fill(rule.operator, rule.params))
            assert parse_condition({"operator": rule.operator, "params": again}) == rule.condition, rule.id
            seen += 1
    assert seen > 40


def test_a_cap_with_a_cap_inside_it_is_read_from_its_fields():
    data = {
        "p_cap_max_months": "9",
        "p_cap_window": "calendar_year",
        "p_sub_caps_0_max_months": "4",
        "p_sub_caps_0_window": "stay",
    }
    assert read("capped", data) == {
        "cap": {"max_months": 9, "window": "calendar_year"},
        "sub_caps": [{"max_months": 4, "window": "stay"}],
    }
    assert fill("capped", read("capped", data)) == {**data, "p_cap_max_months": 9, "p_sub_caps_0_max_months": 4}


def test_a_cap_inside_that_is_not_filled_in_is_left_out():
    data = {"p_cap_max_months": "9", "p_cap_window": "stay", "p_sub_caps_0_window": ""}
    assert read("capped", data) == {"cap": {"max_months": 9, "window": "stay"}}


@pytest.mark.parametrize(
    ("given", "read_as"),
    [
        ({"p_field": "worker.age", "p_min": "18"}, {"field": "worker.age", "min": 18}),
        ({"p_field": "worker.age", "p_min": "eighteen"}, {"field": "worker.age", "min": "eighteen"}),
        ({"p_field": "vacancy.pay_hourly", "p_min": "7.25"}, {"field": "vacancy.pay_hourly", "min": "7.25"}),
        ({"p_field": "", "p_min": " "}, {}),
    ],
)
def test_numbers_are_read_as_their_fact_asks(given, read_as):
    assert read("range", given) == read_as


def test_lists_are_parted_by_lines_commas_or_semicolons():
    data = {"p_field": "worker.nationalities", "p_values": "GT, HN\nSV;;"}
    assert read("one_of", data)["values"] == ["GT", "HN", "SV"]


def test_floors_may_be_written_short():
    data = {"p_currency": "USD", "p_floors": "prevailing\nvacancy.wage_floor.aewr", "p_amounts": "federal_minimum 7.25"}
    assert read("highest_of_floors", data) == {
        "currency": "USD",
        "floors": ["vacancy.wage_floor.prevailing", "vacancy.wage_floor.aewr"],
        "amounts": {"federal_minimum": "7.25"},
    }


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("rule[0].params.min", "p_min"),
        ("rule[0].params.values[2]", "p_values"),
        ("rule[0].params.amounts.minimum", "p_amounts"),
        ("rule[0].params.of[1].params.field", "q1_field"),
        ("rule[0].params.if.params.values[0]", "q0_values"),
        ("rule[0].params.cap.max_months", "p_cap_max_months"),
        ("rule[0].params.sub_caps[0].over", "p_sub_caps_0_over"),
        ("rule[0].source", None),
        ("elsewhere", None),
    ],
)
def test_a_refusal_finds_its_field(path, name):
    names = [input_name for operator in OPERATORS for input_name in _all_names(operator)]
    assert next((found for found in fields_at(path, PREFIXES) if found in names), None) == name


def _all_names(operator):
    return [
        rule_fields.input_name(prefix, each.path) for prefix in ("p_", "q0_", "q1_") for each in inputs_of(operator)
    ]


def test_fields_are_named_so_that_a_page_can_hold_them(app):
    with app.test_request_context():
        for operator in OPERATORS:
            fields = fields_of(operator)
            assert all(name.replace("_", "").isalnum() for name in fields)
            assert len(fields) == len(inputs_of(operator))
    assert rule_fields.input_name("p_", "sub_caps[0].max_months") == "p_sub_caps_0_max_months"
