"""One line a request: codes, references and times; no address with a query, no form, no text of an error."""

import logging
import secrets
import sys
import traceback
from time import perf_counter
from types import TracebackType
from typing import Any, TextIO, cast

import structlog
from flask import Flask, Response, g, request

from mobility.views.frame.installation import EXTENSION

_LOG = structlog.get_logger()


def begin() -> None:
    """Give the request a number and start its clock."""
    g.request_id = secrets.token_hex(6)
    g.began = perf_counter()


def write_line(response: Response) -> Response:
    """Write the line, and tell the caller the request's number."""
    response.headers["X-Request-ID"] = g.get("request_id", "")
    if request.endpoint != "static":
        actor = g.get("actor")
        _LOG.info(
            "request",
            id=g.get("request_id"),
            method=request.method,
            endpoint=request.endpoint,
            status=response.status_code,
            milliseconds=round((perf_counter() - g.get("began", perf_counter())) * 1000),
            actor=actor.user_ref if actor else None,
        )
    return response


def places(trace: TracebackType | None) -> list[str]:
    """Return where an error passed through, without what it said: its text may hold personal data."""
    frames = traceback.extract_tb(trace)
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}:{frame.name}" for frame in frames[-12:]]


def log_exception(exc_info: Any) -> None:
    """Log an unforeseen error by its kind and place."""
    kind, _, trace = exc_info
    _LOG.error("failure", id=g.get("request_id"), endpoint=request.endpoint, error=kind.__name__, places=places(trace))


def init(app: Flask) -> None:
    """Wire the log into the application."""
    level = logging.getLevelNamesMapping()[app.extensions[EXTENSION].settings.log_level]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=cast("TextIO", _StandardError())),
    )
    app.before_request(begin)
    app.after_request(write_line)
    app.log_exception = log_exception  # type: ignore[method-assign]


class _StandardError:
    """Writes to whatever standard error is now, which tests and servers replace."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()
