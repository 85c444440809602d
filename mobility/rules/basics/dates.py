"""Arithmetic of dates, months, seasons and stays; every date is an argument and nothing reads a clock."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from mobility.errors import InvalidError

CODES = ("period.ends_before_start", "season.unknown_day")

_DAY = timedelta(days=1)
_MONTHS_A_YEAR = 12
_LEAP_YEAR = 2000


class Period(NamedTuple):
    """Days from ``start`` to ``end``, both included."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """Number of days, 0 if the end lies before the start."""
        return max(0, (self.end - self.start).days + 1)


class SeasonDay(NamedTuple):
    """A day of the year without a year, such as 15 December."""

    month: int
    day: int

    @classmethod
    def parse(cls, text: str) -> "SeasonDay":
        """Read ``"MM-DD"``; 29 February counts as a day.

        Raises
        ------
        InvalidError
            ``season.unknown_day``.
        """
        try:
            moment = date.fromisoformat(f"{_LEAP_YEAR}-{text}")
        except ValueError:
            raise InvalidError("season.unknown_day", day=text[:20]) from None
        return cls(moment.month, moment.day)

    def __str__(self) -> str:
        return f"{self.month:02}-{self.day:02}"

    def in_year(self, year: int) -> date:
        """Return this day in ``year``; 29 February becomes the 28th where there is none."""
        return date(year, self.month, min(self.day, monthrange(year, self.month)[1]))


def checked_period(start: date, end: date) -> Period:
    """Return the period, or refuse one that ends before it starts (``period.ends_before_start``)."""
    if end < start:
        raise InvalidError("period.ends_before_start", start=start.isoformat(), end=end.isoformat())
    return Period(start, end)


def add_days(day: date, days: int) -> date:
    """Add days, staying within the calendar (years 1 to 9999)."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def add_months(day: date, months: int) -> date:
    """Add months; a day that the month does not have becomes its last (31 January + 1 = 28 or 29 February)."""
    index = day.year * _MONTHS_A_YEAR + day.month - 1 + months
    year, month = divmod(index, _MONTHS_A_YEAR)
    if year > date.max.year:
        return date.max
    if year < date.min.year:
        return date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_years(day: date, years: int) -> date:
    """Add years; 29 February becomes the 28th where there is none."""
    return add_months(day, years * _MONTHS_A_YEAR)


def age_on(born: date, day: date) -> int:
    """Return the age in completed years; somebody born on 29 February turns older on 1 March in common years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def months_between(start: date, end: date) -> int:
    """Return the whole months that have passed from ``start`` to ``end``, negative if ``end`` is earlier."""
    if end < start:
        return -months_between(end, start)
    months = (end.year - start.year) * _MONTHS_A_YEAR + end.month - start.month
    return months - (add_months(start, months) > end)


def exact_months(period: Period) -> Fraction:
    """Return the length in months: whole ones plus the rest as a share of the month it falls in.

    1 January to 30 September is exactly 9, 1 January to 1 October 9 and 1/31.
    """
    if period.days == 0:
        return Fraction(0)
    after = add_days(period.end, 1)
    whole = months_between(period.start, after)
    begun, full = add_months(period.start, whole), add_months(period.start, whole + 1)
    return whole + Fraction((after - begun).days, max(1, (full - begun).days))


def months_spanned(start: date, end: date) -> int:
    """Return the months that a stay takes, a month begun counting whole: 1 January to 1 October is 10."""
    return -(-exact_months(Period(start, end)) // 1)


def overlap_days(one: Period, other: Period) -> int:
    """Return the number of days that two periods share."""
    return Period(max(one.start, other.start), min(one.end, other.end)).days


def merge(periods: Iterable[Period], *, gap_days: int = 1) -> list[Period]:
    """Join periods that overlap or lie fewer than ``gap_days`` + 1 days apart, in order of time.

    With the default, periods that touch (one ends the day before the next starts) are joined.
    """
    merged: list[Period] = []
    for period in sorted(period for period in periods if period.days):
        if merged and (period.start - merged[-1].end).days <= gap_days:
            merged[-1] = Period(merged[-1].start, max(merged[-1].end, period.end))
        else:
            merged.append(period)
    return merged


def months_within(periods: Iterable[Period], window: Period) -> Fraction:
    """Return the months that the periods, joined where they overlap, spend inside the window."""
    clipped = (Period(max(p.start, window.start), min(p.end, window.end)) for p in periods)
    return sum((exact_months(period) for period in merge(clipped)), Fraction(0))


def most_months_in_rolling_window(periods: Sequence[Period], months: int) -> Fraction:
    """Return the most months spent in any window of ``months`` months.

    The fullest window starts where a stay starts or ends where a stay ends, so only those are looked at.
    """
    stays = merge(periods)
    windows = [Period(stay.start, add_days(add_months(stay.start, months), -1)) for stay in stays]
    windows += [
        Period(max(add_days(add_months(stay.end, -months), 1), add_months(add_days(stay.end, 1), -months)), stay.end)
        for stay in stays
    ]
    return max((months_within(stays, window) for window in windows), default=Fraction(0))


def most_months_in_calendar_year(periods: Sequence[Period]) -> Fraction:
    """Return the most months spent in any one calendar year."""
    return most_months_in_fiscal_year(periods, SeasonDay(1, 1))


def most_months_in_fiscal_year(periods: Sequence[Period], opens: SeasonDay) -> Fraction:
    """Return the most months spent in any one year that opens on a day of its own, such as 1 October."""
    stays = merge(periods)
    years = {year for stay in stays for year in range(stay.start.year - 1, stay.end.year + 1)}
    inside = (year for year in years if date.min.year <= year < date.max.year)
    windows = (Period(opens.in_year(year), add_days(opens.in_year(year + 1), -1)) for year in inside)
    return max((months_within(stays, window) for window in windows), default=Fraction(0))


def months_since_reset(periods: Sequence[Period], upto: Period, *, reset_days: int) -> Fraction:
    """Return the months of the run of stays that ``upto`` continues.

    An absence of ``reset_days`` days or more ends a run (the H-2B clock restarts after 60 days abroad). A period
    without days continues nothing and gives 0.
    """
    stays = merge([*periods, upto])
    runs = merge(stays, gap_days=reset_days)
    run = next((run for run in runs if overlap_days(run, upto)), None)
    return months_within(stays, run) if run else Fraction(0)


def within_season(period: Period, opens: SeasonDay, closes: SeasonDay) -> bool:
    """Tell whether a whole period lies in one run of a yearly season, which may pass the new year."""
    if period.days == 0:
        return False
    wraps = closes < opens
    for year in (period.start.year - 1, period.start.year):
        last_year = year + wraps
        if year < date.min.year or last_year > date.max.year:
            continue
        if opens.in_year(year) <= period.start and period.end <= closes.in_year(last_year):
            return True
    return False


def notice_days(given: date, before: date) -> int:
    """Return the days of notice between the day it is given and the day it is for, negative if too late."""
    return (before - given).days
