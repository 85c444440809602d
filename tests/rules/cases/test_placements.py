from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.errors import ConflictError, InvalidError
from mobility.rules.basics.findings import Verdict, worst
from mobility.rules.cases import documents, placements
from mobility.rules.cases.documents import validity_finding
from mobility.rules.cases.placements import (
    ARRIVAL_DAYS,
    LIFECYCLE,
    Cause,
    Clearance,
    PlacementEvent,
    PlacementState,
    arrival_findings,
    check_cause,
    check_welfare_alert,
    clearance_findings,
    closing_findings,
    contract_findings,
    is_arrival_alert_due,
)
from tests.rules.codes import told

DAY = date(2027, 4, 1)
ORDER = {"pay": "16.23", "hours_week": 40, "housing_free": "yes"}
TERMS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 3), max_size=6)
PAPERS = validity_finding(date(2028, 6, 30), date(2027, 10, 31), 6, source="8 CFR 214.1")


def test_a_contract_equal_to_the_certified_order_may_be_registered():
    findings = contract_findings(ORDER, dict(ORDER))
    assert told(placements, findings) == ["contract_terms.met"] * 3
    assert worst(findings) is Verdict.PASS


@pytest.mark.parametrize(
    ("contract", "verdict", "params"),
    [
        ({**ORDER, "pay": "15.00"}, Verdict.FAIL, {"term": "pay", "certified": "16.23", "contract": "15.00"}),
        ({**ORDER, "pay": "18.00"}, Verdict.FAIL, {"term": "pay", "certified": "16.23", "contract": "18.00"}),
        ({**ORDER, "deposit": 200}, Verdict.FAIL, {"term": "deposit", "certified": "", "contract": 200}),
        (
            {term: ORDER[term] for term in ("pay", "hours_week")},
            Verdict.UNKNOWN,
            {"term": "housing_free", "certified": "yes"},
        ),
    ],
)
def test_a_substituted_added_or_missing_term_is_named_with_both_versions(contract, verdict, params):
    wrong = [f for f in contract_findings(ORDER, contract) if f.verdict is not Verdict.PASS]
    assert [(f.verdict, dict(f.params)) for f in wrong] == [(verdict, params)]
    assert wrong[0].code in placements.CODES


@given(TERMS, TERMS)
def test_a_contract_passes_exactly_if_it_says_the_same(certified, contract):
    findings = contract_findings(certified, contract)
    assert (worst(findings) is Verdict.PASS) is (certified == contract)
    assert [f.params["term"] for f in findings] == sorted({*certified, *contract})


@given(TERMS, TERMS)
def test_what_a_contract_leaves_out_is_unknown_not_a_fail(certified, contract):
    left_out = {f.params["term"] for f in contract_findings(certified, contract) if f.verdict is Verdict.UNKNOWN}
    assert left_out == set(certified) - set(contract)


def test_whoever_leaves_is_oriented_insured_and_has_papers_that_last():
    findings = clearance_findings(dict.fromkeys(Clearance, True), PAPERS)
    assert told(placements, findings, documents) == ["clearance.met"] * 3 + ["document_validity.met"]


def test_what_is_not_recorded_is_unknown_and_what_was_not_done_fails():
    findings = clearance_findings({Clearance.INSURANCE: False, Clearance.ORIENTATION: True}, None)
    assert told(placements, findings) == [
        "clearance.met",
        "clearance.not_done",
        "clearance.missing",
        "clearance.missing",
    ]
    assert [f.params["item"] for f in findings] == ["orientation", "insurance", "contract_in_own_language", "papers"]


def test_papers_that_do_not_last_stop_a_departure():
    short = validity_finding(date(2027, 11, 30), date(2027, 10, 31), 6, source="law")
    assert worst(clearance_findings(dict.fromkeys(Clearance, True), short)) is Verdict.FAIL


@pytest.mark.parametrize("by_worker", [True, False])
@pytest.mark.parametrize("by_employer", [True, False])
def test_an_arrival_takes_both_sides_word(by_worker, by_employer):
    findings = arrival_findings(by_worker=by_worker, by_employer=by_employer)
    both = by_worker and by_employer
    assert worst(findings) is (Verdict.PASS if both else Verdict.UNKNOWN)
    silent = {f.params["side"] for f in findings if f.verdict is Verdict.UNKNOWN}
    assert silent == {side for side, said in (("worker", by_worker), ("employer", by_employer)) if not said}
    assert told(placements, findings)
    for late in (ARRIVAL_DAYS + 1, 60):
        today = DAY + timedelta(days=late)
        assert is_arrival_alert_due(DAY, today, by_worker=by_worker, by_employer=by_employer) is not both
    on_time = DAY + timedelta(days=ARRIVAL_DAYS)
    assert not is_arrival_alert_due(DAY, on_time, by_worker=by_worker, by_employer=by_employer)


def test_the_alert_follows_the_days_that_were_set():
    assert is_arrival_alert_due(DAY, DAY + timedelta(days=2), by_worker=True, by_employer=False, days=1)


@pytest.mark.parametrize(
    ("alerted_on", "allowed"), [(None, False), (DAY, True), (date(2027, 3, 30), True), (date(2027, 4, 2), False)]
)
def test_an_absence_is_a_welfare_alert_first(alerted_on, allowed):
    if allowed:
        check_welfare_alert(alerted_on, DAY)
    else:
        with pytest.raises(ConflictError) as refusal:
            check_welfare_alert(alerted_on, DAY)
        assert refusal.value.code == "placement.no_welfare_alert"
        assert refusal.value.code in placements.CODES


def test_every_way_into_absence_asks_for_the_alert():
    guards = {row.guard for row in LIFECYCLE.transitions if row.next is PlacementState.ABSENT}
    assert guards == {"check_welfare_alert"}


def test_an_early_end_and_a_refused_visa_need_a_cause():
    with pytest.raises(InvalidError) as refusal:
        check_cause(None)
    assert (refusal.value.code, refusal.value.field) == ("placement.cause_missing", "cause")
    check_cause(Cause.DISASTER)
    needing = {row.event for row in LIFECYCLE.transitions if row.guard == "check_cause"}
    assert needing == {PlacementEvent.TERMINATE, PlacementEvent.REFUSE_VISA}


@pytest.mark.parametrize(
    ("owed", "grievances", "codes"),
    [
        (0, 0, ["placement_costs.met", "placement_grievances.met"]),
        (2, 0, ["placement_costs.owed", "placement_grievances.met"]),
        (0, 1, ["placement_costs.met", "placement_grievances.open"]),
    ],
)
def test_a_case_is_closed_when_nothing_is_owed_and_no_grievance_is_open(owed, grievances, codes):
    assert told(placements, closing_findings(costs_owed=owed, open_grievances=grievances)) == codes


def test_a_placement_can_end_from_every_state_before_and_at_work():
    for state in (
        PlacementState.CONTRACT_SIGNED,
        PlacementState.REGISTERED,
        PlacementState.VISA_ISSUED,
        PlacementState.CLEARED,
        PlacementState.ARRIVED,
        PlacementState.ACTIVE,
    ):
        assert PlacementEvent.TERMINATE in LIFECYCLE.events(state), "a worker may always leave"
