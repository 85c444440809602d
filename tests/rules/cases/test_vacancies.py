from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.errors import InvalidError
from mobility.rules.basics import wages
from mobility.rules.basics.findings import Verdict, worst
from mobility.rules.basics.wages import PayPeriod
from mobility.rules.cases import vacancies
from mobility.rules.cases.employers import EmployerState
from mobility.rules.cases.schemes import SchemeState
from mobility.rules.cases.vacancies import (
    Deficiency,
    Terms,
    VacancyEvent,
    attestation_findings,
    certification_event,
    certification_findings,
    check_deficiencies,
    is_filled,
    is_over,
    is_reopened,
    opening_findings,
    submission_findings,
    vacancy_facts,
)
from mobility.rules.law.facts import FACTS, check_facts
from tests.rules.cases.test_shortages import SHORTAGE
from tests.rules.codes import told

TODAY = date(2027, 2, 1)
TERMS = Terms(
    "9211", "US-FL", date(2027, 4, 1), date(2027, 10, 31), positions=10, hours_week=Decimal(40), pay=Decimal("16.23")
)
FLOORS = {"prevailing": Decimal("15.80"), "minimum": Decimal("14.00")}
WAGE = wages.wage_floor(TERMS.pay, FLOORS, source="20 CFR 655.120(a)")
LOW_WAGE = wages.wage_floor(Decimal("15.79"), FLOORS, source="20 CFR 655.120(a)")
GOOD = {
    "employer": EmployerState.VERIFIED,
    "shortage": SHORTAGE,
    "scheme": SchemeState.ACTIVE,
    "wage": WAGE,
    "today": TODAY,
}


def certified(terms=TERMS, positions=10, **change):
    return certification_findings(terms, positions, **{**GOOD, **change})


def failed(findings):
    codes = told(vacancies, findings, wages)
    return [code for code, finding in zip(codes, findings, strict=True) if finding.verdict is not Verdict.PASS]


def test_a_sound_vacancy_may_be_certified_and_every_condition_is_shown():
    findings = certified()
    assert worst(findings) is Verdict.PASS
    assert [finding.rule for finding in findings] == [
        "employer_verified",
        "scheme_active",
        "vacancy_period",
        "shortage_match",
        "shortage_left",
        "wage_floor",
        "zero_fees",
        "vacancy_certified",
    ]


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"employer": EmployerState.SUSPENDED}, ["employer_verified.not_verified"]),
        ({"employer": EmployerState.VETTING}, ["employer_verified.not_verified"]),
        ({"scheme": SchemeState.APPROVED}, ["scheme_active.not_active"]),
        ({"scheme": SchemeState.SUSPENDED}, ["scheme_active.not_active"]),
        ({"shortage": None}, ["shortage_match.none", "shortage_left.too_few"]),
        ({"shortage": replace(SHORTAGE, certified=11)}, ["shortage_left.too_few"]),
        ({"shortage": replace(SHORTAGE, region="US-GA")}, ["shortage_match.other_region"]),
        ({"positions": 0}, ["vacancy_certified.not_positive"]),
        ({"positions": -1}, ["vacancy_certified.not_positive"]),
        ({"positions": 11}, ["vacancy_certified.more_than_asked"]),
        ({"terms": replace(TERMS, worker_fees=Decimal("0.01"))}, ["zero_fees.charged"]),
        ({"today": date(2027, 11, 1)}, ["vacancy_period.past"]),
        ({"wage": None}, ["wage_floor.missing"]),
        ({"wage": LOW_WAGE}, ["wage_floor.below"]),
    ],
)
def test_each_lack_stops_a_certification_and_is_told_alone(change, codes):
    findings = certified(**change)
    assert failed(findings) == codes
    assert worst(findings) is not Verdict.PASS


def test_a_wage_that_nobody_looked_at_is_unknown_not_a_fail():
    assert worst(certified(wage=None)) is Verdict.UNKNOWN


@given(st.integers(-2, 15), st.integers(1, 12), st.integers(0, 20))
def test_what_passes_is_within_what_was_asked_and_what_is_missing(positions, asked, taken):
    shortage = replace(SHORTAGE, certified=taken)
    findings = certified(replace(TERMS, positions=asked), positions, shortage=shortage)
    assert (worst(findings) is Verdict.PASS) is (0 < positions <= min(asked, shortage.headcount - taken))


@pytest.mark.parametrize(("certified_", "event"), [(10, "certify"), (9, "certify_partially"), (1, "certify_partially")])
def test_fewer_than_asked_is_a_partial_certification(certified_, event):
    assert certification_event(certified_, 10) is VacancyEvent(event)


def test_a_whole_job_order_may_be_submitted():
    findings = submission_findings(TERMS, today=TODAY)
    assert failed(findings) == []
    assert len(findings) == 5


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ends_on": TERMS.starts_on}, "vacancy_period.reversed"),
        ({"positions": 0}, "vacancy_positions.not_positive"),
        ({"hours_week": Decimal(0)}, "vacancy_hours.out_of_range"),
        ({"hours_week": Decimal("168.1")}, "vacancy_hours.out_of_range"),
        ({"pay": Decimal(0)}, "vacancy_pay.not_positive"),
        ({"pay": Decimal(-1)}, "vacancy_pay.not_positive"),
        ({"worker_fees": Decimal(250)}, "zero_fees.charged"),
    ],
)
def test_each_gap_in_a_job_order_is_told_alone(change, code):
    assert failed(submission_findings(replace(TERMS, **change), today=TODAY)) == [code]


