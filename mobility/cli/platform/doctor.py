"""``mobility doctor``: every precondition of a run, with its mend."""

import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import sqlalchemy as sa

from mobility.db import SAFER_SQLITE, driver_reason, make_engine, sqlite_version, wal_is_safe
from mobility.errors import MobilityError
from mobility.instance import checkout, command_for_extra
from mobility.security.installation import load_keyring, load_secret_key, prepare_folder
from mobility.services.platform import migrations
from mobility.settings import Settings

LEAST_PYTHON = (3, 11)
DIST = Path(__file__).resolve().parents[2] / "static" / "dist"


@dataclass(frozen=True)
class Precondition:
    """One thing that must hold, whether it does, and what to do if it does not."""

    name: str
    holds: bool
    mend: str


@click.command()
def doctor() -> None:
    """Print each precondition with its mend; exit status 1 if one does not hold."""
    settings = Settings.from_env()
    held = True
    for each in examine(settings):
        held &= each.holds
        click.echo(f"{'ok  ' if each.holds else 'NO  '} {each.name}{'' if each.holds else f': {each.mend}'}")
    if not held:
        sys.exit(1)


def examine(settings: Settings) -> Iterator[Precondition]:
    """Look at every precondition; nothing is changed but files that an installation makes by itself."""
    python = ".".join(str(part) for part in sys.version_info[:3])
    yield Precondition(f"Python {python}", sys.version_info >= LEAST_PYTHON, "install Python 3.11 or newer")
    yield from sqlite_preconditions(settings)
    yield _works("secret key", lambda: load_secret_key(settings))
    yield _works("keyring", lambda: load_keyring(settings))
    yield from _database(settings)
    built = (DIST / "mobility.css").exists()
    mend = "run `python3 start.py doctor`, which builds them first" if checkout() else "install this release again"
    yield Precondition("front-end files", built, mend)
    if settings.dask:
        found = importlib.util.find_spec("distributed") is not None
        yield Precondition("Dask", found, f"install the extra: {command_for_extra('dask')}")
    if checkout() and not settings.production:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        yield Precondition("Chromium (for browser tests only)", chromium is not None, "apt-get install chromium")


def sqlite_preconditions(settings: Settings) -> Iterator[Precondition]:
    """Judge the SQLite library, where it is what stores the data."""
    if settings.url.startswith("sqlite"):
        version = sqlite_version()
        name = f"SQLite {'.'.join(map(str, version))}"
        yield Precondition(name, wal_is_safe(version), SAFER_SQLITE)


def _database(settings: Settings) -> Iterator[Precondition]:
    enough = settings.database_pool >= 2 * settings.server_threads
    yield Precondition(
        "connections for all threads", enough, "set MOBILITY_DATABASE_POOL to twice MOBILITY_SERVER_THREADS"
    )
    yield _works("instance folder, for its owner only", lambda: prepare_folder(settings, whole=True))
    try:
        engine = make_engine(settings.url, pool_size=1)
        try:
            current = migrations.is_current(engine)
        finally:
            engine.dispose()
        yield Precondition("database reachable", holds=True, mend="")
        yield Precondition("schema up to date", current, "run `mobility migrate`")
    except sa.exc.SQLAlchemyError as error:
        mend = f"check MOBILITY_DATABASE_URL ({driver_reason(error)})"
        yield Precondition("database reachable", holds=False, mend=mend)


def _works(name: str, attempt: Callable[[], object]) -> Precondition:
    try:
        attempt()
    except MobilityError as error:
        return Precondition(name, holds=False, mend=str(error))
    except OSError as error:
        return Precondition(name, holds=False, mend=f"{error.strerror}: {error.filename}")
    return Precondition(name, holds=True, mend="")
