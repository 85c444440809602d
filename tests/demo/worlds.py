"""Whole demo worlds for tests: built on SQLite, matched in this process."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.db import Sealed, SessionFactory, make_engine, make_sessions, read_tx, write_tx
from mobility.demo import world
from mobility.demo.world import Plan
from mobility.jobs.match_run import MatchHandlers
from mobility.jobs.runner import Runner
from mobility.models.registry import METADATA
from mobility.models.workers.papers import IdentityDocument
from mobility.models.workers.workers import Worker
from mobility.security.keyring import Keyring
from mobility.security.sealing import WorkerKey
from mobility.services.match_runs import match_runs

TODAY = date(2026, 5, 4)
SEED = 11
WORKERS = 150
#: Tables that say how the world was made, not what it is.
TRACES = frozenset({"audit_event", "audit_head", "job", "match_part", "alembic_version"})


@dataclass(frozen=True)
class Built:
    """A built world: its sessions and its folder."""

    sessions: SessionFactory
    folder: Path


@contextmanager
def database(folder: Path, template: Path, keyring: Keyring) -> Iterator[Built]:
    """Yield a migrated, empty database in a new folder."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(template, folder / "world.db")
    engine = make_engine(f"sqlite:///{folder / 'world.db'}")
    yield Built(make_sessions(engine, keyring=keyring), folder)
    engine.dispose()


def build(place: Built, *, seed: int = SEED, workers: int = WORKERS) -> Built:
    """Make a world there."""

    def match(officer: object, scheme: str, at: datetime, run_seed: int) -> str:
        with write_tx(place.sessions) as session:
            ref = match_runs.start(session, officer, scheme, at=at, seed=run_seed).ref
        Runner(place.sessions, MatchHandlers().handlers(), lambda: at, lease_seconds=60).until_empty()
        return ref

    world.build(place.sessions, Plan(seed, workers), place.folder, match, today=TODAY)
    return place


def content(sessions: SessionFactory) -> dict[str, str]:
    """Return a digest of each table's rows without what is sealed, and one of what the sealed fields say.

    How many seconds a match run took is no part of the world.
    """
    found = {}
    with read_tx(sessions) as session:
        for name in sorted(METADATA.tables.keys() - TRACES):
            table = METADATA.tables[name]
            columns = [c for c in table.columns if not isinstance(c.type, Sealed | sa.LargeBinary)]
            rows = session.execute(sa.select(*columns).order_by(*table.primary_key)).all()
            found[name] = hashlib.sha256(repr([tuple(map(_timeless, row)) for row in rows]).encode()).hexdigest()
        found["sealed"] = hashlib.sha256(repr(opened(session)).encode()).hexdigest()
    return found


def _timeless(value: Any) -> Any:
    return {name: part for name, part in value.items() if name != "effort"} if isinstance(value, dict) else value


def opened(session: Session) -> list[tuple[str | None, ...]]:
    """Return the names, telephone and document number of every worker, opened."""
    keyring = session.info["keyring"]
    rows = session.execute(sa.select(Worker, IdentityDocument).join(IdentityDocument).order_by(Worker.id))
    found = []
    for worker, paper in rows:
        key = WorkerKey.of(keyring, worker)
        assert key is not None
        fields = [
            key.open(f"worker.{name}", getattr(worker, name)) for name in ("given_names", "family_names", "phone")
        ]
        found.append((*fields, key.open("identity_document.number", paper.number)))
    return found


def pour(source: SessionFactory, target: SessionFactory) -> None:
    """Copy every row of a world into another, empty database, of PostgreSQL, as it is."""
    with read_tx(source) as read, target() as write, write.begin():
        connection = write.connection()
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # neither keys nor triggers
        for table in METADATA.tables.values():
            rows = [dict(row) for row in read.execute(sa.select(table)).mappings()]
            if rows:
                connection.execute(sa.delete(table))  # what migrations bring is in the world too
                connection.execute(sa.insert(table), rows)
            if rows and "id" in table.columns:
                highest = max(row["id"] for row in rows)
                named = f"pg_get_serial_sequence('\"{table.name}\"', 'id')"
                connection.execute(sa.text(f"SELECT setval({named}, :highest)"), {"highest": highest})
