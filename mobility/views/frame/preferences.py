"""The language in which a person reads."""

from flask import Blueprint, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from mobility.data.reference import LANGUAGES
from mobility.services import accounts
from mobility.views.accounts.routes import local_path
from mobility.views.frame.browser_session import db_session
from mobility.views.frame.identity import current_actor_or_none

blueprint = Blueprint("preferences", __name__)


@blueprint.post("/language")
def language() -> ResponseReturnValue:
    """Choose a language, and go back to the page."""
    code = request.form.get("code", "")
    if code in LANGUAGES:
        session["language"] = code
        if (actor := current_actor_or_none()) is not None:
            accounts.prefer_language(db_session(), actor, code)
    return redirect(local_path(request.form.get("next")) or url_for("home.index"))
