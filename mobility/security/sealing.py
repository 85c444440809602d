"""Sealed fields of workers and users: one key a worker, wrapped by the keyring; no decision on who may read."""

import secrets
from dataclasses import dataclass, field
from typing import Self

from mobility.models.accounts.users import User
from mobility.models.workers.workers import Worker
from mobility.security.keyring import KEY_BYTES, Keyring, open_with, seal_with


@dataclass(frozen=True)
class WorkerKey:
    """The key of one worker's sealed fields; ``ref`` binds every value to that worker."""

    ref: str
    secret: bytes = field(repr=False)

    @classmethod
    def create(cls, ref: str) -> Self:
        """Return a fresh key for the worker with this public reference."""
        return cls(ref, secrets.token_bytes(KEY_BYTES))

    @classmethod
    def of(cls, keyring: Keyring, worker: Worker) -> Self | None:
        """Return the worker's key, or None when it was dropped (an erased person)."""
        if worker.sealing_key is None:
            return None
        return cls(worker.ref, keyring.open(_key_context(worker.ref), worker.sealing_key))

    def wrapped(self, keyring: Keyring) -> bytes:
        """Return the key as it is stored: sealed by the keyring."""
        return keyring.seal(_key_context(self.ref), self.secret)

    def seal(self, column: str, text: str | None) -> bytes | None:
        """Seal one field; ``column`` is ``table.column``. None and empty text are stored as None."""
        return seal_with(self.secret, 0, f"{column}:{self.ref}", text.encode()) if text else None

    def open(self, column: str, envelope: bytes | None) -> str | None:
        """Open one field sealed for the same column of the same worker."""
        return None if envelope is None else open_with(self.secret, f"{column}:{self.ref}", envelope).decode()


def _key_context(ref: str) -> str:
    return f"worker.sealing_key:{ref}"


def seal_totp(keyring: Keyring, user: User, secret: str) -> None:
    """Store a user's one-time-code secret, sealed."""
    user.totp_secret = keyring.seal(f"user.totp_secret:{user.ref}", secret.encode())


def open_totp(keyring: Keyring, user: User) -> str | None:
    """Return a user's one-time-code secret, or None where none is enrolled."""
    if user.totp_secret is None:
        return None
    return keyring.open(f"user.totp_secret:{user.ref}", user.totp_secret).decode()
