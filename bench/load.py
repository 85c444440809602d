"""From database to arrays: packed workers beside ADBC and plain SQLAlchemy Core on the normalised tables."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import adbc_driver_postgresql.dbapi
import adbc_driver_sqlite.dbapi
import click
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from bench.load_world import fill
from bench.measure import Timing, alternating, show_machine, show_table
from mobility.db import make_engine, make_sessions
from mobility.models.workers.profiles import WorkerSkill
from mobility.models.workers.workers import Worker
from mobility.queries.pools.arrow_source import ArrowSource
from mobility.queries.pools.pools import CHUNK
from mobility.queries.pools.worker_records import SKILL, unpack
from mobility.queries.pools.worker_vectors import SessionSource, Source
from mobility.rules.basics.skills import STRENGTH
from mobility.services.platform import migrations
from tests.postgres import postgres

PACKAGES = ("sqlalchemy", "psycopg", "pysqlite3", "adbc-driver-manager", "pyarrow", "numpy")
PARTITION = 20_000
EPOCH = date(1970, 1, 1).toordinal()
RANK = {evidence.value: strength + 1 for evidence, strength in STRENGTH.items()}
_PEOPLE = sa.select(Worker.id, Worker.born_on, Worker.months_away_max, Worker.education_years).order_by(Worker.id)
_SKILLS = sa.select(
    WorkerSkill.worker_id, WorkerSkill.skill_id, WorkerSkill.level, sa.type_coerce(WorkerSkill.evidence, sa.String)
).order_by(WorkerSkill.worker_id, WorkerSkill.skill_id)


class Arrays(NamedTuple):
    """What every way must come to: four columns of people, and for each skill whose, which, level, evidence."""

    key: Any
    born: Any
    months_away: Any
    education: Any
    owner: Any
    skill: Any
    level: Any
    evidence: Any


def plainly(engine: sa.Engine) -> Arrays:
    """Read the normalised tables with SQLAlchemy Core, in partitions."""
    people = _partitions(engine, _PEOPLE, (_plain, _ordinals, _plain, _plain))
    skills = _partitions(engine, _SKILLS, (_plain, _plain, _plain, _ranks))
    return Arrays(*people, *skills)


def _partitions(engine: sa.Engine, select: sa.Select[Any], ways: tuple[Callable[[Any], Any], ...]) -> list[Any]:
    parts = []
    with engine.connect().execution_options(yield_per=PARTITION) as connection:
        for rows in connection.execute(select).partitions():
            columns = zip(*rows, strict=True)
            parts.append([way(column) for way, column in zip(ways, columns, strict=True)])
    return [np.concatenate(column) for column in zip(*parts, strict=True)]


def _plain(values: Any) -> Any:
    return np.fromiter(values, np.int64, len(values))


def _ordinals(values: Any) -> Any:
    return np.fromiter((day.toordinal() for day in values), np.int64, len(values))


def _ranks(values: Any) -> Any:
    return np.fromiter(map(RANK.__getitem__, values), np.int64, len(values))


def by_arrow(connection: Any, dialect: Any) -> Arrays:
    """Read the normalised tables with ADBC."""
    people, skills = (
        _table(connection, str(select.compile(dialect=dialect, compile_kwargs={"literal_binds": True})))
        for select in (_PEOPLE, _SKILLS)
    )
    born = people.column(1)
    if pa.types.is_string(born.type):
        born = pc.cast(born, pa.date32())
    evidence = skills.column(3).combine_chunks().dictionary_encode()
    ranks = np.array([RANK[word] for word in evidence.dictionary.to_pylist()])
    return Arrays(
        people.column(0).to_numpy(),
        pc.cast(born, pa.int32()).to_numpy() + EPOCH,
        *(people.column(place).to_numpy() for place in (2, 3)),
        *(skills.column(place).to_numpy() for place in (0, 1, 2)),
        ranks[evidence.indices.to_numpy()],
    )


def _table(connection: Any, statement: str) -> Any:
    with connection.cursor() as cursor:
        if "sqlite" in type(cursor.adbc_statement).__module__ or connection.adbc_get_info()["vendor_name"] == "SQLite":
            cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": "65536"})
        cursor.execute(statement)
        return cursor.fetch_arrow_table()


def packed(source: Source, workers: int) -> Arrays:
    """Read packed workers as a match run does, a chunk at a time; everything of their records is read too."""
    parts = []
    for first in range(1, workers + 1, CHUNK):
        found = source.between(first, min(first + CHUNK - 1, workers))
        fixed, cells = unpack(found.records).fixed, found.skills.cells(SKILL)
        owner = np.repeat(found.key, found.skills.length // SKILL.itemsize)
        people = (found.key, fixed["born"], fixed["months_away"], fixed["education"])
        parts.append((*people, owner, cells["skill"], cells["level"], cells["evidence"]))
    return Arrays(*(np.concatenate(column) for column in zip(*parts, strict=True)))


@dataclass(frozen=True)
class Place:
    """A database to measure on, and ADBC's connection to it."""

    name: str
    engine: sa.Engine
    connection: Any


