from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.rules.basics.findings import Verdict, worst
from mobility.rules.cases import consents
from mobility.rules.cases.consents import ConsentPurpose, ConsentRecord, consent_findings, in_force
from tests.rules.codes import told

NOW = datetime(2027, 5, 1, 12, tzinfo=UTC)
P = ConsentPurpose


def consent(purpose=P.MATCHING, given_hours=-5, withdrawn_hours=None):
    withdrawn = None if withdrawn_hours is None else NOW + timedelta(hours=withdrawn_hours)
    return ConsentRecord(purpose, NOW + timedelta(hours=given_hours), withdrawn)


HOURS = st.integers(-48, 48)
CONSENTS = st.lists(
    st.builds(
        lambda purpose, start, more: consent(purpose, start, None if more is None else start + more),
        st.sampled_from(P),
        HOURS,
        st.none() | st.integers(0, 48),
    ),
    max_size=10,
)


@pytest.mark.parametrize(
    ("given_hours", "withdrawn_hours", "holds"),
    [
        (-5, None, True),
        (0, None, True),
        (1, None, False),
        (-5, 1, True),
        (-5, 0, False),
        (-5, -1, False),
        (0, 0, False),
    ],
)
def test_a_consent_holds_from_the_moment_it_is_given_up_to_its_withdrawal(given_hours, withdrawn_hours, holds):
    record = consent(given_hours=given_hours, withdrawn_hours=withdrawn_hours)
    assert record.holds(NOW) is holds
    assert in_force([record], NOW) == ({P.MATCHING} if holds else set())


def test_purposes_are_agreed_to_each_on_its_own():
    assert in_force([consent(P.REGISTRATION), consent(P.MATCHING, withdrawn_hours=-1)], NOW) == {P.REGISTRATION}


def test_a_consent_given_again_holds_again():
    assert in_force([consent(given_hours=-9, withdrawn_hours=-5), consent(given_hours=-1)], NOW) == {P.MATCHING}


def test_no_purpose_stands_in_for_another():
    for purpose in P:
        assert in_force([consent(purpose)], NOW) == {purpose}


def test_never_asked_is_unknown_and_withdrawn_fails():
    records = [consent(P.REGISTRATION), consent(P.MATCHING, withdrawn_hours=-1)]
    findings = consent_findings(P, records, NOW, source="Ley 81, art. 6")
    assert told(consents, findings) == [
        "consent.met",
        "consent.withdrawn",
        "consent.missing",
        "consent.missing",
        "consent.missing",
    ]
    assert [finding.params["purpose"] for finding in findings] == list(P)
    assert {finding.source for finding in findings} == {"Ley 81, art. 6"}
    assert worst(findings[2:]) is Verdict.UNKNOWN


def test_a_consent_dated_later_has_not_been_asked_for_yet():
    assert told(consents, consent_findings([P.MATCHING], [consent(given_hours=1)], NOW)) == ["consent.missing"]


@given(CONSENTS, st.sets(st.sampled_from(P)))
def test_the_findings_pass_exactly_for_what_is_in_force(records, needed):
    findings = consent_findings(needed, records, NOW)
    passed = {finding.params["purpose"] for finding in findings if finding.verdict is Verdict.PASS}
    assert passed == needed & in_force(records, NOW)
    assert len(findings) == len(needed)


@given(CONSENTS, HOURS)
def test_withdrawing_everything_leaves_nothing(records, hours):
    at = NOW + timedelta(hours=hours)
    stopped = [ConsentRecord(r.purpose, r.given_at, max(r.given_at, at)) for r in records]
    assert in_force(stopped, at + timedelta(hours=49)) == frozenset()
