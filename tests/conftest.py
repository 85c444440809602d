"""Fixtures of the whole suite: both databases, migrated; a session; factories; a fixed clock."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.orm import Session

from tests.structure.reached import suite

suite.watch()  # before the product is imported, whose functions it marks

from mobility import clock, instance
from mobility.app import create_app
from mobility.db import SessionFactory, make_engine, make_sessions, write_tx
from mobility.models.accounts.users import User
from mobility.security.actors import Actor
from mobility.security.keyring import Keyring
from mobility.services.platform import migrations
from mobility.settings import Settings
from tests.databases import PostgresDatabase, SqliteDatabase, named, on_server
from tests.factories import Make
from tests.postgres import NO_POSTGRES, postgres
from tests.structure.reached.hooks import (  # noqa: F401
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
)
from tests.web import Browser, compile_addresses_once

NOW = datetime(2026, 5, 4, 15, 30, tzinfo=UTC)
#: When the suite begins by the clock of the programme, whenever it is run: the dates of the factories are for it.
BEGINS = "2026-12-01T12:00:00+00:00"

instance.keep_private()  # as every program of ours does at its start
compile_addresses_once()
settings.register_profile(
    "suite",
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
        HealthCheck.differing_executors,  # mutation tests run a test several times in one process
    ],
)
settings.register_profile("everyday", settings.get_profile("suite"), max_examples=50)
settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the suite be run at another moment, such as one where days differ from place to place."""
    parser.addoption("--begins", default=BEGINS, help="moment at which the suite begins, by the clock of the programme")
    parser.addoption("--reached", type=Path, help="write down what pages, commands and jobs drove (see relist)")


def pytest_configure(config: pytest.Config) -> None:
    """Set the clock of the programme, which then goes on; where the long form is left out, draw half as many examples."""
    if "not" in config.option.markexpr:
        settings.load_profile("everyday")
    clock.ahead = datetime.fromisoformat(config.getoption("--begins")) - datetime.now(UTC)


@pytest.fixture(autouse=True)
def clock_of_processes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tests that share a database with processes of their own go by the machine's clock, as those do."""
    if request.node.get_closest_marker("crash"):
        monkeypatch.setattr(clock, "ahead", timedelta())


@pytest.fixture
def at() -> datetime:
    """Return the moment at which a test happens."""
    return NOW


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    """Return a keyring of this run."""
    return Keyring.generate()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated SQLite file to copy."""
    file = tmp_path_factory.mktemp("template") / "migrated.db"
    engine = make_engine(f"sqlite:///{file}")
    migrations.upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return file


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Run PostgreSQL once; without one, skip loudly, or fail where CI is set."""
    with postgres() as url:
        if url is None:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_POSTGRES)
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """Return the name of a migrated database on the server to copy."""
    name = f"template_{os.getpid()}"
    on_server(postgres_server, f'CREATE DATABASE "{name}"')
    engine = make_engine(named(postgres_server, name))
    migrations.upgrade(engine)
    engine.dispose()
    return name


@pytest.fixture(scope="session")
def sqlite_database(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabase:
    """Return the SQLite database that tests take in turn."""
    return SqliteDatabase(sqlite_template, tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_database(postgres_server: str, postgres_template: str) -> Iterator[PostgresDatabase]:
    """Yield the PostgreSQL database that tests take in turn."""
    database = PostgresDatabase(postgres_server, postgres_template)
    yield database
    database.leave()


@pytest.fixture(scope="session")
def engines() -> Iterator[dict[str, sa.Engine]]:
    """Yield the engines made so far by URL: one that is kept has compiled its statements and knows the catalogue."""
    made: dict[str, sa.Engine] = {}
    yield made
    for engine in made.values():
        engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Yield the URL of a migrated, empty database: every test that asks for it runs on both."""
    place = request.getfixturevalue(f"{request.param}_database")
    yield place.lend()
    place.take_back()


@pytest.fixture(params=["in turn", pytest.param("everybody", marks=pytest.mark.long)])
def in_turn(request: pytest.FixtureRequest, database_url: str) -> Callable[[dict[str, Actor]], dict[str, Actor]]:
    """Return who of some people is asked on this database: every other, the rest on the other one; or all."""
    first = None if request.param == "everybody" else int(database_url.startswith("postgresql"))
    return lambda people: dict(list(people.items())[first :: 2 if first is not None else None])


@pytest.fixture
def sessions(database_url: str, keyring: Keyring, engines: dict[str, sa.Engine]) -> Iterator[SessionFactory]:
    """Yield a session factory on a fresh database."""
    if database_url not in engines:
        for gone in [url for url in engines if url.partition(":")[0] == database_url.partition(":")[0]]:
            engines.pop(gone).dispose()
        engines[database_url] = make_engine(database_url)
    yield make_sessions(engines[database_url], keyring=keyring)
    if engines[database_url].dialect.name == "sqlite":  # the next test has another file in its place
        engines[database_url].dispose()


@pytest.fixture
def session(sessions: SessionFactory) -> Iterator[Session]:
    """Yield a session in a write transaction that is committed at the end of the test."""
    with write_tx(sessions) as opened:
        yield opened


@pytest.fixture
def make(session: Session) -> Make:
    """Return the factories, on the test's session."""
    return Make(session, NOW)


@pytest.fixture(scope="session")
def index_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which search indexes of equal worlds outlive their tests: making one takes seconds."""
    return tmp_path_factory.mktemp("indexes")


@pytest.fixture
def index_folder(index_cache: Path, tmp_path: Path) -> Iterator[Path]:
    """Return where the application of this test keeps its indexes, with those that other tests have made."""
    folder = tmp_path / "instance" / "concepts"
    shutil.copytree(index_cache, folder)
    yield folder
    for made in folder.glob("[!.]*-*"):
        if not (index_cache / made.name).exists():
            shutil.copytree(made, index_cache / made.name)


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Return a store of compiled templates: each test has an application of its own, and compiling takes longest."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(sessions: SessionFactory, tmp_path: Path, compiled_templates: FileSystemBytecodeCache) -> Flask:
    """Return the application on the test's database; forms need no token here (test_csrf asks for them)."""
    made = create_app(Settings(instance_dir=tmp_path / "instance", mode="demo"), sessions)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    made.jinja_env.bytecode_cache = compiled_templates
    return made


@pytest.fixture
def officer(make: Make) -> Actor:
    """Return a scheme officer of the destination ministry."""
    return make.scheme_officer("US")


@pytest.fixture
def honduras(make: Make) -> Actor:
    """Return a scheme officer of a ministry of origin."""
    return make.scheme_officer("HN", origin=True)


@pytest.fixture
def browser_for(app: Flask, sessions: SessionFactory) -> Callable[[User | Actor], Browser]:
    """Return a function that opens a browser signed in as a user; commit the user before."""

    def open_for(who: User | Actor) -> Browser:
        with write_tx(sessions) as session:
            user = session.get_one(User, who.user_id if isinstance(who, Actor) else who.id)
            return Browser(app).sign_in(session, user)

    return open_for


@pytest.fixture
def visitor(app: Flask) -> Browser:
    """Return a browser that is not signed in."""
    return Browser(app)
