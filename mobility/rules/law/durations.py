"""Operators over dates: validity beyond the end, stays, seasons, notice, order and history; no registry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto
from fractions import Fraction
from types import MappingProxyType
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
from mobility.rules.basics.findings import Verdict
from mobility.rules.law.conditions import Condition, Json, Outcome, Reader, decide, missing
from mobility.rules.law.facts import FactKind, Facts, FactValue

START, END, MONTHS, STAYS = "vacancy.start", "vacancy.end", "vacancy.months", "worker.stays"
SEASONS, YEARS_SINCE, ON_TIME = (
    "worker.seasons_completed",
    "worker.years_since_last_season",
    "worker.last_returned_on_time",
)

CODES = (
    "valid_beyond_end.met",
    "valid_beyond_end.too_early",
    "no_later_than.met",
    "no_later_than.too_late",
    "stay_cap.met",
    "stay_cap.too_long",
    "season.met",
    "season.outside",
    "notice_days.met",
    "notice_days.too_short",
    "notice_days.too_early",
    "history.met",
    "history.too_few_seasons",
    "history.too_long_ago",
    "history.returned_late",
    "rules.history_asks_nothing",
)


class Window(StrEnum):
    """Over what a cap on stays is counted."""

    STAY = auto()
    ROLLING = auto()
    CALENDAR_YEAR = auto()
    FISCAL_YEAR = auto()
    SINCE_RESET = auto()


_NEW_YEAR = SeasonDay(1, 1)
#: The parameters that only one window has.
_OF_WINDOW: Mapping[Window, tuple[str, ...]] = MappingProxyType(
    {Window.ROLLING: ("over",), Window.SINCE_RESET: ("reset_days",), Window.FISCAL_YEAR: ("year_opens",)}
)


def _day(value: FactValue) -> date:
    return cast("date", value)


def _iso(day: date) -> str:
    return day.isoformat()


@dataclass(frozen=True, slots=True)
class ValidBeyondEnd(Condition):
    """A paper stays valid until some months and days after the vacancy's last day."""

    operator: ClassVar[str] = "valid_beyond_end"
    field: str
    months: int = 0
    days: int = 0

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read ``field`` and, where given, ``months`` and ``days``."""
        reader.only("field", "months", "days")
        months = reader.integer("months", most=1200) if reader.has("months") else 0
        days = reader.integer("days", most=36500) if reader.has("days") else 0
        return cls(reader.fact("field", FactKind.DATE).name, months, days)

    def params(self) -> dict[str, Json]:
        """Return the parameters as JSON."""
        return {"field": self.field, "months": self.months, "days": self.days}

    @property
    def fields(self) -> frozenset[str]:
        """Names of all facts that the answer may depend on."""
        return frozenset({self.field, END})

    def needed_until(self, end: date) -> date:
        """Return the day until which the paper must be valid, for a vacancy that ends on ``end``."""
        return add_days(add_months(end, self.months), self.days)

    def apply(self, facts: Facts) -> Outcome:
        """Compare the paper's last day with the day it is needed until."""
        if unknown := missing(facts, self.field, END):
            return unknown
        until, needed = _day(facts[self.field]), self.needed_until(_day(facts[END]))
        params = {"field": self.field, "value": _iso(until), "needed": _iso(needed)}
        return decide(self.operator, params, ok=until >= needed, no="too_early")


