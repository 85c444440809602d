"""Operators over dates: validity beyond the end, stays, seasons, notice, order and history; no registry."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, StrEnum, auto
from fractions import Fraction
from typing import ClassVar, Self, cast

from mobility.errors import InvalidError
from mobility.rules.basics.dates import (
    Period,
    SeasonDay,
    add_days,
    add_months,
    months_since_reset,
    most_months_in_calendar_year,
    most_months_in_fiscal_year,
    most_months_in_rolling_window,
    notice_days,
    within_season,
)
from mobility.rules.law.conditions import Condition, Outcome, missing
from mobility.rules.law.facts import FactKind, Facts, FactValue
from mobility.rules.law.parameter_kinds import Choice, DayOfYear, FactName, Flag, Whole
from mobility.rules.law.parameters import N_, parameter
from mobility.rules.law.reader import Reader
from mobility.rules.law.steps import WEEK, fewer, longer_season, more

START, END, MONTHS, STAYS = "vacancy.start", "vacancy.end", "vacancy.months", "worker.stays"
SEASONS, YEARS_SINCE, ON_TIME = (
    "worker.seasons_completed",
    "worker.years_since_last_season",
    "worker.last_returned_on_time",
)


class Window(StrEnum):
    """Over what a cap on stays is counted."""

    STAY = auto()
    ROLLING = auto()
    CALENDAR_YEAR = auto()
    FISCAL_YEAR = auto()
    SINCE_RESET = auto()


#: What each window is called.
WINDOWS: Mapping[Enum, str] = {
    Window.STAY: N_("one stay"),
    Window.ROLLING: N_("a rolling period"),
    Window.CALENDAR_YEAR: N_("a calendar year"),
    Window.FISCAL_YEAR: N_("a fiscal year"),
    Window.SINCE_RESET: N_("the time since the last long absence"),
}
_NEW_YEAR = SeasonDay(1, 1)
_MOST_MONTHS, _MOST_NOTICE, _MOST_YEARS = 600, 3660, 60
_DATE = FactName((FactKind.DATE,))
_LOOKS_AT = N_("Looks at")


def _day(value: FactValue) -> date:
    return cast("date", value)


def _iso(day: date) -> str:
    return day.isoformat()


@dataclass(frozen=True, slots=True)
class ValidBeyondEnd(Condition):
    """A paper stays valid until some months and days after the vacancy's last day."""

    operator: ClassVar[str] = "valid_beyond_end"
    title: ClassVar[str] = N_("A paper that stays valid beyond the end")
    findings: ClassVar[Mapping[str, str]] = {
        "met": N_("Valid long enough (%(field)s): %(value)s, and needed until %(needed)s."),
        "too_early": N_("Ends too early (%(field)s): %(value)s, and needed until %(needed)s."),
    }
    reads: ClassVar[frozenset[str]] = frozenset({END})
    changes_once: ClassVar[bool] = True
    field: str = parameter(_DATE, _LOOKS_AT)
    months: int = parameter(Whole(most=1200), N_("Months beyond the end"), default=0, is_written=True)
    days: int = parameter(Whole(most=36500), N_("Days beyond the end"), default=0, is_written=True)

    def loosened(self) -> Self | None:
        """Take a month away, a week where there is no month."""
        if self.months:
            return replace(self, months=self.months - 1)
        return self.other_than(replace(self, days=max(self.days - WEEK, 0)))

    def needed_until(self, end: date) -> date:
        """Return the day until which the paper must be valid, for a vacancy that ends on ``end``."""
        return add_days(add_months(end, self.months), self.days)

    def apply(self, facts: Facts) -> Outcome:
        """Compare the paper's last day with the day it is needed until."""
        if unknown := missing(facts, self.field, END):
            return unknown
        until, needed = _day(facts[self.field]), self.needed_until(_day(facts[END]))
        params = {"field": self.field, "value": _iso(until), "needed": _iso(needed)}
        return self.decide(params, ok=until >= needed, no="too_early")


@dataclass(frozen=True, slots=True)
class NoLaterThan(Condition):
    """One date is not after another."""

    operator: ClassVar[str] = "no_later_than"
    title: ClassVar[str] = N_("One date that is not after another")
    findings: ClassVar[Mapping[str, str]] = {
        "met": N_("In time (%(field)s): %(value)s, not after %(needed)s."),
        "too_late": N_("Too late (%(field)s): %(value)s, and %(needed)s is the last day."),
    }
    changes_once: ClassVar[bool] = True
    field: str = parameter(_DATE, _LOOKS_AT)
    than: str = parameter(_DATE, N_("Not after"))

    def check(self, reader: Reader) -> None:
        """Ask for two dates."""
        if self.field == self.than:
            raise InvalidError("rules.duplicate", field=reader.at("than"), value=self.than)

    def apply(self, facts: Facts) -> Outcome:
        """Compare the two dates."""
        if unknown := missing(facts, self.field, self.than):
            return unknown
        first, last = _day(facts[self.field]), _day(facts[self.than])
        params = {"field": self.field, "value": _iso(first), "than": self.than, "needed": _iso(last)}
        return self.decide(params, ok=first <= last, no="too_late")


