"""The command line as a person meets it: one line for what is wrong, never a trace; doctor, migrate, keyring, audit."""

import os
import subprocess
import sys

import pytest
import sqlalchemy as sa

from mobility.db import make_engine, make_sessions, write_tx
from mobility.models.accounts.organisations import Organisation
from mobility.rules.basics.organisations import OrganisationKind
from mobility.security import audit
from mobility.security.actors import SYSTEM
from mobility.security.installation import load_keyring
from mobility.settings import Settings
from tests.conftest import NOW
from tests.formats.taxonomy_files import SAMPLE


@pytest.fixture
def mobility(tmp_path):
    """Return a function that runs a command in an installation of its own."""

    def run(*words, **settings):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MOBILITY_")}
        given = {"INSTANCE_DIR": str(tmp_path / "i"), **settings}
        environ = {**kept, "LC_ALL": "C.UTF-8", **{f"MOBILITY_{name}": value for name, value in given.items()}}
        done = subprocess.run([sys.executable, "-m", "mobility", *words], env=environ, capture_output=True, text=True)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


def test_a_misspelt_setting_stops_with_the_nearest_name(mobility):
    done = mobility("migrate", DATABASE_ULR="sqlite:///x")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "mobility: MOBILITY_DATABASE_ULR: no such setting; did you mean MOBILITY_DATABASE_URL?\n"


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all.db", "postgresql+psycopg://x:secret@127.0.0.1:1/x", "postgresql+psycopg://:::"]
)
def test_a_wrong_database_is_one_clear_line_without_its_password(mobility, url):
    done = mobility("migrate", DATABASE_URL=url)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "MOBILITY_DATABASE_URL" in done.stderr
    assert "secret" not in done.stderr


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite:////nowhere/at/all.db", "unable to open database file"),
        ("postgresql+psycopg://x:secret@127.0.0.1:1/x", "Connection refused"),
    ],
)
def test_a_database_that_is_not_there_says_why_in_the_words_of_its_driver(mobility, url, reason):
    assert reason in mobility("migrate", DATABASE_URL=url).stderr


def test_a_scheme_that_is_not_there_is_named_with_where_to_find_the_others(mobility):
    mobility("migrate")
    done = mobility("match", "run", "--scheme", "S-0", "--plan")
    assert (done.returncode, "S-0" in done.stderr, "mobility scheme list" in done.stderr) == (2, True, True)
    assert "There is no scheme yet" in mobility("scheme", "list").stdout


def test_a_file_in_place_of_the_instance_folder_is_one_clear_line(mobility, tmp_path):
    (tmp_path / "file").write_text("")
    done = mobility("migrate", INSTANCE_DIR=str(tmp_path / "file"))
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_a_refusal_is_one_sentence_that_says_what_to_do_and_its_code(mobility):
    mobility("migrate")
    done = mobility("taxonomy", "import", "esco", str(SAMPLE), "--version", "v1.2.0")
    assert done.returncode == 2
    assert done.stderr.endswith(
        "mobility: Occupations are not loaded. Run: mobility reference load [import.reference_missing]\n"
    )


@pytest.mark.slow
def test_from_nothing_to_a_verified_log(mobility, tmp_path):
    """Doctor says what to do; after it is done, audit verifies; after a change by hand, it does not."""
    before = mobility("doctor")
    assert before.returncode == 1
    assert "NO   schema up to date: run `mobility migrate`" in before.stdout
    assert mobility("migrate").returncode == mobility("migrate").returncode == 0
    assert "ok   schema up to date" in mobility("doctor").stdout
    settings = Settings(instance_dir=tmp_path / "i")
    engine = make_engine(settings.url)
    sessions = make_sessions(engine, keyring=load_keyring(settings))
    with write_tx(sessions) as session:
        made = Organisation(kind=OrganisationKind.OPERATOR, name="Office", country="US")
        session.add(made)
        session.flush()
        audit.record_many(session, SYSTEM, "made", Organisation, [made.id], at=NOW)
    assert "1 streams signed" in mobility("audit", "checkpoint").stdout
    assert mobility("audit", "verify").returncode == 0
    with write_tx(sessions) as session:
        session.execute(sa.update(Organisation).values(name="Somebody else"))
    engine.dispose()
    after = mobility("audit", "verify")
    assert after.returncode == 1
    assert f"row_changed: organisation:{made.ref}" in after.stderr


def test_a_database_of_a_newer_program_is_refused_clearly(mobility, tmp_path):
    mobility("migrate")
    engine = make_engine(f"sqlite:///{tmp_path / 'i' / 'mobility.db'}")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    done = mobility("migrate")
    assert done.returncode == 2
    assert "does not fit this version" in done.stderr


def test_a_keyring_is_made_once_and_never_written_over(mobility, tmp_path):
    assert mobility("keyring", "create").returncode == 0
    file = tmp_path / "i" / "keyring.json"
    first = file.read_text()
    again = mobility("keyring", "create")
    assert again.returncode == 2
    assert "exists" in again.stderr
    assert file.read_text() == first
    assert file.stat().st_mode & 0o777 == 0o600
    assert {each.name for each in file.parent.iterdir()} == {"keyring.json", "tmp"}


def test_production_without_keys_is_told_by_doctor_with_the_mend(mobility):
    done = mobility("doctor", MODE="production")
    assert done.returncode == 1
    assert "NO   keyring: no keyring at keyring.json: make one with `mobility keyring create`" in done.stdout
    assert "NO   secret key: MOBILITY_SECRET_KEY" in done.stdout


def test_the_settings_are_printed(mobility):
    assert "MOBILITY_DATABASE_URL" in mobility("settings").stdout