@dataclass(frozen=True, slots=True)
class NoLaterThan(Condition):
    """One date is not after another."""

    operator: ClassVar[str] = "no_later_than"
    field: str
    than: str

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read ``field`` and ``than``, two fields that hold dates."""
        reader.only("field", "than")
        field, than = reader.fact("field", FactKind.DATE).name, reader.fact("than", FactKind.DATE).name
        if field == than:
            raise InvalidError("rules.duplicate", field=reader.at("than"), value=than)
        return cls(field, than)

    def params(self) -> dict[str, Json]:
        """Return the parameters as JSON."""
        return {"field": self.field, "than": self.than}

    @property
    def fields(self) -> frozenset[str]:
        """Names of all facts that the answer may depend on."""
        return frozenset({self.field, self.than})

    def apply(self, facts: Facts) -> Outcome:
        """Compare the two dates."""
        if unknown := missing(facts, self.field, self.than):
            return unknown
        first, last = _day(facts[self.field]), _day(facts[self.than])
        params = {"field": self.field, "value": _iso(first), "than": self.than, "needed": _iso(last)}
        return decide(self.operator, params, ok=first <= last, no="too_late")


@dataclass(frozen=True, slots=True)
class StayCap(Condition):
    """Months of stay are capped: in this stay, a rolling window, a calendar or fiscal year, or since the last reset.

    ``over`` is the rolling window's months; ``reset_days`` the absence that starts the count anew; ``year_opens`` the
    first day of a fiscal year.
    """

    operator: ClassVar[str] = "stay_cap"
    max_months: int
    window: Window = Window.STAY
    over: int = 12
    reset_days: int = 60
    year_opens: SeasonDay = _NEW_YEAR

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read ``max_months`` and ``window``, and what the window needs: ``over``, ``reset_days``, ``year_opens``."""
        name = reader.text("window") if reader.has("window") else Window.STAY.value
        if name not in set(Window):
            raise InvalidError("rules.not_a_code", field=reader.at("window"), name=name[:80])
        window = Window(name)
        reader.only("max_months", "window", *_OF_WINDOW.get(window, ()))
        months = reader.integer("max_months", least=1, most=600)
        over = reader.integer("over", least=1, most=600) if window is Window.ROLLING else 12
        reset = reader.integer("reset_days", least=1, most=3660) if window is Window.SINCE_RESET else 60
        if window is Window.ROLLING and months >= over:
            raise InvalidError("rules.contradiction", field=reader.at("max_months"), over=over)
        opens = reader.season_day("year_opens") if window is Window.FISCAL_YEAR else _NEW_YEAR
        return cls(months, window, over, reset, opens)

    def params(self) -> dict[str, Json]:
        """Return the parameters as JSON."""
        extra: dict[Window, dict[str, Json]] = {
            Window.ROLLING: {"over": self.over},
            Window.SINCE_RESET: {"reset_days": self.reset_days},
            Window.FISCAL_YEAR: {"year_opens": str(self.year_opens)},
        }
        return {"max_months": self.max_months, "window": self.window.value, **extra.get(self.window, {})}

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
        return decide(self.operator, params, ok=months <= self.max_months, no="too_long")

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
    opens: SeasonDay
    closes: SeasonDay

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read ``opens`` and ``closes`` as ``MM-DD``."""
        reader.only("opens", "closes")
        return cls(reader.season_day("opens"), reader.season_day("closes"))

    def params(self) -> dict[str, Json]:
        """Return the parameters as JSON."""
        return {"opens": str(self.opens), "closes": str(self.closes)}

    @property
    def fields(self) -> frozenset[str]:
        """Names of all facts that the answer may depend on."""
        return frozenset({START, END})

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
        return decide(self.operator, params, ok=within_season(period, self.opens, self.closes), no="outside")


@dataclass(frozen=True, slots=True)
class NoticeDays(Condition):
    """A date lies a number of days before the vacancy starts: at least ``least``, at most ``most`` if given."""

    operator: ClassVar[str] = "notice_days"
    field: str
    least: int
    most: int | None = None

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read ``field``, ``least`` and, where given, ``most``."""
        reader.only("field", "least", "most")
        field = reader.fact("field", FactKind.DATE).name
        least = reader.integer("least", most=3660)
        most = reader.integer("most", most=3660) if reader.has("most") else None
        if most is not None and most < least:
            raise InvalidError("rules.contradiction", field=reader.at("most"), least=least, most=most)
        return cls(field, least, most)

    def params(self) -> dict[str, Json]:
        """Return the parameters as JSON."""
        asked: dict[str, Json] = {"field": self.field, "least": self.least}
        return asked if self.most is None else {**asked, "most": self.most}

    @property
    def fields(self) -> frozenset[str]:
        """Names of all facts that the answer may depend on."""
        return frozenset({self.field, START})

    def apply(self, facts: Facts) -> Outcome:
        """Count the days between the date and the start."""
        if unknown := missing(facts, self.field, START):
            return unknown
        days = notice_days(_day(facts[self.field]), _day(facts[START]))
        params: dict[str, str | int] = {"field": self.field, "days": days, "least": self.least}
        if self.most is not None:
            params["most"] = self.most
            if days > self.most:
                return Outcome(Verdict.FAIL, "notice_days.too_early", params)
        return decide(self.operator, params, ok=days >= self.least, no="too_short")


@dataclass(frozen=True, slots=True)
class History(Condition):
    """What earlier seasons under the scheme must look like; each part asks only where it is set.

    ``returned_on_time`` holds nothing against somebody who never took part.
    """

    operator: ClassVar[str] = "history"
    min_seasons: int = 0
    within_years: int | None = None
    returned_on_time: bool = False

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read ``min_seasons``, ``within_years`` and ``returned_on_time``, at least one of them."""
        reader.only("min_seasons", "within_years", "returned_on_time")
        seasons = reader.integer("min_seasons", least=1, most=60) if reader.has("min_seasons") else 0
        years = reader.integer("within_years", most=60) if reader.has("within_years") else None
        on_time = reader.flag("returned_on_time") if reader.has("returned_on_time") else False
        if not seasons and years is None and not on_time:
            raise InvalidError("rules.history_asks_nothing", field=reader.path)
        return cls(seasons, years, on_time)

    def params(self) -> dict[str, Json]:
        """Return the parameters as JSON."""
        asked: dict[str, Json] = {}
        if self.min_seasons:
            asked["min_seasons"] = self.min_seasons
        if self.within_years is not None:
            asked["within_years"] = self.within_years
        if self.returned_on_time:
            asked["returned_on_time"] = True
        return asked

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
            return Outcome(Verdict.FAIL, "history.too_few_seasons", few)
        if seasons == 0:
            return Outcome(Verdict.PASS, "history.met", {"value": 0})
        return self._last_season(facts, seasons)

    def _last_season(self, facts: Facts, seasons: int) -> Outcome:
        years, on_time = facts.get(YEARS_SINCE), facts.get(ON_TIME)
        if self.within_years is not None and years is not None and cast("int", years) > self.within_years:
            ago: dict[str, str | int] = {"field": YEARS_SINCE, "value": cast("int", years), "limit": self.within_years}
            return Outcome(Verdict.FAIL, "history.too_long_ago", ago)
        if self.returned_on_time and on_time is False:
            return Outcome(Verdict.FAIL, "history.returned_late", {"field": ON_TIME})
        return missing(facts, *sorted(self.fields)) or Outcome(Verdict.PASS, "history.met", {"value": seasons})
