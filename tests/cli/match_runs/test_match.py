"""``mobility match`` and ``mobility jobs`` in a terminal."""

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from mobility.cli.match_runs.match import MatchFailedError, _yardstick
from mobility.cli.match_runs.match import group as match_group
from mobility.cli.match_runs.vectors import VectorsDifferError
from mobility.cli.platform.jobs import group as jobs_group
from mobility.clock import now
from mobility.db import write_tx
from mobility.errors import ForbiddenError, InvalidError
from mobility.matching.allocation import flow_audit
from mobility.models.match_runs import MatchRun
from mobility.models.platform.jobs import Job
from mobility.rules.cases.jobs import JobState
from mobility.rules.cases.match_runs import MatchRunState
from mobility.services.match_runs import match_runs
from mobility.services.workers import vectors as worker_vectors
from tests.factories import Make


@pytest.fixture
def world(sessions, database_url, keyring, tmp_path, monkeypatch):
    instance = tmp_path / "instance"
    instance.mkdir()
    keyring.save(instance / "keyring.json")
    settings = {"DATABASE_URL": database_url, "INSTANCE_DIR": str(instance), "MODE": "demo", "DATABASE_POOL": "4"}
    for name, value in settings.items():
        monkeypatch.setenv(f"MOBILITY_{name}", value)
    with write_tx(sessions) as session:
        return Make(session, now()).corridor()


def match(world, *options):
    return CliRunner().invoke(match_group, ["run", "--scheme", world.scheme.ref, *options], catch_exceptions=False)


def test_a_whole_run_in_the_terminal(world, sessions):
    done = match(world, "--seed", "7")
    assert done.exit_code == 0
    assert f"in the name of {world.destination.name}" in done.output
    assert "4 proposals for 2 of 2 vacancies" in done.output
    with sessions() as session:
        run = session.scalars(sa.select(MatchRun)).one()
    assert run.state is MatchRunState.FINISHED
    assert run.digest in done.output


def test_a_run_measured_against_the_yardstick_says_what_is_left_on_the_table(world, sessions):
    pytest.importorskip("ortools", reason="OR-Tools is not installed: the yardstick is not tested")
    done = match(world, "--yardstick")
    assert done.exit_code == 0
    with sessions() as session:
        told = session.scalars(sa.select(MatchRun)).one().counts["optimum"]
    assert 0 < told["reached"] <= told["highest"]
    assert told["left"] == 1 - told["reached"] / told["highest"]
    assert f"({told['reached']:,} of at most {told['highest']:,} points)" in done.output


def test_without_the_solver_a_yardstick_is_refused_and_nothing_is_started(world, sessions, monkeypatch):
    monkeypatch.setitem(flow_audit.available.__globals__, "find_spec", lambda _name: None)
    with pytest.raises(InvalidError, match="no_yardstick"):
        match(world, "--yardstick")
    with sessions() as session:
        assert session.scalars(sa.select(MatchRun)).all() == []
    assert "on the table" not in match(world).output


def test_a_runner_without_the_solver_finishes_the_run_and_says_why_nothing_was_measured(world, sessions, monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(flow_audit, "available", lambda: True)
    monkeypatch.setitem(flow_audit.flow_library.__globals__, "import_module", missing)
    done = match(world, "--yardstick")
    assert "4 proposals" in done.output
    assert "cannot be told: the job runner has no OR-Tools" in done.output


def test_quotas_that_cross_leave_the_highest_score_untold():
    assert "do not all lie within one another" in _yardstick(None, "not_nested")


def test_a_plan_measures_nothing(world):
    refused = CliRunner().invoke(match_group, ["run", "--scheme", world.scheme.ref, "--plan", "--yardstick"])
    assert refused.exit_code == 2
    assert "leave one of them out" in refused.output


def test_a_plan_is_told_and_nothing_is_started(world, sessions):
    told = match(world, "--plan").output
    assert "6 workers x 2 vacancies = 12 pairs, at most 4 proposals" in told
    assert "by the rates of our own measurements" in told
    with sessions() as session:
        assert session.scalars(sa.select(MatchRun)).all() == []


def test_it_is_refused_to_whoever_may_not_run_the_scheme(world, sessions):
    from mobility.models.accounts.users import User

    with sessions() as session:
        mail = session.get_one(User, world.approver.user_id).email
    with pytest.raises(ForbiddenError):
        match(world, "--by", mail)
    with pytest.raises(InvalidError, match="no_officer"):
        match(world, "--by", "nobody@example.org")


def test_a_run_that_failed_is_said_to_have_failed(world, sessions, monkeypatch):
    monkeypatch.setattr("mobility.jobs.runner.Runner.until_empty", lambda *_: None)
    with pytest.raises(MatchFailedError):
        match(world)


def test_the_runner_works_until_nothing_is_left(world, sessions):
    with write_tx(sessions) as session:
        match_runs.start(session, world.destination, world.scheme.ref, at=now())
    done = CliRunner().invoke(jobs_group, ["run", "--until-empty"], catch_exceptions=False)
    assert "No job is left." in done.output
    with sessions() as session:
        assert set(session.scalars(sa.select(Job.state))) == {JobState.DONE}


def test_the_runner_looks_once(world):
    """The one daily job is there at once; what it has done is not there again."""
    done = [CliRunner().invoke(jobs_group, ["run", "--once"], catch_exceptions=False).output for _ in range(3)]
    assert ["One job was worked on." in told for told in done] == [True, False, False]
    assert "Nothing to do." in done[2]


def vectors(command):
    return CliRunner().invoke(match_group, ["vectors", command], catch_exceptions=False)


def test_vectors_are_made_for_everybody_and_compared(world, sessions):
    with pytest.raises(VectorsDifferError, match="^6 vectors"):
        vectors("check")
    assert "6 vectors written" in vectors("rebuild").output
    assert "0 vectors written" in vectors("rebuild").output
    assert "Every vector says what the tables say." in vectors("check").output


def test_a_rebuild_that_was_interrupted_goes_on_where_it_was(world, sessions, monkeypatch):
    monkeypatch.setattr(worker_vectors, "BATCH", 2)
    given, kept = worker_vectors.write, []

    def fail_at_the_second(session, ids):
        if kept:
            raise KeyboardInterrupt
        kept.append(ids)
        return given(session, ids)

    monkeypatch.setattr(worker_vectors, "write", fail_at_the_second)
    CliRunner().invoke(match_group, ["vectors", "rebuild"])
    monkeypatch.setattr(worker_vectors, "write", given)
    with pytest.raises(VectorsDifferError, match="^4 vectors"):
        vectors("check")
    assert "4 vectors written" in vectors("rebuild").output
