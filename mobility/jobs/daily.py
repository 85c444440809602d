"""What happens when a day goes by: one registry, and the hourly job that takes each place's new day once.

A date belongs to a place: papers and checks to the post's, vacancies and shortages to the worksite's, schemes with
their rules and quotas to the destination's. Whoever adds something that a date changes adds one line here.
"""

from collections.abc import Iterable
from datetime import date, datetime

import structlog

from mobility.db import read_tx, write_tx
from mobility.errors import MobilityError
from mobility.jobs.runner import Work, code_of
from mobility.queries import place_days
from mobility.rules.basics.places import NOWHERE, Place, day_at, place_in
from mobility.services.platform import days, leftovers
from mobility.services.platform.days import Entry
from mobility.services.platform.jobs import LeaseLostError
from mobility.services.proposals import proposals
from mobility.services.schemes import agreements, quota_places, rule_impact
from mobility.services.shortages import shortages
from mobility.services.vacancies import vacancies
from mobility.services.workers import checks, fairness_groups, reviews

KIND = leftovers.HOURLY
ENTRIES: tuple[Entry, ...] = (
    Entry("vacancies", vacancies.on_new_day),
    Entry("agreements", agreements.on_new_day),
    Entry("proposals", proposals.on_new_day),
    Entry("shortages", shortages.on_new_day),
    Entry("checks", checks.on_new_day),
    Entry("reviews", reviews.on_new_day),
    Entry("rules", rule_impact.on_new_day),
    Entry("quotas", quota_places.on_new_day),
    Entry("ages", fairness_groups.on_new_day),
    Entry("leftovers", leftovers.on_new_day, everywhere=False),
)

_log = structlog.get_logger(__name__)


class DayFailedError(MobilityError):
    """Some entries of the registry failed at some place; the others took their day, and these are tried again."""

    def __init__(self, entries: Iterable[str]) -> None:
        self.code = ",".join(sorted(set(entries)))
        super().__init__(self.code)


def take_new_days(work: Work, entries: Iterable[Entry] = ENTRIES) -> None:
    """Take the new day of every place where one has begun; a second time in the same day it finds none."""
    with read_tx(work.sessions) as session:
        waiting = to_take(place_days.places_in_use(session), place_days.taken(session), entries, at=work.clock())
    failed = []
    zone = None
    for done, (place, entry) in enumerate(waiting):
        if place.zone != zone:  # the runner itself keeps the lease alive in between
            zone = place.zone
            work.beat(done=done, total=len(waiting), stage=zone)
        try:
            with write_tx(work.sessions) as session:
                days.take(session, place, entry, at=work.clock())
        except LeaseLostError:
            raise
        except Exception as error:  # noqa: BLE001  one entry's fault keeps no other from its day
            failed.append(entry.name)
            _log.warning("day failed", zone=place.zone, entry=entry.name, code=code_of(error))
    if failed:
        raise DayFailedError(failed)
    with work.result():
        pass


def to_take(
    places: Iterable[Place], taken: place_days.Taken, entries: Iterable[Entry] = ENTRIES, *, at: datetime
) -> list[tuple[Place, Entry]]:
    """Return what is to be done: the places and entries whose last taken day is before today there."""
    home = place_in(NOWHERE)
    everywhere = sorted({*places, home}, key=lambda each: each.zone)
    pairs = [(place, entry) for place in everywhere for entry in entries if entry.everywhere is (place != home)]
    return [
        (place, entry) for place, entry in pairs if taken.get((place.zone, entry.name), date.min) < day_at(place, at)
    ]
