"""The compressed forms of a text; as a program of start.py and setup.py it writes static files so, beside them."""

import gzip
import io
import sys
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import brotli

#: Endings of static files that gain by it; pictures of points are compressed already.
TEXTS = frozenset({".css", ".js", ".svg"})
#: Levels of effort: a page is compressed each time it is asked for, a file once.
QUICK_GZIP, BEST_GZIP = 5, 9
QUICK_BROTLI, BEST_BROTLI = 5, 11


class Form(NamedTuple):
    """One compressed form, by what it can do.

    Attributes
    ----------
    ending : str
        What the name of a file in this form ends with.
    best : callable
        Compress a file with all effort.
    quick : callable
        Compress a page; padding of any letters goes along, and no reader of the page ever sees it.
    read : callable
        Give back what was compressed.
    """

    ending: str
    best: Callable[[bytes], bytes]
    quick: Callable[[bytes, str], bytes]
    read: Callable[[bytes], bytes]


def _quick_brotli(content: bytes, padding: str) -> bytes:
    """Put the padding into a block that readers skip (RFC 7932, section 9.2: no literals, a length of one byte)."""
    writer = brotli.Compressor(quality=QUICK_BROTLI)
    packed: bytes = writer.process(content) + writer.flush()
    if padding:
        head = 0b01_0_11_0 | (len(padding) - 1) << 6
        packed += head.to_bytes(2, "little") + padding.encode()
    return packed + bytes(writer.finish())


def _best_brotli(content: bytes) -> bytes:
    return bytes(brotli.compress(content, mode=brotli.MODE_TEXT, quality=BEST_BROTLI))


def _quick_gzip(content: bytes, padding: str) -> bytes:
    """Put the padding where the name of a file would stand."""
    packed = io.BytesIO()
    with gzip.GzipFile(padding, "wb", QUICK_GZIP, packed, mtime=0) as target:
        target.write(content)
    return packed.getvalue()


def _best_gzip(content: bytes) -> bytes:
    return gzip.compress(content, BEST_GZIP, mtime=0)


#: By the name that browsers and servers call a form, the smaller first.
FORMS: Mapping[str, Form] = MappingProxyType(
    {
        "br": Form(".br", _best_brotli, _quick_brotli, brotli.decompress),
        "gzip": Form(".gz", _best_gzip, _quick_gzip, gzip.decompress),
    }
)


def of_file(file: Path, form: Form) -> bytes:
    """Return a file in a form: as it stands beside the file, or made now where that is missing or of other content."""
    content = file.read_bytes()
    with suppress(OSError, EOFError, zlib.error, brotli.error):
        beside = file.with_name(file.name + form.ending).read_bytes()
        if form.read(beside) == content:
            return beside
    return form.best(content)


def write_beside(folder: Path) -> None:
    """Write every text below a folder in each form beside it."""
    for file in sorted(folder.rglob("*")):
        if file.suffix in TEXTS:
            for form in FORMS.values():
                file.with_name(file.name + form.ending).write_bytes(of_file(file, form))


if __name__ == "__main__":
    write_beside(Path(sys.argv[1]))
