"""Single cells of foreign tables read strictly into values; each refusal is a code, and no table is known here."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from mobility.formats.us_states import STATES
from mobility.formats.workbooks import Cell

T = TypeVar("T")

_NUMBER = re.compile(r"[-+]?(\d+|\d{1,3}(,\d{3})+)?(\.\d*)?", re.ASCII)
_CASE = re.compile(r"[A-Z]{1,3}(-[A-Z0-9]{1,3})?-\d{4,5}-\d{3,7}", re.ASCII)
_SERIAL = re.compile(r"\d{5}(\.\d+)?", re.ASCII)
_CLOCK = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2})?(\.\d+)?( ?[AP]M)?$", re.ASCII | re.IGNORECASE)
_DATE_FORMS = (
    "%Y-%m-%d",
    "%m/%d/%Y",
    "%Y/%m/%d",
    "%m-%d-%Y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%m/%d/%y",
    "%B %d, %Y",
    "%Y%m%d",
)
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
#: Day 0 of spreadsheet serial dates; days 1 to 60 are off by one there, and none of ours is that old.
_EPOCH = date(1899, 12, 30)
_YEARS = range(1990, 2101)
_LONGEST_TEXT = 300
_LONGEST_NUMBER = 40
_FOUR_PLACES = Decimal("0.0001")
_YES_NO = {"y": True, "yes": True, "true": True, "1": True, "n": False, "no": False, "false": False, "0": False}
_NOTHING = frozenset({"", "n/a", "na", "null", "none", "-"})


class CellFaultError(ValueError):
    """A cell that cannot be read; ``code`` is one of `mobility.formats.faults.ADVICE`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def text_of(cell: Cell) -> str:
    """Return the cell as one line of text with single spaces."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell)
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(text.split())


def required_text(cell: Cell) -> str:
    """Read a text that must be there and must be a spreadsheet's text, not its error."""
    text = text_of(cell)
    if text.lower() in _NOTHING:
        raise CellFaultError("missing")
    if len(text) > _LONGEST_TEXT:
        raise CellFaultError("too_long")
    _refuse_spreadsheet_marks(text)
    return text


def short_text(cell: Cell) -> str:
    """Read a text that is only shown, cut where it is too long; empty where it says that there is none."""
    text = text_of(cell)
    return "" if text.lower() in _NOTHING else text[:_LONGEST_TEXT]


def amount(cell: Cell) -> Decimal:
    """Read a number >= 0 such as ``$1,389.67``, ``.5`` or ``16.``, to four places.

    A comma may only separate thousands: ``12,39`` is refused, since it may mean either.
    """
    if isinstance(cell, bool | date):
        raise CellFaultError("not_a_number")
    text = str(cell) if isinstance(cell, float) else text_of(cell)
    text = text.removesuffix("USD").replace("$", "", 1).strip()
    if not text:
        raise CellFaultError("missing")
    _refuse_spreadsheet_marks(text)
    plain = _NUMBER.fullmatch(text) is not None or isinstance(cell, float)
    if not plain or len(text) > _LONGEST_NUMBER:
        raise CellFaultError("not_a_number")
    try:
        value = Decimal(text.replace(",", "")).quantize(_FOUR_PLACES)
    except InvalidOperation as error:
        raise CellFaultError("not_a_number") from error
    if not value.is_finite() or value < 0:
        raise CellFaultError("not_a_number")
    return value


def whole(cell: Cell) -> int:
    """Read a whole number >= 0; ``10.0`` is one."""
    value = amount(cell)
    if value != value.to_integral_value():
        raise CellFaultError("not_whole")
    return int(value)


def day(cell: Cell) -> date:
    """Read a date: a spreadsheet's own, its serial number, ISO, or the American month/day/year."""
    found = _any_day(cell)
    if found.year not in _YEARS:
        raise CellFaultError("date_out_of_range")
    return found


def _any_day(cell: Cell) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = text_of(cell)
    if not text:
        raise CellFaultError("missing")
    _refuse_spreadsheet_marks(text)
    if _SERIAL.fullmatch(text):
        return _EPOCH + timedelta(days=int(text.partition(".")[0]))
    text = _CLOCK.sub("", text)
    for form in _DATE_FORMS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 a calendar day has no time zone
        except ValueError:
            continue
    raise CellFaultError("not_a_date")


def yes_no(cell: Cell) -> bool:
    """Read Y or N and what else stands for them."""
    text = text_of(cell).lower()
    if not text:
        raise CellFaultError("missing")
    if text not in _YES_NO:
        raise CellFaultError("not_yes_or_no")
    return _YES_NO[text]


def case_number(cell: Cell) -> str:
    """Read a case number such as ``H-400-18001-123456``."""
    text = text_of(cell).translate(_DASHES).upper()
    if not text:
        raise CellFaultError("missing")
    if _CASE.fullmatch(text) is None:
        raise CellFaultError("not_a_case_number")
    return text


def state(cell: Cell) -> str:
    """Read a state or territory of the United States by letters or name, as its two letters."""
    text = text_of(cell).upper().rstrip(".")
    if text.lower() in _NOTHING:
        raise CellFaultError("missing")
    code = STATES.get(text, text)
    if code not in STATES.values():
        raise CellFaultError("unknown_state")
    return code


def one_of(choices: Mapping[str, T], code: str) -> Callable[[Cell], T]:
    """Make a reader of cells that hold one of some words, which only letters and digits tell apart."""

    def read(cell: Cell) -> T:
        word = folded(text_of(cell))
        if not word:
            raise CellFaultError("missing")
        if word not in choices:
            raise CellFaultError(code)
        return choices[word]

    return read


def folded(text: str) -> str:
    """Return the lower-case letters and digits of a word."""
    return "".join(char for char in text.lower() if char.isalnum())


def _refuse_spreadsheet_marks(text: str) -> None:
    if len(text) > 1 and not text.strip("#"):
        raise CellFaultError("hidden_by_width")
    if text.startswith("#") and text.endswith(("!", "?", "A", "#ERROR")):
        raise CellFaultError("spreadsheet_error")
