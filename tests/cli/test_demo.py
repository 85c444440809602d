"""``mobility demo`` as its own process: built, warm, refused, served and stopped."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from mobility.cli.demo import WALK, DemoError, demo_settings

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SMALL = ("--workers", "150", "--seed", "5")


def surroundings(folder, **more):
    kept = {name: text for name, text in os.environ.items() if not name.startswith("MOBILITY_")}
    return {**kept, "MOBILITY_INSTANCE_DIR": str(folder), "PYTHONUNBUFFERED": "1", **more}


def run(folder, *options, **more):
    command = [sys.executable, "-m", "mobility", "demo", *options]
    return subprocess.run(
        command, env=surroundings(folder, **more), cwd=ROOT, capture_output=True, text=True, timeout=240, check=False
    )


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """Return an instance folder with a demo, and what its making said."""
    place = tmp_path_factory.mktemp("demo") / "instance"
    return place, run(place, "--no-serve", *SMALL)


@pytest.fixture
def folder(first):
    """Return an instance folder with a small demo."""
    place, done = first
    assert done.returncode == 0, done.stderr
    return place


def figures(output):
    return {
        name: int(number.replace(",", ""))
        for name, number in re.findall(r"^(\w[\w ]*?) +([\d,]+)", output, re.MULTILINE)
    }


def check(done):
    assert done.returncode == 0, done.stderr
    found = figures(done.stdout)
    assert found["workers"] == 150
    assert found["vacancies"] == 120
    assert found["employers"] == 40
    assert found["proposals"] > 50
    assert found["eligible pairs"] > 100
    assert re.search(r"quota units +cap [\d,]+, held \d+, committed [1-9]\d*, used [1-9]", done.stdout)
    assert "workers/s" in done.stdout


def test_a_world_is_made_and_counted_on_sqlite(first):
    check(first[1])


@pytest.mark.postgres
def test_a_world_is_made_and_counted_on_postgresql(tmp_path, postgres_server):
    name = f"demo_{uuid4().hex[:12]}"
    server = sa.create_engine(postgres_server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    url = sa.make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    try:
        check(run(tmp_path / "new", "--no-serve", "--workers", "150", MOBILITY_DATABASE_URL=url))
    finally:
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_second_start_makes_nothing(folder):
    before = (folder / "demo.json").stat().st_mtime_ns
    done = run(folder, "--no-serve", *SMALL)
    assert done.returncode == 0
    assert "is there already" in done.stdout
    assert figures(done.stdout)["workers"] == 150
    assert (folder / "demo.json").stat().st_mtime_ns == before


def test_another_world_in_the_same_folder_is_refused(folder):
    done = run(folder, "--no-serve", "--workers", "150", "--seed", "6")
    assert done.returncode == 2
    assert "holds another demo (--seed 5 --workers 150)" in done.stderr
    assert "MOBILITY_INSTANCE_DIR" in done.stderr


def test_what_was_broken_off_is_refused_with_what_to_do(folder):
    mark = folder / "demo.json"
    text = mark.read_text()
    mark.unlink()
    try:
        done = run(folder, "--no-serve", *SMALL)
    finally:
        mark.write_text(text)
    assert done.returncode == 2
    assert "holds no whole demo: remove it" in done.stderr
    assert "Traceback" not in done.stderr


def test_production_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("MOBILITY_MODE", "production")
    monkeypatch.setenv("MOBILITY_INSTANCE_DIR", str(tmp_path))
    with pytest.raises(DemoError, match="production"):
        demo_settings()


def children(process):
    file = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(child) for child in file.read_text().split()]


def wait_for(process, text):
    lines = []
    for line in process.stdout:
        lines.append(line)
        if text in line:
            return lines
    pytest.fail("".join(lines))


def test_it_serves_shows_a_door_for_each_persona_and_ends_with_its_child(folder):
    command = [sys.executable, "-m", "mobility", "demo", "--port", "0", *SMALL]
    process = subprocess.Popen(
        command, env=surroundings(folder), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        shown = "".join(wait_for(process, "everybody else"))
        links = re.findall(r"(http://\S+/demo/sign-in/\S+)", shown)
        assert len(links) == len(WALK)
        with urllib.request.urlopen(links[0], timeout=20) as answer:
            assert answer.status == 200
        running = children(process)
        assert running
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=40)
        assert process.returncode == 0
        time.sleep(0.1)
        assert not [child for child in running if Path(f"/proc/{child}").exists()]
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=20)
