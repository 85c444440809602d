"""What people read for each state, kind and code, in every language: the files of words of this package, merged."""

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any

from mobility.modules import modules_of
from mobility.wording import figures
from mobility.wording.schemes import rulesets
from mobility.wording.texts import Text

#: Every file of words: a module of this package that has sentences; labels only where it names enumerations.
_FILES = modules_of(__name__, having="SENTENCES")


class Labels(Mapping[Enum, Text]):
    """Labels by member, told apart by class: members of two enumerations with equal values are equal to a dict."""

    def __init__(self, tables: Iterable[Mapping[Enum, Text]]) -> None:
        self._texts = {(type(member), member): text for table in tables for member, text in table.items()}

    def __getitem__(self, member: Enum) -> Text:
        return self._texts[type(member), member]

    def __iter__(self) -> Iterator[Enum]:
        return (member for _, member in self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def _tables(file: Any) -> tuple[Mapping[Enum, Text], ...]:
    """Return a file's tables of labels: one, or several where enumerations of the file have equal values."""
    labels = getattr(file, "LABELS", ())
    return labels if isinstance(labels, tuple) else (labels,)


#: The label of every enumeration member that a page shows.
LABELS = Labels(table for file in _FILES for table in _tables(file))

#: The sentence of every code that rules and errors speak; ``%(name)s`` takes the code's parameters.
SENTENCES = rulesets.Sentences({code: text for file in _FILES for code, text in file.SENTENCES.items()})


def label(member: Enum, language: str) -> str:
    """Return the label of an enumeration member."""
    return LABELS[member].spoken(language)


def sentence(code: str, params: Mapping[str, Any] | None, language: str) -> str:
    """Return the sentence of a code with its parameters."""
    text = SENTENCES[code].spoken(language)
    return text % figures.worded(params, language) if params else text


def choices(kind: type[Enum], language: str) -> list[tuple[str, str]]:
    """Return the (value, label) pairs of an enumeration."""
    return [(str(member.value), label(member, language)) for member in kind]
