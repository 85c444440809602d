"""Requests that create something carry a key, so that sending one twice creates once."""

import hashlib
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from mobility.errors import ConflictError
from mobility.models.platform.jobs import IdempotencyKey
from mobility.security.actors import Actor


def fingerprint(content: str) -> str:
    """Return the hash by which a repeated request is told from another one under the same key."""
    return hashlib.sha256(content.encode()).hexdigest()


def begin(session: Session, actor: Actor, key: str, content: str, *, at: datetime) -> str | None:
    """Claim a key: None if this request is the first, else the reference of what the first one created.

    Raises
    ------
    ConflictError
        ``key_reused``: the key came before with other content.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {"user_id": actor.user_id, "key": key, "fingerprint": fingerprint(content), "created_at": at}
    claimed = session.execute(insert(IdempotencyKey).values(row).on_conflict_do_nothing().returning(IdempotencyKey.id))
    if claimed.first() is not None:
        return None
    of_actor = sa.and_(IdempotencyKey.user_id == actor.user_id, IdempotencyKey.key == key)
    first = session.scalars(sa.select(IdempotencyKey).where(of_actor)).one()
    if first.fingerprint != fingerprint(content) or first.object_ref is None:
        raise ConflictError("key_reused")
    return first.object_ref


def finish(session: Session, actor: Actor, key: str, object_ref: str) -> None:
    """Remember what the request under this key created."""
    of_actor = sa.and_(IdempotencyKey.user_id == actor.user_id, IdempotencyKey.key == key)
    session.execute(sa.update(IdempotencyKey).where(of_actor).values(object_ref=object_ref))
