"""Taking a new day of one thing at one place, as the daily registry does."""

from datetime import datetime
from types import ModuleType

from sqlalchemy.orm import Session

from mobility.rules.basics.places import day_at, place_of


def new_day(of: ModuleType, session: Session, at: datetime, code: str = "US") -> int:
    """Take the day that it is in a country or region at a moment; return how much it changed."""
    place = place_of(code)
    return of.on_new_day(session, place, day_at(place, at), at=at)
