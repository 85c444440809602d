"""Server-side sessions of browsers: created, found, ended; the cookie's token is never stored, only its hash."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.models.accounts.sessions import UserSession

TOKEN_BYTES = 32
SEEN_EVERY = timedelta(minutes=1)


def token_hash(token: str) -> str:
    """Return the SHA-256 of a session token."""
    return hashlib.sha256(token.encode()).hexdigest()


def find(session: Session, token: str, *, at: datetime, idle: timedelta, absolute: timedelta) -> UserSession | None:
    """Return the live session of a token: seen within ``idle`` and begun within ``absolute``, or None."""
    row = session.scalar(sa.select(UserSession).where(UserSession.token_hash == token_hash(token)))
    if row is None or at - row.seen_at > idle or at - row.created_at > absolute:
        return None
    return row


def create(session: Session, *, at: datetime, user_id: int | None = None, state: dict[str, Any] | None = None) -> str:
    """Store a new session and return its token, which only the browser will know."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        UserSession(token_hash=token_hash(token), user_id=user_id, state=state or {}, created_at=at, seen_at=at)
    )
    session.flush()
    return token


def end(session: Session, token: str) -> None:
    """End the session of a token, if there is one."""
    session.execute(sa.delete(UserSession).where(UserSession.token_hash == token_hash(token)))


def end_all_of(session: Session, user_id: int) -> None:
    """End every session of a user: the account was disabled, or its password, factor or roles changed."""
    session.execute(sa.delete(UserSession).where(UserSession.user_id == user_id))


def is_stale(row: UserSession, *, at: datetime) -> bool:
    """Tell whether ``seen_at`` is due to be written again (once a minute, so that reading is not writing)."""
    return at - row.seen_at > SEEN_EVERY


def touch(session: Session, row_id: int, *, at: datetime) -> None:
    """Write that a session was seen."""
    session.execute(sa.update(UserSession).where(UserSession.id == row_id).values(seen_at=at))
