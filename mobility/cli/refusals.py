"""What an error says at the command line: a refusal in the sentence that a page would show, then its code."""

from collections.abc import Mapping

from sqlalchemy.exc import SQLAlchemyError

from mobility.data import reference
from mobility.db import driver_reason
from mobility.errors import MobilityError
from mobility.wording import SENTENCES, sentence

#: Where a terminal says which language it speaks; the first that is set holds.
_SAID_BY = ("LC_ALL", "LC_MESSAGES", "LANG")


def reason(error: Exception, environ: Mapping[str, str]) -> str | None:
    """Return the line that says what went wrong and what to do; None for an error that only a mend of ours ends."""
    if isinstance(error, MobilityError):
        return told(error, environ)
    if isinstance(error, SQLAlchemyError):
        return f"the database refused: {driver_reason(error)}; check MOBILITY_DATABASE_URL, or run `mobility doctor`"
    if isinstance(error, OSError):
        return f"{error.filename or 'the system'}: {error.strerror}"
    return None


def told(error: MobilityError, environ: Mapping[str, str]) -> str:
    """Return what happened and what to do, in the terminal's language, with the code for whoever is asked for help.

    A refusal that no sentence is written for says what it says itself.
    """
    code = getattr(error, "code", "")
    if code not in SENTENCES:
        return str(error)
    said = sentence(code, getattr(error, "params", None), terminal_language(environ))
    return f"{said} [{error}]"


def terminal_language(environ: Mapping[str, str]) -> str:
    """Return the language of a terminal by its environment; English where it speaks none of ours."""
    said = next((environ[name] for name in _SAID_BY if environ.get(name)), "")
    language = said[:2].lower()
    return language if language in reference.LANGUAGES else "en"
