"""Spreadsheets (XLSX, XLS) opened with care: bombs, encryption and broken parts are refused before or while reading."""

import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib import import_module
from typing import IO, Any, TypeVar

import xlrd
from defusedxml.ElementTree import iterparse

from mobility.errors import InvalidError

Cell = str | int | float | bool | datetime | date | time | timedelta | None
T = TypeVar("T")

#: What the cell of a formula without a value reads as; every reader of cells refuses it like the sheet's own errors.
NO_VALUE = "#FORMULA!"

_MIB = 1 << 20
_WORKBOOK_PART = "xl/workbook.xml"
_SHEET_PARTS = "xl/worksheets/"
_ENCRYPTED_PART = "EncryptedPackage".encode("utf-16-le")
_ZIP_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read before it is refused; the publishers' largest files need a quarter of it.

    ``part_bytes`` is for the parts of an XLSX that are read as a whole (all but the sheets), ``old_bytes`` for XLS.
    """

    file_bytes: int = 128 * _MIB
    unpacked_bytes: int = 768 * _MIB
    part_bytes: int = 128 * _MIB
    old_bytes: int = 32 * _MIB
    spool_bytes: int = 16 * _MIB
    ratio: int = 200
    rows: int = 500_000
    columns: int = 1_024
    row_chars: int = _MIB
    cell_chars: int = 1 << 17

    def allow(self, packed: int, unpacked: int) -> bool:
        """Return whether so many bytes may come out of so many; small files may pack as well as they like."""
        if unpacked > self.unpacked_bytes:
            return False
        return unpacked <= self.spool_bytes or unpacked <= packed * self.ratio


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row; ``line`` counts from 1 as the program that wrote the file does.

    ``width`` is how many cells the file writes for the row, 0 where the format leaves empty ones out.
    """

    line: int
    cells: tuple[Cell, ...]
    width: int = 0


def is_blank(cells: Iterable[Cell]) -> bool:
    """Return whether no cell holds anything."""
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells)


def workbook_sheets(stream: IO[bytes], limits: Limits) -> Iterator[tuple[str, Iterator[Row]]]:
    """Give name and rows of the visible sheets of an XLSX file; formulas are read as their last values.

    A formula that the program which wrote the file never worked out has none: its cell reads `NO_VALUE`.
    """
    _check_parts(stream, limits)
    openpyxl = import_module("openpyxl")  # a process that only serves pages goes without it
    book = _careful("xlsx", lambda: openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False))
    try:
        for sheet in _careful("xlsx", lambda: [one for one in book.worksheets if one.sheet_state == "visible"]):
            _careful("xlsx", sheet.reset_dimensions)
            part = sheet._worksheet_path  # noqa: SLF001  there is no public name for it
            empty = _careful("xlsx", lambda part=part: unfinished_formulas(stream, part))
            rows = _guarded("xlsx", sheet.iter_rows(values_only=True))
            yield sheet.title, _bounded(_with_marks(rows, empty) if empty else rows, "xlsx", limits)
    finally:
        book.close()


def unfinished_formulas(stream: IO[bytes], part: str) -> Mapping[int, Sequence[int]]:
    """Return the cells of a sheet that hold a formula and no value: positions from 0 by line from 1."""
    found: dict[int, list[int]] = {}
    line = 0
    with zipfile.ZipFile(stream) as archive, archive.open(part) as sheet:
        for _, element in iterparse(sheet, ("end",)):
            if _name(element) != "row":
                continue
            line = int(element.get("r") or line + 1)
            if places := list(_unfinished(element)):
                found[line] = places
            element.clear()
    return found


def _unfinished(row: Any) -> Iterator[int]:
    """Yield the positions of a row's formulas without a value; a formula that came to an empty text has one."""
    place = 0
    for cell in row:
        place = _place(cell.get("r")) or place + 1
        children = {_name(child): child.text for child in cell}
        if "f" in children and not children.get("v") and cell.get("t") != "str":
            yield place - 1


def _name(element: Any) -> str:
    name: str = element.tag.rpartition("}")[2]
    return name


def _place(coordinate: str | None) -> int:
    """Return the column of a cell such as ``AB12``, counted from 1; 0 where the file leaves coordinates out."""
    letters = "".join(filter(str.isalpha, coordinate or ""))
    return sum((ord(letter) - ord("A") + 1) * 26**power for power, letter in enumerate(reversed(letters)))


