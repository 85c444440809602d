from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.rules.basics.findings import Verdict
from mobility.rules.cases import agreements
from mobility.rules.cases.agreements import (
    NEVER_ON_WORKER,
    AgreementState,
    CostBearer,
    CostKind,
    cost_findings,
    in_force_finding,
    is_in_force,
)
from tests.rules.codes import told

FROM, TO = date(2027, 1, 1), date(2027, 12, 31)


@pytest.mark.parametrize(
    ("valid_to", "day", "holds"),
    [
        (TO, FROM, True),
        (TO, TO, True),
        (TO, date(2026, 12, 31), False),
        (TO, date(2028, 1, 1), False),
        (None, date(2099, 1, 1), True),
        (None, date(2026, 12, 31), False),
    ],
)
def test_an_agreement_holds_from_its_first_to_its_last_day(valid_to, day, holds):
    standing = AgreementState.STANDING
    assert is_in_force(standing, FROM, valid_to, day) is holds
    assert not is_in_force(AgreementState.SUSPENDED, FROM, valid_to, day)
    assert not is_in_force(AgreementState.ENDED, FROM, valid_to, day)
    finding = in_force_finding(standing, FROM, valid_to, day)
    assert told(agreements, [finding]) == [f"agreement_in_force.{'met' if holds else 'not_met'}"]
    assert finding.params == {
        "day": day.isoformat(),
        "start": "2027-01-01",
        "end": valid_to.isoformat() if valid_to else "",
    }


def test_recruitment_and_visa_are_never_the_workers_to_pay():
    assert sorted(NEVER_ON_WORKER) == ["recruitment", "visa"]


@given(st.dictionaries(st.sampled_from(CostKind), st.sampled_from(CostBearer)))
def test_a_cost_fails_exactly_if_it_is_put_on_the_worker_against_the_rule(costs):
    findings = cost_findings(costs)
    told(agreements, findings)
    assert [f.params["cost"] for f in findings] == sorted(costs)
    for finding in findings:
        kind, bearer = CostKind(finding.params["cost"]), CostBearer(finding.params["bearer"])
        bad = kind in {CostKind.RECRUITMENT, CostKind.VISA} and bearer in {CostBearer.WORKER, CostBearer.SHARED}
        assert bearer is costs[kind]
        assert (finding.verdict is Verdict.FAIL) is bad
