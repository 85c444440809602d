"""Finding known columns in a foreign table by the many names that a publisher gave them; values are read elsewhere."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from mobility.errors import InvalidError
from mobility.formats.cells import folded, text_of
from mobility.formats.workbooks import Cell, Row

_HEADER_WITHIN = 20
_LONGEST_NAME = 64
_MOST_NAMES = 400


@dataclass(frozen=True, slots=True)
class Column:
    """A column we know: our name, the publisher's names by preference, and whether a file must have it."""

    name: str
    accepted: tuple[str, ...]
    required: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the known columns of one file are; of several names for one thing the first that is filled in counts."""

    line: int
    width: int
    positions: Mapping[str, tuple[int, ...]]
    headings: tuple[str, ...]

    def __contains__(self, column: str) -> bool:
        return bool(self.positions.get(column))

    def cell(self, row: Row, column: str) -> Cell:
        """Return the cell of a column in a row, None where the file or the row has none."""
        for position in self.positions.get(column, ()):
            if position < len(row.cells) and text_of(row.cells[position]):
                return row.cells[position]
        return None

    def heading(self, column: str) -> str:
        """Return the publisher's own name of the column in this file."""
        places = self.positions.get(column, ())
        return self.headings[places[0]] if places else column


def find_layout(rows: Iterator[Row], columns: Iterable[Column]) -> Layout:
    """Take rows up to the headings: of the first twenty the one that names most of the columns.

    The iterator then stands behind the headings only if they came first, as publishers have it; rows in between
    are titles and notes, and are dropped.

    Raises
    ------
    InvalidError
        ``column_missing`` with our name as field, the names accepted, the nearest heading found, and the line.
    """
    known = tuple(columns)
    best: Layout | None = None
    for row in islice(rows, _HEADER_WITHIN):
        layout = _layout(row, known)
        if best is None or len(layout.positions) > len(best.positions):
            best = layout
        if not _missing(layout, known):
            return layout
    if best is None:
        raise InvalidError("file_empty", field="file")
    missing = _missing(best, known)[0]
    raise InvalidError(
        "column_missing",
        field=missing.name,
        accepted=", ".join(missing.accepted),
        nearest=_nearest(missing, best),
        line=best.line,
    )


def _missing(layout: Layout, columns: Sequence[Column]) -> list[Column]:
    """Return the columns that a file must have and these headings do not name."""
    return [column for column in columns if column.required and column.name not in layout]


def _layout(row: Row, columns: tuple[Column, ...]) -> Layout:
    headings = tuple(text_of(cell[:_LONGEST_NAME] if isinstance(cell, str) else cell) for cell in row.cells)
    places: dict[str, int] = {}
    for position, heading in enumerate(headings):
        places.setdefault(folded(heading), position)
    found = {
        column.name: tuple(places[folded(name)] for name in column.accepted if folded(name) in places)
        for column in columns
    }
    return Layout(row.line, len(headings), {name: spots for name, spots in found.items() if spots}, headings)


def _nearest(column: Column, layout: Layout) -> str:
    """Return the heading most like one of the accepted names; empty if none is, so that no data is repeated."""
    headings = {folded(heading): heading for heading in layout.headings[:_MOST_NAMES]}
    for name in column.accepted:
        if close := difflib.get_close_matches(folded(name), headings, n=1, cutoff=0.7):
            return headings[close[0]]
    return ""
