"""Packed workers as the database holds them: many at once, what is missing made from the tables, and the watermark."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from mobility.models.workers.vectors import CHANGES, WorkerVector
from mobility.queries.pools.worker_records import Blobs, Packed, is_whole, pack
from mobility.queries.pools.worker_rows import batches, parts_of, workers
from mobility.rules.cases.workers import WorkerState

Whole = NDArray[np.int64]
#: Where ids leave wider gaps than this, rows are asked for one by one, not from the first id to the last.
_GAPS = 4
_AT_ONCE = 1000
_VECTOR = sa.select(WorkerVector.id, WorkerVector.skills, WorkerVector.record).where(WorkerVector.record.is_not(None))
#: Waits for those who are writing vectors, and holds up nobody longer than it takes to look at the number.
_BARRIER = "LOCK TABLE worker_vector IN SHARE MODE"


class Vectors(NamedTuple):
    """Packed workers, ascending by id."""

    key: Whole
    skills: Blobs
    records: Blobs

    def take(self, rows: NDArray[Any]) -> "Vectors":
        """Return some of them."""
        return Vectors(self.key[rows], self.skills.take(rows), self.records.take(rows))


class Source(Protocol):
    """Where packed workers are read from."""

    def between(self, first: int, last: int) -> Vectors:
        """Return those whose ids lie between two, both included."""


class SessionSource:
    """Reads packed workers through a session: sees what its transaction sees."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def between(self, first: int, last: int) -> Vectors:
        """Return those whose ids lie between two, both included."""
        return self._read(WorkerVector.id.between(first, last))

    def among(self, ids: Sequence[int]) -> Vectors:
        """Return those with these ids; few enough for one statement."""
        return self._read(WorkerVector.id.in_(ids))

    def _read(self, condition: sa.ColumnElement[bool]) -> Vectors:
        key: list[int] = []
        skills: list[bytes] = []
        records: list[bytes] = []
        found = self.session.execute(_VECTOR.where(condition).order_by(WorkerVector.id))
        for rows in found.partitions(_AT_ONCE):  # a great many row objects at once keep the garbage collector busy
            ids, some, others = zip(*rows, strict=True)
            key += ids
            skills += some
            records += others
        return Vectors(np.array(key, np.int64), Blobs.of(skills), Blobs.of(records))


def vectors(session: Session, ids: Sequence[int], source: Source | None = None) -> Vectors:
    """Return workers packed, whole ones only.

    Parameters
    ----------
    session : Session
        For what the source does not have, or not in this version: it is packed from the worker's tables.
    ids : sequence of int
        Ascending; those of nobody are left out.
    source : Source, optional
        The session itself by default.
    """
    if not len(ids):
        return packed_vectors({})
    plain = SessionSource(session)
    if ids[-1] - ids[0] < _GAPS * len(ids):
        stored = (source or plain).between(ids[0], ids[-1])
    else:
        stored = joined([plain.among(some) for some in batches(ids)])
    wanted = np.asarray(ids, np.int64)
    usable = is_whole(stored.skills, stored.records) & np.isin(stored.key, wanted)
    if not usable.all():
        stored = stored.take(np.flatnonzero(usable))
    if len(stored.key) == len(wanted):
        return stored
    missing = np.setdiff1d(wanted, stored.key).tolist()
    whole = joined([stored, *(packed_vectors(packed(session, some)) for some in batches(missing))])
    return whole.take(np.argsort(whole.key))


def packed(session: Session, ids: Sequence[int]) -> dict[int, Packed]:
    """Pack one batch of workers from their tables."""
    return {row["id"]: pack(row, parts) for row, parts in _files(session, ids)}


def to_keep(session: Session, ids: Sequence[int]) -> dict[int, Packed | None]:
    """Return what the vectors of one batch of workers must hold: nothing of people who left, or who were erased."""
    return {
        row["id"]: pack(row, parts) if may_keep(row["state"], erased=row["erased"]) else None
        for row, parts in _files(session, ids)
    }


def may_keep(state: WorkerState, *, erased: bool) -> bool:
    """Tell whether a vector may say anything of a worker in this state."""
    return not erased and state is not WorkerState.WITHDRAWN


def _files(session: Session, ids: Sequence[int]) -> Iterator[tuple[sa.RowMapping, dict[str, list[sa.RowMapping]]]]:
    parts = parts_of(session, ids)
    for row in workers(session, ids):
        yield row, {name: found[row["id"]] for name, found in parts.items()}


def packed_vectors(found: dict[int, Packed]) -> Vectors:
    """Return packed workers as vectors, in their order."""
    return Vectors(
        np.array(list(found), np.int64),
        Blobs.of([each.skills for each in found.values()]),
        Blobs.of([each.record for each in found.values()]),
    )


def joined(parts: Sequence[Vectors]) -> Vectors:
    """Put vectors one after another."""
    if len(parts) == 1:
        return parts[0]
    return Vectors(
        np.concatenate([part.key for part in parts]),
        joined_blobs([part.skills for part in parts]),
        joined_blobs([part.records for part in parts]),
    )


def joined_blobs(parts: Sequence[Blobs]) -> Blobs:
    """Put byte strings one after another."""
    if len(parts) == 1:
        return parts[0]
    begin = np.cumsum([0, *(len(part.data) for part in parts)])
    return Blobs(
        np.concatenate([part.data for part in parts]),
        np.concatenate([part.start + first for part, first in zip(parts, begin, strict=False)]),
        np.concatenate([part.length for part in parts]),
    )


def watermark(session: Session) -> int:
    """Return a number such that every change numbered up to it can be read now, and every later change has a greater.

    On PostgreSQL numbers are drawn before commit, so that a smaller one may come to light after a greater: this waits
    until nobody is writing a vector. Whoever read up to the watermark asks next time for what lies above it.
    """
    if session.get_bind().dialect.name != "postgresql":
        return session.scalar(sa.select(sa.func.max(WorkerVector.change_seq))) or 0
    session.connection().exec_driver_sql(_BARRIER)
    return session.scalar(sa.select(sa.func.max(WorkerVector.change_seq))) or 0


def newest_change(session: Session) -> int:
    """Return the greatest number of a change that can be read now, without waiting for anybody.

    Equal to a watermark taken before, it says that nothing has changed since; it is no watermark itself.
    """
    return session.scalar(sa.select(sa.func.max(WorkerVector.change_seq))) or 0


def changed_since(session: Session, mark: int) -> list[int]:
    """Return the ids of the workers who changed after a watermark, ascending; those who left are among them."""
    changed = sa.select(WorkerVector.id).where(WorkerVector.change_seq > mark)
    return list(session.scalars(changed.order_by(WorkerVector.id)))


def next_change(session: Session) -> sa.ColumnElement[int]:
    """Return the expression that numbers a change.

    It belongs into the statement that writes the row: on PostgreSQL the number is then drawn under the lock for which
    ``watermark`` waits.
    """
    if session.get_bind().dialect.name == "postgresql":
        return CHANGES.next_value()
    newest = sa.select(sa.func.coalesce(sa.func.max(WorkerVector.change_seq), 0) + 1)
    return newest.scalar_subquery()
