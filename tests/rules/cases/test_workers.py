from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.errors import ConflictError, ForbiddenError, InvalidError
from mobility.rules.basics.findings import Verdict, worst
from mobility.rules.cases import workers
from mobility.rules.cases.consents import ConsentPurpose, ConsentRecord
from mobility.rules.cases.placements import LIFECYCLE as PLACEMENTS
from mobility.rules.cases.placements import PlacementState
from mobility.rules.cases.workers import (
    LIFECYCLE,
    MATCHABLE,
    WorkerEvent,
    WorkerState,
    check_ineligibility,
    check_override,
    check_placement_ended,
    identity_findings,
    registration_findings,
)
from tests.rules.codes import told

NOW = datetime(2027, 5, 1, tzinfo=UTC)
TODAY = NOW.date()


def identity(*, document_valid=True, zone_valid=True, open_duplicates=0, overridden=False):
    findings = identity_findings(
        document_valid=document_valid, zone_valid=zone_valid, open_duplicates=open_duplicates, overridden=overridden
    )
    return worst(findings), [code for code in told(workers, findings) if not code.endswith(".met")]


def test_registering_needs_the_consent_to_be_registered():
    asked = registration_findings([ConsentRecord(ConsentPurpose.REGISTRATION, NOW)], NOW)
    other = registration_findings([ConsentRecord(ConsentPurpose.MATCHING, NOW)], NOW)
    gone = registration_findings([ConsentRecord(ConsentPurpose.REGISTRATION, NOW, NOW)], NOW)
    assert [told(workers, findings) for findings in (asked, other, gone)] == [
        ["consent.met"],
        ["consent.missing"],
        ["consent.withdrawn"],
    ]


def test_an_identity_is_checked_by_paper_zone_and_duplicates():
    assert identity() == (Verdict.PASS, [])


@pytest.mark.parametrize(
    ("change", "verdict", "codes"),
    [
        ({"document_valid": None}, Verdict.UNKNOWN, ["identity_document.missing"]),
        ({"document_valid": False}, Verdict.FAIL, ["identity_document.invalid"]),
        ({"zone_valid": None}, Verdict.UNKNOWN, ["identity_zone.missing"]),
        ({"zone_valid": False}, Verdict.FAIL, ["identity_zone.unreadable"]),
        ({"open_duplicates": 2}, Verdict.FAIL, ["identity_duplicates.open"]),
        ({"zone_valid": None, "overridden": True}, Verdict.PASS, ["identity_zone.overridden"]),
        ({"zone_valid": False, "overridden": True}, Verdict.PASS, ["identity_zone.overridden"]),
        ({"open_duplicates": 1, "overridden": True}, Verdict.PASS, ["identity_duplicates.overridden"]),
        ({"overridden": True}, Verdict.PASS, []),
        ({"document_valid": False, "overridden": True}, Verdict.FAIL, ["identity_document.invalid"]),
        ({"document_valid": None, "overridden": True}, Verdict.UNKNOWN, ["identity_document.missing"]),
    ],
)
def test_what_is_wrong_with_an_identity_is_told_and_only_zone_and_duplicates_can_be_vouched_for(change, verdict, codes):
    assert identity(**change) == (verdict, codes)


@given(st.none() | st.booleans(), st.none() | st.booleans(), st.integers(0, 3))
def test_vouching_never_makes_an_identity_worse(document, zone, duplicates):
    order = [Verdict.PASS, Verdict.UNKNOWN, Verdict.FAIL]
    facts = {"document_valid": document, "zone_valid": zone, "open_duplicates": duplicates}
    assert order.index(identity(**facts, overridden=True)[0]) <= order.index(identity(**facts)[0])


def test_the_number_of_open_cases_is_told():
    duplicates = identity_findings(document_valid=True, zone_valid=True, open_duplicates=3)[-1]
    assert duplicates.params == {"cases": 3}


def test_an_override_takes_a_second_officer():
    check_override(1, 2)
    with pytest.raises(ForbiddenError, match=r"worker\.override_by_same_person"):
        check_override(1, 1)


ENDED = {
    PlacementState.VISA_REFUSED,
    PlacementState.TERMINATED_EARLY,
    PlacementState.RETURNED,
    PlacementState.CLOSED,
}


@pytest.mark.parametrize("state", [None, *PlacementState])
def test_a_placement_binds_its_worker_until_it_has_ended(state):
    if state is None or state in ENDED:
        check_placement_ended(state)
    else:
        with pytest.raises(ConflictError, match=r"worker\.placement_open"):
            check_placement_ended(state)


def test_a_placement_that_has_ended_never_binds_again():
    for row in PLACEMENTS.transitions:
        if row.state in ENDED:
            assert row.next in ENDED, f"{row.state} leads back to {row.next}"


@pytest.mark.parametrize("state", [WorkerState.PLACED, WorkerState.ABROAD])
@pytest.mark.parametrize("event", [WorkerEvent.PAUSE, WorkerEvent.WITHDRAW, WorkerEvent.MARK_INELIGIBLE])
def test_whoever_is_placed_or_abroad_is_freed_only_by_the_end_of_the_placement(state, event):
    assert LIFECYCLE.transition(state, event).guard == "check_placement_ended"


def test_only_a_ready_worker_is_matched_and_nobody_gets_ready_unchecked():
    assert sorted(MATCHABLE) == ["ready"]
    into_ready = {row.guard for row in LIFECYCLE.transitions if row.event is WorkerEvent.MAKE_READY}
    assert into_ready == {"checks.check_findings"}


def test_coming_back_means_registering_and_being_checked_again():
    for state in (WorkerState.PAUSED, WorkerState.WITHDRAWN, WorkerState.INELIGIBLE):
        back = {row.next for row in LIFECYCLE.transitions if row.state is state} - {
            WorkerState.WITHDRAWN,
            WorkerState.INELIGIBLE,
        }
        assert back == {WorkerState.REGISTERED}


def test_shutting_somebody_out_takes_a_reason_and_a_day_to_look_again():
    check_ineligibility("forged certificate", TODAY, TODAY)
    check_ineligibility("forged certificate", date(2028, 5, 1), TODAY)


@pytest.mark.parametrize(
    ("reason", "review_on", "code"),
    [
        (None, date(2028, 5, 1), "reason.missing"),
        (" ", date(2028, 5, 1), "reason.missing"),
        ("forged", None, "worker.review_date_missing"),
        ("forged", date(2027, 4, 30), "worker.review_date_past"),
    ],
)
def test_shutting_somebody_out_for_good_or_without_a_reason_is_refused(reason, review_on, code):
    with pytest.raises(InvalidError) as refusal:
        check_ineligibility(reason, review_on, TODAY)
    assert refusal.value.code == code
    assert code.startswith("reason.") or code in workers.CODES
