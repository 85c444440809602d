import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.rules.basics.permissions import Permission
from mobility.rules.cases.jobs import (
    LIFECYCLE,
    MAX_ATTEMPTS,
    JobEvent,
    JobState,
    after_failure,
    is_exhausted,
    pause_seconds,
)


@pytest.mark.parametrize(
    ("attempts", "pause"), [(0, 2), (1, 2), (2, 4), (3, 8), (8, 256), (11, 2048), (12, 3600), (99, 3600)]
)
def test_the_pause_doubles_up_to_an_hour(attempts, pause):
    assert pause_seconds(attempts) == pause


@given(st.integers(0, 10_000))
def test_a_later_attempt_never_waits_less(attempts):
    assert 2 <= pause_seconds(attempts) <= pause_seconds(attempts + 1) <= 3600


@given(st.integers(0, 20), st.integers(1, 20))
def test_a_failed_job_is_tried_again_until_its_attempts_are_used_up(attempts, limit):
    gives_up = attempts >= limit
    assert is_exhausted(attempts, limit) is gives_up
    assert after_failure(attempts, limit) is (JobEvent.GIVE_UP if gives_up else JobEvent.RETRY)


def test_a_job_that_always_fails_dies_after_the_usual_attempts():
    state, attempts = JobState.QUEUED, 0
    while state is JobState.QUEUED:
        attempts += 1
        state = LIFECYCLE.advance(LIFECYCLE.advance(state, JobEvent.START), JobEvent.FAIL)
        state = LIFECYCLE.advance(state, after_failure(attempts))
    assert (state, attempts) == (JobState.DEAD, MAX_ATTEMPTS)


def test_a_lost_lease_puts_a_job_back_and_counts_as_no_failure():
    assert LIFECYCLE.advance(JobState.RUNNING, JobEvent.RELEASE) is JobState.QUEUED


def test_only_a_person_revives_a_dead_job():
    row = LIFECYCLE.transition(JobState.DEAD, JobEvent.RETRY)
    assert row.permission is Permission.JOB_STEER
    assert not row.by_system
