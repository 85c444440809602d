"""Places and their days: a date begins and ends at midnight where it belongs; moments themselves stay UTC."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo

from mobility.data import reference

#: The clock of what belongs nowhere: the installation's own records.
NOWHERE = "Etc/UTC"


@dataclass(frozen=True, slots=True)
class Place:
    """Countries and regions whose days begin together, since they keep one clock.

    Attributes
    ----------
    zone : str
        Name of the clock in the IANA's list.
    codes : frozenset of str
        Countries (ISO 3166-1) that keep it, and regions (ISO 3166-2) that keep it although their country does not.
    """

    zone: str
    codes: frozenset[str] = frozenset()

    @property
    def countries(self) -> frozenset[str]:
        """The countries among its codes."""
        return frozenset(code for code in self.codes if "-" not in code)


@cache
def _zones() -> dict[str, str]:
    return {each.code: each.zone for each in reference.zones()}


@cache
def regions_apart() -> frozenset[str]:
    """Return the regions that do not keep the clock of their country's capital."""
    return frozenset(code for code in _zones() if "-" in code)


@cache
def _places() -> dict[str, Place]:
    found: dict[str, set[str]] = {NOWHERE: set()}
    for code, zone in _zones().items():
        found.setdefault(zone, set()).add(code)
    return {zone: Place(zone, frozenset(codes)) for zone, codes in found.items()}


def place_of(code: str) -> Place:
    """Return the place of a region (ISO 3166-2) or a country (ISO 3166-1); an unknown region keeps its country's."""
    zones = _zones()
    return _places()[zones.get(code) or zones.get(code.partition("-")[0]) or NOWHERE]


def place_in(zone: str) -> Place:
    """Return the place that keeps a clock of the IANA's list."""
    return _places().get(zone, Place(zone))


def places_of(codes: Iterable[str]) -> list[Place]:
    """Return the places of some countries and regions, each once, in order of their zones."""
    return sorted({place_of(code) for code in codes}, key=lambda place: place.zone)


def day_at(place: Place, at: datetime) -> date:
    """Return the day that it is at a place at a moment."""
    return at.astimezone(ZoneInfo(place.zone)).date()


def day_in(code: str, at: datetime) -> date:
    """Return the day that it is in a region or country at a moment."""
    return day_at(place_of(code), at)


def first_moment(place: Place, day: date) -> datetime:
    """Return the moment, in UTC, at which a day begins at a place: its midnight, or the first after it that is there.

    Where clocks are set forward at midnight, the day begins an hour later by the clock before; where midnight comes
    twice, it begins with the first.
    """
    return datetime.combine(day, time(), ZoneInfo(place.zone)).astimezone(UTC)
