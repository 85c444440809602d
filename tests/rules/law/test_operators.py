import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.errors import InvalidError
from mobility.rules.basics.findings import Verdict
from mobility.rules.law import facts as catalogue
from mobility.rules.law import operators
from mobility.rules.law.operators import OPERATORS, parse_condition
from tests.rules.law.test_conditions import JSON
from tests.rules.rule_worlds import ALL_FACTS, CONDITIONS, SOME_FACTS, refusal_of

KNOWN_CODES = {*operators.CODES, *catalogue.CODES}


def nest(depth):
    condition = {"operator": "is_true", "params": {"field": "worker.displaced"}}
    for _ in range(depth):
        condition = {"operator": "all_of", "params": {"of": [condition]}}
    return condition


def test_the_registry_holds_every_operator_of_the_domain():
    assert set(OPERATORS) == {
        "range",
        "one_of",
        "none_of",
        "equals",
        "is_true",
        "at_least_level",
        "highest_of_floors",
        "valid_beyond_end",
        "no_later_than",
        "stay_cap",
        "season",
        "notice_days",
        "history",
        "all_of",
        "any_of",
        "when",
        "capped",
    }
    assert all(kind.operator == name for name, kind in OPERATORS.items())


@pytest.mark.parametrize(("typo", "meant"), [("rnage", "range"), ("oneof", "one_of"), ("at_least", "at_least_level")])
def test_an_unknown_operator_is_refused_with_the_nearest(typo, meant):
    with pytest.raises(InvalidError) as refused:
        parse_condition({"operator": typo, "params": {}})
    assert refused.value.code == "rules.unknown_operator"
    assert refused.value.params["nearest"] == meant


def test_conditions_stand_at_most_four_deep():
    assert parse_condition(nest(4))
    with pytest.raises(InvalidError, match=r"rules\.too_deep"):
        parse_condition(nest(5))


def test_the_path_leads_to_the_fault_inside():
    raw = {"operator": "any_of", "params": {"of": [nest(0), {"operator": "range", "params": {"field": "worker.aeg"}}]}}
    with pytest.raises(InvalidError) as refused:
        parse_condition(raw, "rules[7]")
    assert refused.value.field == "rules[7].params.of[1].params.field"


@given(CONDITIONS, SOME_FACTS)
def test_every_outcome_is_coded_and_an_unknown_one_names_what_is_missing(condition, facts):
    seen = condition.apply(facts)
    assert seen.code in KNOWN_CODES
    if seen.verdict is Verdict.UNKNOWN:
        absent = set(seen.params["missing"].split(","))
        assert absent
        assert absent <= condition.fields
        assert all(facts.get(name) is None for name in absent)


@given(CONDITIONS, ALL_FACTS)
def test_a_whole_case_is_never_unknown(condition, facts):
    assert condition.apply(facts).verdict is not Verdict.UNKNOWN


@given(CONDITIONS, ALL_FACTS, st.data())
def test_taking_facts_away_only_ever_makes_an_answer_unknown(condition, facts, data):
    dropped = data.draw(st.sets(st.sampled_from(sorted(condition.fields))))
    fewer = {name: value for name, value in facts.items() if name not in dropped}
    before, after = condition.apply(facts).verdict, condition.apply(fewer).verdict
    assert after in {before, Verdict.UNKNOWN}
    still_fewer = {name: value for name, value in fewer.items() if name not in condition.fields}
    assert condition.apply(still_fewer).verdict is Verdict.UNKNOWN


@given(st.sampled_from(sorted(OPERATORS)), JSON)
def test_parameters_of_any_shape_are_read_or_refused(operator, params):
    refused = refusal_of(parse_condition, {"operator": operator, "params": params})
    assert refused is None or refused.code in KNOWN_CODES


def test_every_code_in_the_sources_is_listed():
    written = set()
    for stem in (
        "reader",
        "parameters",
        "conditions",
        "comparisons",
        "durations",
        "combinations",
        "operators",
        "facts",
    ):
        source = Path(operators.__file__).with_name(f"{stem}.py").read_text(encoding="utf-8")
        written |= set(re.findall(r'(?:InvalidError|Outcome)\(\s*(?:Verdict\.\w+,\s*)?"([a-z_.]+)"', source))
    assert written <= KNOWN_CODES
