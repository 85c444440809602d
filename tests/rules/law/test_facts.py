import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.data.reference import LANGUAGES
from mobility.errors import InvalidError
from mobility.rules.basics.languages import Cefr
from mobility.rules.cases.checks import CheckKind
from mobility.rules.law import facts
from mobility.rules.law.facts import FACTS, FactKind, Scope, check_facts, fact, nearest, refusal
from tests.rules.rule_worlds import ALL_FACTS, FARM_JOB, PERSON, refusal_of


def test_checks_are_those_of_the_product():
    assert set(facts.CHECKS) == {kind.value for kind in CheckKind}


def test_languages_are_those_of_the_product():
    assert [name for name in FACTS if name.startswith("worker.language.")] == [
        f"worker.language.{code}" for code in LANGUAGES
    ]


def test_every_name_starts_with_its_scope_and_is_lower_case():
    for name, known in FACTS.items():
        assert re.fullmatch(r"(worker|vacancy)\.[a-z0-9_]+(\.[a-z_]+)?", name)
        assert name.split(".")[0] == known.scope.value
        assert known.name == name


def test_no_known_field_is_discriminatory():
    assert [name for name in FACTS if refusal(name)] == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("worker.sex", "discrimination.sex"),
        ("worker.gender", "discrimination.sex"),
        ("worker.marital_status", "discrimination.marital_status"),
        ("worker.Marital Status", "discrimination.marital_status"),
        ("family-ties", "discrimination.family_ties"),
        ("worker.religion", "discrimination.religion"),
        ("worker.dependants", "discrimination.dependants"),
        ("worker.pregnancy", "discrimination.pregnancy"),
        ("worker.disability", "discrimination.disability"),
        ("worker.ethnicity", "discrimination.ethnicity"),
        ("worker.political_opinion", "discrimination.political_opinion"),
    ],
)
def test_a_discriminatory_field_is_refused_with_its_reason(name, reason):
    with pytest.raises(InvalidError) as refused:
        fact(name, path="rules[0].params.field")
    assert refused.value.code == "facts.discriminatory"
    assert refused.value.params["reason"] == reason
    assert refused.value.field == "rules[0].params.field"
    assert reason in facts.CODES


@pytest.mark.parametrize(
    ("typo", "meant"),
    [
        ("worker.aeg", "worker.age"),
        ("vacancy.hour_week", "vacancy.hours_week"),
        ("worker.language.de", "worker.language.en"),
    ],
)
def test_an_unknown_field_is_refused_with_the_nearest_known_one(typo, meant):
    with pytest.raises(InvalidError) as refused:
        fact(typo)
    assert refused.value.code == "facts.unknown"
    assert refused.value.params["nearest"] in FACTS
    assert nearest(typo, {meant: 1}) == meant


def test_floors_may_have_any_slug_for_a_name():
    floor = fact("vacancy.wage_floor.collective_agreement")
    assert (floor.kind, floor.scope) == (FactKind.DECIMAL, Scope.VACANCY)
    with pytest.raises(InvalidError, match=r"facts\.unknown"):
        fact("vacancy.wage_floor.Two Words")


@given(st.text(max_size=200))
def test_any_name_is_known_or_refused_with_a_code(name):
    refused = refusal_of(fact, name)
    assert refused is None or refused.code in facts.CODES


@given(ALL_FACTS)
def test_facts_of_the_right_types_are_accepted(case):
    check_facts(case)


def test_the_worked_examples_use_the_catalogue():
    check_facts(PERSON | FARM_JOB)


def test_what_is_not_known_is_accepted():
    check_facts({"worker.age": None})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("worker.age", "31"),
        ("worker.age", True),
        ("worker.displaced", 1),
        ("worker.nationalities", "GT"),
        ("worker.language.en", 3),
        ("worker.document_valid_until", "2027-01-01"),
        ("vacancy.pay_hourly", 15.5),
        ("vacancy.occupation", 9211),
        ("worker.stays", [date(2026, 1, 1)]),
    ],
)
def test_a_value_of_another_type_is_refused(name, value):
    with pytest.raises(InvalidError) as refused:
        check_facts({name: value})
    assert (refused.value.code, refused.value.field) == ("facts.wrong_type", name)


def test_facts_of_an_unknown_name_are_refused():
    with pytest.raises(InvalidError, match=r"facts\.unknown"):
        check_facts({"worker.shoe_size": 42})


def test_a_whole_number_will_do_for_a_decimal_and_a_level_is_its_own_type():
    check_facts({"vacancy.hours_week": 40, "vacancy.pay_hourly": Decimal("15.5"), "worker.language.es": Cefr.B1})


def test_every_case_has_these_facts_and_may_lack_all_others():
    needed = {name for name, known in FACTS.items() if not known.nullable}
    assert needed == {f"vacancy.{name}" for name in ("occupation", "country", "start", "end", "months", "positions")}


def test_only_an_occupation_stands_for_all_below_it():
    assert [name for name, known in FACTS.items() if known.hierarchical] == ["vacancy.occupation"]


@pytest.mark.parametrize(
    ("name", "code", "other"),
    [
        ("worker.nationalities", "GT", "GTM"),
        ("worker.residence_country", "GT", "gt"),
        ("worker.residence_region", "MX-OAX", "MX"),
        ("worker.licences", "driver_heavy", "GT"),
        ("vacancy.occupation", "9211", "92111"),
        ("vacancy.region", "US-FL", "US-FLOR"),
        ("vacancy.currency", "USD", "US"),
        ("vacancy.sector", "care", "Care"),
    ],
)
def test_each_field_of_codes_has_its_own_pattern(name, code, other):
    assert re.fullmatch(FACTS[name].pattern, code)
    assert not re.fullmatch(FACTS[name].pattern, other)
