"""Words for rules, schemes and quotas: no code without a sentence, no figure that people cannot read."""

import re
from importlib import import_module

import pytest

from mobility import wording
from mobility.rules.basics.findings import Severity, Verdict
from mobility.rules.cases.agreements import CostBearer, CostKind, Side
from mobility.rules.cases.schemes import ReviewOrder, SchemeKind, SchemeState
from mobility.rules.law.facts import FACTS, FactKind
from mobility.rules.quotas.counters import QuotaDimension
from mobility.wording import figures
from mobility.wording.schemes import rulesets, schemes

MODULES = (
    "cases.agreements",
    "basics.dates",
    "law.example_schemes",
    "law.facts",
    "basics.languages",
    "basics.lifecycles",
    "law.operators",
    "quotas.counters",
    "law.rulesets",
    "law.safeguards",
    "cases.schemes",
    "basics.wages",
)


@pytest.mark.parametrize("module", MODULES)
def test_every_code_of_the_rules_has_a_sentence(module):
    codes = import_module(f"mobility.rules.{module}").CODES
    # a list that is not a list of rules is refused before any code of its own
    assert [code for code in (*codes, "rules.not_a_list", "rules.not_a_code") if code not in wording.SENTENCES] == []


@pytest.mark.parametrize(
    "kind",
    [CostBearer, CostKind, FactKind, QuotaDimension, ReviewOrder, SchemeKind, SchemeState, Severity, Side, Verdict],
)
def test_every_member_has_a_label_of_its_own(kind):
    texts = [wording.label(member, "en") for member in kind]
    assert all(texts)
    assert len(set(texts)) == len(texts)


def test_equal_values_of_two_enumerations_have_labels_of_their_own():
    assert wording.label(CostBearer.EMPLOYER, "en") == "the employer"
    assert wording.label(QuotaDimension.EMPLOYER, "en") == "Employer"


def test_every_fact_has_a_name():
    assert sorted(set(FACTS) - set(rulesets.FACTS)) == []


@pytest.mark.parametrize("file", [rulesets, schemes])
def test_placeholders_are_plain_texts(file):
    for code, text in file.SENTENCES.items():
        without = re.sub(r"%\([a-z_]+\)s", "", text.english)
        assert "%" not in without, code


def test_figures_are_said_in_words():
    assert (
        wording.sentence("fact.missing", {"missing": "worker.age,vacancy.wage_floor.aewr"}, "en")
        == "Not known yet: age on the first day of work, wage floor (aewr)."
    )
    assert wording.sentence(
        "valid_beyond_end.too_early",
        {"field": "worker.document_valid_until", "value": "2026-11-01", "needed": "2027-05-01"},
        "en",
    ) == ("Ends too early (last day of the identity document): 1 November 2026, and needed until 1 May 2027.")
    assert wording.sentence("waived", {"authority": "origin_ministry"}, "en").startswith(
        "Waived by: Ministry of the country"
    )
    assert (
        wording.sentence("recruitment_cost.met", {"cost": "visa", "bearer": "employer"}, "en") == "Visa: the employer."
    )


def test_a_refused_field_says_why():
    said = wording.sentence(
        "facts.discriminatory", {"name": "worker.religion", "reason": "discrimination.religion"}, "en"
    )
    assert said == "No rule may use worker.religion. Religion decides nobody's chances."


def test_countries_are_named_in_the_language():
    params = {"countries": "HT,XX", "occupation": "2221"}
    assert figures.worded(params, "es")["countries"] == "Haití, XX"


def test_what_is_empty_shows_as_a_dash():
    assert figures.worded({"nearest": "", "end": ""}, "en") == {"nearest": figures.NOTHING, "end": figures.NOTHING}


def test_parameters_of_rules_are_read_as_pairs():
    assert figures.parameters("range", {"field": "worker.age", "min": 18}, "en") == [
        ("Looks at", "age on the first day of work"),
        ("At least", "18"),
    ]
    assert figures.parameters("season", {"opens": "01-01", "closes": "12-15"}, "en")[1] == (
        "Season closes",
        "15 December",
    )
    assert figures.parameters("history", {"returned_on_time": True}, "en") == [("Returned on time", "Yes")]
    assert figures.parameters("highest_of_floors", {"amounts": {"minimum": "7.25"}}, "en") == [
        ("Fixed amounts", "minimum 7.25")
    ]
    nested = {"if": {"operator": "one_of", "params": {"field": "worker.nationalities", "values": ["MX", "HN"]}}}
    capped = {"cap": {"max_months": 9, "window": "calendar_year"}}
    assert figures.parameters("capped", capped, "en") == [("Cap", "Months at most: 9; Counted over: a calendar year")]
    assert figures.parameters("when", nested, "en") == [("If", "Looks at: nationality; Values: MX, HN")]
