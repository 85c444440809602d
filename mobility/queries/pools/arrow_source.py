"""Packed workers read by ADBC, column by column, where its driver is installed (extra ``adbc``): PostgreSQL only.

On SQLite a second SQLite library in this process would open the live file: closing its descriptor drops the locks of
the first (docs/decisions/0008).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.queries.pools.worker_records import Blobs
from mobility.queries.pools.worker_vectors import Source, Vectors, joined_blobs

DRIVER = "adbc_driver_postgresql"
_BETWEEN = (
    "SELECT worker_id, skills, record FROM worker_vector "
    "WHERE record IS NOT NULL AND worker_id BETWEEN $1 AND $2 ORDER BY worker_id"
)


class ArrowSource:
    """Reads packed workers through an ADBC connection: sees what is committed, whatever a session has changed."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def between(self, first: int, last: int) -> Vectors:
        """Return those whose ids lie between two, both included."""
        with self.connection.cursor() as cursor:
            cursor.execute(_BETWEEN, (first, last))
            table = cursor.fetch_arrow_table()
        key = table.column("worker_id").to_numpy()
        return Vectors(key, _blobs(table.column("skills")), _blobs(table.column("record")))


def _blobs(column: Any) -> Blobs:
    """Return a binary column as it lies in memory."""
    parts = [_blobs_of(chunk) for chunk in column.chunks]
    return joined_blobs(parts) if parts else Blobs.of([])


def _blobs_of(chunk: Any) -> Blobs:
    _, offsets, data = chunk.buffers()
    wide = np.int64 if str(chunk.type).startswith("large") else np.int32
    edges = np.frombuffer(offsets, wide)[chunk.offset : chunk.offset + len(chunk) + 1].astype(np.int64)
    held = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    return Blobs(held[edges[0] : edges[-1]], edges[:-1] - edges[0], np.diff(edges))


@contextmanager
def arrow_source(session: Session) -> Iterator[Source | None]:
    """Yield the fast way to the session's database for as long as it is open; None where there is no such way.

    Only for sessions that have changed nothing: it reads beside their transaction.
    """
    bind = session.get_bind()
    engine = bind if isinstance(bind, sa.Engine) else bind.engine
    if engine.dialect.name != "postgresql" or find_spec(DRIVER) is None:
        yield None
        return
    driver = import_module(f"{DRIVER}.dbapi")  # an extra: asked for only where it is installed
    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with driver.connect(address) as connection:
        yield ArrowSource(connection)
