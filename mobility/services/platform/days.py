"""Marking a place's new day as taken: once for each entry of the registry, whoever comes first."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from mobility.models.platform.days import DayTaken
from mobility.rules.basics.places import Place, day_at


class OnNewDay(Protocol):
    """What one day changes of one thing at one place; returns how many it changed.

    Asked for on a later day it does what the days between would have done. ``at`` is the moment at which it is done.
    """

    def __call__(self, session: Session, place: Place, day: date, *, at: datetime) -> int:
        """Do it."""


@dataclass(frozen=True)
class Entry:
    """One line of the daily registry; ``name`` is stored. Of ``everywhere`` or of the installation alone."""

    name: str
    on_new_day: OnNewDay
    everywhere: bool = True


def take(session: Session, place: Place, entry: Entry, *, at: datetime) -> int | None:
    """Take a place's new day for one entry, and mark it in the same transaction.

    Of two who come at once the second waits for the first and finds the day taken; whoever dies in the middle leaves
    neither the mark nor a change. A day before the last one that was taken is never taken.

    Returns
    -------
    int or None
        How much the day changed; None if it was taken already.
    """
    day = day_at(place, at)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    mark = insert(DayTaken).values(zone=place.zone, entry=entry.name, day=day, taken_at=at, changed=0)
    later = {"day": mark.excluded.day, "taken_at": mark.excluded.taken_at, "changed": 0}
    upsert = mark.on_conflict_do_update(
        index_elements=["zone", "entry"], set_=later, where=DayTaken.day < mark.excluded.day
    )
    key = session.scalar(upsert.returning(DayTaken.id).execution_options(synchronize_session=False))
    if key is None:
        return None
    changed = entry.on_new_day(session, place, day, at=at)
    session.execute(sa.update(DayTaken).where(DayTaken.id == key).values(changed=changed))
    return changed
