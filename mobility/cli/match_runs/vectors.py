"""``mobility match vectors``: packed workers made anew, or compared with their tables."""

from collections.abc import Callable, Iterator
from typing import TypeVar

import click
from sqlalchemy.orm import Session
from tqdm import tqdm

from mobility.cli.platform.database import database
from mobility.db import SessionFactory, write_tx
from mobility.errors import MobilityError
from mobility.services.workers import vectors
from mobility.settings import Settings

Found = TypeVar("Found")


class VectorsDifferError(MobilityError):
    """A vector does not say what its worker's tables say."""


@click.group("vectors")
def group() -> None:
    """Packed workers, from which match runs read; derived from the workers' files."""


@group.command()
def rebuild() -> None:
    """Make anew what is missing or differs, a thousand workers a transaction; interrupted, call it again."""
    with database(Settings.from_env()) as sessions:
        written = sum(_each_batch(sessions, vectors.write))
    click.echo(f"{written} vectors written; every worker has one that says what the tables say.")


@group.command()
def check() -> None:
    """Compare every vector with the worker's tables; fails where one differs."""
    with database(Settings.from_env()) as sessions:
        wrong = sum(len(ids) for ids in _each_batch(sessions, vectors.differing))
    if wrong:
        raise VectorsDifferError(f"{wrong} vectors are missing or wrong; `mobility match vectors rebuild` mends them")
    click.echo("Every vector says what the tables say.")


def _each_batch(sessions: SessionFactory, step: Callable[[Session, list[int]], Found]) -> Iterator[Found]:
    """Yield what a step finds in each batch of workers; each is a transaction of its own."""
    last = 0
    with tqdm(desc="Workers", unit=" workers") as bar:
        while True:
            with write_tx(sessions) as session:
                ids = vectors.next_ids(session, last)
                if not ids:
                    return
                found = step(session, ids)
            last = ids[-1]
            bar.update(len(ids))
            yield found
