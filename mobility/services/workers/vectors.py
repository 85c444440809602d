"""Keeps the packed rows of workers in step with their tables: the only writer of vectors."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from mobility.models.workers.vectors import WorkerVector
from mobility.models.workers.workers import Worker
from mobility.queries.pools.worker_records import Packed, pack
from mobility.queries.pools.worker_rows import BATCH, PARTS, WORKER, batches
from mobility.queries.pools.worker_vectors import may_keep, next_change, to_keep

_NULLS = dict.fromkeys(column.key for column in WORKER.selected_columns)


def write(session: Session, ids: Sequence[int]) -> int:
    """Bring the vectors of workers up to date, in the transaction that changed them; returns how many changed.

    Every use case that changes anything of a worker's file calls it before it records the change.
    """
    session.flush()
    return sum(_store(session, _differing(session, some)) for some in batches(ids))


def touch(session: Session, ids: Sequence[int]) -> None:
    """Count workers as changed of whom something else is to be read anew, such as a waiver."""
    session.flush()
    for some in batches(ids):
        _store(session, to_keep(session, some))


def write_new(
    session: Session,
    people: Sequence[Mapping[str, Any]],
    rows: Mapping[str, Sequence[Mapping[str, Any]]],
    occupations: Mapping[int, str],
) -> int:
    """Write the vectors of many workers who were inserted in this transaction, from the very rows; returns how many.

    For those who write thousands at once: nothing is read back.

    Parameters
    ----------
    session : Session
    people : sequence of mapping
        Rows of ``worker`` with their ids; a column that is not there is null.
    rows : mapping of str to sequence of mapping
        Rows by part (``queries.worker_rows.PARTS``), each worker's in the order of their keys.
    occupations : mapping of int to str
        Code of each occupation by id.
    """
    files: dict[int, dict[str, list[Mapping[str, Any]]]] = {row["id"]: {name: [] for name in PARTS} for row in people}
    for name, some in rows.items():
        for row in some:
            file = files[row["worker_id"]][name]
            file.append({**row, "code": occupations[row["occupation_id"]]} if name == "employments" else row)
    found: dict[int, Packed | None] = {}
    for row in people:
        kept = may_keep(row["state"], erased=row.get("sealing_key") is None)
        found[row["id"]] = pack({**_NULLS, **row}, files[row["id"]]) if kept else None
    return _store(session, found)


def differing(session: Session, ids: Sequence[int]) -> list[int]:
    """Return the ids of those workers whose vector does not say what their tables say."""
    return [worker for some in batches(ids) for worker in _differing(session, some)]


def next_ids(session: Session, after: int) -> list[int]:
    """Return the next ids above ``after``, a batch of them, locked: for going through everybody step by step.

    Locked, since whoever compares or rewrites must not meet a worker in the middle of somebody's change.
    """
    select = sa.select(Worker.id).where(Worker.id > after).order_by(Worker.id).limit(BATCH)
    return list(session.scalars(select.with_for_update()))


def _differing(session: Session, ids: Sequence[int]) -> dict[int, Packed | None]:
    select = sa.select(WorkerVector.id, WorkerVector.skills, WorkerVector.record).where(WorkerVector.id.in_(ids))
    stored = {
        worker: None if skills is None or record is None else Packed(skills, record)
        for worker, skills, record in session.execute(select)
    }
    wanted = to_keep(session, ids)
    return {worker: found for worker, found in wanted.items() if worker not in stored or stored[worker] != found}


def _store(session: Session, found: Mapping[int, Packed | None]) -> int:
    if not found:
        return 0
    rows = [
        {"worker": worker, "skills": each and each.skills, "record": each and each.record}
        for worker, each in found.items()
    ]
    insert = (postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert)(WorkerVector)
    new = insert.values(
        {
            WorkerVector.id: sa.bindparam("worker"),
            WorkerVector.change_seq: next_change(session),
            WorkerVector.skills: sa.bindparam("skills"),
            WorkerVector.record: sa.bindparam("record"),
        }
    )
    written = ("change_seq", "skills", "record")
    upsert = new.on_conflict_do_update(
        index_elements=[WorkerVector.id], set_={name: new.excluded[name] for name in written}
    )
    session.connection().execute(upsert, rows)
    return len(rows)
