"""An installation's secrets on disk: made on first use outside production, only checked inside it."""

import secrets
from contextlib import suppress

from mobility import instance
from mobility.db import SAFER_SQLITE, SessionFactory, make_engine, make_sessions, sqlite_version, wal_is_safe
from mobility.security.keyring import Keyring, KeyringError, write_secret
from mobility.settings import SHORTEST_SECRET, Settings, SettingsError


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
        Production without ``MOBILITY_SECRET_KEY``, or a damaged file.
    """
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    if settings.production:
        raise SettingsError("MOBILITY_SECRET_KEY: needed in production, at least 32 random characters")
    file = settings.instance_dir / "secret_key"
    if not file.exists():
        with suppress(FileExistsError):  # another process of this installation may be first
            write_secret(file, secrets.token_urlsafe(48))
    key = file.read_text()
    if len(key) < SHORTEST_SECRET:
        raise SettingsError(f"{file} is damaged: delete it, and a new key is made")
    return key


def open_database(settings: Settings) -> SessionFactory:
    """Return the session factory of this installation, whose sessions carry the keyring.

    Raises
    ------
    SettingsError, KeyringError, InstanceError
        Production with debug on, with an SQLite that can lose data, or without its own keys; an instance folder that
        others may use.
    """
    refuse_unsafe(settings)
    prepare_folder(settings)
    engine = make_engine(settings.url, pool_size=settings.database_pool)
    return make_sessions(engine, keyring=load_keyring(settings))


def prepare_folder(settings: Settings, *, whole: bool = False) -> None:
    """Make the instance folder if it is missing; refuse it, or an SQLite file, that others than its owner may use.

    A start looks at what stands directly in it, since nobody gets past a closed folder; ``whole`` looks at everything.

    Raises
    ------
    InstanceError
        It cannot be made, or others may use it; the message has the command that mends it.
    """
    instance.make_private(settings.instance_dir)
    instance.refuse_loose(settings.instance_dir, whole=whole)
    if settings.database_file is not None:
        instance.refuse_loose(settings.database_file)


def refuse_unsafe(settings: Settings) -> None:
    """Refuse what must not meet real people's data.

    Raises
    ------
    SettingsError
        In production: debug, or an SQLite library whose write-ahead log can lose committed pages.
    """
    if not settings.production:
        return
    if settings.debug:
        raise SettingsError("MOBILITY_DEBUG: refused in production, since it shows code and data to anybody")
    if settings.url.startswith("sqlite") and not wal_is_safe(sqlite_version()):
        version = ".".join(str(part) for part in sqlite_version())
        raise SettingsError(f"SQLite {version} can lose committed data: {SAFER_SQLITE}")