@pytest.mark.parametrize("hours", [Decimal("0.5"), Decimal(168)])
def test_a_week_has_at_most_168_hours(hours):
    assert failed(submission_findings(replace(TERMS, hours_week=hours), today=TODAY)) == []


def test_the_fee_rule_cites_its_own_source_and_names_the_amount():
    fee = next(f for f in certified(replace(TERMS, worker_fees=Decimal("99.50"))) if f.rule == "zero_fees")
    assert fee.source == "ILO fair recruitment principle 7"
    assert fee.params == {"amount": "99.50"}


def test_a_post_attests_for_a_verified_employer_in_an_active_scheme_without_fees():
    sound = {"employer": EmployerState.VERIFIED, "scheme": SchemeState.ACTIVE, "today": TODAY}
    assert failed(attestation_findings(TERMS, **sound)) == []
    assert failed(attestation_findings(TERMS, **{**sound, "employer": EmployerState.DEBARRED})) == [
        "employer_verified.not_verified"
    ]
    assert failed(attestation_findings(TERMS, **{**sound, "scheme": SchemeState.CLOSED})) == [
        "scheme_active.not_active"
    ]
    assert failed(attestation_findings(replace(TERMS, worker_fees=Decimal(1)), **sound)) == ["zero_fees.charged"]
    late = attestation_findings(TERMS, **{**sound, "today": TERMS.ends_on + timedelta(days=1)})
    assert failed(late) == ["vacancy_period.past"]


def test_a_vacancy_opens_only_while_it_lasts():
    sound = {"employer": EmployerState.VERIFIED, "scheme": SchemeState.ACTIVE}
    assert failed(opening_findings(TERMS, **sound, today=TERMS.ends_on)) == []
    assert failed(opening_findings(TERMS, **sound, today=date(2027, 11, 1))) == ["vacancy_period.past"]
    assert failed(opening_findings(TERMS, **{**sound, "employer": EmployerState.SUSPENDED}, today=TODAY)) == [
        "employer_verified.not_verified"
    ]


@given(st.integers(0, 20), st.integers(0, 20))
def test_a_vacancy_is_filled_or_has_a_place(certified_, filled):
    assert is_filled(certified_, filled) is (filled >= certified_)
    assert is_filled(certified_, filled) is not is_reopened(certified_, filled)


def test_it_is_over_after_its_last_day():
    assert not is_over(TERMS.ends_on, TERMS.ends_on)
    assert is_over(TERMS.ends_on, date(2027, 11, 1))


def test_nothing_goes_back_without_a_coded_deficiency():
    with pytest.raises(InvalidError) as refusal:
        check_deficiencies([])
    assert (refusal.value.code, refusal.value.field) == ("vacancy.deficiency_missing", "deficiencies")
    check_deficiencies([Deficiency.TERMS_INCOMPLETE])


def test_findings_carry_the_source_that_was_given():
    sources = {f.source for f in certified(source="agreement 12") if f.rule not in {"wage_floor", "zero_fees"}}
    assert sources == {"agreement 12"}
    assert next(f for f in certified(wage=None, source="x") if f.rule == "wage_floor").source == "x"


ORDER = {
    "occupation": "9211", "sector": "agriculture", "country": "US", "region": "US-FL", "starts_on": date(2026, 4, 1),
    "ends_on": date(2026, 10, 31), "submitted_at": datetime(2026, 2, 1, 2, 30, tzinfo=UTC), "hours_week": Decimal(40),
    "pay": Decimal(640), "pay_period": PayPeriod.WEEK, "currency": "USD", "housing_free": True, "transport_paid": False,
    "insurance": True, "worker_fees": Decimal(0), "guarantee_share": None, "positions": 3,
}  # fmt: skip


def facts_of(**changes):
    return vacancy_facts({**ORDER, **changes}, floors={"minimum": "14.00"}, agreement_names_occupation=False)


def test_the_facts_of_a_vacancy_are_facts_of_the_catalogue_and_all_of_them():
    facts = facts_of()
    check_facts(facts)
    assert set(facts) == {name for name in FACTS if name.startswith("vacancy.")} | {"vacancy.wage_floor.minimum"}
    assert (facts["vacancy.pay_hourly"], facts["vacancy.months"], facts["vacancy.full_time"]) == (Decimal(16), 7, True)
    assert facts["vacancy.wage_floor.minimum"] == Decimal("14.00")


def test_a_vacancy_is_filed_on_the_day_of_its_own_country_and_not_before_somebody_submits_it():
    assert facts_of()["vacancy.filed_on"] == date(2026, 1, 31)
    assert facts_of(submitted_at=None)["vacancy.filed_on"] is None


def test_a_worksite_placed_only_in_a_country_has_no_region():
    assert facts_of(region="US")["vacancy.region"] is None
