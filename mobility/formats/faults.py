"""What is wrong with a row of a foreign file, and the report of it; no value of a cell is ever repeated here."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

SKIPS = frozenset({"sub_row", "not_certified", "repeated_case"})
#: What was done with a row that was taken, for somebody to look at.
REMARKS = frozenset({"chosen_by_title", "more_certified_than_requested"})

#: Every code of a row, with what the person who owns the file can do about it.
ADVICE: Mapping[str, str] = {
    "sub_row": "Nothing: the row is another worksite or member of a case that has its own primary row.",
    "not_certified": "Nothing: the authority denied, rejected or closed the case, so there is no vacancy to fill.",
    "repeated_case": "Nothing if the rows are equal; otherwise keep one row for each case number.",
    "row_cells": "Look for a line break or an unquoted delimiter inside a value of this row.",
    "missing": "Fill in the value.",
    "hidden_by_width": "Widen the column in the sheet that the file was saved from and export it again.",
    "spreadsheet_error": "Correct the formula in the sheet that the file was saved from and export it again.",
    "too_long": "Shorten the value.",
    "not_a_number": "Write a plain number such as 12.39; commas may only separate thousands.",
    "not_whole": "Write a whole number.",
    "not_a_date": "Write the date as year-month-day, such as 2018-04-01.",
    "date_out_of_range": "Correct the year.",
    "not_yes_or_no": "Write Y or N.",
    "not_a_soc_code": "Write the occupation code as two digits, a dash and four digits, such as 37-3011.",
    "not_a_case_number": "Write the case number as the authority issued it, such as H-400-18001-123456.",
    "unknown_status": "Use one of the statuses that the publisher documents, such as Certification or Denied.",
    "unknown_visa_class": "Use H-2A or H-2B.",
    "unknown_state": "Use the two letters or the full name of the state or territory.",
    "unknown_occupation": "Add the occupation code to a crosswalk file and import again with it.",
    "suggested_by_title": "No crosswalk leads from this row's code: if the suggestion is right, add the code to one.",
    "chosen_by_title": "The row has no code that leads anywhere; its title did. Check that the occupation is right.",
    "unknown_pay_unit": "Write Hour, Day, Week, Bi-Weekly, Month or Year.",
    "piece_rate": "State the pay per hour that the employer guarantees beside the piece rate.",
    "pay_out_of_range": "Check the amount against its unit: the two do not fit together.",
    "hours_out_of_range": "Write the hours of one week, from 1 to 80.",
    "no_workers": "A certified case needs at least one position.",
    "more_certified_than_requested": "The row was taken; check both figures if they are yours.",
    "different_counts": "Rows of one case claim different totals; keep the one that the authority issued.",
    "end_before_start": "Check both dates: the work ends on or before the day it starts.",
    "too_long_period": "Check both dates: temporary work lasts at most three years.",
}

HEADINGS = ("line", "case number", "column", "code", "shape of the value", "what to do", "suggestion")
#: What a spreadsheet may take for the start of a formula, full-width forms included.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_SHAPE_LENGTH = 24


@dataclass(frozen=True, slots=True)
class RowFault:
    """One reason why a row did not become a record; ``value_shape`` shows the form of the cell, not its content.

    ``suggestion`` are words of ours: what could stand in its place.
    """

    line: int
    case_number: str
    column: str
    code: str
    value_shape: str = ""
    suggestion: str = ""

    @property
    def is_remark(self) -> bool:
        """Whether the row was taken, and this only says how."""
        return self.code in REMARKS

    @property
    def is_skip(self) -> bool:
        """Whether the row was left out on purpose and nothing is wrong with it."""
        return self.code in SKIPS


def shape_of(value: object) -> str:
    """Return the form of a value without its content: digits as 9, letters as a, and no more than 24 characters."""
    text = "" if value is None else str(value)[: _SHAPE_LENGTH + 1]
    shape = "".join(_shape_of_character(char) for char in text)
    return shape if len(shape) <= _SHAPE_LENGTH else f"{shape[:_SHAPE_LENGTH]}..."


def _shape_of_character(char: str) -> str:
    if char.isalpha():
        return "a"
    if char.isnumeric():
        return "9"
    return char if char.isascii() and char.isprintable() else " "


def harmless(text: str) -> str:
    """Return the text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) or text.lstrip().startswith(_FORMULA_STARTS) else text


def write_report(path: Path, faults: Iterable[RowFault], *, advice: Mapping[str, str] = ADVICE) -> int:
    """Write one line for each fault as CSV that opens safely in a spreadsheet, and return how many there were.

    ``advice`` says by code what to do; pass another mapping for another language.
    """
    listed = list(faults)
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADINGS)
        writer.writerows(_told(fault, advice) for fault in listed)
    return len(listed)


def _told(fault: RowFault, advice: Mapping[str, str]) -> list[str | int]:
    texts = (
        fault.case_number,
        fault.column,
        fault.code,
        fault.value_shape,
        advice.get(fault.code, fault.code),
        fault.suggestion,
    )
    return [fault.line, *map(harmless, texts)]
