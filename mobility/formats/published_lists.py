"""Lists and tables of any shape that name occupations by code, read by columns that a person points out; no meaning."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mobility.errors import InvalidError
from mobility.formats.cells import text_of
from mobility.formats.codes import isco_code, split_code
from mobility.formats.columns import Column, Layout, find_layout
from mobility.formats.tables import Limits, Row, read_sheets

#: Enough for every classification of occupations, and little enough for a page.
MOST_LINES = 20_000
_MOST_COLUMNS = 400
_LONGEST = 300
_LONGEST_CODE = 40
_YEAR = re.compile(r"(19|20)\d\d", re.ASCII)
_ISCO = re.compile(r"\d{4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PublishedLine:
    """One line of a file: where it stood, and the text of each column that was pointed out (by our name).

    ``exact`` names the columns whose cells are numbers of a spreadsheet: their point is a decimal point.
    """

    line: int
    cells: Mapping[str, str] = field(hash=False)
    exact: Collection[str] = ()

    def text(self, column: str) -> str:
        """Return a column's text, empty where the file or the line has none."""
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """The lines of a file, and the sheet that holds them; the name is empty where a format has no sheets."""

    sheet: str
    lines: list[PublishedLine]

    def codes(self) -> Iterator[str]:
        """Yield the text of each line's code."""
        return (line.text("code") for line in self.lines)


def read_published(path: Path, columns: Mapping[str, str], *, limits: Limits | None = None) -> PublishedTable:
    """Read the lines of a file.

    Parameters
    ----------
    path : Path
        CSV, gzip, XLSX or XLS, with headings or without.
    columns : mapping of str to str
        Our names of columns, each with the number (from 1) or the heading of the file's column (``2025`` is one); an
        empty text leaves one out. ``code`` must be among them.
    limits : Limits, optional

    Returns
    -------
    PublishedTable
        Of the first sheet that has the columns, in its order; a first line without a digit in its code is taken for
        headings. Texts are cut at 300 characters.

    Raises
    ------
    InvalidError
        What ``tables.read_sheets`` refuses; ``publication.column_missing`` with the heading asked for and the nearest
        one; ``publication.column_number`` for a number that no line reaches; ``publication.no_lines``.
    """
    wanted = {name: given.strip() for name, given in columns.items() if given.strip()}
    refused = InvalidError("publication.no_lines", field="file")
    without_codes: PublishedTable | None = None
    for sheet in read_sheets(path, limits=limits or Limits(rows=MOST_LINES)):
        try:
            table = PublishedTable(sheet.name, _sheet_lines(list(sheet.rows), wanted))
        except InvalidError as error:
            refused = _likelier(refused, error)
            continue
        if any(map(_names_code, table.codes())):
            return table
        without_codes = without_codes or table
    if without_codes is None:
        raise refused
    return without_codes


def _likelier(refused: InvalidError, error: InvalidError) -> InvalidError:
    """Return the refusal that says more of a file with several sheets; what ends the reading of a file is raised."""
    if not error.code.startswith("publication."):
        raise error
    return refused if refused.params.get("nearest") else error


def _sheet_lines(rows: Sequence[Row], wanted: Mapping[str, str]) -> list[PublishedLine]:
    if not rows:
        raise InvalidError("publication.no_lines", field="file")
    places, first = _places(rows, wanted)
    found = [_line(row, places) for row in rows if row.line > first]
    if first == 0 and any(line.text("code") for line in found):
        found = _without_headings(found)
    if not found:
        raise InvalidError("publication.no_lines", field="file")
    if not any(line.text("code") for line in found):
        raise InvalidError("publication.column_number", field="code_column", number=wanted["code"][:_LONGEST_CODE])
    return found


def _line(row: Row, places: Mapping[str, int]) -> PublishedLine:
    texts = {name: _text(row, place) for name, place in places.items()}
    exact = [
        name for name, place in places.items() if place < len(row.cells) and type(row.cells[place]) in {int, float}
    ]
    return PublishedLine(row.line, texts, exact)


def _without_headings(found: list[PublishedLine]) -> list[PublishedLine]:
    """Return the lines below titles and headings that nobody was asked to name: first codes without a digit."""
    first = next((place for place, line in enumerate(found) if _names_code(line.text("code"))), 1)
    headings = [place for place, line in enumerate(found[:first]) if line.text("code")]
    return found[headings[-1] + 1 :] if headings else found


def _names_code(text: str) -> bool:
    """Tell a code, with or without its title, from a heading."""
    code = split_code(text)[0]
    return " " not in code and any(map(str.isdigit, code))


def read_code_map(path: Path, *, limits: Limits | None = None) -> dict[str, tuple[str, ...]]:
    """Read which ISCO-08 unit groups stand for the codes of another classification: two columns, code and ISCO-08.

    A code without a group leads nowhere: it is kept with none.

    Raises
    ------
    InvalidError
        What ``read_published`` refuses; ``publication.map_code`` with the line whose second column holds neither
        nothing nor four digits.
    """
    links: dict[str, list[str]] = {}
    for line in read_published(path, {"code": "1", "isco": "2"}, limits=limits).lines:
        target = isco_code(line.text("isco"))
        known = links.setdefault(split_code(line.text("code"))[0], [])
        if target and not _ISCO.fullmatch(target):
            raise InvalidError("publication.map_code", field="code_map", line=line.line)
        if target and target not in known:
            known.append(target)
    return {code: tuple(groups) for code, groups in links.items()}


def _places(rows: Sequence[Row], wanted: Mapping[str, str]) -> tuple[dict[str, int], int]:
    """Return the position of each column, and the line of the headings, 0 if all were given by number."""
    numbers = {name: given for name, given in wanted.items() if given.isdecimal() and not _is_year(given)}
    places = {name: _number(name, given) for name, given in numbers.items()}
    named = {name: given for name, given in wanted.items() if name not in numbers}
    if not named:
        return places, 0
    layout = _headings(rows, named)
    return places | {name: layout.positions[name][0] for name in named}, layout.line


def _headings(rows: Sequence[Row], named: Mapping[str, str]) -> Layout:
    try:
        return find_layout(iter(rows), [Column(name, (given,), required=True) for name, given in named.items()])
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


def _is_year(given: str) -> bool:
    """Tell a heading such as ``2025`` from the number of a column."""
    return bool(_YEAR.fullmatch(given))


def _number(name: str, given: str) -> int:
    number = int(given) if len(given) < _LONGEST_CODE else 0
    if not 1 <= number <= _MOST_COLUMNS:
        raise InvalidError("publication.column_number", field=f"{name}_column", number=given[:_LONGEST_CODE])
    return number - 1


def _text(row: Row, place: int) -> str:
    return text_of(row.cells[place])[:_LONGEST] if place < len(row.cells) else ""
