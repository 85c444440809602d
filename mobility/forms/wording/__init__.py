"""What people read for each state, kind and code; one file a resource, merged here. No logic, no numbers."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from flask_babel import LazyString

from mobility.forms.wording import common, home, organisations, shortages

_FILES = (common, home, organisations, shortages)

#: The label of every enumeration member that a page shows.
LABELS: Mapping[Enum, LazyString] = {member: text for file in _FILES for member, text in file.LABELS.items()}

#: The sentence of every code that rules and errors speak; ``%(name)s`` takes the code's parameters.
SENTENCES: Mapping[str, LazyString] = {code: text for file in _FILES for code, text in file.SENTENCES.items()}


def label(member: Enum) -> str:
    """Return the label of an enumeration member in the page's language."""
    return str(LABELS[member])


def sentence(code: str, params: Mapping[str, Any] | None = None) -> str:
    """Return the sentence of a code with its parameters, in the page's language."""
    text = str(SENTENCES[code])
    return text % dict(params) if params else text


def choices(kind: type[Enum]) -> list[tuple[str, str]]:
    """Return the (value, label) pairs of an enumeration in the page's language."""
    return [(str(member.value), label(member)) for member in kind]
