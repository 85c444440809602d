"""The benchmark of runs on an installation that is there: it tells what it looked at and stores nothing."""

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from bench.runs import command
from mobility.clock import now
from mobility.db import write_tx
from mobility.models.match_runs import MatchRun
from mobility.models.platform.jobs import Job
from tests.factories import Make

pytestmark = pytest.mark.slow


@pytest.fixture
def scheme(sessions, database_url, keyring, tmp_path, monkeypatch):
    keyring.save(tmp_path / "keyring.json")
    for name, value in {"DATABASE_URL": database_url, "INSTANCE_DIR": str(tmp_path), "MODE": "demo"}.items():
        monkeypatch.setenv(f"MOBILITY_{name}", value)
    with write_tx(sessions) as session:
        return Make(session, now()).corridor(workers=5, vacancies=3).scheme.ref


def test_a_scheme_is_loaded_and_scored_and_nothing_is_stored(scheme, sessions):
    told = CliRunner().invoke(command, ["--scheme", scheme], catch_exceptions=False).output

    assert "| 5       | 3         | 15 (100.0%)    |" in told
    with sessions() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(MatchRun)) == 0
        assert session.scalar(sa.select(sa.func.count()).select_from(Job)) == 0
