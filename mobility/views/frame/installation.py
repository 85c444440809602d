"""What the application was wired with, at hand in a request; no page of its own."""

from dataclasses import dataclass, field

from flask import current_app

from mobility.db import SessionFactory
from mobility.settings import Settings

EXTENSION = "mobility"


@dataclass(frozen=True)
class Installation:
    """The settings, the database and the token-signing secret of this application."""

    settings: Settings
    sessions: SessionFactory
    secret: str = field(repr=False)


def installation() -> Installation:
    """Return what the current application was wired with."""
    found: Installation = current_app.extensions[EXTENSION]
    return found
