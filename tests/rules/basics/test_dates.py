from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mobility.errors import InvalidError
from mobility.rules.basics import dates
from mobility.rules.basics.dates import Period, SeasonDay

DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))
MONTHS = st.integers(-600, 600)
PERIODS = st.builds(
    lambda start, days: Period(start, start + timedelta(days=days)),
    st.dates(date(2015, 1, 1), date(2030, 12, 31)),
    st.integers(0, 900),
)
MANY = st.lists(PERIODS, max_size=5)


def span(first, last):
    return Period(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 11, 15), 3, date(2027, 2, 15)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
        (date.max, 1, date.max),
        (date.min, -1, date.min),
    ],
)
def test_adding_months_clamps_to_the_end_of_the_month_and_of_the_calendar(day, months, then):
    assert dates.add_months(day, months) == then


@given(DAYS, MONTHS)
def test_adding_months_lands_in_the_right_month_and_never_on_a_later_day(day, months):
    then = dates.add_months(day, months)
    assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == months
    assert then.day <= day.day


@given(DAYS, DAYS, MONTHS)
def test_adding_months_keeps_the_order_of_days(one, other, months):
    first, last = sorted((one, other))
    assert dates.add_months(first, months) <= dates.add_months(last, months)


def test_a_leap_day_moves_to_the_28th_in_a_common_year():
    assert dates.add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert dates.add_years(date(2024, 2, 29), 4) == date(2028, 2, 29)


@pytest.mark.parametrize(("days", "then"), [(1, date.max), (10**9, date.max)])
def test_adding_days_stops_at_the_end_of_the_calendar(days, then):
    assert dates.add_days(date.max, days) == then


def test_subtracting_days_stops_at_the_start_of_the_calendar():
    assert dates.add_days(date.min, -1) == date.min


@pytest.mark.parametrize(
    ("day", "age"),
    [(date(2026, 5, 19), 17), (date(2026, 5, 20), 18), (date(2026, 5, 21), 18), (date(2008, 5, 20), 0)],
)
def test_age_rises_on_the_birthday(day, age):
    assert dates.age_on(date(2008, 5, 20), day) == age


def test_somebody_born_on_a_leap_day_ages_on_the_first_of_march():
    assert dates.age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert dates.age_on(date(2008, 2, 29), date(2026, 3, 1)) == 18


@given(DAYS, st.integers(0, 600))
def test_months_between_undoes_adding_months(day, months):
    assert dates.months_between(day, dates.add_months(day, months)) == months


@given(DAYS, DAYS)
def test_months_between_is_antisymmetric(one, other):
    assert dates.months_between(one, other) == -dates.months_between(other, one)


@pytest.mark.parametrize(
    ("period", "months"),
    [
        (span("2026-01-01", "2026-09-30"), Fraction(9)),
        (span("2026-01-01", "2026-10-01"), 9 + Fraction(1, 31)),
        (span("2026-03-15", "2026-04-14"), Fraction(1)),
        (span("2026-02-01", "2026-02-14"), Fraction(1, 2)),
        (span("2026-02-02", "2026-02-01"), Fraction(0)),
    ],
)
def test_exact_months_count_whole_ones_and_a_share_of_the_last(period, months):
    assert dates.exact_months(period) == months


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (date(2026, 1, 1), date(2026, 8, 31), 8),
        (date(2026, 1, 1), date(2026, 9, 1), 9),
        (date(2026, 4, 1), date(2026, 4, 1), 1),
        (date(2026, 4, 2), date(2026, 4, 1), 0),
        (date(2025, 12, 15), date(2026, 1, 14), 1),
    ],
)
def test_a_month_begun_counts_whole(start, end, months):
    assert dates.months_spanned(start, end) == months


@given(PERIODS)
def test_spanned_months_are_the_exact_ones_rounded_up(period):
    exact = dates.exact_months(period)
    assert exact <= dates.months_spanned(*period) < exact + 1


@given(PERIODS, st.integers(1, 200))
def test_a_longer_stay_never_has_fewer_months(period, days):
    longer = Period(period.start, period.end + timedelta(days=days))
    assert dates.exact_months(longer) > dates.exact_months(period)


@given(PERIODS, PERIODS)
def test_overlap_is_symmetric_and_never_longer_than_either(one, other):
    shared = dates.overlap_days(one, other)
    assert shared == dates.overlap_days(other, one) <= min(one.days, other.days)
    assert dates.overlap_days(one, one) == one.days


@given(MANY)
def test_merging_keeps_exactly_the_days_and_leaves_gaps_between(periods):
    def covered(some):
        return {period.start.toordinal() + day for period in some for day in range(period.days)}

    merged = dates.merge(periods)
    assert covered(merged) == covered(periods)
    assert all((later.start - earlier.end).days > 1 for earlier, later in pairwise(merged))


def test_a_period_that_ends_before_it_starts_is_refused():
    assert dates.checked_period(date(2026, 1, 1), date(2026, 1, 1)).days == 1
    with pytest.raises(InvalidError, match=r"period\.ends_before_start"):
        dates.checked_period(date(2026, 1, 2), date(2026, 1, 1))


