import pickle
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.errors import InvalidError
from mobility.rules.basics.findings import Finding, Severity, Verdict, judge, stop_at, unknown, worst

FINDINGS = st.builds(
    Finding,
    rule=st.just("age"),
    verdict=st.sampled_from(Verdict),
    code=st.just("age.met"),
    source=st.just("SAWP"),
    severity=st.sampled_from(Severity),
)


def of(*verdicts, severity=Severity.BLOCK):
    return [Finding("age", verdict, "age.seen", "law", severity=severity) for verdict in verdicts]


@pytest.mark.parametrize(
    ("verdicts", "whole"),
    [
        ("", Verdict.PASS),
        ("pass", Verdict.PASS),
        ("pass unknown", Verdict.UNKNOWN),
        ("unknown pass", Verdict.UNKNOWN),
        ("unknown fail", Verdict.FAIL),
        ("fail unknown pass", Verdict.FAIL),
    ],
)
def test_the_worst_is_fail_then_unknown_then_pass(verdicts, whole):
    assert worst(of(*map(Verdict, verdicts.split()))) is whole


@given(st.lists(st.sampled_from(Verdict)))
def test_warnings_never_block(verdicts):
    warnings = of(*verdicts, severity=Severity.WARN)
    assert worst(warnings) is Verdict.PASS
    assert not any(finding.blocks for finding in warnings)
    assert worst([*warnings, *of(Verdict.UNKNOWN)]) is Verdict.UNKNOWN


@given(st.lists(FINDINGS), st.lists(FINDINGS))
def test_the_worst_of_two_lists_is_the_worst_of_their_worsts(one, other):
    order = [Verdict.PASS, Verdict.UNKNOWN, Verdict.FAIL]
    assert order.index(worst(one + other)) == max(order.index(worst(one)), order.index(worst(other)))


@given(st.lists(FINDINGS))
def test_the_whole_passes_exactly_if_no_finding_blocks(findings):
    assert (worst(findings) is Verdict.PASS) is not any(finding.blocks for finding in findings)


def test_worst_takes_a_generator():
    assert worst(finding for finding in of(Verdict.PASS, Verdict.FAIL)) is Verdict.FAIL


def test_a_finding_blocks_by_default_and_has_no_params():
    finding = Finding("age", Verdict.FAIL, "age.below", "law")
    assert finding.severity is Severity.BLOCK
    assert finding.params == {}
    assert finding.blocks


def test_findings_do_not_share_their_params():
    one, other = of(Verdict.PASS, Verdict.PASS)
    assert one.params is not other.params


def test_a_finding_is_frozen_hashable_and_crosses_processes():
    finding = judge("age", ok=False, source="law", least=18, age=17)
    with pytest.raises(FrozenInstanceError):
        finding.verdict = Verdict.PASS
    assert len({finding, judge("age", ok=False, source="law", least=18, age=17)}) == 1
    assert pickle.loads(pickle.dumps(finding)) == finding


def test_judge_names_what_was_seen():
    met = judge("age", ok=True, source="law", no="below", age=18)
    below = judge("age", ok=False, source="law", no="below", age=17)
    plain = judge("age", ok=False, source="law")
    assert (met.verdict, met.code, met.params) == (Verdict.PASS, "age.met", {"age": 18})
    assert (below.verdict, below.code, below.params) == (Verdict.FAIL, "age.below", {"age": 17})
    assert plain.code == "age.not_met"
    assert {finding.source for finding in (met, below, plain)} == {"law"}


def test_unknown_names_what_is_missing():
    finding = unknown("age", "law", paper="birth certificate")
    assert (finding.verdict, finding.code) == (Verdict.UNKNOWN, "age.missing")
    assert finding.params == {"paper": "birth certificate"}
    assert unknown("age", "law", code="illegible").code == "age.illegible"


def test_the_first_finding_that_blocks_stops_and_names_the_field_it_is_about():
    passed, low = judge("hours", ok=True, source="x"), judge("pay", ok=False, source="x", no="low", offered="7.00")
    stop_at([passed, Finding("pay", Verdict.FAIL, "pay.low", "x", severity=Severity.WARN)])
    with pytest.raises(InvalidError) as refused:
        stop_at([passed, low, judge("fees", ok=False, source="x")], lambda finding: f"{finding.rule}_field")
    assert (refused.value.code, refused.value.field, refused.value.params) == (
        "pay.low",
        "pay_field",
        {"offered": "7.00"},
    )
    with pytest.raises(InvalidError) as refused:
        stop_at([low])
    assert refused.value.field is None
