"""Counted attempts: five pass, then one after each doubled wait; counted in one place for all processes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from mobility.app import create_app
from mobility.db import make_engine, make_sessions, write_tx
from mobility.security import throttle
from mobility.security.throttle import ALLOWED, LONGEST_BLOCK, WINDOW
from mobility.settings import Settings
from tests.web import Browser

SECOND = timedelta(seconds=1)


def test_five_pass_and_the_sixth_does_not(session, at):
    told = [throttle.attempt(session, "x", at=at + number * SECOND) for number in range(8)]
    assert told == [True] * ALLOWED + [False] * 3


def test_names_are_counted_apart(session, at):
    for _ in range(ALLOWED):
        throttle.attempt(session, "x", at=at)
    assert throttle.attempt(session, "y", at=at)
    assert not throttle.attempt(session, "x", at=at)


def test_after_each_wait_one_passes_and_the_wait_doubles_up_to_an_hour(session, at):
    for _ in range(ALLOWED):
        throttle.attempt(session, "x", at=at)
    wait = WINDOW
    for _ in range(9):
        assert not throttle.attempt(session, "x", at=at + wait - SECOND)
        at += wait
        assert throttle.attempt(session, "x", at=at)
        wait = min(wait * 2, LONGEST_BLOCK)
    assert wait == LONGEST_BLOCK


def test_a_refused_attempt_does_not_lengthen_the_wait(session, at):
    for _ in range(50):
        throttle.attempt(session, "x", at=at)
    assert throttle.attempt(session, "x", at=at + WINDOW)


@pytest.mark.parametrize(("rest", "fresh"), [(WINDOW + SECOND, 1), (WINDOW + LONGEST_BLOCK + SECOND, ALLOWED)])
def test_an_hour_of_quiet_begins_anew(session, at, rest, fresh):
    for _ in range(ALLOWED):
        throttle.attempt(session, "x", at=at)
    told = [throttle.attempt(session, "x", at=at + rest) for _ in range(ALLOWED + 1)]
    assert sum(told) == fresh


def test_slow_attempts_are_never_refused(session, at):
    assert all(throttle.attempt(session, "x", at=at + number * (WINDOW + SECOND)) for number in range(20))


def test_a_success_forgets(session, at):
    for _ in range(ALLOWED):
        throttle.attempt(session, "x", at=at)
    throttle.forget(session, "x")
    assert throttle.attempt(session, "x", at=at)


def test_first_attempts_at_the_same_moment_are_all_counted(sessions, at):
    def one(_):
        with write_tx(sessions) as session:
            return throttle.attempt(session, "x", at=at)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(12))) == ALLOWED


def test_two_applications_count_together_and_answer_alike(database_url, keyring, tmp_path):
    engines = [make_engine(database_url) for _ in range(2)]
    browsers = []
    for number, engine in enumerate(engines):
        made = create_app(Settings(instance_dir=tmp_path / str(number)), make_sessions(engine, keyring=keyring))
        made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        browsers.append(Browser(made))
    told = [
        browsers[number % 2].post("/sign-in", {"email": "nobody@example.org", "password": "x"}).status
        for number in range(7)
    ]
    assert told == [422] * ALLOWED + [429] * 2
    for engine in engines:
        engine.dispose()
