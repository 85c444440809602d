"""A runner killed in every stage of a match run: whoever takes over comes to the result of an unbroken run."""

import multiprocessing

import pytest
import sqlalchemy as sa

from mobility.clock import now
from mobility.db import read_tx, write_tx
from mobility.jobs.match_run import MatchHandlers
from mobility.jobs.runner import Runner
from mobility.matching.snapshots.manifest import read_manifest
from mobility.matching.snapshots.storage import opened
from mobility.models.match_runs import MatchPart, MatchRun
from mobility.models.platform.jobs import Job
from mobility.models.proposals import MatchProposal
from mobility.rules.cases.jobs import JobState
from mobility.rules.cases.match_runs import MatchRunState, PartKind
from mobility.security.audit_verification import verify
from mobility.services.match_runs import match_runs
from mobility.services.match_runs.match_runs import Parameters
from mobility.services.workers import vectors
from tests.crash.dying_runner import POINTS, work
from tests.crash.test_job_runner import environ  # noqa: F401  a fixture
from tests.factories import Make

VACANCIES = 6
KILLED = -9
PATIENCE = 600

pytestmark = pytest.mark.crash


@pytest.fixture
def world(sessions):
    with write_tx(sessions) as session:
        make = Make(session, now())
        made = make.corridor(workers=12, vacancies=VACANCIES, positions=2)
        vectors.write(session, [worker.id for worker in made.workers])
        make.record_people()
    return made


def start(sessions, world):
    with write_tx(sessions) as session:
        given = Parameters(part_size=1)
        return match_runs.start(session, world.destination, world.scheme.ref, at=now(), seed=7, parameters=given).ref


def run_of(sessions, ref):
    with read_tx(sessions) as session:
        return session.scalars(sa.select(MatchRun).where(MatchRun.ref == ref)).one()


@pytest.fixture(scope="module")
def fresh():
    """Return where processes come from that have nothing but the modules loaded: all the same, and soon there."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["tests.crash.dying_runner"])
    return found


def runs(fresh, environ, point=None):  # noqa: F811
    """Run a job runner to its end, or until it dies at a point; returns its exit status."""
    runner = fresh.Process(target=work, args=(environ, point))
    runner.start()
    runner.join(PATIENCE)
    if runner.is_alive():
        runner.kill()
        raise AssertionError("the runner did not end in time")
    return runner.exitcode


def on_one_database_or_both():
    """Return the points, each on one of the databases in turn, and on the other one in the long form."""
    for number, point in enumerate(POINTS):
        for place, name in enumerate(("sqlite", "postgres")):
            marks = [pytest.mark.long] if (number + place) % 2 else []
            yield pytest.param(name, point, id=f"{name}-{point}", marks=marks)


@pytest.mark.parametrize(("database_url", "point"), list(on_one_database_or_both()), indirect=["database_url"])
def test_a_runner_killed_there_changes_nothing_of_the_result(fresh, environ, sessions, world, tmp_path, point):  # noqa: F811
    broken = start(sessions, world)
    assert runs(fresh, environ, point) == KILLED
    assert runs(fresh, environ) == 0

    whole = start(sessions, world)
    Runner(sessions, MatchHandlers().handlers(), now).until_empty()

    first, second = run_of(sessions, broken), run_of(sessions, whole)
    assert first.state is second.state is MatchRunState.FINISHED
    assert first.digest == second.digest
    with read_tx(sessions) as session:
        chunks = sa.select(MatchPart.number).where(MatchPart.run_id == first.id, MatchPart.kind == PartKind.SCORED)
        assert sorted(session.scalars(chunks)) == list(range(1, VACANCIES + 1))
        made = sa.select(sa.func.count()).select_from(MatchProposal).where(MatchProposal.run_id == first.id)
        assert session.scalar(made) == first.counts["proposed"]
        assert set(session.scalars(sa.select(Job.state))) == {JobState.DONE}
        assert verify(session, None).faults == ()
    folder = tmp_path / "instance" / "snapshots" / f"scheme-{world.scheme.id}"
    assert read_manifest(folder).id == first.snapshot
    assert len(opened(folder)) == len(world.workers)
    assert not list(folder.glob("*.part"))
