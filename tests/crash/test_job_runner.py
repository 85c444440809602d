"""Runners killed with -9 in the middle of their work: nothing lost, nothing applied twice, the same result."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from mobility.clock import now
from mobility.db import write_tx
from mobility.jobs.match_run import MatchHandlers
from mobility.jobs.runner import Runner
from mobility.models.match_runs import MatchPart, MatchRun
from mobility.models.platform.jobs import Job
from mobility.models.proposals import MatchProposal
from mobility.rules.cases.jobs import JobState
from mobility.rules.cases.match_runs import MatchRunState, PartKind
from mobility.security.audit_verification import verify
from mobility.services.match_runs import match_runs
from mobility.services.match_runs.match_runs import Parameters
from mobility.settings import ROOT
from tests.factories import Make

KILLS = 3
VACANCIES = 60
LEASE = "5"
PATIENCE = 90

pytestmark = pytest.mark.crash


@pytest.fixture
def environ(database_url, keyring, tmp_path):
    instance = tmp_path / "instance"
    instance.mkdir()
    keyring.save(instance / "keyring.json")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("MOBILITY_")},
        "MOBILITY_DATABASE_URL": database_url,
        "MOBILITY_INSTANCE_DIR": str(instance),
        "MOBILITY_MODE": "demo",
        "MOBILITY_JOB_LEASE_SECONDS": LEASE,
    }


@contextmanager
def process(environ, *options):
    command = [sys.executable, "-m", "mobility", "jobs", "run", *options]
    with subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as running:
        try:
            yield running
        finally:
            if running.poll() is None:
                running.kill()


@pytest.fixture
def world(sessions):
    with write_tx(sessions) as session:
        make = Make(session, now())
        made = make.corridor(workers=12, vacancies=VACANCIES, positions=2)
        make.record_people()
    return made


def start(sessions, world):
    with write_tx(sessions) as session:
        given = Parameters(part_size=1)
        return match_runs.start(session, world.destination, world.scheme.ref, at=now(), seed=7, parameters=given).ref


def until(sessions, condition):
    """Wait until a count of rows satisfies a condition."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with sessions() as session:
            if condition(session):
                return
        time.sleep(0.005)
    raise AssertionError("nothing happened in time")


def stored(session):
    return session.scalar(sa.select(sa.func.count()).select_from(MatchPart).where(MatchPart.kind == PartKind.SCORED))


def running(session):
    return session.scalar(sa.select(sa.func.count()).select_from(Job).where(Job.state == JobState.RUNNING))


def ended(sessions, ref):
    with sessions() as session:
        run = session.scalars(sa.select(MatchRun).where(MatchRun.ref == ref)).one()
        scored = (MatchPart.run_id == run.id, MatchPart.kind == PartKind.SCORED)
        chunks = session.scalars(sa.select(MatchPart.number).where(*scored)).all()
        mine = sa.select(MatchProposal.vacancy_id, MatchProposal.worker_id).where(MatchProposal.run_id == run.id)
        return run, sorted(chunks), session.execute(mine).all()


def test_a_run_survives_runners_that_are_killed(environ, sessions, world):
    broken = start(sessions, world)
    for _ in range(KILLS):
        with sessions() as session:
            before = stored(session)
        with process(environ) as victim:
            until(sessions, lambda session, least=before + 5: stored(session) >= least and running(session))
            victim.send_signal(signal.SIGKILL)
            victim.wait()
    with process(environ, "--until-empty") as last:
        assert last.wait(PATIENCE) == 0, last.stderr.read()

    whole = start(sessions, world)
    Runner(sessions, MatchHandlers().handlers(), now).until_empty()

    first, chunks, pairs = ended(sessions, broken)
    second, _, again = ended(sessions, whole)
    assert first.state is second.state is MatchRunState.FINISHED
    assert chunks == list(range(1, VACANCIES + 1))
    assert first.digest == second.digest
    assert len(pairs) == len(set(pairs)) == first.counts["proposed"]
    assert sorted(pairs) == sorted(again)
    with sessions() as session:
        assert set(session.scalars(sa.select(Job.state))) == {JobState.DONE}
        assert session.scalar(sa.select(sa.func.max(Job.attempts))) >= 2
        assert verify(session, None).faults == ()


def test_two_processes_share_a_run(environ, sessions, world):
    ref = start(sessions, world)
    with process(environ, "--until-empty") as one, process(environ, "--until-empty") as other:
        assert one.wait(PATIENCE) == 0, one.stderr.read()
        assert other.wait(PATIENCE) == 0, other.stderr.read()
    run, chunks, pairs = ended(sessions, ref)
    assert run.state is MatchRunState.FINISHED
    assert len([number for number in chunks if number > 0]) == VACANCIES
    assert len(pairs) == run.counts["proposed"]
    with sessions() as session:
        score = sa.select(sa.func.max(Job.attempts)).where(Job.kind == match_runs.SCORE)
        assert session.scalar(score) == 1
        assert verify(session, None).faults == ()


def test_a_runner_told_to_stop_ends_its_job_and_leaves_nothing_held(environ, sessions, world):
    start(sessions, world)
    with process(environ) as stopped:
        until(sessions, lambda session: stored(session) >= 3)
        stopped.send_signal(signal.SIGTERM)
        assert stopped.wait(PATIENCE) == 0, stopped.stderr.read()
    with sessions() as session:
        assert running(session) == 0
        assert set(session.scalars(sa.select(Job.state))) <= {JobState.DONE, JobState.QUEUED}
        assert 3 <= stored(session) <= VACANCIES
