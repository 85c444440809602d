"""Lists and tables of any shape that name occupations by code, read by columns that a person points out; no meaning."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mobility.errors import InvalidError
from mobility.formats.cells import text_of
from mobility.formats.columns import Column, find_layout
from mobility.formats.tables import Limits, Row, read_rows

#: Enough for every classification of occupations, and little enough for a page.
MOST_LINES = 20_000
_MOST_COLUMNS = 400
_LONGEST = 300
_LONGEST_CODE = 40
_ISCO = re.compile(r"\d{4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PublishedLine:
    """One line of a file: where it stood, and the text of each column that was pointed out (by our name)."""

    line: int
    cells: Mapping[str, str] = field(hash=False)

    def text(self, column: str) -> str:
        """Return a column's text, empty where the file or the line has none."""
        return self.cells.get(column, "")


def read_published(path: Path, columns: Mapping[str, str], *, limits: Limits | None = None) -> list[PublishedLine]:
    """Read the lines of a file.

    Parameters
    ----------
    path : Path
        CSV, gzip, XLSX or XLS, with headings or without.
    columns : mapping of str to str
        Our names of columns, each with the number (from 1) or the heading of the file's column; an empty text leaves
        one out. ``code`` must be among them.
    limits : Limits, optional

    Returns
    -------
    list of PublishedLine
        In the file's order; a first line without a digit in its code is taken for headings. Texts are cut at 300
        characters.

    Raises
    ------
    InvalidError
        What ``tables.read_sheets`` refuses; ``publication.column_missing`` with the heading asked for and the nearest
        one; ``publication.column_number`` for a number that no line reaches; ``publication.no_lines``.
    """
    wanted = {name: given.strip() for name, given in columns.items() if given.strip()}
    rows = list(read_rows(path, limits=limits or Limits(rows=MOST_LINES)))
    places, first = _places(rows, wanted)
    found = [_line(row, places) for row in rows if row.line > first]
    if first == 0:
        found = _without_headings(found)
    if not found:
        raise InvalidError("publication.no_lines", field="file")
    if not any(line.text("code") for line in found):
        raise InvalidError("publication.column_number", field="code_column", number=wanted["code"][:_LONGEST_CODE])
    return found


def _line(row: Row, places: Mapping[str, int]) -> PublishedLine:
    return PublishedLine(row.line, {name: _text(row, place, name) for name, place in places.items()})


def _without_headings(found: list[PublishedLine]) -> list[PublishedLine]:
    """Return lines without headings that nobody was asked to name: a first code without a digit."""
    code = found[0].text("code") if found else ""
    return found[1:] if code and not any(map(str.isdigit, code)) else found


def read_code_map(path: Path, *, limits: Limits | None = None) -> dict[str, tuple[str, ...]]:
    """Read which ISCO-08 unit groups stand for the codes of another classification: two columns, code and ISCO-08.

    Raises
    ------
    InvalidError
        What ``read_published`` refuses; ``publication.map_code`` with the line whose second column holds no four
        digits.
    """
    links: dict[str, list[str]] = {}
    for line in read_published(path, {"code": "1", "isco": "2"}, limits=limits):
        target = line.text("isco")
        if not _ISCO.fullmatch(target):
            raise InvalidError("publication.map_code", field="code_map", line=line.line)
        known = links.setdefault(line.text("code"), [])
        if target not in known:
            known.append(target)
    return {code: tuple(groups) for code, groups in links.items()}


def _places(rows: Sequence[Row], wanted: Mapping[str, str]) -> tuple[dict[str, int], int]:
    """Return the position of each column, and the line of the headings, 0 if all were given by number."""
    places = {name: _number(name, given) for name, given in wanted.items() if given.isdecimal()}
    named = {name: given for name, given in wanted.items() if not given.isdecimal()}
    if not named:
        return places, 0
    try:
        layout = find_layout(iter(rows), [Column(name, (given,), required=True) for name, given in named.items()])
    except InvalidError as error:
        if error.code != "column_missing":
            raise
        missing = str(error.field)
        raise InvalidError(
            "publication.column_missing",
            field=f"{missing}_column",
            name=named[missing][:80],
            nearest=str(error.params["nearest"]),
        ) from None
    return places | {name: layout.positions[name][0] for name in named}, layout.line


def _number(name: str, given: str) -> int:
    number = int(given) if len(given) < _LONGEST_CODE else 0
    if not 1 <= number <= _MOST_COLUMNS:
        raise InvalidError("publication.column_number", field=f"{name}_column", number=given[:_LONGEST_CODE])
    return number - 1


def _text(row: Row, place: int, name: str) -> str:
    text = text_of(row.cells[place]) if place < len(row.cells) else ""
    return text[: _LONGEST_CODE if name == "code" else _LONGEST]
