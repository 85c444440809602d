"""``mobility reference`` loads once and tells what differs."""

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from mobility.cli.platform.reference import group
from mobility.db import make_engine, make_sessions, write_tx
from mobility.models.concepts.occupations import Occupation
from mobility.services.platform import migrations


@pytest.fixture
def installation(tmp_path, monkeypatch):
    monkeypatch.setenv("MOBILITY_INSTANCE_DIR", str(tmp_path))
    engine = make_engine(f"sqlite:///{tmp_path / 'mobility.db'}")
    migrations.upgrade(engine)
    yield make_sessions(engine)
    engine.dispose()


def run(*arguments):
    return CliRunner().invoke(group, arguments)


def test_check_fails_before_load_and_passes_after(installation):
    before, loaded, again, after = run("check"), run("load"), run("load"), run("check")

    assert (before.exit_code, loaded.exit_code, again.exit_code, after.exit_code) == (1, 0, 0, 0)
    assert "and " in before.output
    assert "NOT AS SHIPPED" in before.output
    assert again.output == "0 rows put in, 0 mended, 0 taken out\n"
    assert after.output == "Every row is as shipped.\n"


def test_a_row_changed_by_hand_is_named_with_exit_status_1(installation):
    run("load")
    with write_tx(installation) as session:
        session.execute(sa.update(Occupation).where(Occupation.code == "9211").values(title_fr="x"))

    told = run("check")

    assert told.exit_code == 1
    assert "occupation 9211: changed" in told.output
