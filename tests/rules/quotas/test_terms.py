"""What a quota may name: unknown codes, contradictions and periods that meet are refused, each with its code."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.errors import InvalidError
from mobility.rules.basics.references import new_reference
from mobility.rules.quotas import terms
from mobility.rules.quotas.counters import QuotaCondition, QuotaDimension
from mobility.rules.quotas.terms import Named, check_named, check_origins, check_periods, is_known

D = QuotaDimension
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
EMPLOYER = new_reference("E", bytes(5))
GT = QuotaCondition(D.ORIGIN, ("GT",))


def named(dimension=D.TOTAL, value="", *conditions, cap=5, period=YEAR):
    return Named(*period, cap, dimension, value, conditions)


def refused(quota, origins=("GT", "HN")):
    with pytest.raises(InvalidError) as found:
        check_named(quota, origins)
    assert found.value.code in terms.CODES
    return found.value


@pytest.mark.parametrize(
    "quota",
    [
        named(),
        named(D.ORIGIN, "GT"),
        named(D.ORIGIN, "GT, MX"),
        named(D.SECTOR, "agriculture", GT),
        named(D.REGION, "US-FL", QuotaCondition(D.EMPLOYER, (EMPLOYER,))),
        named(D.REGION, "US"),
        named(D.RETURNING, "no", QuotaCondition(D.ORIGIN, ("MX",), outside=True)),
        named(D.SEX_FLOOR, "female", GT),
    ],
    ids=str,
)
def test_what_can_be_counted_passes(quota):
    check_named(quota, ["GT"])


@pytest.mark.parametrize(
    ("quota", "code", "value"),
    [
        (named(D.ORIGIN, "XX"), "quota.unknown_code", "XX"),
        (named(D.ORIGIN, "gt"), "quota.unknown_code", "gt"),
        (named(D.SECTOR, "farms"), "quota.unknown_code", "farms"),
        (named(D.REGION, "US-ZZ"), "quota.unknown_code", "US-ZZ"),
        (named(D.EMPLOYER, "E-1"), "quota.unknown_code", "E-1"),
        (named(D.EMPLOYER, EMPLOYER.lower()), "quota.unknown_code", EMPLOYER.lower()),
        (named(D.RETURNING, "maybe"), "quota.unknown_code", "maybe"),
        (named(D.SEX_FLOOR, "women"), "quota.unknown_code", "women"),
        (named(D.SECTOR, "agriculture", QuotaCondition(D.ORIGIN, ("GT", "ZZ"))), "quota.unknown_code", "ZZ"),
        (named(D.ORIGIN, "GT,"), "quota.unknown_code", ""),
    ],
    ids=str,
)
def test_an_unknown_code_is_named(quota, code, value):
    error = refused(quota)
    assert (error.code, error.params["value"]) == (code, value)


@pytest.mark.parametrize(
    ("quota", "code"),
    [
        (named(period=YEAR[::-1]), "period_reversed"),
        (named(cap=-1), "quota.negative_cap"),
        (named(D.ORIGIN), "quota.value_missing"),
        (named(D.SECTOR, "agriculture", QuotaCondition(D.ORIGIN, ())), "quota.value_missing"),
        (named(D.TOTAL, "GT"), "quota.value_unasked"),
        (named(D.ORIGIN, "GT", GT), "quota.dimension_twice"),
        (named(D.SECTOR, "agriculture", GT, QuotaCondition(D.ORIGIN, ("HN",))), "quota.dimension_twice"),
        (named(D.ORIGIN, "GT", QuotaCondition(D.SEX_FLOOR, ("female",))), "quota.not_a_condition"),
        (named(D.ORIGIN, "GT", QuotaCondition(D.TOTAL, ("",))), "quota.not_a_condition"),
        (named(D.ORIGIN, ",".join(["GT"] * 15)), "quota.value_too_long"),
        (named(D.ORIGIN, "MX"), "quota.origin_outside"),
        (named(D.SECTOR, "agriculture", QuotaCondition(D.ORIGIN, ("MX",))), "quota.origin_outside"),
    ],
    ids=str,
)
def test_what_contradicts_itself_is_refused(quota, code):
    assert refused(quota).code == code


def test_a_set_aside_must_name_a_country_that_takes_part():
    check_origins(("GT", "SV"), {"GT"})
    with pytest.raises(InvalidError, match=r"quota.origin_outside in cap \(country=SV,MX\)"):
        check_origins(("SV", "MX"), {"GT"})


@pytest.mark.parametrize("code", ["GT", "US-FL", "agriculture", "yes", ""])
def test_the_whole_names_nothing(code):
    assert not is_known(D.TOTAL, code)


DAYS = st.dates(date(2026, 1, 1), date(2026, 2, 28))


@given(periods=st.lists(st.tuples(st.sampled_from(["total", "GT"]), DAYS, DAYS), max_size=5))
def test_two_quotas_for_the_same_thing_never_claim_the_same_day(periods):
    given = [(name, min(start, end), max(start, end)) for name, start, end in periods]
    claimed = [(name, day) for name, start, end in given for day in range(start.toordinal(), end.toordinal() + 1)]
    code = None
    try:
        check_periods(given)
    except InvalidError as error:
        code = error.code
    assert (code is None) is (len(claimed) == len(set(claimed)))
    assert code in {None, "quota.twice", "quota.periods_overlap"}


def test_the_days_that_both_claim_are_told():
    spring, year = (date(2026, 3, 1), date(2026, 5, 31)), YEAR
    with pytest.raises(InvalidError) as found:
        check_periods([("total", *year), ("GT", *spring), ("total", *spring)])
    assert found.value.code == "quota.periods_overlap"
    assert found.value.params == {"start": "2026-03-01", "end": "2026-05-31"}
