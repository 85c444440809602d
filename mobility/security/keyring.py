"""The installation's secret keys: sealing, blind indexes, audit chain; reads one file, knows no table."""

import base64
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

from mobility.db import fold
from mobility.errors import MobilityError

ENVELOPE = 1
KEY_BYTES = 32
NONCE_BYTES = 12
INDEX_BYTES = 16


class KeyringError(MobilityError):
    """The keyring file is missing, malformed or readable by others, or a sealed value does not open with it."""


@dataclass(frozen=True)
class Keyring:
    """Keys by number: ``current`` seals, every key opens. ``demo`` keys are refused in production.

    An envelope is ``version byte | key number byte | 12-byte nonce | AES-256-GCM``; its context (table, column and
    row) is authenticated, so that a value moved to another row or column does not open.
    """

    current: int
    keys: Mapping[int, bytes] = field(repr=False)
    index_key: bytes = field(repr=False)
    audit_key: bytes = field(repr=False)
    checkpoint_seed: bytes = field(repr=False)
    demo: bool = False

    def seal(self, context: str, plain: bytes) -> bytes:
        """Encrypt ``plain`` for ``context`` under the current key."""
        return seal_with(self.keys[self.current], self.current, context, plain)

    def open(self, context: str, envelope: bytes) -> bytes:
        """Decrypt an envelope that was sealed for the same context.

        Raises
        ------
        KeyringError
            Unknown key, another context, or any bit changed.
        """
        number = envelope[1] if len(envelope) > NONCE_BYTES + 2 else -1
        if envelope[:1] != bytes([ENVELOPE]) or number not in self.keys:
            raise KeyringError("sealed with a key that the keyring does not hold")
        return open_with(self.keys[number], context, envelope)

    def blind(self, context: str, text: str) -> str:
        """Return the keyed hash by which equal texts (folded) are found without opening them."""
        message = f"{context}\0{fold(text)}".encode()
        return hmac.digest(self.index_key, message, "sha256")[:INDEX_BYTES].hex()

    def mac(self, message: str) -> str:
        """Return the audit chain's authentication code of a message, as 64 hexadecimal digits."""
        return hmac.digest(self.audit_key, message.encode(), "sha256").hex()

    def checkpoint_key(self) -> Ed25519PrivateKey:
        """Return the key that signs audit checkpoints."""
        return Ed25519PrivateKey.from_private_bytes(self.checkpoint_seed)

    @classmethod
    def generate(cls, *, demo: bool = False) -> Self:
        """Return a keyring of fresh random keys."""
        index, audit, seed = (secrets.token_bytes(KEY_BYTES) for _ in range(3))
        return cls(1, {1: secrets.token_bytes(KEY_BYTES)}, index, audit, seed, demo=demo)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a keyring file.

        Raises
        ------
        KeyringError
            The file is missing, readable by others, or not a keyring.
        """
        try:
            if path.stat().st_mode & 0o077:
                raise KeyringError(f"keyring {path.name} is readable by others: chmod 600 it")
            data = json.loads(path.read_text())
            return cls._from_json(data)
        except FileNotFoundError:
            raise KeyringError(f"no keyring at {path.name}: make one with `mobility keyring create`") from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise KeyringError(f"{path.name} is not a keyring ({type(error).__name__})") from None

    @classmethod
    def _from_json(cls, data: dict[str, Any]) -> Self:
        keys = {int(number): _bytes(key) for number, key in data["keys"].items()}
        if data["current"] not in keys:
            raise KeyError("current")
        index, audit, seed = (_bytes(data[name]) for name in ("index_key", "audit_key", "checkpoint_seed"))
        return cls(data["current"], keys, index, audit, seed, demo=bool(data["demo"]))

    def save(self, path: Path) -> None:
        """Write the keyring to a new file that only its owner may read; never over another."""
        text = json.dumps(
            {
                "current": self.current,
                "demo": self.demo,
                "keys": {str(number): _text(key) for number, key in self.keys.items()},
                "index_key": _text(self.index_key),
                "audit_key": _text(self.audit_key),
                "checkpoint_seed": _text(self.checkpoint_seed),
            },
            indent=1,
        )
        write_secret(path, text)


def write_secret(path: Path, text: str) -> None:
    """Write a new file for its owner alone: whole or not at all, so that no other process reads half of it.

    Raises
    ------
    FileExistsError
        There is one already, which stays as it is.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(scratch, path)
    finally:
        scratch.unlink()


def keyring_of(session: Session) -> Keyring:
    """Return the keyring that the session factory was given."""
    keyring: Keyring = session.info["keyring"]
    return keyring


def seal_with(key: bytes, number: int, context: str, plain: bytes) -> bytes:
    """Encrypt under a given key; ``number`` is written into the envelope."""
    nonce = os.urandom(NONCE_BYTES)
    return bytes([ENVELOPE, number]) + nonce + AESGCM(key).encrypt(nonce, plain, context.encode())


def open_with(key: bytes, context: str, envelope: bytes) -> bytes:
    """Decrypt an envelope with a given key.

    Raises
    ------
    KeyringError
        Another key or context, or any bit changed.
    """
    nonce, sealed = envelope[2 : 2 + NONCE_BYTES], envelope[2 + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, sealed, context.encode())
    except (InvalidTag, ValueError):
        raise KeyringError("a sealed value does not open: changed, moved, or sealed with another key") from None


def _bytes(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("key of wrong length")
    return key


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()
