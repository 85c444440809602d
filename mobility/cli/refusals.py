"""What a refusal says at the command line: the sentence that a page would show, then the code that it goes by."""

from collections.abc import Mapping

from flask import Flask
from flask_babel import Babel

from mobility.data import reference
from mobility.errors import MobilityError
from mobility.wording import SENTENCES, catalogues, sentence

#: Where a terminal says which language it speaks; the first that is set holds.
_SAID_BY = ("LC_ALL", "LC_MESSAGES", "LANG")


def told(error: MobilityError, environ: Mapping[str, str]) -> str:
    """Return what happened and what to do, in the terminal's language, with the code for whoever is asked for help.

    A refusal that no sentence is written for says what it says itself.
    """
    code = getattr(error, "code", "")
    if code not in SENTENCES:
        return str(error)
    catalogues.compile_stale()
    speaker = Flask("mobility")
    language = terminal_language(environ)
    Babel(speaker, locale_selector=lambda: language, default_translation_directories=str(catalogues.FOLDER))
    with speaker.test_request_context():
        return f"{sentence(code, getattr(error, 'params', None))} [{error}]"


def terminal_language(environ: Mapping[str, str]) -> str:
    """Return the language of a terminal by its environment; English where it speaks none of ours."""
    said = next((environ[name] for name in _SAID_BY if environ.get(name)), "")
    language = said[:2].lower()
    return language if language in reference.LANGUAGES else "en"
