from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.data.reference import countries, occupation_groups
from mobility.errors import InvalidError
from mobility.rules.basics.findings import Severity, Verdict
from mobility.rules.law import safeguards
from mobility.rules.law.rulesets import evaluate, parse_rules, write_rules
from mobility.rules.law.safeguards import embedded_lists, health_worker_safeguard, list_on, parse_lists, safeguard_rule

LIST = list_on(embedded_lists(), date(2026, 4, 1))
NURSE, WELDER = "2221", "7212"


def seen(occupation, origins, agreed):
    return health_worker_safeguard(occupation, origins, agreed, safeguard=LIST)


def test_the_list_of_2023_names_55_countries_that_exist():
    assert len(LIST.countries) == 55
    assert LIST.countries <= {country.code for country in countries()}


def test_its_occupations_are_groups_of_isco_08():
    assert LIST.occupations <= {group.code for group in occupation_groups()}


@pytest.mark.parametrize(
    ("code", "covered"), [("2211", True), ("3221", True), ("5321", True), ("2250", False), ("7212", False)]
)
def test_doctors_nurses_and_carers_are_covered_but_not_vets_and_welders(code, covered):
    assert LIST.covers(code) is covered


@pytest.mark.parametrize(
    ("occupation", "origins", "agreed", "verdict", "code"),
    [
        (WELDER, {"HT"}, None, Verdict.PASS, "not_listed"),
        (NURSE, {"MX"}, None, Verdict.PASS, "not_listed"),
        (NURSE, {"HT", "MX"}, None, Verdict.UNKNOWN, "missing"),
        (NURSE, {"HT"}, {}, Verdict.FAIL, "not_named"),
        (NURSE, {"HT"}, {"HT": {"7212"}}, Verdict.FAIL, "not_named"),
        (NURSE, {"HT"}, {"HT": {"222"}}, Verdict.PASS, "named"),
        (NURSE, {"HT", "NP"}, {"HT": {"2221"}}, Verdict.FAIL, "not_named"),
    ],
)
def test_listed_countries_need_an_agreement_that_names_the_occupation(occupation, origins, agreed, verdict, code):
    found = seen(occupation, origins, agreed)
    assert (found.verdict, found.code) == (verdict, f"health_worker_safeguard.{code}")
    assert found.code in safeguards.CODES
    assert found.source == LIST.source


def test_the_finding_names_the_countries_without_agreement():
    assert seen(NURSE, {"NP", "HT"}, {"HT": {"2221"}}).params["countries"] == "NP"


@given(st.sets(st.sampled_from(["HT", "NP", "MX"])), st.dictionaries(st.sampled_from(["HT", "NP"]), st.just({"222"})))
def test_a_further_agreement_never_loses_a_pass(origins, agreed):
    if seen(NURSE, origins, agreed).verdict is Verdict.PASS:
        assert seen(NURSE, origins, agreed | {"NP": {"22"}}).verdict is Verdict.PASS


def test_there_is_no_list_before_the_first():
    assert list_on(embedded_lists(), date(2020, 1, 1)) is None


@pytest.mark.parametrize("raw", [None, [], {}, [3], [{"valid_from": "2023-01-01"}], [{"country": "HT"}]])
def test_other_shapes_are_refused(raw):
    with pytest.raises(InvalidError) as refused:
        parse_lists(raw)
    assert refused.value.field.startswith("safeguards")


@pytest.mark.parametrize(
    ("occupation", "nationalities", "agreed", "verdict"),
    [
        (NURSE, {"HT"}, (), Verdict.FAIL),
        (NURSE, {"HT", "MX"}, (), Verdict.FAIL),
        (NURSE, {"HT"}, {"HT"}, Verdict.PASS),
        (NURSE, {"HT"}, {"NP"}, Verdict.FAIL),
        (NURSE, {"MX"}, (), Verdict.PASS),
        (WELDER, {"HT"}, (), Verdict.PASS),
        (NURSE, None, (), Verdict.UNKNOWN),
        (WELDER, None, (), Verdict.PASS),
    ],
)
def test_as_a_rule_it_keeps_out_people_of_listed_countries_without_an_agreement(
    occupation, nationalities, agreed, verdict
):
    facts = {"vacancy.occupation": occupation, "worker.nationalities": nationalities and frozenset(nationalities)}
    (found,) = evaluate(safeguard_rule(LIST, agreed), facts, on=date(2026, 4, 1))
    assert (found.verdict, found.source, found.severity) == (verdict, LIST.source, Severity.BLOCK)


def test_the_rule_is_said_in_all_languages_and_nobody_may_waive_it():
    (rule,) = safeguard_rule(LIST, ())
    assert set(rule.sentence) == {"en", "es", "fr"}
    assert rule.waiver is None
    assert parse_rules(write_rules([rule])) == (rule,)


def test_no_rule_is_left_once_every_listed_country_has_agreed():
    assert safeguard_rule(LIST, LIST.countries) == ()


WRITTEN = {
    "valid_from": "2023-03-08",
    "valid_to": "2026-12-31",
    "source": "WHO 2023",
    "sentence": {"en": "No.", "es": "No hay.", "fr": "Non."},
    "occupations": ["22"],
    "countries": ["HT", "NP"],
}


def test_a_list_is_read_field_by_field():
    (one,) = parse_lists([WRITTEN])
    assert one == safeguards.SafeguardList(
        date(2023, 3, 8),
        date(2026, 12, 31),
        "WHO 2023",
        WRITTEN["sentence"],
        frozenset({"22"}),
        frozenset({"HT", "NP"}),
    )
    (opened,) = parse_lists([{name: value for name, value in WRITTEN.items() if name != "valid_to"}])
    assert opened.valid_to is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"valid_from": "never"}, "safeguards[1].valid_from"),
        ({"valid_to": "never"}, "safeguards[1].valid_to"),
        ({"source": 3}, "safeguards[1].source"),
        ({"occupations": ["nurse"]}, "safeguards[1].occupations"),
        ({"countries": ["2221"]}, "safeguards[1].countries"),
        ({"sentence": WRITTEN["sentence"] | {"fr": 3}}, "safeguards[1].sentence.fr"),
        ({"sentence": WRITTEN["sentence"] | {"fr": "x" * 501}}, "safeguards[1].sentence.fr"),
        ({"sentence": WRITTEN["sentence"] | {"de": "Nein."}}, "safeguards[1].sentence"),
        ({"others": 3}, "safeguards[1]"),
    ],
)
def test_what_is_wrong_in_a_list_is_named_by_its_place(change, field):
    with pytest.raises(InvalidError) as refused:
        parse_lists([WRITTEN, WRITTEN | change])
    assert refused.value.field.startswith(field)


def test_a_sentence_may_have_500_letters():
    (one,) = parse_lists([WRITTEN | {"sentence": WRITTEN["sentence"] | {"fr": "x" * 500}}])
    assert one.sentence["fr"] == "x" * 500


@pytest.mark.parametrize(
    ("day", "there"),
    [
        (date(2023, 3, 7), False),
        (date(2023, 3, 8), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ],
)
def test_a_list_holds_from_its_first_to_its_last_day(day, there):
    assert (list_on(parse_lists([WRITTEN]), day) is not None) is there


def test_of_two_lists_in_force_the_newer_holds():
    newer, older = parse_lists([WRITTEN | {"valid_from": "2024-01-01"}, WRITTEN])
    assert list_on((newer, older), date(2025, 1, 1)) is newer
    assert list_on((older, newer), date(2025, 1, 1)) is newer
