"""The search kept warm by each process that serves: a request never makes an index, and says so until there is one."""

import json
import logging
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from threading import Lock

import pytest
import sqlalchemy as sa

from mobility.db import make_engine, make_sessions, read_tx, write_tx
from mobility.jobs import warmth
from mobility.services.concepts.search import ConceptShelf, shelf
from tests.factories import Make


@pytest.fixture(autouse=True)
def _made_here(monkeypatch):
    """The index is made by the test's own process: a command would look at another database."""
    monkeypatch.setattr(warmth, "MAKE", ("true",))


@pytest.fixture
def warm(tmp_path):
    """Return one round of the thread, in the test's own."""
    return lambda indexes, sessions: warmth.warm(indexes, sessions, tmp_path, looking=Lock())


def test_a_search_takes_only_what_is_held_until_the_first_round_is_over(session, sessions, make, tmp_path, warm):
    make.occupation("9211")
    session.commit()
    indexes = ConceptShelf(tmp_path / "concepts")
    indexes.keep_warm()
    assert (indexes.is_ready, indexes.occupations(session)) == (False, None)
    assert not (tmp_path / "concepts").exists()
    session.rollback()
    warm(indexes, sessions)
    assert indexes.is_ready
    assert indexes.occupations(session) is not None


def test_what_changed_is_served_as_it_was_until_the_next_round(sessions, at, tmp_path, warm):
    indexes = ConceptShelf(tmp_path / "concepts")
    indexes.keep_warm()
    held = []
    for code in ("9211", "7112"):
        with write_tx(sessions) as session:
            Make(session, at).occupation(code)
            held.append(indexes.occupations(session))
        warm(indexes, sessions)
        with read_tx(sessions) as session:
            held.append(indexes.occupations(session))
    nothing, first, still, second = held
    assert nothing is None
    assert first is still is not second
    assert second is not None


def test_a_failure_is_logged_and_the_site_serves_without_search(tmp_path, caplog, warm):
    def fail():
        raise sa.exc.OperationalError("select", {}, Exception("away"))

    indexes = ConceptShelf(tmp_path / "concepts")
    indexes.keep_warm()
    with caplog.at_level(logging.WARNING):
        warm(indexes, fail)
    assert indexes.is_ready
    assert "OperationalError" in caplog.text


def test_the_site_says_that_its_search_is_not_ready_yet(app, visitor, tmp_path):
    assert visitor.client.get("/readyz").status_code == 200
    indexes = shelf(tmp_path / "instance", semantic=False)
    indexes.keep_warm()
    answer = visitor.client.get("/readyz")
    assert (answer.status_code, answer.json["reason"]) == (503, "search")
    indexes.tried()
    assert visitor.client.get("/readyz").status_code == 200


def test_an_index_that_is_stored_is_taken_and_nothing_is_made(session, sessions, make, tmp_path, monkeypatch, warm):
    make.asked_skill("S1", of="9211")
    session.commit()
    with read_tx(sessions) as reading:
        ConceptShelf(tmp_path / "concepts").refresh(reading)
    monkeypatch.setattr(warmth, "MAKE", ("false", "would be an error if it were run"))
    monkeypatch.setattr(subprocess, "run", None)
    indexes = ConceptShelf(tmp_path / "concepts")
    indexes.keep_warm()
    warm(indexes, sessions)
    with read_tx(sessions) as reading:
        assert indexes.occupations(reading) is not None
        assert indexes.skills(reading) is not None


FORKED = """
import os, sys, time
from threading import enumerate as threads
from mobility.jobs.warmth import keep_warm
from mobility.security.installation import open_database
from mobility.services.concepts.search import shelf
from mobility.settings import Settings

settings = Settings.from_env()
keep_warm(settings, open_database(settings))
if child := os.fork():
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
indexes, until = shelf(settings.instance_dir, semantic=False), time.monotonic() + 60
while time.monotonic() < until and not (indexes.is_ready and indexes.occupations(None)):
    time.sleep(0.05)
print([each.name for each in threads() if each.name == "warmth"], indexes.occupations(None) is not None, flush=True)
"""


@pytest.fixture
def installation(tmp_path, sqlite_template, at):
    """Prepare the environment of an installation whose database knows one occupation and one skill."""
    folder = tmp_path / "installation"
    folder.mkdir(mode=0o700)
    shutil.copy(sqlite_template, folder / "mobility.db")
    environ = os.environ | {"MOBILITY_INSTANCE_DIR": str(folder), "PYTHONUNBUFFERED": "1"}
    engine = make_engine(f"sqlite:///{folder / 'mobility.db'}")
    with write_tx(make_sessions(engine)) as session:
        Make(session, at).asked_skill("S1", of="9211")
    engine.dispose()
    for file in folder.iterdir():
        file.chmod(0o600)
    return environ


@pytest.mark.long
def test_a_process_that_a_server_forked_keeps_its_own_search_warm(installation):
    done = subprocess.run(
        [sys.executable, "-c", FORKED], env=installation, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "['warmth'] True"), done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("gunicorn", "--preload", "--bind", "127.0.0.1:0", "wsgi:application"),
        pytest.param(("gunicorn", "--bind", "127.0.0.1:0", "wsgi:application"), marks=pytest.mark.long),
        pytest.param(("flask", "--app", "mobility", "run", "--port", "0"), marks=pytest.mark.long),
    ],
    ids=["gunicorn with preload", "gunicorn", "flask"],
)
def test_other_servers_make_the_search_ready_before_anybody_asks(installation, command, tmp_path):
    pytest.importorskip(command[0], reason=f"{command[0]} is not installed; python3 start.py test installs it")
    log = tmp_path / "log"
    with (
        log.open("w") as out,
        subprocess.Popen(
            [sys.executable, "-m", *command], env=installation, stdout=out, stderr=subprocess.STDOUT
        ) as server,
    ):
        try:
            address = ""
            answers, until = [], time.monotonic() + 90
            while time.monotonic() < until and answers[-1:] != [(200, None)]:
                time.sleep(0.1)
                address = address or "".join(re.findall(r"http://127\.0\.0\.1:\d+", log.read_text())[:1])
                if address:
                    answers.append(asked(f"{address}/readyz"))
        finally:
            server.terminate()
    assert answers[-1:] == [(200, None)], log.read_text()
    assert set(answers[:-1]) <= {(503, "search")}
    folder = installation["MOBILITY_INSTANCE_DIR"]
    assert {name.partition("-")[0] for name in os.listdir(f"{folder}/concepts")} == {"occupations", "skills"}


def asked(address):
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return answer.status, json.load(answer).get("reason")
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, json.load(refusal).get("reason")
