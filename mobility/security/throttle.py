"""Counted attempts to sign in, by account and by address, shared by all processes through the database."""

import hmac
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from mobility.models.accounts.sessions import SignInAttempt
from mobility.security.keyring import keyring_of

WINDOW = timedelta(minutes=1)
ALLOWED = 5
#: From one address: whole offices stand behind one.
ALLOWED_FROM_ADDRESS = 30
LONGEST_BLOCK = timedelta(hours=1)


def attempt(session: Session, name: str, *, at: datetime, allowed: int = ALLOWED) -> bool:
    """Count one attempt under ``name`` before anything is checked; False if it is one too many.

    ``allowed`` a minute pass; after the last of them, one passes after a minute, one after two more, four, up to an
    hour. An hour without attempts after the wait begins anew.
    """
    row = _locked(session, _key(session, name), at)
    if row.blocked_until is not None and at < row.blocked_until:
        return False
    rested = row.blocked_until is None or at > row.blocked_until + LONGEST_BLOCK
    if at - row.window_started_at > WINDOW and rested:
        row.attempts, row.window_started_at, row.blocked_until = 0, at, None
    row.attempts += 1
    excess = row.attempts - allowed
    if excess >= 0:
        row.blocked_until = at + min(WINDOW * 2 ** min(excess, 10), LONGEST_BLOCK)
    session.flush()
    return True


def forget(session: Session, name: str) -> None:
    """Drop the count under ``name``, after a success."""
    session.execute(sa.delete(SignInAttempt).where(SignInAttempt.key_hash == _key(session, name)))


def _key(session: Session, name: str) -> str:
    return hmac.digest(keyring_of(session).index_key, f"sign_in:{name}".encode(), "sha256").hex()


def _locked(session: Session, key: str, at: datetime) -> SignInAttempt:
    """Return the row of a key, locked; made on first use, by whichever of several processes comes first."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    fresh = {"key_hash": key, "attempts": 0, "window_started_at": at}
    session.execute(insert(SignInAttempt).values(fresh).on_conflict_do_nothing())
    of_key = sa.select(SignInAttempt).where(SignInAttempt.key_hash == key).with_for_update()
    return session.scalars(of_key.execution_options(populate_existing=True)).one()
