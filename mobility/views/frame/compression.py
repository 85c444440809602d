"""Answers are compressed for browsers that take it: files at build time, pages each with padding of random length."""

import secrets
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request

from mobility import compressed

TEXTS = frozenset(
    {"text/html", "text/css", "text/csv", "text/plain", "text/javascript", "application/javascript", "application/json"}
    | {"image/svg+xml"}
)
#: Below this many bytes an answer fits into one packet as it is.
LEAST = 1024
#: Longest padding: so the length of a page tells little of a secret beside words that a stranger chose (BREACH).
LONGEST_PADDING = 100
#: Who may have made a browser ask, in the browser's own word: nobody but our pages and the person.
TRUSTED = frozenset({"same-origin", "none"})


def compress(response: Response) -> Response:
    """Compress an answer, unless the browser takes none, it is no text, or too short to gain."""
    if response.mimetype not in TEXTS:
        return response
    response.vary.add("Accept-Encoding")
    coding = _coding()
    if response.status_code in {204, 206, 304} or not coding:
        return response
    if response.direct_passthrough:
        return _file(response, coding) if request.endpoint == "static" else response
    if not (response.is_streamed or _asked_by_a_stranger()) and len(response.get_data()) >= LEAST:
        _encoded(response, padded(response.get_data(), coding), coding)
    return response


def _coding() -> str:
    """Return the form that the browser takes and likes best, the smaller one where it likes both; else nothing."""
    best = max(compressed.FORMS, key=request.accept_encodings.quality)
    return best if request.accept_encodings.quality(best) else ""


def _asked_by_a_stranger() -> bool:
    """Tell whether another site made a browser ask that holds secrets of ours: then no length may depend on them."""
    return request.headers.get("Sec-Fetch-Site", "none") not in TRUSTED and bool(request.cookies)


def padded(content: bytes, coding: str) -> bytes:
    """Compress a page with padding that is of random length and means nothing."""
    padding = secrets.token_hex(LONGEST_PADDING // 2)[: 1 + secrets.randbelow(LONGEST_PADDING)]
    return compressed.FORMS[coding].quick(content, padding)


def _file(response: Response, coding: str) -> Response:
    path = Path(current_app.static_folder or "") / str((request.view_args or {}).get("filename", ""))
    if not path.is_file():
        return response
    if close := getattr(response.response, "close", None):
        close()
    response.direct_passthrough = False
    response.headers.pop("Accept-Ranges", None)
    tag, _ = response.get_etag()
    if tag:
        response.set_etag(tag, weak=True)
    _encoded(response, _packed(path, path.stat().st_mtime, coding), coding)
    return response


@lru_cache(maxsize=64)
def _packed(path: Path, _changed: float, coding: str) -> bytes:
    return compressed.of_file(path, compressed.FORMS[coding])


def _encoded(response: Response, content: bytes, coding: str) -> None:
    response.set_data(content)
    response.headers["Content-Encoding"] = coding


def init(app: Flask) -> None:
    """Wire compression into the application."""
    app.after_request(compress)
