"""The demo world whose clock moves on, each day's job run: afterwards nothing stands open past its end, anywhere."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from mobility.db import SessionFactory, read_tx
from mobility.jobs import KINDS_WITHOUT_CLUSTER, housekeeping
from mobility.jobs.runner import JobOutcome, Runner
from mobility.models.proposals import MatchProposal
from mobility.models.vacancies import Vacancy
from mobility.models.workers.workers import Worker
from mobility.rules.cases.proposals import OPEN_STATES
from mobility.rules.cases.vacancies import LIVE_STATES
from mobility.rules.cases.workers import WorkerState
from mobility.security.audit_verification import verify
from tests.dated import HAPPENED, INVARIANTS, READ, dated_columns, faults
from tests.demo import worlds

START = datetime(2026, 5, 4, 15, 30, tzinfo=UTC)


@pytest.fixture
def moved(made, database_url, sessions) -> Iterator[SessionFactory]:
    """Return the demo world in a database of its own, of either kind."""
    if database_url.startswith("sqlite"):
        with made.sessions() as session:
            session.connection().exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(made.folder / "world.db", database_url.removeprefix("sqlite:///"))
    else:
        worlds.pour(made.sessions, sessions)
    return sessions


def go(sessions: SessionFactory, first: int, last: int, *, step: int = 1) -> datetime:
    """Run the hourly job once on each of some days, each at another hour, and once more on the evening of the last."""
    for number in range(first, last + 1, step):
        take(sessions, START + timedelta(days=number, hours=number % 24 - 12))
    return take(sessions, START + timedelta(days=last, hours=13))


def take(sessions: SessionFactory, at: datetime) -> datetime:
    housekeeping(sessions, at=at)
    assert Runner(sessions, KINDS_WITHOUT_CLUSTER, lambda: at).once() is JobOutcome.DONE
    return at


def states(session, model):
    counted = sa.select(model.state, sa.func.count()).group_by(model.state)
    return dict(session.execute(counted).all())


def test_every_dated_column_of_the_schema_is_accounted_for():
    known = [*INVARIANTS, *HAPPENED, *READ]
    assert len(known) == len(set(known))
    assert dated_columns() == set(known)


def test_in_the_world_as_it_is_made_nothing_is_over_but_reviews_and_papers(moved):
    with read_tx(moved) as session:
        assert set(faults(session, START)) <= {"shortage_reviews"}


def test_without_the_daily_job_a_year_leaves_it_full_of_faults(moved):
    with read_tx(moved) as session:
        found = set(faults(session, START + timedelta(days=600)))
    assert found >= {
        "open_proposals",
        "live_vacancies",
        "declared_shortages",
        "shortage_reviews",
        "worker_reviews",
        "required_checks",
        "age_bands",
    }


def test_after_thirty_days_of_which_the_job_missed_some_nothing_is_open_past_its_end(moved):
    at = go(moved, 0, 30, step=2 if moved.kw["bind"].dialect.name == "sqlite" else 3)
    with read_tx(moved) as session:
        assert faults(session, at) == {}
        assert verify(session, None).faults == ()


@pytest.mark.long
def test_400_days_one_by_one(moved):
    last = -1
    for stop in (30, 180, 400):
        at = go(moved, last + 1, stop)
        with read_tx(moved) as session:
            assert faults(session, at) == {}, stop
        last = stop
    with read_tx(moved) as session:
        assert verify(session, None).faults == ()
        assert not set(states(session, MatchProposal)) & set(OPEN_STATES)
        assert not set(states(session, Vacancy)) & set(LIVE_STATES)
        assert not set(states(session, Worker)) & {WorkerState.READY, WorkerState.PROPOSED}