@dataclass(frozen=True, slots=True)
class StayCap(Condition):
    """Months of stay are capped: in this stay, a rolling window, a calendar or fiscal year, or since the last reset.

    ``over`` is the rolling window's months; ``reset_days`` the absence that starts the count anew; ``year_opens`` the
    first day of a fiscal year.
    """

    operator: ClassVar[str] = "stay_cap"
    title: ClassVar[str] = N_("A cap on months of stay")
    findings: ClassVar[Mapping[str, str]] = {
        "met": N_("The stay is short enough: %(months)s of %(max_months)s months."),
        "too_long": N_("The stay is too long: %(months)s months, and %(max_months)s are allowed."),
    }
    max_months: int = parameter(Whole(least=1, most=_MOST_MONTHS), N_("Months at most"), looser=more(most=_MOST_MONTHS))
    window: Window = parameter(Choice(WINDOWS), N_("Counted over"), default=Window.STAY, is_written=True)
    over: int = parameter(
        Whole(least=1, most=_MOST_MONTHS),
        N_("Months of the rolling period"),
        hint=N_("Only for a rolling period."),
        default=12,
        only_for=("window", Window.ROLLING),
    )
    reset_days: int = parameter(
        Whole(least=1, most=3660),
        N_("Days of absence that start the count anew"),
        hint=N_("Only for the time since the last long absence."),
        default=60,
        only_for=("window", Window.SINCE_RESET),
    )
    year_opens: SeasonDay = parameter(
        DayOfYear(),
        N_("The fiscal year opens"),
        hint=N_("Only for a fiscal year: month and day, such as 10-01."),
        default=_NEW_YEAR,
        only_for=("window", Window.FISCAL_YEAR),
    )

    def check(self, reader: Reader) -> None:
        """Refuse a cap as long as the rolling period that it is counted over."""
        if self.caps_nothing:
            raise InvalidError("rules.contradiction", field=reader.at("max_months"), over=self.over)

    def loosened(self) -> Self | None:
        """Allow a month more, unless nothing would be capped any more."""
        looser = Condition.loosened(self)
        return None if looser is None or looser.caps_nothing else looser

    @property
    def caps_nothing(self) -> bool:
        """Whether no stay could be longer, since the period that it is counted over is not."""
        return self.window is Window.ROLLING and self.max_months >= self.over

    @property
    def fields(self) -> frozenset[str]:
        """Names of all facts that the answer may depend on."""
        return frozenset({MONTHS}) if self.window is Window.STAY else frozenset({START, END, STAYS})

    def apply(self, facts: Facts) -> Outcome:
        """Count the months, this vacancy's included, and compare them with the cap."""
        if unknown := missing(facts, *sorted(self.fields)):
            return unknown
        months = self._months(facts)
        tenths = -(-months * 10 // 1)
        params: dict[str, str | int] = {
            "window": self.window.value,
            "months": f"{tenths // 10}.{tenths % 10}",
            "max_months": self.max_months,
        }
        return self.decide(params, ok=months <= self.max_months, no="too_long")

    def _months(self, facts: Facts) -> Fraction:
        if self.window is Window.STAY:
            return Fraction(cast("int", facts[MONTHS]))
        here = Period(_day(facts[START]), _day(facts[END]))
        past = list(cast("tuple[Period, ...]", facts[STAYS]))
        if self.window is Window.ROLLING:
            return most_months_in_rolling_window([*past, here], self.over)
        if self.window is Window.CALENDAR_YEAR:
            return most_months_in_calendar_year([*past, here])
        if self.window is Window.FISCAL_YEAR:
            return most_months_in_fiscal_year([*past, here], self.year_opens)
        return months_since_reset(past, here, reset_days=self.reset_days)


@dataclass(frozen=True, slots=True)
class Season(Condition):
    """The whole vacancy lies within a yearly season, which may pass the new year."""

    operator: ClassVar[str] = "season"
    title: ClassVar[str] = N_("Work within a season")
    findings: ClassVar[Mapping[str, str]] = {
        "met": N_("The work lies within the season, %(opens)s to %(closes)s."),
        "outside": N_("The work, %(start)s to %(end)s, leaves the season, %(opens)s to %(closes)s."),
    }
    reads: ClassVar[frozenset[str]] = frozenset({START, END})
    opens: SeasonDay = parameter(DayOfYear(), N_("Season opens"), hint=N_("Month and day, such as 01-31."))
    closes: SeasonDay = parameter(DayOfYear(), N_("Season closes"), hint=N_("Month and day, such as 12-15."))

    def loosened(self) -> Self | None:
        """Open a week earlier and close a week later."""
        opens, closes = longer_season(self.opens, self.closes)
        return self.other_than(replace(self, opens=opens, closes=closes))

    def apply(self, facts: Facts) -> Outcome:
        """Look whether one run of the season holds every day."""
        if unknown := missing(facts, START, END):
            return unknown
        period = Period(_day(facts[START]), _day(facts[END]))
        params = {
            "start": _iso(period.start),
            "end": _iso(period.end),
            "opens": str(self.opens),
            "closes": str(self.closes),
        }
        return self.decide(params, ok=within_season(period, self.opens, self.closes), no="outside")


@dataclass(frozen=True, slots=True)
class NoticeDays(Condition):
    """A date lies a number of days before the vacancy starts: at least ``least``, at most ``most`` if given."""

    operator: ClassVar[str] = "notice_days"
    title: ClassVar[str] = N_("Notice of a number of days")
    findings: ClassVar[Mapping[str, str]] = {
        "met": N_("The notice is long enough: %(days)s days."),
        "too_short": N_("The notice is too short: %(days)s days, and %(least)s are needed."),
        "too_early": N_("The notice is too early: %(days)s days, and %(most)s are allowed."),
    }
    reads: ClassVar[frozenset[str]] = frozenset({START})
    field: str = parameter(_DATE, _LOOKS_AT)
    least: int = parameter(Whole(most=_MOST_NOTICE), N_("Days at least"), looser=fewer(WEEK))
    most: int | None = parameter(
        Whole(most=_MOST_NOTICE), N_("Days at most"), default=None, looser=more(WEEK, most=_MOST_NOTICE)
    )

    def check(self, reader: Reader) -> None:
        """Refuse bounds that leave no day between them."""
        if self.most is not None and self.most < self.least:
            raise InvalidError("rules.contradiction", field=reader.at("most"), least=self.least, most=self.most)

    def apply(self, facts: Facts) -> Outcome:
        """Count the days between the date and the start."""
        if unknown := missing(facts, self.field, START):
            return unknown
        days = notice_days(_day(facts[self.field]), _day(facts[START]))
        params: dict[str, str | int] = {"field": self.field, "days": days, "least": self.least}
        if self.most is not None:
            params["most"] = self.most
            if days > self.most:
                return self.failed("too_early", params)
        return self.decide(params, ok=days >= self.least, no="too_short")


@dataclass(frozen=True, slots=True)
class History(Condition):
    """What earlier seasons under the scheme must look like; each part asks only where it is set.

    ``returned_on_time`` holds nothing against somebody who never took part.
    """

    operator: ClassVar[str] = "history"
    title: ClassVar[str] = N_("Earlier seasons")
    findings: ClassVar[Mapping[str, str]] = {
        "met": N_("The earlier seasons are as they must be: %(value)s."),
        "too_few_seasons": N_("Too few earlier seasons: %(value)s, and %(limit)s are needed."),
        "too_long_ago": N_("The last season is too long ago: %(value)s years, and %(limit)s are allowed."),
        "returned_late": N_("The last return was late."),
    }
    refusals: ClassVar[Mapping[str, str]] = {
        "rules.history_asks_nothing": N_("A rule on earlier seasons must ask for something.")
    }
    min_seasons: int = parameter(Whole(least=1, most=60), N_("Seasons at least"), default=0, looser=fewer())
    within_years: int | None = parameter(
        Whole(most=_MOST_YEARS), N_("Within years"), default=None, looser=more(most=_MOST_YEARS)
    )
    returned_on_time: bool = parameter(Flag(), N_("Returned on time"), default=False)

    def check(self, reader: Reader) -> None:
        """Ask for something."""
        if not self.params():
            raise InvalidError("rules.history_asks_nothing", field=reader.path)

    def loosened(self) -> Self | None:
        """Ask for a season fewer, or one that is longer ago, as long as something is asked."""
        looser = Condition.loosened(self)
        return looser if looser is not None and looser.params() else None

    @property
    def fields(self) -> frozenset[str]:
        """Names of all facts that the answer may depend on."""
        asked = {SEASONS}
        asked |= set() if self.within_years is None else {YEARS_SINCE}
        return frozenset(asked | ({ON_TIME} if self.returned_on_time else set()))

    def apply(self, facts: Facts) -> Outcome:
        """Look at the number of seasons, then how long ago the last was, then how it ended."""
        if unknown := missing(facts, SEASONS):
            return unknown
        seasons = cast("int", facts[SEASONS])
        needed = max(self.min_seasons, 0 if self.within_years is None else 1)
        if seasons < needed:
            few: dict[str, str | int] = {"field": SEASONS, "value": seasons, "limit": needed}
            return self.failed("too_few_seasons", few)
        if seasons == 0:
            return self.passed({"value": 0})
        return self._last_season(facts, seasons)

    def _last_season(self, facts: Facts, seasons: int) -> Outcome:
        years, on_time = facts.get(YEARS_SINCE), facts.get(ON_TIME)
        if self.within_years is not None and years is not None and cast("int", years) > self.within_years:
            ago: dict[str, str | int] = {"field": YEARS_SINCE, "value": cast("int", years), "limit": self.within_years}
            return self.failed("too_long_ago", ago)
        if self.returned_on_time and on_time is False:
            return self.failed("returned_late", {"field": ON_TIME})
        return missing(facts, *sorted(self.fields)) or self.passed({"value": seasons})
