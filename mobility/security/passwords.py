"""Passwords: argon2id hashes and the refusal of weak ones; few are verified at once, so that memory is bounded."""

import os
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from zxcvbn import zxcvbn

from mobility.errors import InvalidError

SHORTEST = 12
LONGEST = 128
WEAKEST_SCORE = 3

_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_SLOTS = threading.BoundedSemaphore(2 * (os.cpu_count() or 1))
_DUMMY = _HASHER.hash("an account that does not exist")


def hash_password(password: str) -> str:
    """Return the argon2id hash (19 MiB, 2 passes, 1 lane: OWASP's recommended least)."""
    with _SLOTS:
        return _HASHER.hash(password)


def password_matches(stored: str | None, password: str) -> bool:
    """Compare with a stored hash; an account without one takes the same time and never matches."""
    with _SLOTS:
        try:
            return _HASHER.verify(stored or _DUMMY, password) and stored is not None
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False


def check_new_password(password: str, *, known: tuple[str, ...] = ()) -> None:
    """Refuse a password that is short, long or guessable; ``known`` are words of the user's own, such as the name.

    Raises
    ------
    InvalidError
        ``password_too_short``, ``password_too_long`` or ``password_guessable``.
    """
    if len(password) < SHORTEST:
        raise InvalidError("password_too_short", field="password", least=SHORTEST)
    if len(password) > LONGEST:
        raise InvalidError("password_too_long", field="password", most=LONGEST)
    if zxcvbn(password[:72], user_inputs=list(known))["score"] < WEAKEST_SCORE:
        raise InvalidError("password_guessable", field="password")
