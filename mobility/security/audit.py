"""The audit chain: recording, checkpoints and verification; the only writer of audit events."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.errors import ConflictError
from mobility.models.base import Base
from mobility.models.platform.audit import AuditEvent, AuditHead
from mobility.security.actors import Actor
from mobility.security.aggregates import AGGREGATES, canonical_json, digests
from mobility.security.keyring import Keyring, keyring_of

GENESIS = "0" * 64
BATCH = 500


def record(
    session: Session, actor: Actor, action: str, subject: Base, *, at: datetime, also: Sequence[Base] = (), **facts: Any
) -> None:
    """Append one event about ``subject``, with the digests of it and of what changed along with it.

    Call it last in a use case: it flushes, and locks the head of the organisation's stream until commit. ``facts`` are
    codes, references and figures, never personal data.
    """
    session.flush()
    keyring = keyring_of(session)
    found: dict[str, str] = {}
    for item in (subject, *also):
        found |= digests(session, keyring, AGGREGATES[item.__tablename__], [item.id])
    ref = getattr(subject, "ref", "")
    _append(session, keyring, actor, at, [(action, subject.__tablename__, ref, found, facts)])


def record_many(
    session: Session, actor: Actor, action: str, model: type[Base], ids: Sequence[int], *, at: datetime, **facts: Any
) -> None:
    """Append one event for each of many new or changed rows of ``model``; the rows must be flushed."""
    session.flush()
    keyring = keyring_of(session)
    aggregate = AGGREGATES[model.__tablename__]
    for start in range(0, len(ids), BATCH):
        found = digests(session, keyring, aggregate, ids[start : start + BATCH])
        entries = [(action, aggregate.kind, name.partition(":")[2], {name: mac}, facts) for name, mac in found.items()]
        _append(session, keyring, actor, at, entries)


_Entry = tuple[str, str, str, dict[str, str], dict[str, Any]]


def _append(session: Session, keyring: Keyring, actor: Actor, at: datetime, entries: Sequence[_Entry]) -> None:
    stream = actor.organisation_ref
    head = _locked_head(session, stream)
    rows = []
    for action, kind, ref, found, facts in entries:
        body = canonical_json(
            {
                "action": action,
                "actor": actor.user_ref,
                "at": at.astimezone(UTC).isoformat(),
                "digests": found,
                "facts": facts,
                "object": f"{kind}:{ref}",
                "roles": sorted(actor.roles),
            }
        )
        previous, head.number = head.mac, head.number + 1
        head.mac = chain_mac(keyring, stream, head.number, previous, body)
        rows.append(
            {
                "stream": stream,
                "number": head.number,
                "at": at,
                "actor_id": actor.user_id,
                "action": action,
                "object_kind": kind,
                "object_ref": ref,
                "body": body,
                "previous": previous,
                "mac": head.mac,
            }
        )
    session.execute(sa.insert(AuditEvent), rows)
    session.flush()


def chain_mac(keyring: Keyring, stream: str, number: int, previous: str, body: str) -> str:
    """Return the authentication code of one event, bound to its place and to the event before it."""
    return keyring.mac(f"{stream}\0{number}\0{previous}\0{body}")


def _locked_head(session: Session, stream: str) -> AuditHead:
    select = sa.select(AuditHead).where(AuditHead.stream == stream)
    locked = select.with_for_update().execution_options(populate_existing=True)
    head = session.scalar(locked)
    if head is None:
        try:
            with session.begin_nested():
                session.add(AuditHead(stream=stream, number=0, mac=GENESIS))
        except sa.exc.IntegrityError:  # another transaction opened the stream at the same moment
            session.expire_all()
        head = session.scalar(locked)
    if head is None:
        raise ConflictError("audit_stream_busy")
    return head
