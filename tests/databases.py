"""Databases that tests take in turn: migrated and empty for each, without being made anew each time."""

import os
import shutil
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

Answer = TypeVar("Answer")
#: Tests that one database serves: deleted rows stay in its files, as nothing cleans them up (see ``tests.postgres``).
MOST_LENT = 50
#: Idle connections to a database that may stay.
MOST_IDLE = 12
#: What tells that a test changed tables, their triggers or their version instead of rows alone.
_FORM = sa.text("""
    SELECT (SELECT md5(string_agg(oid::text || relname, ',' ORDER BY oid)) FROM pg_class
              WHERE relnamespace = 'public'::regnamespace),
           (SELECT count(*) FROM pg_attribute),
           (SELECT md5(string_agg(oid::text || tgenabled::text, ',' ORDER BY oid)) FROM pg_trigger),
           (SELECT md5(string_agg(oid::text || convalidated::text, ',' ORDER BY oid)) FROM pg_constraint),
           (SELECT md5(string_agg(oid::text || md5(prosrc), ',' ORDER BY oid)) FROM pg_proc
              WHERE pronamespace = 'public'::regnamespace),
           (SELECT string_agg(version_num, ',') FROM alembic_version)
""")
_ALONE = sa.text("""
    SELECT pg_terminate_backend(pid)
      FROM (SELECT pid, state, count(*) OVER () AS size FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()) AS other
     WHERE state <> 'idle' OR size > :most
""")
_TABLES = sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'")
_COUNTED = sa.text("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL")


class SqliteDatabase:
    """One file, laid anew from the template for each test."""

    def __init__(self, template: Path, folder: Path) -> None:
        self._template, self._file = template, folder / "test.db"

    def lend(self) -> str:
        """Return the URL of the database, migrated and empty."""
        self.take_back()
        shutil.copy(self._template, self._file)
        return f"sqlite:///{self._file}"

    def take_back(self) -> None:
        """Remove what is there; whoever still has it open keeps a file that nobody else sees."""
        for rest in ("", "-wal", "-shm", "-journal"):
            self._file.with_name(self._file.name + rest).unlink(missing_ok=True)


class PostgresDatabase:
    """One database of a server, emptied after each test, and made anew from the template if more than rows changed.

    It is emptied through a connection that stays: a new one would read the server's catalogue first. Whoever is idle
    stays connected too, for the next test.
    """

    def __init__(self, server: str, template: str) -> None:
        self._server, self._template, self._numbers = server, template, count()
        self._name, self._lent = "", 0
        self._form: tuple[object, ...] | None = None
        self._kept: dict[str, int] = {}
        self._keeper: sa.Connection | None = None

    def lend(self) -> str:
        """Return the URL of the database, migrated and empty."""
        if not self._name:
            self._name = f"test_{os.getpid()}_{next(self._numbers)}"
            on_server(self._server, f'CREATE DATABASE "{self._name}" TEMPLATE "{self._template}"')
            self._form, self._kept = self._with(_form), self._with(_migrated)
            self._lent = 0
        self._lent += 1
        return named(self._server, self._name)

    def take_back(self) -> None:
        """Empty the database, without anybody at work in it, or drop it."""
        if self._lent >= MOST_LENT or not self._with(self._emptied):
            self.leave()
            on_server(self._server, f'DROP DATABASE "{self._name}" WITH (FORCE)')
            self._name = ""

    def _emptied(self, connection: sa.Connection) -> bool:
        connection.execute(_ALONE, {"most": MOST_IDLE})
        if _form(connection) != self._form:
            return False
        connection.exec_driver_sql("SET session_replication_role = replica")  # neither keys nor append-only tables
        for name in _filled(connection):
            later = f" WHERE id > {self._kept[name]}" if name in self._kept else ""
            connection.exec_driver_sql(f'DELETE FROM "{name}"{later}')
        connection.exec_driver_sql("RESET session_replication_role")
        for name in connection.scalars(_COUNTED).all():
            first = self._kept.get(name.removesuffix("_id_seq"), 0) + 1
            connection.exec_driver_sql(f'ALTER SEQUENCE "{name}" RESTART WITH {first}')
        return True

    def _with(self, task: Callable[[sa.Connection], Answer]) -> Answer:
        try:
            return task(self._connected())
        except sa.exc.OperationalError:  # a test has sent everybody away
            self.leave()
            return task(self._connected())

    def _connected(self) -> sa.Connection:
        if self._keeper is None:
            url = named(self._server, self._name)
            self._keeper = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool).connect()
        return self._keeper

    def leave(self) -> None:
        """Close the connection that stays."""
        if self._keeper is not None:
            self._keeper.close()
            self._keeper = None


def _form(connection: sa.Connection) -> tuple[object, ...] | None:
    try:
        return tuple(connection.execute(_FORM).one())
    except sa.exc.ProgrammingError:  # not even a version is left
        return None


def _migrated(connection: sa.Connection) -> dict[str, int]:
    """Return the last id of each table that the migrations put rows into; these stay."""
    return {name: connection.scalar(sa.text(f'SELECT max(id) FROM "{name}"')) or 0 for name in _filled(connection)}


def _filled(connection: sa.Connection) -> Sequence[str]:
    """Return the tables that have rows."""
    tables = connection.scalars(_TABLES).all()
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in tables)
    return connection.exec_driver_sql(asked).scalars().all()


def on_server(url: str, statement: str) -> None:
    """Execute a statement on a server, in no transaction."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def named(url: str, name: str) -> str:
    """Return the URL of one database of a server."""
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)
