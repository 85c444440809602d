"""The daily registry: each place's new day is taken once, whoever comes, dies or comes twice."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from mobility.db import write_tx
from mobility.jobs import KINDS_WITHOUT_CLUSTER, daily, housekeeping
from mobility.jobs.runner import JobOutcome, Runner
from mobility.models.platform.days import DayTaken
from mobility.models.platform.jobs import Job
from mobility.queries import place_days
from mobility.rules.basics.places import place_of
from mobility.services.platform import days
from mobility.services.platform.days import Entry
from tests.factories import Make

EVENING = datetime(2026, 12, 1, 5, 30, tzinfo=UTC)
GUATEMALA, FLORIDA, MADRID = place_of("GT"), place_of("US-FL"), place_of("ES")


def counting(calls, name="counted"):
    def on_new_day(session, place, day, *, at):
        calls.append((place.zone, day))
        return 1

    return Entry(name, on_new_day)


def take(sessions, place, entry, at):
    with write_tx(sessions) as session:
        return days.take(session, place, entry, at=at)


def marks(sessions):
    with sessions() as session:
        return {(row.zone, row.entry): (row.day, row.changed) for row in session.scalars(sa.select(DayTaken))}


class TestTake:
    def test_a_day_is_taken_once_and_the_next_one_again(self, sessions):
        calls = []
        entry = counting(calls)
        assert [take(sessions, GUATEMALA, entry, EVENING + timedelta(hours=each)) for each in (0, 0, 1, 25)] == [
            1,
            None,
            1,
            1,
        ]
        assert [day for _, day in calls] == [date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 2)]

    def test_each_place_has_its_own_day(self, sessions):
        calls = []
        for place in (GUATEMALA, FLORIDA, MADRID):
            take(sessions, place, counting(calls), EVENING)
        assert calls == [
            ("America/Guatemala", date(2026, 11, 30)),
            ("America/New_York", date(2026, 12, 1)),
            ("Europe/Madrid", date(2026, 12, 1)),
        ]

    @pytest.mark.parametrize("set_back", [timedelta(hours=1), timedelta(days=3)])
    def test_a_clock_that_is_set_back_takes_no_day_twice(self, sessions, set_back):
        calls = []
        take(sessions, GUATEMALA, counting(calls), EVENING)
        assert take(sessions, GUATEMALA, counting(calls), EVENING - set_back) is None
        assert len(calls) == 1

    @pytest.mark.parametrize(("code", "day"), [("US", date(2026, 11, 1)), ("ES", date(2026, 10, 25))])
    def test_the_hour_that_clocks_strike_twice_takes_no_day_twice(self, sessions, code, day):
        calls = []
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        for half_hours in range(-48, 48):
            take(sessions, place_of(code), counting(calls), noon + timedelta(minutes=30 * half_hours))
        assert len(calls) == len(set(calls)) == 3

    def test_what_dies_in_the_middle_leaves_no_mark_and_is_done_later(self, sessions):
        def dies(session, place, day, *, at):
            raise RuntimeError(day)

        with pytest.raises(RuntimeError):
            take(sessions, GUATEMALA, Entry("counted", dies), EVENING)
        assert marks(sessions) == {}
        assert take(sessions, GUATEMALA, counting([]), EVENING) == 1

    def test_of_several_at_once_one_takes_it(self, sessions):
        calls = []
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda _: take(sessions, GUATEMALA, counting(calls), EVENING), range(8)))
        assert sorted(found, key=str) == [1, *[None] * 7]
        assert len(calls) == 1


class TestJob:
    @pytest.fixture
    def corridor(self, sessions):
        with write_tx(sessions) as session:
            return Make(session, EVENING).corridor(workers=1, vacancies=1)

    def test_it_is_asked_for_once_an_hour(self, sessions):
        for minutes in (0, 20, 29, 40):
            housekeeping(sessions, at=EVENING + timedelta(minutes=minutes))
        with sessions() as session:
            keys = session.scalars(sa.select(Job.key).order_by(Job.key)).all()
        assert keys == ["days.take:2026-12-01T05", "days.take:2026-12-01T06"]

    def test_it_takes_the_day_of_every_place_where_somebody_sits_or_works(self, sessions, corridor):
        runner = Runner(sessions, KINDS_WITHOUT_CLUSTER, lambda: EVENING)
        housekeeping(sessions, at=EVENING)
        assert runner.once() is JobOutcome.DONE
        everywhere = [entry.name for entry in daily.ENTRIES if entry.everywhere]
        for zone, day in (("America/Guatemala", date(2026, 11, 30)), ("America/New_York", date(2026, 12, 1))):
            assert [marks(sessions)[zone, name][0] for name in everywhere] == [day] * len(everywhere)
        with sessions() as session:
            assert daily.to_take(place_days.places_in_use(session), place_days.taken(session), at=EVENING) == []
            later = daily.to_take(
                place_days.places_in_use(session), place_days.taken(session), at=EVENING + timedelta(hours=1)
            )
        assert {place.zone for place, _ in later} == {"America/Guatemala"}

    def test_one_entrys_fault_keeps_no_other_from_its_day(self, sessions, corridor):
        def dies(session, place, day, *, at):
            raise RuntimeError(day)

        entries = (Entry("faulty", dies), counting([]))
        handlers = {daily.KIND: partial(daily.take_new_days, entries=entries)}
        housekeeping(sessions, at=EVENING)
        assert Runner(sessions, handlers, lambda: EVENING).once() is JobOutcome.FAILED
        assert {entry for _, entry in marks(sessions)} == {"counted"}
        with sessions() as session:
            assert session.scalars(sa.select(Job.error_code)).one() == "DayFailedError:faulty"

    def test_names_of_entries_are_stored_and_stand_once(self):
        names = [entry.name for entry in daily.ENTRIES]
        assert len(names) == len(set(names))


KILLED = """
import os, sys
from mobility.db import make_engine, make_sessions, write_tx
from mobility.rules.basics.places import place_of
from mobility.services.platform import days
from datetime import datetime, UTC
def dies(session, place, day, *, at):
    session.flush()
    os._exit(9)
with write_tx(make_sessions(make_engine(sys.argv[1]))) as session:
    days.take(session, place_of("GT"), days.Entry("counted", dies), at=datetime(2026, 12, 1, 5, 30, tzinfo=UTC))
"""


def test_a_runner_that_is_killed_in_the_middle_leaves_the_day_to_the_next(sessions, database_url):
    done = subprocess.run([sys.executable, "-c", KILLED, database_url], check=False, capture_output=True)
    assert done.returncode == 9, done.stderr
    assert marks(sessions) == {}
    assert take(sessions, GUATEMALA, counting([]), EVENING) == 1
    assert marks(sessions) == {("America/Guatemala", "counted"): (date(2026, 11, 30), 1)}
