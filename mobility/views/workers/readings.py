"""The page that tells who looked at whose file."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from mobility.queries.lists import readings
from mobility.queries.lists.readings import Filters
from mobility.views.audit import day_asked, reference_asked
from mobility.views.frame.browser_session import db_session
from mobility.views.frame.identity import current_actor
from mobility.views.frame.lists import page_number

blueprint = Blueprint("readings", __name__, url_prefix="/readings")


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """List the readings that the actor may know of."""
    given = request.args
    filters = Filters(
        reference_asked(given.get("worker", "")),
        reference_asked(given.get("user", "")),
        day_asked(given.get("from")),
        day_asked(given.get("to")),
    )
    page = readings.listed(db_session(), current_actor(), filters, page=page_number())
    return render_template("readings/index.html", page=page, filters=filters)
