"""Labour mobility, from declared shortage to safe return."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"


def create_app() -> Any:
    """Return the application of the environment's settings, for ``flask --app mobility`` and other WSGI programs."""
    return import_module("mobility.app").create_app()