class TestWindows:
    def test_two_stays_in_one_calendar_year_add_up(self):
        stays = [span("2025-11-01", "2026-02-28"), span("2026-06-01", "2026-12-31")]
        assert dates.most_months_in_calendar_year(stays) == 9

    def test_a_rolling_window_sees_across_the_new_year(self):
        stays = [span("2025-07-01", "2025-12-31"), span("2026-01-01", "2026-06-30")]
        assert dates.most_months_in_calendar_year(stays) == 6
        assert dates.most_months_in_rolling_window(stays, 12) == 12

    def test_a_rolling_window_that_ends_on_the_last_of_a_month_opens_on_the_first_of_one(self):
        stays = [span("2025-10-01", "2025-12-31"), span("2026-04-01", "2026-09-30")]
        assert dates.most_months_in_rolling_window(stays, 9) == 6
        assert dates.most_months_in_rolling_window(stays, 11) == 8

    def test_nothing_is_nothing(self):
        assert dates.most_months_in_rolling_window([], 12) == 0
        assert dates.most_months_in_calendar_year([]) == 0

    @given(MANY, st.integers(1, 24))
    def test_no_window_holds_more_than_itself_or_all_stays(self, stays, months):
        most = dates.most_months_in_rolling_window(stays, months)
        assert 0 <= most <= months + Fraction(1, 2)
        assert most <= dates.months_within(stays, span("2010-01-01", "2040-01-01")) + len(stays)

    @given(MANY, PERIODS)
    def test_a_further_stay_never_lowers_a_calendar_year(self, stays, more):
        assert dates.most_months_in_calendar_year([*stays, more]) >= dates.most_months_in_calendar_year(stays)

    def test_an_absence_long_enough_starts_the_count_anew(self):
        here = span("2026-04-01", "2026-09-30")
        before = [span("2025-04-01", "2026-01-31")]
        assert dates.months_since_reset(before, here, reset_days=60) == 16
        assert dates.months_since_reset(before, here, reset_days=59) == 6

    @given(MANY, PERIODS, st.integers(1, 100))
    def test_the_run_holds_at_least_the_stay_itself_when_alone(self, stays, here, reset):
        assert dates.months_since_reset([], here, reset_days=reset) == dates.exact_months(here)
        assert dates.months_since_reset(stays, here, reset_days=reset) > 0


class TestSeason:
    WINTER = (SeasonDay(10, 1), SeasonDay(3, 31))
    SUMMER = (SeasonDay(1, 1), SeasonDay(12, 15))

    @pytest.mark.parametrize(
        ("period", "inside"),
        [
            (span("2026-01-01", "2026-12-15"), True),
            (span("2026-01-01", "2026-12-16"), False),
            (span("2025-12-31", "2026-05-01"), False),
            (span("2026-05-02", "2026-05-01"), False),
        ],
    )
    def test_a_season_within_the_year(self, period, inside):
        assert dates.within_season(period, *self.SUMMER) is inside

    @pytest.mark.parametrize(
        ("period", "inside"),
        [
            (span("2025-10-01", "2026-03-31"), True),
            (span("2026-01-10", "2026-02-10"), True),
            (span("2025-10-01", "2026-04-01"), False),
            (span("2025-09-30", "2025-12-01"), False),
            (span("2025-11-01", "2027-02-01"), False),
        ],
    )
    def test_a_season_that_passes_the_new_year(self, period, inside):
        assert dates.within_season(period, *self.WINTER) is inside

    def test_the_first_and_last_years_of_the_calendar_do_not_break_it(self):
        assert dates.within_season(Period(date.min, date.min), *self.SUMMER)
        assert not dates.within_season(Period(date.max, date.max), *self.WINTER)

    @given(PERIODS, st.integers(0, 100), st.integers(0, 100))
    def test_a_shorter_stay_inside_one_in_season_is_in_season(self, period, head, tail):
        inner = Period(period.start + timedelta(days=head), period.end - timedelta(days=tail))
        assume(inner.days)
        if dates.within_season(period, *self.WINTER):
            assert dates.within_season(inner, *self.WINTER)

    def test_days_are_written_as_they_are_read(self):
        assert str(SeasonDay.parse("02-29")) == "02-29"
        assert SeasonDay.parse("02-29").in_year(2026) == date(2026, 2, 28)

    @pytest.mark.parametrize("text", ["", "13-01", "02-30", "1-1", "tomorrow"])
    def test_other_texts_are_refused(self, text):
        with pytest.raises(InvalidError, match=r"season\.unknown_day"):
            SeasonDay.parse(text)


def test_notice_is_negative_when_it_comes_too_late():
    assert dates.notice_days(date(2026, 1, 1), date(2026, 2, 15)) == 45
    assert dates.notice_days(date(2026, 2, 16), date(2026, 2, 15)) == -1


class TestFiscalYears:
    OCTOBER = SeasonDay(10, 1)

    def test_a_stay_over_the_new_year_is_whole_in_one_fiscal_year(self):
        stay = [Period(date(2025, 10, 1), date(2026, 3, 31))]
        assert dates.most_months_in_fiscal_year(stay, self.OCTOBER) == 6
        assert dates.most_months_in_calendar_year(stay) == 3

    def test_a_stay_over_the_first_of_october_is_parted(self):
        assert dates.most_months_in_fiscal_year([Period(date(2026, 7, 1), date(2026, 11, 30))], self.OCTOBER) == 3

    @given(st.lists(PERIODS, max_size=4))
    def test_a_fiscal_year_from_january_is_the_calendar_year(self, periods):
        assert dates.most_months_in_fiscal_year(periods, SeasonDay(1, 1)) == dates.most_months_in_calendar_year(periods)

    @given(st.lists(PERIODS, max_size=4), st.integers(1, 12), st.integers(1, 28))
    def test_no_year_holds_more_than_twelve_months_or_than_the_stays(self, periods, month, day):
        most = dates.most_months_in_fiscal_year(periods, SeasonDay(month, day))
        assert 0 <= most <= 12
        assert (most > 0) == any(period.days for period in periods)
