"""Pages of scorecards: which there are and from when each was in force, and what one counts; read only."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from mobility.queries.lists import match_run_lists
from mobility.services.match_runs import scorecards
from mobility.views.frame.browser_session import db_session
from mobility.views.frame.identity import current_actor

blueprint = Blueprint("scorecards", __name__, url_prefix="/scorecards")


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """List the scorecards, newest first."""
    cards = match_run_lists.scorecards(db_session(), current_actor())
    return render_template("scorecards/index.html", cards=cards, newest=match_run_lists.newest_use(db_session()))


@blueprint.get("/<ref>")
def show(ref: str) -> ResponseReturnValue:
    """Show what one scorecard counts, and when it was in force."""
    stored = scorecards.get(db_session(), current_actor(), ref)
    newest = match_run_lists.newest_use(db_session())
    return render_template("scorecards/show.html", stored=stored, card=scorecards.read(stored), newest=newest)
