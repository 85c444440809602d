"""What a refusal says at the command line: the sentence that a page would show, then the code that it goes by."""

from collections.abc import Mapping

from mobility.data import reference
from mobility.errors import MobilityError
from mobility.wording import SENTENCES, sentence

#: Where a terminal says which language it speaks; the first that is set holds.
_SAID_BY = ("LC_ALL", "LC_MESSAGES", "LANG")


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
