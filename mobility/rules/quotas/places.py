"""A scheme's places in halves and with a set-aside: which quotas follow from them, and what is carried over."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from mobility.errors import InvalidError
from mobility.rules.quotas.counters import QuotaCondition, QuotaDimension, write_conditions

CODES = (
    "quota.negative_cap",
    "quota.half_outside_year",
    "quota.half_without_day",
    "quota.carry_without_half",
    "quota.carry_outside_half",
    "quota.set_aside_above_pot",
    "quota.set_aside_incomplete",
    "period_reversed",
)


@dataclass(frozen=True, slots=True)
class Places:
    """The places of a scheme in one year; all counts in units, one person each.

    Attributes
    ----------
    period_from, period_to : date
        First days of work that count, both included.
    regular : int
        Open to everybody: of the whole year, or of its first half.
    second_from : date or None
        First day of the second half; None if the year is not divided.
    second : int
        Regular places of the second half.
    carry_on : date or None
        From this day on, what the first half has left belongs to the second; None if it lapses.
    carried : int
        What went over so far.
    supplement : int
        For returning workers only, beside the regular places.
    set_aside : int
        Of the supplement, places for nationals of some countries, who need not have worked under a scheme before.
    set_aside_for : tuple of str
        Those countries, ISO 3166-1.
    """

    period_from: date
    period_to: date
    regular: int
    second_from: date | None = None
    second: int = 0
    carry_on: date | None = None
    carried: int = 0
    supplement: int = 0
    set_aside: int = 0
    set_aside_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Derived:
    """A quota that follows from places."""

    period_from: date
    period_to: date
    cap: int
    dimension: QuotaDimension
    value: str
    conditions: str

    @property
    def key(self) -> tuple[date, date, QuotaDimension, str, str]:
        """What tells it from the others of its scheme."""
        return self.period_from, self.period_to, self.dimension, self.value, self.conditions


def check_places(places: Places) -> None:
    """Refuse places that contradict one another.

    Raises
    ------
    InvalidError
        One of ``CODES``, with the figures and the field.
    """
    if places.period_to < places.period_from:
        raise InvalidError("period_reversed", field="period_to")
    for field in ("regular", "second", "supplement", "set_aside"):
        if getattr(places, field) < 0:
            raise InvalidError("quota.negative_cap", field=field)
    _check_halves(places)
    if places.set_aside > places.supplement:
        figures = {"set_aside": places.set_aside, "pot": places.supplement}
        raise InvalidError("quota.set_aside_above_pot", field="set_aside", **figures)
    if bool(places.set_aside) is not bool(places.set_aside_for):
        raise InvalidError("quota.set_aside_incomplete", field="set_aside_for")


def _check_halves(places: Places) -> None:
    first, second, last = places.period_from, places.second_from, places.period_to
    if second is None:
        if places.second:
            raise InvalidError("quota.half_without_day", field="second_from")
        if places.carry_on is not None:
            raise InvalidError("quota.carry_without_half", field="carry_on")
        return
    if not first < second <= last:
        days = {"start": first.isoformat(), "end": last.isoformat()}
        raise InvalidError("quota.half_outside_year", field="second_from", **days)
    if places.carry_on is not None and not second <= places.carry_on <= last:
        days = {"start": second.isoformat(), "end": last.isoformat()}
        raise InvalidError("quota.carry_outside_half", field="carry_on", **days)


def quotas_of(places: Places) -> tuple[Derived, ...]:
    """Return the quotas that keep approvals within places, whatever the order in which they come.

    Parameters
    ----------
    places : Places
        Checked.

    Returns
    -------
    tuple of Derived
        The widest of each period first; the first of all is the whole of the year, or of its first half.

    Notes
    -----
    A place is regular, of the supplement, or of its set-aside. By Hall's theorem everybody approved can be given a
    place of their own if and only if, for each choice of kinds of places, those who fit no other kind are no more
    than these places. Each quota is one such choice. So nobody has to be put on a particular place when approved, and
    no place is lost because somebody took it who could have had another. Hall (1935), On representatives of subsets.
    """
    return tuple(_each(places))


class _Choice(NamedTuple):
    """One choice of kinds of places beside the regular ones: how many, who fits no other kind, and where it binds."""

    beside: int
    binds: bool = True
    binds_whole_year: bool = True
    first_time: bool = False
    outside: tuple[str, ...] = ()


def _choices(places: Places) -> tuple[_Choice, ...]:
    extra, aside, listed = places.supplement, places.set_aside, places.set_aside_for
    return (
        _Choice(extra, binds_whole_year=extra > 0),
        _Choice(extra - aside, binds=aside > 0, outside=listed),
        _Choice(aside, binds=extra > 0 or aside > 0, binds_whole_year=aside > 0, first_time=True),
        _Choice(0, binds=aside > 0, binds_whole_year=False, first_time=True, outside=listed),
    )


def _each(places: Places) -> Iterator[Derived]:
    choices = [choice for choice in _choices(places) if choice.binds]
    for start, end, regular in _periods(places):
        whole_year = places.second_from is not None and (start, end) == (places.period_from, places.period_to)
        for choice in choices:
            if choice.binds_whole_year or not whole_year:
                cap = regular + choice.beside
                yield _quota(start, end, cap, first_time=choice.first_time, outside=choice.outside)


def _periods(places: Places) -> Iterator[tuple[date, date, int]]:
    """Yield the halves and, where a supplement binds them, the year; with the regular places of each."""
    if places.second_from is None:
        yield places.period_from, places.period_to, places.regular
        return
    yield places.period_from, places.second_from - timedelta(days=1), places.regular - places.carried
    yield places.second_from, places.period_to, places.second + places.carried
    yield places.period_from, places.period_to, places.regular + places.second


def _quota(start: date, end: date, cap: int, *, first_time: bool = False, outside: tuple[str, ...] = ()) -> Derived:
    conditions = [QuotaCondition(QuotaDimension.ORIGIN, outside, outside=True)] if outside else []
    dimension, value = (QuotaDimension.RETURNING, "no") if first_time else (QuotaDimension.TOTAL, "")
    return Derived(start, end, cap, dimension, value, write_conditions(conditions))


def is_derived_apart(places: Places) -> bool:
    """Tell whether places are more than one number for one period, so that their quotas change together only."""
    return places.second_from is not None or places.supplement > 0


def left_in_first_half(places: Places, taken: int) -> int:
    """Return how many regular places of the first half are left when ``taken`` approvals begin in it.

    Regular places are used before the supplement's.
    """
    return max(0, places.regular - places.carried - taken)


def carried_over(places: Places, taken: int, today: date) -> Places:
    """Return places after what the first half has left went to the second; unchanged before its day, or without one.

    Parameters
    ----------
    places : Places
    taken : int
        Units of the first half's whole that are held, committed or used.
    today : date

    Returns
    -------
    Places
        Equal to the given ones if nothing is left: asked twice, nothing happens twice.
    """
    if places.carry_on is None or today < places.carry_on:
        return places
    return replace(places, carried=places.carried + left_in_first_half(places, taken))
