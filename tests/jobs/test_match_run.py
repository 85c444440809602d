"""The jobs of match runs: they store through their lease, wait for each other, give up together."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from mobility.clock import now
from mobility.db import write_tx
from mobility.jobs import KINDS_WITHOUT_CLUSTER, housekeeping
from mobility.jobs.match_run import MatchHandlers, scoring_executor
from mobility.jobs.runner import JobOutcome, Runner
from mobility.models.match_runs import MatchRun
from mobility.models.platform.jobs import Job
from mobility.models.proposals import MatchProposal
from mobility.rules.cases.jobs import JobState
from mobility.rules.cases.match_runs import MatchRunState
from mobility.rules.cases.proposals import ProposalState
from mobility.security.audit_verification import verify
from mobility.services.match_runs import match_runs
from mobility.services.match_runs.match_runs import Parameters
from tests.factories import Make


@pytest.fixture
def world(sessions):
    with write_tx(sessions) as session:
        make = Make(session, now())
        made = make.corridor(workers=6, vacancies=5)
        make.record_people()
    return made


def start(sessions, world, part_size=2):
    with write_tx(sessions) as session:
        given = Parameters(part_size=part_size)
        return match_runs.start(session, world.destination, world.scheme.ref, at=now(), seed=7, parameters=given).ref


def run_of(sessions, ref):
    with sessions() as session:
        return session.scalars(sa.select(MatchRun).where(MatchRun.ref == ref)).one()


def test_a_run_goes_through_its_jobs_and_tells_how_far_it_is(sessions, world):
    ref, told = start(sessions, world), []
    handlers = MatchHandlers(watch=lambda *each: told.append(each)).handlers()
    Runner(sessions, handlers, now).until_empty()
    assert run_of(sessions, ref).state is MatchRunState.FINISHED
    assert [each for each in told if each[0] == "score"] == [("score", 2, 5), ("score", 4, 5), ("score", 5, 5)]
    assert told[-1][0] == "explain"
    assert told[-1][1] == told[-1][2]
    with sessions() as session:
        assert verify(session, None).faults == ()


def test_an_executor_changes_no_bit_of_the_result(sessions, world):
    one, other = start(sessions, world, part_size=128), None
    Runner(sessions, MatchHandlers().handlers(), now).until_empty()
    other = start(sessions, world, part_size=128)
    with ThreadPoolExecutor(2) as executor:
        Runner(sessions, MatchHandlers(executor).handlers(), now).until_empty()
    assert run_of(sessions, one).digest == run_of(sessions, other).digest


def test_the_finishing_job_waits_for_every_chunk(sessions, world):
    start(sessions, world)
    runner = Runner(sessions, {match_runs.FINISH: MatchHandlers().finish}, now)
    assert runner.once() is JobOutcome.NOT_YET
    with sessions() as session:
        job = session.scalars(sa.select(Job).where(Job.kind == match_runs.FINISH)).one()
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)


def test_a_run_with_a_dead_chunk_fails_and_proposes_nobody(sessions, world):
    ref = start(sessions, world)
    with write_tx(sessions) as session:
        session.execute(sa.update(Job).where(Job.key == f"{ref}:1").values(state=JobState.DEAD))
    Runner(sessions, MatchHandlers().handlers(), now).until_empty()
    assert run_of(sessions, ref).state is MatchRunState.FAILED
    with sessions() as session:
        assert session.scalars(sa.select(MatchProposal)).all() == []
        assert verify(session, None).faults == ()


def test_without_an_address_chunks_are_scored_at_home():
    with scoring_executor(None) as executor:
        assert executor is None


def test_the_daily_job_is_enqueued_once_an_hour_and_expires_what_is_over(sessions, world):
    start(sessions, world)
    Runner(sessions, MatchHandlers().handlers(), now).until_empty()
    later = now() + timedelta(days=31)
    for _ in range(2):
        housekeeping(sessions, at=later)
    with sessions() as session:
        assert len(session.scalars(sa.select(Job).where(Job.kind == "days.take")).all()) == 1
    Runner(sessions, KINDS_WITHOUT_CLUSTER, lambda: later).until_empty()
    with sessions() as session:
        assert set(session.scalars(sa.select(MatchProposal.state))) == {ProposalState.EXPIRED}


@pytest.mark.slow
def test_a_dask_cluster_gives_the_same_digest(sessions, world):
    distributed = pytest.importorskip("distributed")
    one = start(sessions, world, part_size=128)
    Runner(sessions, MatchHandlers().handlers(), now).until_empty()
    other = start(sessions, world, part_size=128)
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": ":0"}
    with distributed.LocalCluster(**options) as cluster, scoring_executor(cluster.scheduler_address) as executor:
        Runner(sessions, MatchHandlers(executor).handlers(), now).until_empty()
    assert run_of(sessions, one).digest == run_of(sessions, other).digest
