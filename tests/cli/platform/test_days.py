"""``mobility jobs days`` says which day was taken at each place, and what is still to be taken there."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from mobility import clock
from mobility.cli.platform.jobs import group
from mobility.db import write_tx
from mobility.jobs import KINDS_WITHOUT_CLUSTER, daily, housekeeping
from mobility.jobs.runner import JobOutcome, Runner
from mobility.rules.basics.places import day_in
from tests.factories import Make

ENTRIES = sum(entry.everywhere for entry in daily.ENTRIES)
ZONES = {"GT": "America/Guatemala", "US": "America/New_York"}


@pytest.fixture
def installed(sessions, database_url, keyring, monkeypatch, tmp_path):
    """Set the environment of a command to an installation with a corridor from Guatemala to the United States."""
    with write_tx(sessions) as session:
        Make(session, clock.now()).corridor(workers=1, vacancies=1)
    monkeypatch.setenv("MOBILITY_DATABASE_URL", database_url)
    monkeypatch.setenv("MOBILITY_INSTANCE_DIR", str(tmp_path))
    return sessions


def shown():
    done = CliRunner().invoke(group, ["days"], catch_exceptions=False)
    assert done.exit_code == 0
    return dict(line.split(": ", 1) for line in done.output.splitlines())


def take(sessions):
    housekeeping(sessions, at=clock.now())
    return Runner(sessions, KINDS_WITHOUT_CLUSTER, clock.now).once()


def test_before_the_first_day_every_place_in_use_waits(installed):
    lines = shown()
    assert lines["Etc/UTC"] == "never, 0 changed, 1 entries wait"
    assert all(lines[zone] == f"never, 0 changed, {ENTRIES} entries wait" for zone in ZONES.values())


def test_after_the_job_each_place_stands_at_its_own_day_and_nothing_waits(installed):
    assert take(installed) is JobOutcome.DONE
    lines = shown()
    for code, zone in ZONES.items():
        assert lines[zone].startswith(f"{day_in(code, clock.now())}, ")
        assert "wait" not in lines[zone]


def test_looking_takes_no_day_and_a_second_run_in_the_same_hour_does_nothing(installed):
    assert shown() == shown()
    assert take(installed) is JobOutcome.DONE
    after = shown()
    assert take(installed) is JobOutcome.EMPTY
    assert shown() == after


def test_a_clock_that_was_set_back_shows_the_later_day_and_takes_none(installed, monkeypatch):
    assert take(installed) is JobOutcome.DONE
    after = shown()
    monkeypatch.setattr(clock, "ahead", clock.ahead - timedelta(days=2))
    assert shown() == after
    assert take(installed) is JobOutcome.DONE
    assert shown() == after


def test_a_day_later_everything_waits_again(installed, monkeypatch):
    take(installed)
    monkeypatch.setattr(clock, "ahead", clock.ahead + timedelta(days=1))
    lines = shown()
    assert all(lines[zone].endswith(f", {ENTRIES} entries wait") for zone in ZONES.values())


def test_it_takes_no_words_and_no_options(installed):
    for given in (["days", "yesterday"], ["days", "--at", "2026-01-01"]):
        done = CliRunner().invoke(group, given)
        assert done.exit_code == 2
        assert "Traceback" not in done.output
