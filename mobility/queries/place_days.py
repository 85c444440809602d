"""Which places the installation works at, what belongs to each, and which days were taken there."""

from collections.abc import Mapping
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.models.accounts.organisations import Organisation
from mobility.models.platform.days import DayTaken
from mobility.models.schemes.schemes import Scheme
from mobility.models.shortages.shortages import Shortage
from mobility.models.vacancies import Vacancy
from mobility.rules.basics.places import Place, day_in, place_in, places_of, regions_apart
from mobility.rules.cases.vacancies import LIVE_STATES

#: The last day that was taken, by zone and entry.
Taken = Mapping[tuple[str, str], date]
Condition = sa.ColumnElement[bool]
Region = sa.ColumnElement[str] | sa.orm.InstrumentedAttribute[str]
#: Letters of a country at the head of the code of its regions.
_COUNTRY = 2
#: Where an organisation sits: a consular post abroad, everybody else at home.
SEAT = sa.func.coalesce(Organisation.seat_country, Organisation.country)


def lies_in(place: Place, region: Region) -> Condition:
    """Return the condition that a region, or a whole country, keeps the clock of a place."""
    country = sa.func.substr(region, 1, _COUNTRY).in_(place.countries)
    return sa.or_(region.in_(place.codes), sa.and_(region.not_in(regions_apart()), country))


def today_there(country: str, region: Region, at: datetime) -> sa.ColumnElement[date]:
    """Return the day that it is in the regions of a country at a moment, as SQL."""
    today = day_in(country, at)
    apart: dict[date, list[str]] = {}
    for code in sorted(regions_apart()):
        if code.startswith(country) and day_in(code, at) != today:
            apart.setdefault(day_in(code, at), []).append(code)
    here = sa.literal(today, sa.Date())
    cases = [(region.in_(codes), sa.literal(day, sa.Date())) for day, codes in apart.items()]
    return sa.case(*cases, else_=here) if cases else here


def seated_in(place: Place) -> sa.Select[int]:
    """Return the select of the organisations that sit at a place, such as consular posts."""
    return sa.select(Organisation.id).where(SEAT.in_(place.countries))


def posts_by_day(session: Session, at: datetime) -> dict[date, list[int]]:
    """Return the organisations that have registered somebody or may, by the day that it is where they sit."""
    found: dict[date, list[int]] = {}
    posts = sa.select(Organisation.id, SEAT).where(Organisation.parent_id.is_not(None))
    for post, country in session.execute(posts.order_by(Organisation.id)):
        found.setdefault(day_in(country, at), []).append(post)
    return found


def places_in_use(session: Session) -> list[Place]:
    """Return the places at which somebody sits or works, in order of their zones."""
    selects = (
        sa.select(SEAT),
        sa.select(Organisation.country),
        sa.select(Scheme.country),
        sa.select(Shortage.region),
        sa.select(Vacancy.region).where(Vacancy.state.in_(LIVE_STATES)),
    )
    return places_of(code for select in selects for code in session.scalars(select.distinct()))


def taken(session: Session) -> Taken:
    """Return the last day that was taken, by zone and entry."""
    return {(row.zone, row.entry): row.day for row in session.scalars(sa.select(DayTaken))}


def listed(session: Session) -> list[tuple[Place, list[DayTaken]]]:
    """Return the places at which days were taken, each with the last one by entry."""
    found: dict[str, list[DayTaken]] = {}
    for row in session.scalars(sa.select(DayTaken).order_by(DayTaken.zone, DayTaken.entry)):
        found.setdefault(row.zone, []).append(row)
    return [(place_in(zone), rows) for zone, rows in found.items()]
