from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.rules.basics.findings import Verdict, worst
from mobility.rules.cases import checks
from mobility.rules.cases.checks import (
    CheckKind,
    CheckRecord,
    CheckResult,
    check_findings,
    deciding,
    expiring,
    is_current,
    needs_action,
)
from tests.rules.codes import told

DAY = date(2027, 5, 1)
K, R = CheckKind, CheckResult


def check(kind=K.MEDICAL, result=R.PASSED, days_ago=10, valid_days=None):
    until = None if valid_days is None else DAY + timedelta(days=valid_days)
    return CheckRecord(kind, result, DAY - timedelta(days=days_ago), until)


def seen(required, *records, on=DAY):
    return told(checks, check_findings(required, records, on))


RECORDS = st.lists(
    st.builds(check, st.sampled_from(K), st.sampled_from(R), st.integers(-5, 400), st.none() | st.integers(-30, 60)),
    max_size=12,
)
KINDS = st.sets(st.sampled_from(K))


@pytest.mark.parametrize(
    ("record", "current"),
    [
        (check(), True),
        (check(result=R.WAIVED), True),
        (check(result=R.FAILED), False),
        (check(result=R.PENDING), False),
        (check(valid_days=0), True),
        (check(valid_days=-1), False),
        (check(days_ago=0), True),
        (check(days_ago=-1), False),
    ],
)
def test_a_check_counts_from_its_day_to_its_last_day_if_passed_or_waived(record, current):
    assert is_current(record, DAY) is current


@pytest.mark.parametrize(
    ("records", "code"),
    [
        ([], "missing"),
        ([check()], "current"),
        ([check(result=R.WAIVED)], "waived"),
        ([check(result=R.PENDING)], "pending"),
        ([check(result=R.FAILED)], "failed"),
        ([check(valid_days=-1)], "expired"),
        ([check(kind=K.POLICE)], "missing"),
        ([check(days_ago=-3)], "missing"),
        ([check(days_ago=90), check(result=R.FAILED)], "failed"),
        ([check(result=R.FAILED, days_ago=90), check()], "current"),
        ([check(days_ago=90), check(result=R.PENDING)], "current"),
        ([check(days_ago=90, valid_days=-5), check(result=R.PENDING)], "expired"),
        ([check(), check(result=R.FAILED)], "failed"),
        ([check(result=R.FAILED), check()], "failed"),
        ([check(valid_days=-1), check(valid_days=1)], "current"),
        ([check(valid_days=1), check(valid_days=-1)], "current"),
        ([check(valid_days=-1), check()], "current"),
        ([check(days_ago=5, valid_days=-1), check(days_ago=30)], "expired"),
    ],
)
def test_the_newest_outcome_decides(records, code):
    assert seen([K.MEDICAL], *records) == [f"check.{code}"]


@pytest.mark.parametrize(
    ("result", "valid_days", "verdict"),
    [
        (None, None, Verdict.UNKNOWN),
        (R.PENDING, None, Verdict.UNKNOWN),
        (R.FAILED, None, Verdict.FAIL),
        (R.PASSED, -1, Verdict.FAIL),
        (R.PASSED, 1, Verdict.PASS),
        (R.WAIVED, None, Verdict.PASS),
    ],
)
def test_what_is_missing_is_unknown_and_what_is_bad_fails(result, valid_days, verdict):
    records = [] if result is None else [check(result=result, valid_days=valid_days)]
    assert worst(check_findings([K.MEDICAL], records, DAY)) is verdict


def test_each_finding_names_its_check_and_its_last_day():
    findings = check_findings({K.POLICE, K.MEDICAL}, [check(valid_days=-1)], DAY, source="SAWP contract, s. 2")
    assert [dict(finding.params) for finding in findings] == [
        {"check": "police"},
        {"check": "medical", "valid_until": "2027-04-30"},
    ]
    assert {finding.source for finding in findings} == {"SAWP contract, s. 2"}


@given(KINDS, RECORDS)
def test_there_is_one_finding_for_each_required_check_in_order(required, records):
    kinds = [finding.params["check"] for finding in check_findings(required, records, DAY)]
    assert kinds == [kind for kind in CheckKind if kind in required]


@given(RECORDS, st.randoms(use_true_random=False))
def test_the_order_of_the_records_does_not_matter(records, dice):
    shuffled = list(records)
    dice.shuffle(shuffled)
    assert check_findings(K, records, DAY) == check_findings(K, shuffled, DAY)


@given(RECORDS, st.sampled_from(K))
def test_a_new_pass_lifts_any_check(records, kind):
    fresh = CheckRecord(kind, R.PASSED, DAY + timedelta(days=10))
    assert not needs_action([kind], [*records, fresh], DAY + timedelta(days=10))


@given(RECORDS, st.sampled_from(K))
def test_a_pending_check_never_hides_an_outcome(records, kind):
    pending = CheckRecord(kind, R.PENDING, DAY)
    before = deciding(records, kind, DAY)
    after = deciding([*records, pending], kind, DAY)
    if before and before.result is not R.PENDING:
        assert after == before
    else:
        assert after.result is R.PENDING


@given(KINDS, RECORDS, st.integers(0, 90))
def test_without_new_records_a_worker_never_gets_ready_by_waiting(required, records, days):
    past = [record for record in records if record.checked_on <= DAY]
    if needs_action(required, past, DAY):
        assert needs_action(required, past, DAY + timedelta(days=days))


@given(KINDS, RECORDS)
def test_action_is_needed_exactly_if_the_findings_do_not_all_pass(required, records):
    findings = check_findings(required, records, DAY)
    assert needs_action(required, records, DAY) is (worst(findings) is not Verdict.PASS)


def test_those_about_to_run_out_come_soonest_first():
    records = [
        check(K.MEDICAL, valid_days=30),
        check(K.POLICE, valid_days=5),
        check(K.LANGUAGE, valid_days=31),
        check(K.ORIENTATION),
        check(K.REFERENCE, valid_days=-1),
        check(K.IDENTITY, R.FAILED, valid_days=3),
        check(K.TRADE_TEST, valid_days=0),
    ]
    assert [record.kind for record in expiring(records, DAY, days=30)] == [K.TRADE_TEST, K.POLICE, K.MEDICAL]
    assert expiring(records, DAY, days=0) == (records[-1],)


def test_a_check_that_was_renewed_does_not_run_out():
    assert expiring([check(valid_days=5, days_ago=300), check(valid_days=300, days_ago=1)], DAY, days=30) == ()
