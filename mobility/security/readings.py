"""The record of who looked at whose file: the only writer of readings, and their verification."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.models.workers.readings import Reading
from mobility.security.actors import Actor
from mobility.security.aggregates import canonical_json
from mobility.security.keyring import Keyring, keyring_of

BATCH = 1000


@dataclass(frozen=True)
class Shown:
    """A worker who was shown, and the names of the fields that were unsealed for it."""

    worker_id: int
    fields: frozenset[str]


def record(session: Session, actor: Actor, shown: Sequence[Shown], *, page: str, request_id: str, at: datetime) -> None:
    """Append one reading for each worker who was shown; of several views of one worker the fields add up."""
    unsealed: dict[int, frozenset[str]] = {}
    for each in shown:
        unsealed[each.worker_id] = unsealed.get(each.worker_id, frozenset()) | each.fields
    keyring = keyring_of(session)
    rows = [
        Reading(
            at=at,
            user_id=actor.user_id,
            organisation_id=actor.organisation_id,
            worker_id=worker_id,
            page=page,
            fields=",".join(sorted(names)),
            request_id=request_id,
        )
        for worker_id, names in sorted(unsealed.items())
    ]
    for row in rows:
        row.mac = _mac(keyring, row)
    session.add_all(rows)
    session.flush()


def altered(session: Session) -> Iterator[int]:
    """Yield the ids of readings that are not as they were written."""
    keyring = keyring_of(session)
    select = sa.select(Reading).order_by(Reading.id).execution_options(yield_per=BATCH, populate_existing=True)
    for row in session.scalars(select):
        if row.mac != _mac(keyring, row):
            yield row.id


def _mac(keyring: Keyring, row: Reading) -> str:
    told = [row.user_id, row.organisation_id, row.worker_id, row.page, row.fields, row.request_id]
    return keyring.mac(canonical_json(["reading", row.at.astimezone(UTC).isoformat(), *told]))
