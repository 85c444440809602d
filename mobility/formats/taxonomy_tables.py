"""Reading one table of a taxonomy strictly: every refusal names file, line, column and what was expected there."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mobility.errors import InvalidError
from mobility.formats.bundles import Member
from mobility.formats.cells import text_of
from mobility.formats.codes import isco_code
from mobility.formats.columns import Column, Layout, find_layout
from mobility.formats.tables import Row, read_rows
from mobility.formats.taxonomy_records import MOST_SLIPS, Slip

LONGEST_LABEL = 300
_URI = re.compile(r"https?://[!-~]{1,190}")
_ISCO = re.compile(r"[0-9]{4}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass
class TaxonomyTable:
    """The rows of one file with known columns; ``slips`` gathers what is wrong, and reading goes on to find more."""

    member: Member
    slips: list[Slip]

    def rows(self, columns: Sequence[Column]) -> Iterator["TaxonomyRow"]:
        """Yield the rows below the headings.

        Raises
        ------
        InvalidError
            What `read_rows` and `find_layout` refuse, with the file's name.
        """
        try:
            rows = read_rows(self.member.path)
            layout = find_layout(rows, columns)
            for row in rows:
                if row.width and row.width != layout.width:
                    expected = f"{layout.width} cells"
                    self.slip(row.line, "", "row_cells", expected)
                    continue
                yield TaxonomyRow(self, layout, row)
        except InvalidError as error:
            if "file" in error.params:
                raise
            raise InvalidError(error.code, field=error.field, **error.params, file=self.member.name) from error

    def slip(self, line: int, column: str, code: str, expected: str = "", *, is_note: bool = False) -> None:
        """Note what is wrong with a line; beyond two hundred no more are kept."""
        if len(self.slips) < MOST_SLIPS or (not is_note and all(slip.is_note for slip in self.slips)):
            self.slips.append(Slip(self.member.name, line, column, code, expected, is_note))


@dataclass(frozen=True)
class TaxonomyRow:
    """One row: cells by our column names; what cannot be read is a slip of the table and reads as empty."""

    table: TaxonomyTable
    layout: Layout
    row: Row

    def text(self, column: str) -> str:
        """Return the cell as one line of text, empty where there is none."""
        return text_of(self.layout.cell(self.row, column))

    def lines(self, column: str) -> list[str]:
        """Return the values of a cell that holds one a line, or parted by bars."""
        cell = self.layout.cell(self.row, column)
        parts = re.split(r"[\n\r|]+", cell) if isinstance(cell, str) else [text_of(cell)]
        return [text for text in map(text_of, parts) if text]

    def slip(self, column: str, code: str, expected: str = "", *, is_note: bool = False) -> None:
        """Note what is wrong with a cell of this row."""
        self.table.slip(self.row.line, self.layout.heading(column), code, expected, is_note=is_note)

    def uri(self, column: str) -> str:
        """Read a concept's address."""
        text = self.text(column)
        if not _URI.fullmatch(text):
            self.slip(column, "not_a_uri", "http://data.europa.eu/esco/…")
            return ""
        return text

    def uuid(self, column: str) -> str:
        """Read the last part of a concept's address."""
        text = self.text(column).lower()
        if not _UUID.fullmatch(text):
            self.slip(column, "not_a_uri", "00000000-0000-0000-0000-000000000000")
            return ""
        return text

    def isco(self, column: str) -> str:
        """Read an ISCO-08 unit group; a spreadsheet may have dropped the zero of the armed forces."""
        text = isco_code(self.text(column))
        if not _ISCO.fullmatch(text):
            self.slip(column, "not_an_isco_group", "four digits, such as 7212")
            return ""
        return text

    def label(self, column: str) -> str:
        """Read a label that must be there; one that is too long is left out and noted."""
        text = self.text(column)
        if not text:
            self.slip(column, "label_missing", is_note=True)
        return self._fitting(column, text)

    def labels(self, column: str) -> tuple[str, ...]:
        """Read the alternative labels: each once, in their order."""
        texts = (self._fitting(column, text) for text in self.lines(column))
        return tuple(dict.fromkeys(text for text in texts if text))

    def _fitting(self, column: str, text: str) -> str:
        if len(text) > LONGEST_LABEL:
            self.slip(column, "label_too_long", is_note=True)
            return ""
        return text
