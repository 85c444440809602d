"""A new operator of rules is one file: with its class alone, everything that knows operators knows it."""

import sys
from datetime import date
from importlib import import_module, invalidate_caches

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mobility.errors import InvalidError
from mobility.forms.schemes.rules import OperatorForm, rule_form
from mobility.forms.words import operator_name
from mobility.matching.eligibility.marks import Mark, marks_by_value
from mobility.matching.facts.columns import fact_column
from mobility.rules.basics.findings import Verdict
from mobility.rules.law import operators
from mobility.rules.law.rulesets import each_loosened, evaluate, parse_rules, write_rules
from mobility.wording import sentence
from mobility.wording.figures import parameters

SOURCE = '''
"""An operator that adds two numbers."""

from dataclasses import dataclass
from typing import ClassVar

from mobility.rules.law.conditions import Condition, missing
from mobility.rules.law.facts import FactKind
from mobility.rules.law.parameter_kinds import FactName, Whole
from mobility.rules.law.parameters import N_, parameter
from mobility.rules.law.steps import fewer

NUMBER = FactName((FactKind.INTEGER,))


@dataclass(frozen=True, slots=True)
class SumAtLeast(Condition):
    """Two whole numbers come to a sum."""

    operator: ClassVar[str] = "sum_at_least"
    title: ClassVar[str] = N_("Two numbers that come to a sum")
    findings: ClassVar = {
        "met": N_("Together they are enough: %(value)s."),
        "too_little": N_("Together they are too little: %(value)s, and %(needed)s are needed."),
    }
    field: str = parameter(NUMBER, N_("First number"))
    other: str = parameter(NUMBER, N_("Second number"))
    least: int = parameter(Whole(least=1, most=99), N_("Sum of at least"), looser=fewer(least=1))

    def apply(self, facts):
        """Add the two."""
        if unknown := missing(facts, self.field, self.other):
            return unknown
        total = facts[self.field] + facts[self.other]
        return self.decide({"value": total, "needed": self.least}, ok=total >= self.least, no="too_little")
'''
SCHOOL, SEASONS = "worker.education_years", "worker.seasons_completed"
ASKED = {"operator": "sum_at_least", "params": {"field": SCHOOL, "other": SEASONS, "least": 8}}
RULE = {"id": "trained", "source": "Decree 1", "valid_from": "2026-01-01", **ASKED}
DAY = date(2026, 4, 1)


@pytest.fixture(autouse=True, scope="module")
def one_file(tmp_path_factory):
    """Write the operator into a package of its own, and take it in."""
    package = tmp_path_factory.mktemp("path") / "further_operators"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "sums.py").write_text(SOURCE)
    sys.path.insert(0, str(package.parent))
    invalidate_caches()
    operators.enlist(import_module("further_operators.sums"))
    yield
    sys.path.remove(str(package.parent))
    del operators._known["sum_at_least"]
    del sys.modules["further_operators"], sys.modules["further_operators.sums"]


def test_it_is_read_from_json_and_written():
    (rule,) = parse_rules([RULE])
    assert write_rules([rule])[0]["params"] == ASKED["params"]
    assert rule.fields == {SCHOOL, SEASONS}
    with pytest.raises(InvalidError) as refused:
        parse_rules([{**RULE, "params": {**ASKED["params"], "least": 100}}])
    assert (refused.value.code, refused.value.field) == ("rules.out_of_bounds", "rules[0].params.least")


def test_a_lawyer_finds_it_and_fills_in_its_fields(app):
    filled = {
        "name": "trained", "sentence_en": "Eight years.", "sentence_es": "Ocho años.", "sentence_fr": "Huit ans.",
        "source": "Decree 1", "severity": "block", "valid_from-day": "1", "p_field": SCHOOL, "p_other": SEASONS,
        "p_least": "8", "valid_from": ["01", "01", "2026"],
    }  # fmt: skip
    with app.test_request_context(method="POST", data=filled, headers={"Accept-Language": "en"}):
        choices = OperatorForm()
        choices.offer_choices()
        assert ("sum_at_least", "Two numbers that come to a sum") in [
            (choice.value, choice.label) for choice in choices.operator.choices
        ]
        form = rule_form("sum_at_least")
        assert [str(field.label.text) for field in form.own_fields] == [
            "First number",
            "Second number",
            "Sum of at least",
        ]
        assert form.raw()["params"] == ASKED["params"]
        assert form.field_of(InvalidError("rules.out_of_bounds", field="rule[0].params.least")) == "p_least"
        form.start_from(parse_rules([RULE])[0])
        assert form.p_least.data == 8


def test_it_is_a_part_of_other_rules_too(app):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        form = rule_form("any_of", ["is_true", "sum_at_least"])
        assert [operator_name(operator) for operator, _ in form.part_fields][1] == "Two numbers that come to a sum"


def test_it_is_said_in_words():
    (found,) = evaluate(parse_rules([RULE]), {SCHOOL: 3, SEASONS: 2}, on=DAY)
    assert found.verdict is Verdict.FAIL
    assert sentence(found.code, found.params, "en") == "Together they are too little: 5, and 8 are needed."
    assert parameters("sum_at_least", ASKED["params"], "en") == [
        ("First number", "years of education"),
        ("Second number", "seasons completed"),
        ("Sum of at least", "8"),
    ]


def test_a_simulation_loosens_it_by_its_step():
    ((looser, _all),) = each_loosened(parse_rules([RULE]))
    assert looser.params == {**ASKED["params"], "least": 7}


NUMBERS = st.none() | st.integers(0, 12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=8), st.booleans())
def test_a_pool_is_told_what_each_person_is_told(people, inside):
    raw = {"operator": "all_of", "params": {"of": [ASKED]}} if inside else ASKED
    condition = operators.parse_condition(raw)
    columns = {name: fact_column([person[side] for person in people]) for side, name in enumerate((SCHOOL, SEASONS))}
    alone = [condition.apply(dict(zip((SCHOOL, SEASONS), person, strict=True))).verdict for person in people]
    numbers = {Verdict.FAIL: Mark.FAIL, Verdict.UNKNOWN: Mark.UNKNOWN, Verdict.PASS: Mark.PASS}
    assert marks_by_value(condition, {}, columns, len(people)).tolist() == [numbers[verdict] for verdict in alone]
