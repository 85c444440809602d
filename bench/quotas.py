"""Quotas under a crowd: approvals from many clients at once on each database, beside a naive check-then-insert."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from bench.measure import show_machine, show_table
from bench.quota_crowd import Attempt, Race, Sold, attempt, naive, race, shop, sold
from mobility.clock import now
from mobility.db import make_engine, make_sessions
from mobility.security.keyring import Keyring
from mobility.services.platform import migrations
from tests.factories import Make
from tests.postgres import NO_POSTGRES, postgres

WAYS: dict[str, Attempt] = {"services.quotas.take": attempt, "naive: count, then insert": naive}
_ANSWERS = ("sold", "full", "twice")
_HEADING = (
    "database",
    "way",
    "clients",
    "attempts",
    "sold",
    "told it is full",
    "told it was sent twice",
    "errors",
    "oversold",
    "hot quota",
    "attempts a second",
)


def caps_of(attempts: int) -> list[int]:
    """Return the caps of a hot quota, for which half the wishes are, and of three others: none lasts for all."""
    return [max(1, attempts * share // 1000) for share in (300, 100, 50, 20)]


@contextmanager
def server(kind: str, folder: Path) -> Iterator[str | None]:
    """Yield the address of an empty database; None where there is no PostgreSQL. PostgreSQL syncs, as SQLite does."""
    if kind == "SQLite":
        yield f"sqlite:///{folder / 'mobility.db'}"
        return
    with postgres(durable=True) as url:
        yield url


def measure(url: str, how: Attempt, attempts: int, *, processes: int, threads: int) -> tuple[Race, list[Sold]]:
    """Fill an empty database, let the crowd in, and count."""
    engine = make_engine(url)
    try:
        migrations.upgrade(engine)
        sessions = make_sessions(engine, keyring=Keyring.generate())
        with sessions() as session:
            session.connection(execution_options={"write": True})
            wishes = shop(Make(session, now()), caps_of(attempts), attempts)
        done = race(url, wishes, how, processes=processes, threads=threads)
        return done, sold(sessions)
    finally:
        engine.dispose()


def row_of(kind: str, way: str, clients: int, done: Race, left: list[Sold]) -> list[str]:
    """Return a line of the table; oversold counts units beyond caps, and the first quota after the whole is hot."""
    hot = left[1]
    errors = sum(number for answer, number in done.outcome.items() if answer not in _ANSWERS)
    total = sum(done.outcome.values())
    return [
        kind,
        way,
        str(clients),
        f"{total:,}",
        *(f"{done.outcome[answer]:,}" for answer in _ANSWERS),
        f"{errors:,}",
        f"{sum(max(0, each.units - each.cap) for each in left):,}",
        f"{hot.units:,} of {hot.cap:,}",
        f"{total / done.seconds:,.0f}",
    ]


@click.command("quotas")
@click.option("--attempts", type=click.IntRange(20, 1_000_000), default=30_000, show_default=True)
@click.option("--processes", type=click.IntRange(1, 64), default=4, show_default=True)
@click.option("--threads", type=click.IntRange(1, 64), default=8, show_default=True, help="Clients of each process.")
@click.option("--naive-attempts", type=click.IntRange(20, 1_000_000), default=3_000, show_default=True)
@click.option("--database", "kinds", multiple=True, default=("SQLite", "PostgreSQL"), show_default=True)
def command(attempts: int, processes: int, threads: int, naive_attempts: int, kinds: tuple[str, ...]) -> None:
    """Approve from many clients at once: units oversold, hot quotas, errors, throughput."""
    show_machine(("sqlalchemy", "pysqlite3", "psycopg"))
    click.echo()
    rows = []
    for kind in kinds:
        for way, how in WAYS.items():
            wanted = attempts if how is attempt else naive_attempts
            with TemporaryDirectory() as scratch, server(kind, Path(scratch)) as url:
                if url is None:
                    click.echo(NO_POSTGRES)
                    continue
                done, left = measure(url, how, wanted, processes=processes, threads=threads)
            rows.append(row_of(kind, way, processes * threads, done, left))
            click.echo(f"{kind}, {way}: {dict(done.outcome)}", err=True)
    show_table(_HEADING, rows)
