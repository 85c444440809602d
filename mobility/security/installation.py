"""An installation's secrets on disk: made on first use outside production, only checked inside it."""

import os
import secrets
from contextlib import suppress

from mobility.db import SessionFactory, make_engine, make_sessions
from mobility.security.keyring import Keyring, KeyringError
from mobility.settings import Settings, SettingsError


def load_keyring(settings: Settings) -> Keyring:
    """Return the keyring; outside production a missing one is made, marked as a demo keyring.

    Raises
    ------
    KeyringError
        Missing, malformed or readable by others; or, in production, made for a demo.
    """
    file = settings.keyring_file
    if not settings.production and settings.keyring is None and not file.exists():
        with suppress(FileExistsError):  # another process of this installation may be first
            Keyring.generate(demo=True).save(file)
    keyring = Keyring.load(file)
    if settings.production and keyring.demo:
        raise KeyringError("demo keys are refused in production: make new ones with `mobility keyring create`")
    return keyring


def load_secret_key(settings: Settings) -> str:
    """Return the key that signs form tokens; outside production it is made and kept in the instance folder.

    Raises
    ------
    SettingsError
        Production without ``MOBILITY_SECRET_KEY``.
    """
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    if settings.production:
        raise SettingsError("MOBILITY_SECRET_KEY: needed in production, at least 32 random characters")
    file = settings.instance_dir / "secret_key"
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text()
    with os.fdopen(descriptor, "w") as handle:
        key = secrets.token_urlsafe(48)
        handle.write(key)
    return key


def open_database(settings: Settings) -> SessionFactory:
    """Return the session factory of this installation, whose sessions carry the keyring."""
    settings.instance_dir.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.url, pool_size=settings.database_pool)
    return make_sessions(engine, keyring=load_keyring(settings))
