"""A world whose days go by, each of them taken: afterwards nothing is open past its end, at any place."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from mobility.db import read_tx, write_tx
from mobility.jobs import KINDS_WITHOUT_CLUSTER, housekeeping
from mobility.jobs.runner import JobOutcome, Runner
from mobility.models.match_runs import MatchRun
from mobility.models.platform.days import DayTaken
from mobility.models.platform.jobs import Job
from mobility.models.proposals import MatchProposal
from mobility.models.vacancies import Vacancy
from mobility.models.workers.workers import Worker
from mobility.rules.cases.proposals import OPEN_STATES
from mobility.rules.cases.vacancies import LIVE_STATES
from mobility.rules.cases.workers import WorkerState
from mobility.security.audit_verification import verify
from mobility.services.match_runs import match_runs
from mobility.services.proposals import proposals
from tests.dated import faults
from tests.factories import Make

START = datetime(2026, 5, 4, 15, 30, tzinfo=UTC)


@pytest.fixture
def world(sessions):
    """Commit a corridor in May: one approved proposal, one endorsed, the others as proposed."""
    with write_tx(sessions) as session:
        make = Make(session, START)
        made = make.corridor(workers=6, vacancies=3)
        far = make.open_vacancy(
            made.scheme, region="US-CA", starts_on=START.date(), ends_on=START.date() + timedelta(29)
        )
        make.shortage(made.destination, valid_to=START.date() + timedelta(days=60))
        found = make.proposals(make.match(made))
        session.execute(sa.delete(Job))  # the factory has run the match itself
        for number, each in enumerate(found[:2]):
            proposals.endorse(session, made.endorser, each.ref, version=1, at=START)
            if number == 0:
                proposals.approve(session, made.approver, each.ref, version=2, at=START)
        made.scheme_ref, made.far = made.scheme.ref, far.ref
        make.record_people()
    return made


def go(sessions, first, last, *, step=1):
    """Let days go by: the hourly job is run at another hour of each."""
    for number in range(first, last + 1, step):
        at = START + timedelta(days=number, hours=number % 24 - 12)
        housekeeping(sessions, at=at)
        assert Runner(sessions, KINDS_WITHOUT_CLUSTER, lambda now=at: now).once() is JobOutcome.DONE
    evening = START + timedelta(days=last, hours=13)
    housekeeping(sessions, at=evening)
    assert Runner(sessions, KINDS_WITHOUT_CLUSTER, lambda: evening).once() is JobOutcome.DONE
    return evening


@pytest.mark.parametrize("days_ahead", [30, pytest.param(180, marks=pytest.mark.long)])
def test_after_weeks_of_days_nothing_is_open_past_its_end(sessions, world, days_ahead):
    at = go(sessions, 0, days_ahead, step=1 if days_ahead > 30 else 5)
    with read_tx(sessions) as session:
        assert faults(session, at) == {}
        assert verify(session, None).faults == ()
        far = session.scalars(sa.select(Vacancy).where(Vacancy.ref == world.far)).one()
        assert far.state not in LIVE_STATES
        assert session.scalar(sa.select(sa.func.count()).select_from(DayTaken)) > 0


@pytest.mark.long
def test_400_days_one_by_one(sessions, world):
    step = 1 if sessions.kw["bind"].dialect.name == "sqlite" else 9
    last = 0
    for stop in (30, 180, 400):
        at = go(sessions, last + 1, stop, step=step)
        with read_tx(sessions) as session:
            assert faults(session, at) == {}
        last = stop
    with read_tx(sessions) as session:
        assert verify(session, None).faults == ()
        assert session.scalars(sa.select(MatchRun.id)).all()
        assert set(session.scalars(sa.select(Worker.state))) == {WorkerState.ACTION_NEEDED}
        assert not set(session.scalars(sa.select(MatchProposal.state))) & set(OPEN_STATES)


def test_a_year_in_one_leap_ends_where_day_by_day_does(sessions, world):
    at = go(sessions, 400, 400)
    with read_tx(sessions) as session:
        assert faults(session, at) == {}
        assert verify(session, None).faults == ()
        assert set(session.scalars(sa.select(Worker.state))) == {WorkerState.ACTION_NEEDED}
    with write_tx(sessions) as session, pytest.raises(Exception, match=r"match_run\.no_"):
        match_runs.start(session, world.destination, world.scheme_ref, at=at, seed=1)
