from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.rules.basics.dates import add_months
from mobility.rules.basics.findings import Verdict, worst
from mobility.rules.basics.mrz import parse_mrz
from mobility.rules.cases import documents
from mobility.rules.cases.documents import TRAVEL_KINDS, is_valid, match_findings, validity_finding
from tests.rules.basics.test_mrz import TD3, TODAY, td3
from tests.rules.codes import told

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
TYPED = {
    "number": "L898902C3",
    "born_on": date(1974, 8, 12),
    "expires_on": date(2012, 4, 15),
    "family_names": "Eriksson",
    "given_names": "Anna María",
}


def test_a_document_is_in_force_on_its_last_day():
    assert is_valid(date(2027, 3, 31), date(2027, 3, 31))
    assert not is_valid(date(2027, 3, 31), date(2027, 4, 1))


def test_one_crosses_borders_with_these():
    assert sorted(TRAVEL_KINDS) == ["passport", "travel_document"]


@pytest.mark.parametrize(
    ("end", "months", "needed"),
    [
        (date(2027, 8, 31), 6, "2028-02-29"),
        (date(2026, 8, 31), 6, "2027-02-28"),
        (date(2027, 10, 15), 0, "2027-10-15"),
        (date(2027, 10, 15), 3, "2028-01-15"),
    ],
)
def test_the_day_needed_is_the_end_plus_months(end, months, needed):
    day = date.fromisoformat(needed)
    long_enough = validity_finding(day, end, months, source="8 CFR 214.1")
    too_short = validity_finding(day - timedelta(days=1), end, months, source="8 CFR 214.1")
    assert told(documents, [long_enough, too_short]) == ["document_validity.met", "document_validity.too_short"]
    assert long_enough.verdict is Verdict.PASS
    assert too_short.verdict is Verdict.FAIL
    assert too_short.params["needed"] == needed
    assert too_short.params["months"] == months
    assert too_short.source == "8 CFR 214.1"


@given(DAYS, st.integers(0, 24))
def test_a_missing_paper_is_unknown_and_says_what_is_needed(end, months):
    finding = validity_finding(None, end, months, source="law")
    assert (finding.verdict, finding.code) == (Verdict.UNKNOWN, "document_validity.missing")
    assert finding.params == {"needed": add_months(end, months).isoformat(), "months": months}


@given(DAYS, DAYS, st.integers(0, 24), st.integers(0, 400))
def test_a_longer_paper_is_never_worse(expires, end, months, more):
    before = validity_finding(expires, end, months, source="law")
    after = validity_finding(expires + timedelta(days=more), end, months, source="law")
    assert not (before.verdict is Verdict.PASS and after.verdict is not Verdict.PASS)


@given(DAYS, DAYS, st.integers(0, 23))
def test_asking_for_more_months_is_never_easier(expires, end, months):
    fewer = validity_finding(expires, end, months, source="law")
    more = validity_finding(expires, end, months + 1, source="law")
    assert not (fewer.verdict is Verdict.FAIL and more.verdict is Verdict.PASS)


def test_what_was_typed_agrees_with_the_zone():
    findings = match_findings(parse_mrz(TD3, pivot=TODAY), **TYPED)
    assert told(documents, findings) == ["document_match.met"] * 4
    assert worst(findings) is Verdict.PASS


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("number", "L898902C4", "number_differs"),
        ("born_on", date(1974, 8, 13), "birth_differs"),
        ("expires_on", date(2012, 4, 16), "expiry_differs"),
        ("family_names", "Ericsson", "name_differs"),
        ("given_names", "Anna", "name_differs"),
    ],
)
def test_each_difference_is_told_alone_and_without_its_value(field, value, code):
    findings = match_findings(parse_mrz(TD3, pivot=TODAY), **{**TYPED, field: value})
    codes = told(documents, findings)
    assert codes.count("document_match.met") == 3
    assert f"document_match.{code}" in codes
    assert all(finding.params == {} for finding in findings)


def test_blanks_and_dashes_of_a_number_do_not_matter():
    assert worst(match_findings(parse_mrz(TD3, pivot=TODAY), **{**TYPED, "number": "l-898902 c3"})) is Verdict.PASS


def test_a_birth_date_that_the_zone_leaves_open_differs_from_none():
    zone = parse_mrz(td3(birth="74<<<<", names="ERIKSSON<<ANNA<MARIA"), pivot=TODAY)
    assert worst(match_findings(zone, **TYPED)) is Verdict.PASS


def test_names_cut_off_by_a_full_zone_agree():
    names = "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<KRASUANG"[:39]
    zone = parse_mrz(td3(names=names), pivot=TODAY)
    typed = {**TYPED, "family_names": "Nilavadhanananda", "given_names": "Chayapa Dejthamrong Krasuang"}
    assert worst(match_findings(zone, **typed)) is Verdict.PASS
