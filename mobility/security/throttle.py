"""Counted attempts to sign in, by account and by address, shared by all processes through the database."""

import hmac
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.models.sessions import SignInAttempt
from mobility.security.keyring import keyring_of

WINDOW = timedelta(minutes=1)
ALLOWED = 5
LONGEST_BLOCK = timedelta(hours=1)


def attempt(session: Session, name: str, *, at: datetime) -> bool:
    """Count one attempt under ``name`` before anything is checked; False if it is one too many.

    Five a minute are allowed; each further one doubles the wait, up to an hour.
    """
    key = hmac.digest(keyring_of(session).index_key, f"sign_in:{name}".encode(), "sha256").hex()
    row = session.scalar(sa.select(SignInAttempt).where(SignInAttempt.key_hash == key).with_for_update())
    if row is None:
        session.add(SignInAttempt(key_hash=key, attempts=1, window_started_at=at))
        session.flush()
        return True
    if row.blocked_until is not None and at < row.blocked_until:
        return False
    if at - row.window_started_at > WINDOW and (row.blocked_until is None or at > row.blocked_until + LONGEST_BLOCK):
        row.attempts, row.window_started_at, row.blocked_until = 0, at, None
    row.attempts += 1
    excess = row.attempts - ALLOWED
    if excess > 0:
        row.blocked_until = at + min(WINDOW * 2 ** min(excess - 1, 10), LONGEST_BLOCK)
    session.flush()
    return excess <= 0


def forget(session: Session, name: str) -> None:
    """Drop the count under ``name``, after a success."""
    key = hmac.digest(keyring_of(session).index_key, f"sign_in:{name}".encode(), "sha256").hex()
    session.execute(sa.delete(SignInAttempt).where(SignInAttempt.key_hash == key))
