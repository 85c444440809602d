"""The page of the audit log."""

from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from mobility.db import is_storable
from mobility.errors import InvalidError
from mobility.queries.lists import audit_log
from mobility.queries.lists.audit_log import Filters
from mobility.rules.basics.references import parse_reference
from mobility.views.frame.browser_session import db_session
from mobility.views.frame.identity import current_actor
from mobility.views.frame.lists import page_number

blueprint = Blueprint("audit", __name__, url_prefix="/audit")

#: Verifies the whole log; there is no button for it, since it reads every row.
COMMAND = "mobility audit verify"
LONGEST = 60


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """List the events that the actor may read."""
    actor, filters = current_actor(), _filters()
    return render_template(
        "audit/index.html",
        page=audit_log.listed(db_session(), actor, filters, page=page_number()),
        actions=audit_log.actions(db_session(), actor),
        filters=filters,
        command=COMMAND,
    )


def _filters() -> Filters:
    given = request.args
    first, last = day_asked(given.get("from")), day_asked(given.get("to"))
    return Filters(reference_asked(given.get("object", "")), given.get("action", "")[:60], first, last)


def reference_asked(text: str) -> str:
    """Read a reference as people type it; what is none finds nothing."""
    try:
        return parse_reference(text) if text.strip() else ""
    except InvalidError:
        return text.strip()[:LONGEST] if is_storable(text.strip()[:LONGEST], LONGEST) else "?"


def day_asked(text: str | None) -> date | None:
    """Read a day of an address; what is none asks for nothing."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