def _with_marks(rows: Iterator[tuple[Cell, ...]], empty: Mapping[int, Sequence[int]]) -> Iterator[tuple[Cell, ...]]:
    for line, cells in enumerate(rows, start=1):
        places = empty.get(line, ())
        yield tuple(NO_VALUE if place in places else cell for place, cell in enumerate(cells)) if places else cells


def old_sheets(stream: IO[bytes], limits: Limits) -> Iterator[tuple[str, Iterator[Row]]]:
    """Give name and rows of the visible sheets of an XLS file."""
    content = stream.read(limits.old_bytes + 1)
    if len(content) > limits.old_bytes:
        raise InvalidError("file_too_large", field="file", kind="xls", limit=limits.old_bytes)
    if _ENCRYPTED_PART in content:
        raise InvalidError("file_encrypted", field="file", kind="xlsx")
    book = _careful("xls", lambda: xlrd.open_workbook(file_contents=content, logfile=io.StringIO(), ragged_rows=True))
    for sheet in _careful("xls", lambda: [one for one in book.sheets() if one.visibility == 0]):
        yield sheet.name, _bounded(_guarded("xls", _old_rows(book, sheet)), "xls", limits)


def _check_parts(stream: IO[bytes], limits: Limits) -> None:
    """Refuse an archive that is no workbook, is encrypted, or says that it unpacks into too much.

    The sizes can be trusted: unpacking stops at the size that the directory of the archive states.
    """
    archive = _careful("xlsx", lambda: zipfile.ZipFile(stream))
    parts = {part.filename.lower(): part for part in archive.infolist()}
    if _WORKBOOK_PART not in parts:
        raise InvalidError("file_foreign", field="file", kind="zip", expected="xlsx")
    if any(part.flag_bits & _ZIP_ENCRYPTED for part in parts.values()):
        raise InvalidError("file_encrypted", field="file", kind="xlsx")
    packed = sum(part.compress_size for part in parts.values())
    unpacked = sum(part.file_size for part in archive.infolist())
    if not limits.allow(packed, unpacked) or _read_at_once(parts) > limits.part_bytes:
        raise InvalidError("file_too_large", field="file", kind="xlsx", bytes=unpacked, limit=limits.unpacked_bytes)


def _read_at_once(parts: Mapping[str, zipfile.ZipInfo]) -> int:
    """Return the size of the largest part that is held in memory as a whole: sheets are read row by row."""
    return max((part.file_size for name, part in parts.items() if not name.startswith(_SHEET_PARTS)), default=0)


def _bounded(rows: Iterator[tuple[Cell, ...]], kind: str, limits: Limits) -> Iterator[Row]:
    for line, cells in enumerate(rows, start=1):
        if line > limits.rows:
            raise InvalidError("table_too_long", field="file", kind=kind, line=line, limit=limits.rows)
        width = len(cells)
        while width and cells[width - 1] in (None, ""):
            width -= 1
        if width > limits.columns:
            raise InvalidError("table_too_wide", field="file", kind=kind, line=line, limit=limits.columns)
        if not is_blank(cells[:width]):
            yield Row(line, cells[:width])


def _old_rows(book: Any, sheet: Any) -> Iterator[tuple[Cell, ...]]:
    for number in range(sheet.nrows):
        yield tuple(_old_cell(book, cell) for cell in sheet.row(number))


def _old_cell(book: Any, cell: Any) -> Cell:
    if cell.ctype == xlrd.XL_CELL_DATE:
        moment: datetime = xlrd.xldate_as_datetime(cell.value, book.datemode)
        return moment
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#ERROR"))
    value: str | float = cell.value
    return value


def _careful(kind: str, act: Any) -> Any:
    """Call into a foreign parser; whatever it says or raises about broken bytes becomes our own refusal."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return act()
    except (InvalidError, MemoryError):
        raise
    except Exception as error:
        code = "file_encrypted" if "encrypted" in str(error).lower() else "file_broken"
        raise InvalidError(code, field="file", kind=kind) from error


def _guarded(kind: str, rows: Iterator[T]) -> Iterator[T]:
    """Pull rows out of a foreign parser as carefully."""
    end = object()
    while (row := _careful(kind, lambda: next(rows, end))) is not end:
        yield row