@contextmanager
def on_sqlite(folder: Path, workers: int, skills: float, seed: int) -> Iterator[Place]:
    """Yield a filled SQLite file that nobody writes; ADBC's own library reads it too, which no product does."""
    file = folder / "load.db"
    engine = make_engine(f"sqlite:///{file}")
    migrations.upgrade(engine)
    fill(engine, workers, skills, seed)
    with adbc_driver_sqlite.dbapi.connect(f"file:{file}?mode=ro") as connection:
        yield Place("SQLite", engine, connection)
    engine.dispose()


@contextmanager
def on_postgres(workers: int, skills: float, seed: int) -> Iterator[Place | None]:
    """Yield a filled PostgreSQL database, or None where there is no server."""
    with postgres() as url:
        if url is None:
            yield None
            return
        engine = make_engine(url)
        migrations.upgrade(engine)
        address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with adbc_driver_postgresql.dbapi.connect(address) as connection:
            fill(engine, workers, skills, seed, connection)
            yield Place("PostgreSQL", engine, connection)
        engine.dispose()


def measure(place: Place, workers: int, runs: int) -> dict[str, Timing]:
    """Time every way in turn; all must come to the same arrays."""
    ways = {
        "SQLAlchemy Core, tables": lambda: plainly(place.engine),
        "ADBC, tables": lambda: by_arrow(place.connection, place.engine.dialect),
        "SQLAlchemy Core, packed": lambda: by_session(place.engine, workers),
        "ADBC, packed": lambda: packed(ArrowSource(place.connection), workers),
    }
    first, *others = (way() for way in ways.values())
    for other in others:
        for name, one, two in zip(Arrays._fields, first, other, strict=True):
            if not np.array_equal(one, two):
                raise click.ClickException(f"{place.name}: two ways give different arrays: {name}")
    del first, others
    return alternating(ways, runs=runs, warm_up=0)


def by_session(engine: sa.Engine, workers: int) -> Arrays:
    """Read packed workers in a transaction of their own: one that waits for the other ways is ended by the server."""
    with make_sessions(engine)() as session:
        return packed(SessionSource(session), workers)


def show(place: Place, timings: dict[str, Timing], workers: int, cells: int) -> None:
    """Print a table of one database."""
    plain = next(iter(timings.values()))
    click.echo(f"\n{place.name}: {workers:,} workers, {cells:,} skills\n")
    show_table(
        ("way", "median s", "CPU s", "million skills/s", "x plain", "x plain, CPU"),
        [
            (
                name,
                f"{timing.median:.2f}",
                f"{timing.cpu_median:.2f}",
                f"{cells / timing.median / 1e6:.2f}",
                f"{plain.median / timing.median:.1f}",
                f"{plain.cpu_median / timing.cpu_median:.1f}",
            )
            for name, timing in timings.items()
        ],
    )


@click.command("load")
@click.option("--workers", type=click.IntRange(1, 20_000_000), default=20_000, show_default=True)
@click.option("--skills", type=float, default=13.2, show_default=True, help="Skills of a worker, on average.")
@click.option("--runs", type=click.IntRange(1, 100), default=3, show_default=True)
@click.option("--seed", type=int, default=7, show_default=True)
@click.option("--database", type=click.Choice(["sqlite", "postgres", "both"]), default="both", show_default=True)
def command(workers: int, skills: float, runs: int, seed: int, database: str) -> None:
    """Read workers and their skills from the database into arrays, four ways."""
    show_machine(PACKAGES)
    if database != "postgres":
        with TemporaryDirectory() as folder, on_sqlite(Path(folder), workers, skills, seed) as place:
            _report(place, workers, runs)
    if database != "sqlite":
        with on_postgres(workers, skills, seed) as place:
            if place is None:
                click.echo("No PostgreSQL here: not measured.")
            else:
                _report(place, workers, runs)


def _report(place: Place, workers: int, runs: int) -> None:
    with place.engine.connect() as connection:
        cells = connection.scalar(sa.select(sa.func.count()).select_from(WorkerSkill)) or 0
    show(place, measure(place, workers, runs), workers, cells)
