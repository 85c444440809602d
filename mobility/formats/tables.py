"""Tables of unknown make (CSV, gzip, XLSX, XLS) read row by row with line numbers, whatever their columns mean."""

import codecs
import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO

from mobility.errors import InvalidError
from mobility.formats.workbooks import Cell, Limits, Row, is_blank, old_sheets, workbook_sheets

__all__ = ["EXPECTED", "Cell", "Limits", "Row", "Sheet", "read_rows", "read_sheets"]

#: What a refused file is told to be instead.
EXPECTED = "csv, csv.gz, xlsx, xls"

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
#: Beginnings of files that people upload by mistake, by the name they are told.
_FOREIGN = {b"%PDF": "pdf", b"\x89PNG": "image", b"\xff\xd8\xff": "image", b"GIF8": "image", b"7z\xbc\xaf": "archive"}
_BLOCK = 1 << 16
_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_LINES = 10


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a file: ``kind`` is csv, xlsx or xls, ``name`` is empty where the format has no sheet names."""

    kind: str
    name: str
    rows: Iterator[Row]


def read_rows(path: Path, *, limits: Limits | None = None) -> Iterator[Row]:
    """Read the rows of the first sheet that holds any; blank rows are left out, line numbers are the file's own.

    Raises
    ------
    InvalidError
        While iterating: see `read_sheets`; ``file_empty`` if no sheet holds a row.
    """
    for sheet in read_sheets(path, limits=limits):
        first = next(sheet.rows, None)
        if first is not None:
            yield from chain((first,), sheet.rows)
            return
    raise InvalidError("file_empty", field="file", expected=EXPECTED)


def read_sheets(path: Path, *, limits: Limits | None = None) -> Iterator[Sheet]:
    """Open a table file by its content, whatever its name, and give its sheets one after the other.

    Only a bounded part of the file is in memory, except for XLS, which is small by design.

    Raises
    ------
    InvalidError
        ``file_unreadable``, ``file_empty``, ``file_too_large``, ``file_foreign``, ``file_encrypted``, ``file_broken``,
        ``file_encoding``, ``table_too_long``, ``table_too_wide``, ``row_too_long``; the parameters name the kind of
        file, the line, the limit and what was expected.
    """
    limits = limits or Limits()
    with _opened(path, limits) as stream:
        head = stream.read(8)
        stream.seek(0)
        if not head:
            raise InvalidError("file_empty", field="file", expected=EXPECTED)
        if head.startswith(_ZIP):
            yield from (Sheet("xlsx", name, rows) for name, rows in workbook_sheets(stream, limits))
        elif head == _OLE:
            yield from (Sheet("xls", name, rows) for name, rows in old_sheets(stream, limits))
        else:
            _refuse_foreign(head)
            yield Sheet("csv", "", _csv_rows(stream, limits))


@contextmanager
def _opened(path: Path, limits: Limits) -> Iterator[IO[bytes]]:
    """Open the file, unpacked if it is gzip."""
    try:
        raw = path.open("rb")
        size = raw.seek(0, io.SEEK_END)
        raw.seek(0)
    except (OSError, ValueError) as error:
        raise InvalidError("file_unreadable", field="file", reason=type(error).__name__) from error
    with raw:
        if size > limits.file_bytes:
            raise InvalidError("file_too_large", field="file", bytes=size, limit=limits.file_bytes)
        if not _starts_with(raw, _GZIP):
            yield raw
            return
        with SpooledTemporaryFile(max_size=limits.spool_bytes) as unpacked:
            _unpack(raw, unpacked, size, limits)
            if _starts_with(unpacked, _GZIP):
                raise InvalidError("file_foreign", field="file", kind="gzip in gzip", expected=EXPECTED)
            yield unpacked


def _starts_with(stream: IO[bytes], mark: bytes) -> bool:
    head = stream.read(len(mark))
    stream.seek(0)
    return head == mark


def _unpack(raw: IO[bytes], target: IO[bytes], packed: int, limits: Limits) -> None:
    """Unpack gzip into ``target`` and stop as soon as it grows beyond what is allowed."""
    total = 0
    try:
        with gzip.GzipFile(fileobj=raw) as source:
            while block := source.read(_BLOCK):
                total += len(block)
                if not limits.allow(packed, total):
                    raise InvalidError("file_too_large", field="file", kind="gzip", limit=limits.unpacked_bytes)
                target.write(block)
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidError("file_broken", field="file", kind="gzip", expected=EXPECTED) from error
    target.seek(0)


def _refuse_foreign(head: bytes) -> None:
    kind = next((kind for mark, kind in _FOREIGN.items() if head.startswith(mark)), None)
    if kind is None and head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        kind = "html or xml"
    if kind is not None:
        raise InvalidError("file_foreign", field="file", kind=kind, expected=EXPECTED)


def _csv_rows(stream: IO[bytes], limits: Limits) -> Iterator[Row]:
    lines = _Lines(stream, _encoding(stream), limits)
    try:
        delimiter = _delimiter(list(islice(lines, _SAMPLE_LINES)))
        lines.rewind()
        for count, row in enumerate(_records(lines, delimiter, limits), start=1):
            if count > limits.rows:
                raise InvalidError("table_too_long", field="file", kind="csv", line=row.line, limit=limits.rows)
            yield row
    finally:
        lines.release()


def _records(lines: "_Lines", delimiter: str, limits: Limits) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        line, lines.taken = reader.line_num + 1, 0
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _endless_cell(line, limits) from error
        if cells is None:
            return
        if max(map(len, cells), default=0) > limits.cell_chars:
            raise _endless_cell(line, limits)
        if len(cells) > limits.columns:
            raise InvalidError("table_too_wide", field="file", kind="csv", line=line, limit=limits.columns)
        if not is_blank(cells):
            yield Row(line, tuple(cells), len(cells))


def _endless_cell(line: int, limits: Limits) -> InvalidError:
    return InvalidError("row_too_long", field="file", kind="csv", line=line, limit=limits.cell_chars)


class _Lines:
    """The physical lines of a text file, never more than the allowed characters between two resets of ``taken``."""

    def __init__(self, stream: IO[bytes], encoding: str, limits: Limits) -> None:
        self._limit = limits.row_chars
        self._text = io.TextIOWrapper(stream, encoding, newline="")
        self.rewind()

    def rewind(self) -> None:
        """Begin again at the first line."""
        self._text.seek(0)
        self._number = 0
        self.taken = 0

    def release(self) -> None:
        """Leave the stream to whoever opened it; whoever stopped reading may have closed it before."""
        with suppress(ValueError):
            self._text.detach()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self._number += 1
        try:
            line = self._text.readline(self._limit)
        except UnicodeError as error:
            raise InvalidError(
                "file_encoding", field="file", kind="csv", line=self._number, expected="utf-8, cp1252"
            ) from error
        self.taken += len(line)
        if self.taken > self._limit or len(line) == self._limit:
            raise InvalidError("row_too_long", field="file", kind="csv", line=self._number, limit=self._limit)
        if not line:
            raise StopIteration
        return line


def _encoding(stream: IO[bytes]) -> str:
    """Tell UTF-16 by its mark, UTF-8 by reading all of it, and take anything else without zero bytes for cp1252."""
    stream.seek(0)
    head = stream.read(2)
    stream.seek(0)
    if head in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    utf8 = True
    while block := stream.read(_BLOCK):
        if b"\x00" in block:
            raise InvalidError("file_foreign", field="file", kind="binary", expected=EXPECTED)
        try:
            utf8 = utf8 and decoder.decode(block) is not None
        except UnicodeDecodeError:
            utf8 = False
    return "utf-8-sig" if utf8 and not decoder.getstate()[0] else "cp1252"


def _delimiter(sample: list[str]) -> str:
    """Return the delimiter that cuts most of the first lines into equally many cells; a comma if none does.

    The width of the widest row decides where no two rows agree. Agreement goes first: cells may hold lists that are
    parted by another delimiter, and those differ from row to row. A mark that the heading lacks is no delimiter.
    """
    heading = next((line for line in sample if line.strip()), "")

    def agreement(delimiter: str) -> tuple[int, int]:
        try:
            widths = Counter(len(cells) for cells in csv.reader(sample, delimiter=delimiter))
        except csv.Error:
            return 0, 0
        agreed = max((rows * (width - 1) for width, rows in widths.items() if rows > 1 < width), default=0)
        return agreed, max(widths, default=0)

    return max([mark for mark in _DELIMITERS if mark in heading] or _DELIMITERS, key=agreement)
