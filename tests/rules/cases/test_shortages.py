from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.rules.basics.findings import Verdict, worst
from mobility.rules.cases import shortages
from mobility.rules.cases.shortages import (
    Declaration,
    EvidenceKind,
    ShortageState,
    cover_findings,
    declaration_findings,
    is_over,
    within_region,
)
from tests.rules.codes import told

TODAY = date(2027, 2, 1)
SHORTAGE = Declaration(
    ShortageState.DECLARED, "9211", "US-FL", date(2027, 3, 1), date(2027, 11, 30), headcount=20, certified=5
)
NEED = {"occupation": "9211", "region": "US-FL", "start": date(2027, 4, 1), "end": date(2027, 10, 31), "positions": 15}
EVIDENCE = [EvidenceKind.VACANCY_RATE]


def declared(evidence=EVIDENCE, today=TODAY, **change):
    return told(shortages, declaration_findings(replace(SHORTAGE, **change), evidence, today=today))


def covered(shortage=SHORTAGE, **change):
    return told(shortages, cover_findings(shortage, **{**NEED, **change}))


def test_a_shortage_with_evidence_and_a_period_ahead_may_be_declared():
    assert declared() == ["shortage_evidence.met", "shortage_headcount.met", "shortage_period.met"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"evidence": []}, "shortage_evidence.none"),
        ({"headcount": 0}, "shortage_headcount.not_positive"),
        ({"valid_from": date(2027, 12, 1)}, "shortage_period.reversed"),
        ({"today": date(2027, 12, 1)}, "shortage_period.past"),
    ],
)
def test_each_lack_is_told_alone(change, code):
    codes = declared(**change)
    assert code in codes
    assert sum(not code.endswith(".met") for code in codes) == 1


@pytest.mark.parametrize("kind", EvidenceKind)
def test_any_kind_of_evidence_counts(kind):
    assert declared(evidence=[kind])[0] == "shortage_evidence.met"


def test_a_shortage_is_over_after_its_last_day():
    assert not is_over(SHORTAGE.valid_to, SHORTAGE.valid_to)
    assert is_over(SHORTAGE.valid_to, SHORTAGE.valid_to + timedelta(days=1))
    assert "shortage_period.met" in declared(today=SHORTAGE.valid_to)


def test_a_shortage_of_one_day_is_a_period():
    assert "shortage_period.met" in declared(valid_from=SHORTAGE.valid_to)


@pytest.mark.parametrize(
    ("region", "area", "within"),
    [
        ("US-FL", "US-FL", True),
        ("US-FL", "US", True),
        ("US", "US", True),
        ("US", "US-FL", False),
        ("US-FL", "US-GA", False),
        ("US-FL", "US-F", False),
        ("USA", "US", False),
        ("CA-ON", "US", False),
    ],
)
def test_a_part_lies_within_its_country(region, area, within):
    assert within_region(region, area) is within


def test_a_need_that_fits_is_covered():
    assert covered() == ["shortage_match.met", "shortage_left.met"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"occupation": "9212"}, "other_occupation"),
        ({"occupation": "921"}, "other_occupation"),
        ({"region": "US-GA"}, "other_region"),
        ({"region": "US"}, "other_region"),
        ({"start": date(2027, 2, 28)}, "other_dates"),
        ({"end": date(2027, 12, 1)}, "other_dates"),
    ],
)
def test_a_need_beside_the_shortage_is_not_covered(change, code):
    assert covered(**change) == [f"shortage_match.{code}", "shortage_left.met"]


@pytest.mark.parametrize("state", [state for state in ShortageState if state is not ShortageState.DECLARED])
def test_only_a_shortage_in_force_covers(state):
    assert covered(replace(SHORTAGE, state=state))[0] == "shortage_match.not_in_force"


def test_the_whole_period_and_a_group_and_a_country_cover():
    assert covered(start=SHORTAGE.valid_from, end=SHORTAGE.valid_to)[0] == "shortage_match.met"
    assert covered(replace(SHORTAGE, occupation="92", region="US"))[0] == "shortage_match.met"


def test_without_a_shortage_nothing_is_covered():
    assert covered(None) == ["shortage_match.none", "shortage_left.too_few"]


@pytest.mark.parametrize(("certified", "left"), [(0, 20), (5, 15), (20, 0), (23, 0)])
def test_what_is_left_is_never_negative(certified, left):
    assert replace(SHORTAGE, certified=certified).left == left


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 60))
def test_certifying_never_goes_beyond_the_headcount(headcount, certified, positions):
    findings = cover_findings(
        replace(SHORTAGE, headcount=headcount, certified=certified), **{**NEED, "positions": positions}
    )
    assert (worst(findings) is Verdict.PASS) is (certified + positions <= headcount)
    assert findings[1].params == {"left": max(0, headcount - certified), "positions": positions}


def test_findings_carry_the_source_that_was_given():
    assert {finding.source for finding in cover_findings(SHORTAGE, **NEED, source="20 CFR 655")} == {"20 CFR 655"}
    assert {f.source for f in declaration_findings(SHORTAGE, EVIDENCE, today=TODAY, source="law")} == {"law"}
