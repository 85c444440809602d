"""Numbers as people and publishers write them: what a text may stand for, and what the texts around it settle."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

_LONGEST = 40
_MOST_DIGITS = 25
_MINUS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212"), "-")
#: Blanks that part thousands, and the apostrophe of Swiss and Quebec cheques.
_BLANKS = re.compile("[ \u00a0\u2009\u202f'\u2019]")
_CURRENCY = re.compile(
    r"(?P<before>[A-Z]{3}|[A-Z]{0,2}[$€£]|%)? ?(?P<number>[-+]?[\d.,].*?) ?(?P<after>[A-Z]{3}|[$€£%])?"
)


class Mark(StrEnum):
    """The sign that parts the whole from its decimals."""

    POINT = "."
    COMMA = ","


#: Thousands are groups of three, parted by one sign, behind one to three digits that do not begin with 0.
_FORMS: Mapping[Mark, re.Pattern[str]] = {
    mark: re.compile(
        rf"(?P<sign>[-+]?)(?P<whole>[0-9]*|[1-9][0-9]{{0,2}}(?P<part>[{parts} ])[0-9]{{3}}(?:(?P=part)[0-9]{{3}})*)"
        rf"(?:[{mark}](?P<decimals>[0-9]*))?"
    )
    for mark, parts in ((Mark.POINT, ","), (Mark.COMMA, "."))
}


@dataclass(frozen=True)
class WrittenNumber:
    """A number as it was written; ``unit`` is the currency's code or sign, or ``%``, empty where none stands there."""

    text: str
    unit: str
    readings: Mapping[Mark, Decimal]

    @cached_property
    def values(self) -> tuple[Decimal, ...]:
        """Return what the text may stand for: none, one, or two (``1.200``)."""
        return tuple(dict.fromkeys(self.readings.values()))

    def value(self, mark: Mark | None = None) -> Decimal | None:
        """Return the one value, or the one of two that the mark settles; None where neither is so."""
        if len(self.values) == 1:
            return self.values[0]
        return self.readings.get(mark) if mark else None


def written(text: str) -> WrittenNumber:
    """Read ``1,200``, ``2.500,00``, ``1 450,50``, ``$14.50``, ``.5`` under either decimal mark.

    Thousands are groups of three behind one to three digits that do not begin with 0; so ``0,045`` has one reading.
    """
    found = _CURRENCY.fullmatch(text.strip().translate(_MINUS)) if len(text) <= _LONGEST else None
    if found is None:
        return WrittenNumber(text, "", {})
    number, unit = found["number"], found["before"] or found["after"] or ""
    readings = {mark: value for mark in Mark if (value := _read(number, mark)) is not None}
    return WrittenNumber(text, unit, readings)


def settled(numbers: Iterable[WrittenNumber]) -> Mark | None:
    """Return the decimal mark that the numbers of one file show, None where none does or they disagree.

    ``4,50`` shows a comma, ``1.5`` a point; ``1,250`` and ``12`` show nothing.
    """
    marks = {mark for number in numbers if len(number.readings) == 1 for mark in number.readings}
    return marks.pop() if len(marks) == 1 else None


def _read(number: str, mark: Mark) -> Decimal | None:
    """Return the value if this mark parts the decimals; None if nobody writes it so."""
    found = _FORMS[mark].fullmatch(_BLANKS.sub(" ", number.strip()))
    if found is None or not 0 < len(found["whole"] + (found["decimals"] or "")) <= _MOST_DIGITS:
        return None
    whole = re.sub("[., ]", "", found["whole"])
    return Decimal(f"{found['sign']}{whole or 0}.{found['decimals'] or 0}").normalize() + 0
