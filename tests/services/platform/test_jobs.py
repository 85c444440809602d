"""The queue: who gets a job, who may report on it, and what becomes of it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from mobility.db import write_tx
from mobility.models.platform.jobs import Job
from mobility.rules.cases.jobs import MAX_ATTEMPTS, JobState
from mobility.services.platform import jobs
from mobility.services.platform.jobs import LeaseLostError, Order

LEASE = 60


def put(session, at, key="a", kind="test", **values):
    jobs.enqueue(session, kind, key, {"run": key}, at=at, **values)
    return session.scalars(sa.select(Job).where(Job.key == key)).one()


def take(session, at, lease="me", **values):
    return jobs.claim(session, lease, at=at, seconds=LEASE, **values)


def fresh(session, job):
    session.expire(job)
    return job


def test_a_job_enqueued_in_a_transaction_that_fails_was_never_enqueued(sessions, at):
    with pytest.raises(RuntimeError), write_tx(sessions) as session:
        put(session, at)
        raise RuntimeError
    with sessions() as session:
        assert jobs.waiting(session) == 0


def test_one_key_is_one_job(session, at):
    put(session, at)
    put(session, at)
    assert jobs.waiting(session) == 1


def test_nothing_to_enqueue_is_no_error(session, at):
    jobs.enqueue_many(session, [], at=at)
    assert jobs.waiting(session) == 0


def test_a_claimed_job_carries_its_arguments_and_counts_the_attempt(session, at):
    job = put(session, at)
    held = take(session, at)
    assert (held.ref, held.kind, held.args, held.attempts) == (job.ref, "test", {"run": "a"}, 1)
    assert fresh(session, job).state is JobState.RUNNING


def test_a_held_job_is_not_given_twice(session, at):
    put(session, at)
    assert take(session, at) is not None
    assert take(session, at, "other") is None


def test_urgent_jobs_come_first_then_older_ones(session, at):
    put(session, at, "late", priority=-1)
    put(session, at, "first")
    put(session, at, "second")
    put(session, at, "urgent", priority=5)
    assert [take(session, at).key for _ in range(4)] == ["urgent", "first", "second", "late"]


def test_a_runner_takes_only_the_kinds_it_knows(session, at):
    put(session, at, kind="strange")
    assert take(session, at, kinds=("test",)) is None
    assert jobs.waiting(session, ("test",)) == 0
    assert jobs.waiting(session) == 1


def test_a_silent_holder_loses_the_job_to_another(session, at):
    put(session, at)
    old = take(session, at)
    later = at + timedelta(seconds=LEASE + 1)

    new = take(session, later, "other")

    assert new.id == old.id
    assert new.attempts == 2
    for zombie in (jobs.report, jobs.finish):
        with pytest.raises(LeaseLostError, match="job.lease_lost"):
            zombie(session, old, at=later, **({"seconds": LEASE} if zombie is jobs.report else {}))
    with pytest.raises(LeaseLostError):
        jobs.fail(session, old, "x", at=later)
    with pytest.raises(LeaseLostError):
        jobs.release(session, old, at=later)
    jobs.finish(session, new, at=later)


def test_a_report_extends_the_lease_and_tells_how_far_it_is(session, at):
    job = put(session, at)
    held = take(session, at)
    soon = at + timedelta(seconds=LEASE - 1)
    jobs.report(session, held, at=soon, seconds=LEASE, done=3, total=10, stage="score")
    assert take(session, at + timedelta(seconds=LEASE + 1), "other") is None
    fresh(session, job)
    assert (job.done, job.total, job.stage) == (3, 10, "score")


def test_a_finished_job_is_over(session, at):
    job = put(session, at)
    held = take(session, at)
    jobs.finish(session, held, at=at)
    assert fresh(session, job).state is JobState.DONE
    assert (job.lease, job.finished_at) == (None, at)
    assert jobs.waiting(session) == 0
    with pytest.raises(LeaseLostError):
        jobs.finish(session, held, at=at)


def test_a_failed_job_waits_longer_each_time_and_dies_in_the_end(session, at):
    job = put(session, at)
    moment, pauses = at, []
    for _ in range(MAX_ATTEMPTS):
        held = take(session, moment)
        state = jobs.fail(session, held, "BrokenError", at=moment)
        fresh(session, job)
        pauses.append((job.not_before - moment).total_seconds())
        assert take(session, moment) is None
        moment = job.not_before
    assert pauses == [2, 4, 8, 16, 32, 64]
    assert state is job.state is JobState.DEAD
    assert (job.error_code, job.attempts) == ("BrokenError", 6)
    assert take(session, moment + timedelta(days=1)) is None


def test_a_job_whose_holders_all_fell_silent_is_buried(session, at):
    job = put(session, at)
    moment = at
    for _ in range(MAX_ATTEMPTS):
        assert take(session, moment) is not None
        moment += timedelta(seconds=LEASE + 1)
    assert take(session, moment) is None
    assert fresh(session, job).state is JobState.DEAD
    assert job.error_code == "job.silent"


def test_a_released_job_goes_back_and_loses_no_attempt(session, at):
    job = put(session, at)
    jobs.release(session, take(session, at), at=at, pause=timedelta(seconds=5))
    assert fresh(session, job).state is JobState.QUEUED
    assert job.attempts == 0
    assert take(session, at) is None
    assert take(session, at + timedelta(seconds=5)) is not None


def test_a_holder_notices_a_cancellation_at_its_next_report(session, at):
    put(session, at)
    held = take(session, at)
    assert jobs.cancel(session, "test", ["a", "unknown"], at=at) == 1
    with pytest.raises(LeaseLostError, match="job.cancelled"):
        jobs.report(session, held, at=at, seconds=LEASE)
    assert jobs.cancel(session, "test", ["a"], at=at) == 0


def test_dead_and_cancelled_jobs_are_told_from_live_ones(session, at):
    put(session, at)
    put(session, at, "b")
    jobs.cancel(session, "test", ["a"], at=at)
    assert jobs.any_dead(session, ["a", "b"])
    assert not jobs.any_dead(session, ["b"])


def test_a_long_error_code_is_cut(session, at):
    job = put(session, at)
    jobs.fail(session, take(session, at), "x" * 500, at=at)
    assert len(fresh(session, job).error_code) == 120


def test_jobs_keep_who_asked_for_them(session, make, at):
    corridor = make.corridor(workers=0, vacancies=0)
    jobs.enqueue_many(session, [Order("test", "k", {})], at=at, by=corridor.destination)
    assert session.scalars(sa.select(Job.enqueued_by_id)).all() == [corridor.destination.user_id]
