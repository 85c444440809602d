"""The page on which a worker's consents are read out, given and withdrawn."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility.data.reference import LANGUAGES
from mobility.forms.words import label
from mobility.forms.workers.workers import MOST_SPOKEN, OWN_NAMES
from mobility.rules.basics.permissions import Permission
from mobility.rules.cases.consents import ConsentPurpose, in_force
from mobility.security.policy import require
from mobility.services.workers import consents, workers
from mobility.services.workers.readiness import consent_records
from mobility.views.frame import files
from mobility.views.frame.browser_session import db_session, request_time
from mobility.views.frame.forms import seen
from mobility.views.frame.identity import current_actor
from mobility.wording.workers.workers import CONSENT_TEXTS

blueprint = Blueprint("consents", __name__, url_prefix="/workers/<ref>/consents")


@blueprint.get("/")
def show(ref: str) -> ResponseReturnValue:
    """Show the text of every purpose in the language asked for, and whether the worker agrees."""
    actor = current_actor()
    worker = workers.get(db_session(), actor, ref)
    require(actor, Permission.WORKER_EDIT, worker)
    language = _language(request.args.get("language", ""))
    holding = in_force(consent_records(worker), request_time())
    rows = [
        {
            "purpose": purpose,
            "title": label(purpose),
            "text": CONSENT_TEXTS[purpose].spoken(language),
            "given": purpose in holding,
        }
        for purpose in ConsentPurpose
    ]
    view = files.shown(worker)
    return render_template("consents/show.html", worker=view, rows=rows, spoken=language, own_names=OWN_NAMES)


@blueprint.post("/")
def change(ref: str) -> ResponseReturnValue:
    """Record that the worker agrees to a purpose, or does not any more."""
    purpose = next((each for each in ConsentPurpose if each.value == request.form.get("purpose")), None)
    answer = request.form.get("answer")
    if purpose is None or answer not in {"give", "withdraw"}:
        abort(400)
    spoken = _language(request.form.get("language", ""))
    if answer == "give":
        consents.give(db_session(), current_actor(), ref, purpose, spoken, at=request_time())
        flash(_("The consent is recorded."), "success")
    else:
        consents.withdraw(db_session(), current_actor(), ref, purpose, at=request_time(), seen=seen())
        flash(_("The consent is withdrawn. What rested on it has ended."), "success")
    return redirect(url_for(".show", ref=ref, language=spoken))


def _language(asked: str) -> str:
    return asked if asked in LANGUAGES else MOST_SPOKEN
