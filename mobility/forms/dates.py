"""A field for a date in three boxes: months by number or by name in every language, errors that name the part."""

import calendar
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from babel.dates import get_month_names
from flask_babel import gettext as _
from wtforms import DateField
from wtforms.validators import StopValidation

from mobility.forms.words import page_language
from mobility.wording.texts import LOCALES

PARTS = ("day", "month", "year")
#: Dates outside are slips of the hand, and arithmetic with them would run off the calendar.
FIRST_YEAR, LAST_YEAR = 1900, 2199
_FORMATS = ["%d %m %Y", "%Y-%m-%d", "%d/%m/%Y"]
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
_BETWEEN = re.compile(r"[\s./,-]+")
#: Words and endings that stand between the parts of a date.
_SMALL_WORDS = frozenset({"de", "del", "of", "the", "le", "el"})
_ENDINGS = re.compile(r"(?<=\d)(st|nd|rd|th|er|o|\u00ba)$", re.IGNORECASE)
#: Short forms that people write and the languages' own lists lack.
_SHORT = {"set": 9, "sep": 9, "setiembre": 9, "sept": 9, "fevr": 2, "juil": 7, "ene": 1, "abr": 4, "ago": 8, "dic": 12}


class DayField(DateField):
    """A date; what was typed stays in its boxes, and ``wrong`` names the boxes to mark."""

    data: Any

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, format=_FORMATS, **options)
        self.wrong: tuple[str, ...] = ()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the three boxes, or one text with all of the date."""
        self.data, self.wrong = None, ()
        texts = [" ".join(text.split()) for text in valuelist]
        if not any(texts):
            return
        try:
            self.data = _read(dict(zip(PARTS, _in_parts(texts), strict=True)))
        except _PartError as error:
            self.wrong = error.parts
            raise ValueError(error.args[0]) from error

    def pre_validate(self, _form: Any) -> None:
        """Ask nothing more of what could not be read."""
        if self.process_errors:
            raise StopValidation


class _PartError(Exception):
    """A part of a date is wrong; ``parts`` are the boxes to mark."""

    def __init__(self, message: str, *parts: str) -> None:
        super().__init__(message)
        self.parts = parts


def _in_parts(texts: Sequence[str]) -> Sequence[str]:
    """Return day, month and year of the boxes, or of a date in one text."""
    if len(texts) == len(PARTS):
        return texts
    if found := _ISO.fullmatch(texts[0]):
        return found[3], found[2], found[1]
    words = [word for word in _BETWEEN.split(texts[0]) if word and word.casefold() not in _SMALL_WORDS]
    if len(words) != len(PARTS):
        raise _PartError(_("Enter a day, a month and a year"), *PARTS)
    return words


def _read(texts: Mapping[str, str]) -> date:
    names = {"day": _("a day"), "month": _("a month"), "year": _("a year")}
    if missing := [part for part in PARTS if not texts[part]]:
        wanted = _(" and ").join(names[part] for part in missing)
        raise _PartError(_("The date needs %(parts)s", parts=wanted), *missing)
    year, month = _year(texts["year"]), _month(texts["month"])
    return date(year, month, _day(texts["day"], month, year))


def _year(text: str) -> int:
    if not re.fullmatch(r"\d{4}", text, re.ASCII):
        raise _PartError(_("%(text)s is no year: write it with four digits", text=text[:20]), "year")
    if not FIRST_YEAR <= int(text) <= LAST_YEAR:
        raise _PartError(_("Enter a year from 1900 to 2199"), "year")
    return int(text)


def _month(text: str) -> int:
    months = 12
    number = int(text) if re.fullmatch(r"\d{1,2}", text, re.ASCII) else _months().get(_folded(text))
    if number is None or not 1 <= number <= months:
        raise _PartError(_("There is no month %(text)s", text=text[:20]), "month")
    return number


def _day(text: str, month: int, year: int) -> int:
    number = _ENDINGS.sub("", text)
    if not re.fullmatch(r"\d{1,2}", number, re.ASCII) or not int(number):
        raise _PartError(_("There is no day %(text)s", text=text[:20]), "day")
    last = calendar.monthrange(year, month)[1]
    if int(number) > last:
        name = get_month_names("wide", context="stand-alone", locale=LOCALES[page_language()])[month]
        raise _PartError(_("%(month)s %(year)s has %(days)s days", month=name, year=year, days=last), "day")
    return int(number)


@cache
def _months() -> Mapping[str, int]:
    """Return the months by their names and short forms in every language of the product."""
    words = dict(_SHORT)
    for locale in LOCALES.values():
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                found = get_month_names(width, context=context, locale=locale)
                words |= {_folded(name): number for number, name in found.items()}
    return words


def _folded(text: str) -> str:
    """Return the letters of a name without accents, lower case."""
    return "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if char.isalpha())
