import pytest
import sqlalchemy as sa

from mobility.db import read_tx, write_tx
from mobility.demo import world
from mobility.demo.world import Plan
from mobility.errors import InvalidError
from mobility.models.accounts.organisations import Organisation
from mobility.models.vacancies import Vacancy
from mobility.models.workers.workers import Worker
from mobility.security import audit_verification
from tests.demo import worlds


def test_the_same_seed_and_day_make_the_same_world(made, tmp_path, sqlite_template, keyring):
    with worlds.database(tmp_path / "again", sqlite_template, keyring) as place:
        again = worlds.content(worlds.build(place).sessions)
    first = worlds.content(made.sessions)
    assert [name for name in first if first[name] != again[name]] == []


def test_another_seed_makes_another_world_that_is_sound_with_few_workers_too(made, tmp_path, sqlite_template, keyring):
    with worlds.database(tmp_path / "other", sqlite_template, keyring) as place:
        worlds.build(place, seed=worlds.SEED + 1, workers=20)
        with read_tx(place.sessions) as session:
            assert audit_verification.verify(session, None).faults == ()
            assert session.scalar(sa.select(sa.func.count()).select_from(Worker)) == 20
            assert session.scalar(sa.select(sa.func.count()).select_from(Vacancy)) == 120
        other, first = worlds.content(place.sessions), worlds.content(made.sessions)
    assert {"worker", "vacancy", "employer", "user", "sealed"} <= {name for name in first if first[name] != other[name]}


def test_the_audit_log_covers_every_row(look):
    report = audit_verification.verify(look, None)
    assert report.faults == ()
    assert report.objects > 150 + 120 + 40


def test_the_mark_says_which_world_is_whole(made, tmp_path):
    assert world.planned(made.folder) == Plan(worlds.SEED, worlds.WORKERS)
    assert world.planned(tmp_path) is None


def test_nothing_is_built_over_what_is_there(tmp_path, sqlite_template, keyring):
    with worlds.database(tmp_path / "taken", sqlite_template, keyring) as place:
        with write_tx(place.sessions) as session:
            session.add(Organisation(kind="operator", country="US", name="Somebody"))
        with pytest.raises(InvalidError, match="demo.not_empty"):
            worlds.build(place)
        assert world.planned(place.folder) is None
