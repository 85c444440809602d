"""The database of a command: opened, and its connections closed at the end."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from mobility.db import SessionFactory
from mobility.security.installation import open_database
from mobility.settings import Settings


@contextmanager
def database(settings: Settings) -> Iterator[SessionFactory]:
    """Yield the session factory of the installation."""
    sessions = open_database(settings)
    try:
        yield sessions
    finally:
        engine: sa.Engine = sessions.kw["bind"]
        engine.dispose()
