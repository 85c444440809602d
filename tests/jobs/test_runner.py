"""The process that works on jobs: success, failure, cancellation, stopping, several at once."""

import threading
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from mobility.clock import now
from mobility.db import write_tx
from mobility.errors import InvalidError
from mobility.jobs.runner import JobOutcome, NotYetError, Runner
from mobility.models.platform.jobs import Job
from mobility.rules.cases.jobs import JobState
from mobility.services.platform import jobs


def put(sessions, *keys, kind="test"):
    with write_tx(sessions) as session:
        for key in keys:
            jobs.enqueue(session, kind, key, {}, at=now())


def states(sessions):
    with sessions() as session:
        return {row.key: row.state for row in session.execute(sa.select(Job.key, Job.state))}


def finishing(seen):
    def handle(work):
        with work.result():
            seen.append(work.job.key)

    return handle


def runner(sessions, handle, **options):
    return Runner(sessions, {"test": handle}, now, **options)


def test_it_works_until_no_job_is_left(sessions):
    put(sessions, "a", "b", "c")
    seen = []
    runner(sessions, finishing(seen)).until_empty()
    assert seen == ["a", "b", "c"]
    assert set(states(sessions).values()) == {JobState.DONE}


def test_one_look_takes_one_job(sessions):
    put(sessions, "a", "b")
    one = runner(sessions, finishing([]))
    assert [one.once() for _ in range(3)] == [JobOutcome.DONE, JobOutcome.DONE, JobOutcome.EMPTY]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ValueError("Ana María Núñez"), "ValueError"),
        (InvalidError("match_run.no_rules"), "InvalidError:match_run.no_rules"),
    ],
)
def test_a_failure_is_stored_by_its_code_and_never_by_its_words(sessions, error, code):
    def handle(_work):
        raise error

    put(sessions, "a")
    assert runner(sessions, handle).once() is JobOutcome.FAILED
    with sessions() as session:
        job = session.scalars(sa.select(Job)).one()
    assert (job.state, job.error_code) == (JobState.FAILED, code)


def test_a_result_that_fails_leaves_neither_result_nor_end(sessions):
    def handle(work):
        with work.result() as session:
            jobs.enqueue(session, "other", "child", {}, at=now())
            raise RuntimeError

    put(sessions, "a")
    runner(sessions, handle).once()
    assert states(sessions) == {"a": JobState.FAILED}


def test_a_job_that_must_wait_goes_back_without_an_attempt(sessions):
    calls = []

    def handle(work):
        calls.append(work.job.attempts)
        if len(calls) < 3:
            raise NotYetError("a")
        with work.result():
            pass

    put(sessions, "a")
    runner(sessions, handle).until_empty()
    assert calls == [1, 1, 1]


def test_a_cancelled_job_stores_nothing(sessions):
    def handle(work):
        with write_tx(sessions) as session:
            jobs.cancel(session, "test", ["a"], at=now())
        with work.result() as session:
            jobs.enqueue(session, "other", "child", {}, at=now())

    put(sessions, "a")
    assert runner(sessions, handle).once() is JobOutcome.LOST
    assert states(sessions) == {"a": JobState.CANCELLED}


@pytest.mark.parametrize("ending", ["raise", "wait"])
def test_a_zombie_reports_neither_failure_nor_waiting(sessions, ending):
    def handle(work):
        with write_tx(sessions) as session:
            later = now() + timedelta(hours=1)
            assert jobs.claim(session, "another", at=later, seconds=60).id == work.job.id
        raise NotYetError("a") if ending == "wait" else RuntimeError

    put(sessions, "a")
    assert runner(sessions, handle).once() is JobOutcome.LOST
    assert states(sessions) == {"a": JobState.RUNNING}


def test_a_zombie_cannot_store_its_result(sessions):
    def handle(work):
        with write_tx(sessions) as session:
            jobs.claim(session, "another", at=now() + timedelta(hours=1), seconds=60)
        with work.result() as session:
            jobs.enqueue(session, "other", "child", {}, at=now())

    put(sessions, "a")
    assert runner(sessions, handle).once() is JobOutcome.LOST
    assert "child" not in states(sessions)


def test_the_heart_keeps_a_long_job(sessions):
    def handle(work):
        time.sleep(2.2)
        with work.result():
            pass

    put(sessions, "a")
    assert runner(sessions, handle, lease_seconds=1).once() is JobOutcome.DONE


def test_a_stopped_runner_ends_its_job_and_claims_no_other(sessions):
    put(sessions, "a", "b")
    seen = []
    one = runner(sessions, lambda work: (one.stop(), finishing(seen)(work)))
    one.until_empty()
    assert seen == ["a"]
    assert states(sessions)["b"] is JobState.QUEUED


def test_forever_ends_when_stopped_and_greets_each_new_day(sessions):
    put(sessions, "a")
    days = []
    moments = iter([now() - timedelta(days=1)] + [now()] * 10_000)
    one = Runner(sessions, {"test": finishing([])}, lambda: next(moments))
    watch = threading.Timer(0.6, one.stop)
    watch.start()
    one.forever(each_hour=lambda: days.append(1))
    watch.join()
    assert days == [1]
    assert states(sessions) == {"a": JobState.DONE}


def test_two_runners_share_the_work_and_do_nothing_twice(sessions):
    keys = [f"k{number}" for number in range(20)]
    put(sessions, *keys)
    seen = []
    pair = [runner(sessions, finishing(seen)) for _ in range(2)]
    threads = [threading.Thread(target=each.until_empty) for each in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == sorted(keys)
    with sessions() as session:
        assert set(session.scalars(sa.select(Job.attempts))) == {1}
