"""Signing in with password and one-time code, and changing either; attempts are counted before anything is checked."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from mobility.db import fold, is_storable
from mobility.models.accounts.users import User
from mobility.security import audit, browser_sessions, one_time_codes, passwords, throttle
from mobility.security.actors import Actor, actor_of
from mobility.security.keyring import keyring_of
from mobility.security.sealing import seal_totp

LONGEST_EMAIL = 254


class ThrottledError(Exception):
    """Too many attempts: the person has to wait."""


def check_password(session: Session, email: str, password: str, *, address: str, at: datetime) -> User | None:
    """Return the user whose password this is, or None; unknown, disabled and wrong cannot be told apart.

    Raises
    ------
    ThrottledError
        Too many attempts for this account or from this address; nothing was checked.
    """
    folded = fold(email)
    of_account = throttle.attempt(session, f"user:{folded}", at=at)
    of_address = throttle.attempt(session, f"ip:{address}", at=at, allowed=throttle.ALLOWED_FROM_ADDRESS)
    if not (of_account and of_address):
        raise ThrottledError
    user = None
    if is_storable(folded, LONGEST_EMAIL):
        by_email = sa.select(User).where(User.email_folded == folded)
        user = session.scalar(by_email.options(joinedload(User.organisation)))
    stored = user.password_hash if user is not None and user.disabled_at is None else None
    return user if passwords.password_matches(stored, password) else None


def check_code(session: Session, user: User, code: str, *, at: datetime) -> bool:
    """Tell whether the one-time code is right and unused.

    Raises
    ------
    ThrottledError
        Too many codes were tried for this account.
    """
    if not throttle.attempt(session, f"code:{user.ref}", at=at):
        raise ThrottledError
    return one_time_codes.use_code(session, user, code, at=at)


def complete_sign_in(session: Session, user: User, *, how: str, at: datetime) -> Actor:
    """Record that a user signed in, and forget the attempts that led to it."""
    for name in (f"user:{user.email_folded}", f"code:{user.ref}"):
        throttle.forget(session, name)
    actor = actor_of(user)
    audit.record(session, actor, "user.sign_in", user, at=at, how=how)
    return actor


def has_password(session: Session, actor: Actor) -> bool:
    """Tell whether the actor has a password that they can be asked for; people of the demo have none."""
    return session.scalar(sa.select(User.password_hash).where(User.id == actor.user_id)) is not None


def prove(session: Session, actor: Actor, password: str, *, at: datetime) -> User | None:
    """Return the actor's own user if this is their password, else None; attempts are counted first.

    Raises
    ------
    ThrottledError
        Too many attempts: whoever found an open browser cannot try passwords in it.
    """
    if not throttle.attempt(session, f"password:{actor.user_ref}", at=at):
        raise ThrottledError
    user = _own(session, actor)
    if not passwords.password_matches(user.password_hash, password):
        return None
    throttle.forget(session, f"password:{actor.user_ref}")
    return user


def set_password(session: Session, actor: Actor, old: str, new: str, *, at: datetime) -> bool:
    """Change the actor's own password and end their sessions; False if the old one is wrong.

    Raises
    ------
    ThrottledError
        Too many attempts: whoever found an open browser cannot try passwords in it.
    InvalidError
        The new password is too short, too long or easy to guess.
    """
    user = prove(session, actor, old, at=at)
    if user is None:
        return False
    passwords.check_new_password(new, known=(user.name, user.email))
    user.password_hash = passwords.hash_password(new)
    browser_sessions.end_all_of(session, user.id)
    audit.record(session, actor, "user.change_password", user, at=at)
    return True


def enrol_factor(session: Session, actor: Actor, secret: str, code: str, *, at: datetime) -> bool:
    """Store a new one-time-code secret once the actor shows a right code of it, which is spent; all sessions end."""
    step = one_time_codes.matching_step(secret, code, at=at)
    if step is None:
        return False
    user = _own(session, actor)
    seal_totp(keyring_of(session), user, secret)
    user.totp_last_step = step
    browser_sessions.end_all_of(session, user.id)
    audit.record(session, actor, "user.enrol_factor", user, at=at)
    return True


def prefer_language(session: Session, actor: Actor, code: str) -> None:
    """Remember the language in which a user reads."""
    session.execute(sa.update(User).where(User.id == actor.user_id).values(locale=code))


def _own(session: Session, actor: Actor) -> User:
    own = (
        sa.select(User).where(User.id == actor.user_id).options(joinedload(User.organisation)).with_for_update(of=User)
    )
    return session.scalars(own).one()
