"""Writes the smallest XLS file that readers accept, since no library in the house writes that format any more."""

import struct
from datetime import date

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SERIAL_ZERO = date(1899, 12, 30)


def old_workbook(*sheets: tuple[str, list[list[object]]], hidden: tuple[str, ...] = ()) -> bytes:
    """Return a BIFF8 workbook in an OLE container; cells are text, numbers, dates or None."""
    bodies = [_sheet(rows) for _, rows in sheets]
    head = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    head += _format(0) + _format(14)
    bounds_size = sum(4 + 8 + 2 * len(name) for name, _ in sheets)
    offset = len(head) + bounds_size + 4
    for (name, _), body in zip(sheets, bodies, strict=True):
        visibility = 1 if name in hidden else 0
        head += _record(0x85, struct.pack("<IBBBB", offset, visibility, 0, len(name), 1) + name.encode("utf-16-le"))
        offset += len(body)
    return _container(head + _record(0x0A, b"") + b"".join(bodies))


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _format(number: int) -> bytes:
    return _record(0xE0, struct.pack("<HHH", 0, number, 0) + bytes(14))


def _sheet(rows: list[list[object]]) -> bytes:
    body = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    for line, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, str):
                text = value.encode("utf-16-le")
                body += _record(0x204, struct.pack("<HHHHB", line, column, 0, len(value), 1) + text)
            elif isinstance(value, date):
                serial = float((value - _SERIAL_ZERO).days)
                body += _record(0x203, struct.pack("<HHHd", line, column, 1, serial))
            elif isinstance(value, bool):
                body += _record(0x205, struct.pack("<HHHBB", line, column, 0, value, 0))
            elif value is not None:
                body += _record(0x203, struct.pack("<HHHd", line, column, 0, float(value)))
    return body + _record(0x0A, b"")


def _container(stream: bytes) -> bytes:
    stream = stream.ljust(4096, b"\0")
    stream += bytes(-len(stream) % _SECTOR)
    count = len(stream) // _SECTOR
    table = [_FAT, _END, *range(3, count + 2), _END]
    fat = b"".join(struct.pack("<I", entry) for entry in table).ljust(_SECTOR, b"\xff")
    assert len(fat) == _SECTOR, "the sample is too large for one allocation sector"
    directory = _entry("Root Entry", 5, _END, 0, child=1) + _entry("Workbook", 2, 2, len(stream)) + bytes(256)
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH6xIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1)
    header += struct.pack("<IIIIII", 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<I", 0) + struct.pack("<I", _FREE) * 108
    return header + fat + directory + stream


def _entry(name: str, kind: int, start: int, size: int, *, child: int = _FREE) -> bytes:
    encoded = name.encode("utf-16-le")
    entry = encoded.ljust(64, b"\0") + struct.pack("<HBB", len(encoded) + 2, kind, 1)
    entry += struct.pack("<III", _FREE, _FREE, child) + bytes(36)
    return entry + struct.pack("<IQ", start, size)
