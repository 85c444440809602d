from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.errors import InvalidError
from mobility.rules.basics import wages
from mobility.rules.basics.findings import Verdict
from mobility.rules.basics.wages import PayPeriod

MONEY = st.decimals("0.01", "9999", places=2)
HOURS = st.decimals("1", "80", places=1)
FLOORS = st.dictionaries(st.sampled_from(["aewr", "prevailing", "minimum"]), MONEY | st.none(), min_size=1)


@pytest.mark.parametrize(
    ("amount", "period", "hours", "per_hour"),
    [
        ("15.50", PayPeriod.HOUR, "40", "15.5"),
        ("120", PayPeriod.DAY, "40", "15"),
        ("600", PayPeriod.WEEK, "40", "15"),
        ("2600", PayPeriod.MONTH, "40", "15"),
        ("31200", PayPeriod.YEAR, "40", "15"),
        ("100", PayPeriod.WEEK, "3", "33.3333"),
    ],
)
def test_pay_of_any_period_has_an_hourly_equivalent(amount, period, hours, per_hour):
    assert wages.hourly(Decimal(amount), period, Decimal(hours)) == Decimal(per_hour)


def test_a_daily_wage_depends_on_the_days_of_the_week():
    assert wages.hourly(Decimal(96), PayPeriod.DAY, Decimal(48), days_week=6) == 12


@given(MONEY, HOURS)
def test_a_weekly_wage_made_from_an_hourly_one_comes_back(rate, hours):
    assert wages.hourly(rate * hours, PayPeriod.WEEK, hours) == rate


@given(MONEY, HOURS, st.sampled_from(PayPeriod))
def test_more_pay_never_means_less_an_hour(amount, hours, period):
    assert wages.hourly(amount + 1, period, hours) >= wages.hourly(amount, period, hours)


@pytest.mark.parametrize(("amount", "hours"), [("0", "40"), ("-1", "40"), ("10", "0"), ("10", "-5")])
def test_pay_and_hours_must_be_above_nothing(amount, hours):
    with pytest.raises(InvalidError) as refused:
        wages.hourly(Decimal(amount), PayPeriod.WEEK, Decimal(hours))
    assert refused.value.code in wages.CODES


class TestWageFloor:
    def test_a_wage_below_the_highest_floor_fails_and_names_it(self):
        floors = {"prevailing": Decimal("18.65"), "minimum": Decimal("7.25")}
        seen = wages.wage_floor(Decimal("16.10"), floors, source="20 CFR 655.120(a)")
        assert (seen.verdict, seen.code, seen.source) == (Verdict.FAIL, "wage_floor.below", "20 CFR 655.120(a)")
        assert seen.params == {"offered": "16.10", "floor": "18.65", "highest": "prevailing"}

    def test_a_wage_equal_to_the_highest_floor_passes(self):
        assert wages.wage_floor(Decimal("7.25"), {"minimum": Decimal("7.25")}, source="x").verdict is Verdict.PASS

    def test_a_floor_not_yet_published_leaves_it_open(self):
        seen = wages.wage_floor(Decimal(20), {"minimum": Decimal("7.25"), "prevailing": None}, source="x")
        assert (seen.verdict, seen.params["missing"]) == (Verdict.UNKNOWN, "prevailing")

    def test_a_known_floor_that_is_not_met_decides_whatever_is_missing(self):
        seen = wages.wage_floor(Decimal(5), {"minimum": Decimal("7.25"), "prevailing": None}, source="x")
        assert seen.verdict is Verdict.FAIL

    def test_a_scheme_without_floors_must_not_ask(self):
        with pytest.raises(ValueError, match="at least one"):
            wages.wage_floor(Decimal(5), {}, source="x")

    @given(MONEY, FLOORS)
    def test_codes_are_listed_and_the_verdict_is_that_of_the_highest(self, offered, floors):
        seen = wages.wage_floor(offered, floors, source="x")
        known = [floor for floor in floors.values() if floor is not None]
        assert seen.code in wages.CODES
        assert (seen.verdict is Verdict.FAIL) == any(offered < floor for floor in known)
        assert (seen.verdict is Verdict.PASS) == (len(known) == len(floors) and offered >= max(known))

    @given(MONEY, FLOORS, MONEY)
    def test_a_higher_wage_never_loses_a_pass(self, offered, floors, more):
        if wages.wage_floor(offered, floors, source="x").verdict is Verdict.PASS:
            assert wages.wage_floor(offered + more, floors, source="x").verdict is Verdict.PASS


class TestGuarantees:
    def test_piece_work_is_topped_up_to_the_floor(self):
        assert wages.piece_rate_top_up(Decimal(500), Decimal(40), Decimal(15)) == 100
        assert wages.piece_rate_top_up(Decimal(700), Decimal(40), Decimal(15)) == 0

    def test_twenty_weeks_with_two_holidays_guarantee_588_hours(self):
        assert wages.guaranteed_hours(20, Decimal(40), hours_off=Decimal(16)) == 588

    def test_the_shortfall_is_paid_at_the_contract_rate(self):
        assert wages.guarantee_shortfall(Decimal(588), Decimal(500), Decimal(15)) == 88 * 15
        assert wages.guarantee_shortfall(Decimal(588), Decimal(600), Decimal(15)) == 0

    @pytest.mark.parametrize("share", ["-0.1", "1.1"])
    def test_a_share_lies_between_nothing_and_all(self, share):
        with pytest.raises(InvalidError, match=r"share\.not_a_share"):
            wages.guaranteed_hours(20, Decimal(40), share=Decimal(share))

    def test_more_hours_off_than_hours_guarantee_nothing(self):
        assert wages.guaranteed_hours(1, Decimal(40), hours_off=Decimal(50)) == 0

    def test_blocks_are_settled_one_by_one_and_a_short_last_one_in_proportion(self):
        hours = [Decimal(h) for h in (30, 30, 30, 20, 0, 40)]
        owed = wages.block_shortfalls(hours, block_weeks=4, hours_block=Decimal(120), rate_hourly=Decimal(10))
        assert owed == [100, 200]

    @given(st.lists(HOURS, max_size=30), st.integers(1, 12), MONEY)
    def test_there_is_one_settlement_a_block_and_none_is_negative(self, hours, weeks, rate):
        owed = wages.block_shortfalls(hours, block_weeks=weeks, hours_block=Decimal(30) * weeks, rate_hourly=rate)
        assert len(owed) == -(-len(hours) // weeks)
        assert all(amount >= 0 for amount in owed)
