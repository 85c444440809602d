"""Answers are compressed for browsers that take it: files once a process, pages each with padding of random length."""

import gzip
import io
import secrets
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request

TEXTS = frozenset(
    {"text/html", "text/css", "text/csv", "text/plain", "text/javascript", "application/javascript", "application/json"}
    | {"image/svg+xml"}
)
#: Below this many bytes an answer fits into one packet as it is.
LEAST = 1024
#: Levels of effort: a page is compressed each time, a file once.
QUICK, BEST = 5, 9
#: Longest padding: so the length of a page tells nothing of a secret beside words that a stranger chose (BREACH).
LONGEST_PADDING = 100


def compress(response: Response) -> Response:
    """Compress an answer, unless the browser takes none, it is no text, or too short to gain."""
    if response.mimetype not in TEXTS:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code in {204, 206, 304} or not request.accept_encodings.quality("gzip"):
        return response
    if response.direct_passthrough:
        return _file(response)
    if not response.is_streamed and len(response.get_data()) >= LEAST:
        _encoded(response, padded(response.get_data()))
    return response


def padded(content: bytes) -> bytes:
    """Compress a page; the name in the head of the compressed form is of random length and means nothing."""
    packed = io.BytesIO()
    name = secrets.token_hex(LONGEST_PADDING // 2)[: 1 + secrets.randbelow(LONGEST_PADDING)]
    with gzip.GzipFile(name, "wb", QUICK, packed, mtime=0) as target:
        target.write(content)
    return packed.getvalue()


def _file(response: Response) -> Response:
    path = Path(current_app.static_folder or "") / str((request.view_args or {}).get("filename", ""))
    if request.endpoint != "static" or not path.is_file():
        return response
    if close := getattr(response.response, "close", None):
        close()
    response.direct_passthrough = False
    response.headers.pop("Accept-Ranges", None)
    tag, _ = response.get_etag()
    if tag:
        response.set_etag(tag, weak=True)
    _encoded(response, _packed(path, path.stat().st_mtime))
    return response


@lru_cache(maxsize=64)
def _packed(path: Path, _changed: float) -> bytes:
    return gzip.compress(path.read_bytes(), BEST, mtime=0)


def _encoded(response: Response, content: bytes) -> None:
    response.set_data(content)
    response.headers["Content-Encoding"] = "gzip"


def init(app: Flask) -> None:
    """Wire compression into the application."""
    app.after_request(compress)
