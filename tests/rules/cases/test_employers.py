import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.rules.basics.findings import Verdict, worst
from mobility.rules.cases import employers
from mobility.rules.cases.employers import (
    REQUIRED_ITEMS,
    EmployerState,
    VettingItem,
    may_recruit,
    vetting_findings,
)
from tests.rules.codes import told

SOUND = dict.fromkeys(REQUIRED_ITEMS, True)
ITEMS = st.dictionaries(st.sampled_from(VettingItem), st.booleans())


@pytest.mark.parametrize("state", EmployerState)
def test_only_a_verified_employer_recruits(state):
    assert may_recruit(state) is (state is EmployerState.VERIFIED)


def test_an_employer_who_exists_is_solvent_and_pays_is_verified():
    findings = vetting_findings("FL-0042", SOUND)
    assert worst(findings) is Verdict.PASS
    assert told(employers, findings) == [
        "employer_registration.met",
        *["employer_vetting.met"] * 3,
        "employer_compliance.met",
    ]


@pytest.mark.parametrize(
    ("number", "items", "events", "code"),
    [
        ("  ", SOUND, 0, "employer_registration.none"),
        ("FL-0042", {**SOUND, VettingItem.SOLVENCY: False}, 0, "employer_vetting.failed"),
        ("FL-0042", {**SOUND, VettingItem.HOUSING: False}, 0, "employer_vetting.failed"),
        ("FL-0042", {VettingItem.LEGAL_EXISTENCE: True, VettingItem.SOLVENCY: True}, 0, "employer_vetting.missing"),
        ("FL-0042", SOUND, 1, "employer_compliance.open"),
    ],
)
def test_each_doubt_is_told_alone(number, items, events, code):
    findings = vetting_findings(number, items, open_events=events)
    assert [c for c in told(employers, findings) if not c.endswith(".met")] == [code]


def test_nobody_is_verified_unseen():
    findings = vetting_findings("FL-0042")
    assert worst(findings) is Verdict.UNKNOWN
    assert {f.params["item"] for f in findings if f.verdict is Verdict.UNKNOWN} == set(REQUIRED_ITEMS)


@given(ITEMS)
def test_each_item_is_judged_once_and_only_those_required_can_be_missing(items):
    judged = [f for f in vetting_findings("FL-0042", items) if f.rule == "employer_vetting"]
    names = [f.params["item"] for f in judged]
    assert len(set(names)) == len(names)
    assert set(names) == {*REQUIRED_ITEMS, *items}
    assert {f.params["item"] for f in judged if f.verdict is Verdict.FAIL} == {i for i, ok in items.items() if not ok}
    assert {f.params["item"] for f in judged if f.verdict is Verdict.UNKNOWN} == set(REQUIRED_ITEMS) - set(items)
