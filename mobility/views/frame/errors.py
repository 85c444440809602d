"""Which status and which page each refusal gets; what an actor may not see is as absent as what does not exist."""

import sys

import structlog
from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError

from mobility.db import driver_reason
from mobility.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    QuotaFullError,
    TransitionError,
)
from mobility.forms.words import sentence
from mobility.views.api.problems import asks_api, problem

_LOG = structlog.get_logger()
#: Where the host names that are served are set, and how much of another is logged.
HOSTS, LONGEST_HOST = "MOBILITY_TRUSTED_HOSTS", 100
PAGES = frozenset({400, 403, 404, 405, 409, 413, 422, 429, 500, 503})


def page(status: int, detail: str = "") -> ResponseReturnValue:
    """Return the page of a status; it says what happened, what it means and what to do."""
    g.keep_changes = False
    if asks_api():
        return problem(status, detail)
    known = status if status in PAGES else (400 if status < 500 else 500)  # noqa: PLR2004
    name = 404 if known == 405 else known  # noqa: PLR2004
    return render_template(f"errors/{name}.html", message=detail, request_id=g.get("request_id")), status


def init(app: Flask) -> None:
    """Wire the error pages into the application."""
    app.register_error_handler(NotFoundError, lambda _error: page(404))
    app.register_error_handler(ForbiddenError, lambda _error: page(403))
    app.register_error_handler(ConflictError, _conflict)
    app.register_error_handler(StaleDataError, lambda _error: page(409, sentence("stale")))
    app.register_error_handler(TransitionError, lambda _error: page(409, sentence("stale")))
    app.register_error_handler(QuotaFullError, _quota_full)
    app.register_error_handler(InvalidError, lambda error: page(422, sentence(error.code, error.params)))
    app.register_error_handler(CSRFError, lambda _error: page(400, _("The form was open for too long.")))
    app.register_error_handler(SecurityError, _host_unknown)
    app.register_error_handler(HTTPException, lambda error: page(error.code or 500))
    app.register_error_handler(500, lambda _error: page(500))
    for away in (OperationalError, InterfaceError, PoolTimeoutError):
        app.register_error_handler(away, _database_away)
    app.register_error_handler(StatementError, _statement)


def _host_unknown(_error: Exception) -> ResponseReturnValue:
    """Refuse a host name that is not served; the log names it, and the setting that lists those that are."""
    _LOG.warning("host not served", host=request.environ.get("HTTP_HOST", "")[:LONGEST_HOST], setting=HOSTS)
    return "This host name is not served here.", 400


def _database_away(error: SQLAlchemyError) -> ResponseReturnValue:
    """Say that it is us; the log has kind and place, and in one line what the driver says of a lost connection."""
    current_app.log_exception(sys.exc_info())
    _LOG.error("database refused", id=g.get("request_id"), reason=driver_reason(error))
    return page(503)


def _statement(error: StatementError) -> ResponseReturnValue:
    """Tell input that a column refused, past a form that should have said so, from a failure of ours."""
    current_app.log_exception(sys.exc_info())
    if isinstance(error.orig, ValueError):
        return page(400, _("Something that was sent cannot be stored."))
    return page(500)


def _conflict(error: ConflictError) -> ResponseReturnValue:
    who = _("%(who)s was first: %(what)s.", who=error.by, what=error.what) if error.by else ""
    return page(409, f"{who} {sentence(error.code)}".strip())


def _quota_full(error: QuotaFullError) -> ResponseReturnValue:
    return page(409, _("No place is left in quota %(quota)s. Nothing was changed.", quota=error.quota))
