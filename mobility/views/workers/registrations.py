"""The page on which a consular post changes a registration afterwards."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility.errors import ConflictError, InvalidError
from mobility.forms.workers.registrations import RegistrationForm, as_entered
from mobility.forms.workers.workers import SKILL, SkillSearchForm
from mobility.queries.lists import occupations
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.skills import Evidence
from mobility.security.policy import require
from mobility.security.worker_views import WorkerView
from mobility.services.workers import changes, workers
from mobility.views.concepts.fields import answered_skills, asks_for_suggestions, suggest_skills
from mobility.views.frame import files
from mobility.views.frame.browser_session import db_session, request_time
from mobility.views.frame.filters import title_of
from mobility.views.frame.forms import expected_version
from mobility.views.frame.identity import current_actor, language
from mobility.views.workers.registration_form import prepare, searched_skills
from mobility.views.workers.routes import fail_document, fail_registration

blueprint = Blueprint("registrations", __name__, url_prefix="/workers/<ref>/registration")


@blueprint.route("/", methods=["GET", "POST"])
def edit(ref: str) -> ResponseReturnValue:
    """Change what is on file; who somebody is can be corrected until it is confirmed."""
    actor, session = current_actor(), db_session()
    worker = workers.get(session, actor, ref)
    require(actor, Permission.WORKER_EDIT, worker)
    view = files.shown(worker)
    form = _form(view, settled=worker.state not in changes.UNCONFIRMED)
    status = 422 if request.method == "POST" and not asks_for_suggestions() else 200
    if form.validate_on_submit() and not asks_for_suggestions() and not form.has_unseen:
        version = expected_version()
        try:
            details, identity = form.changes(view.languages), form.correction()
            changes.change(session, actor, ref, details, identity, version=version, at=request_time())
        except InvalidError as error:
            fail_registration(form, error)
        except ConflictError as error:
            fail_document(form, error)
        else:
            flash(_("The registration is changed."), "success")
            return redirect(url_for("workers.show", ref=ref))
    seen = request.form.get("version") or worker.version
    page = render_template("registrations/edit.html", form=form, worker=view, version=seen)
    return page, status


def _asked_skills(view: WorkerView, firm: set[str], searched: dict[str, str]) -> list[tuple[str, str, bool]]:
    """Return the skills to ask for: those of the worker's occupations, then others on file or found by words."""
    codes = list(dict.fromkeys(past.occupation for past in view.employments))
    asked = [skill for skill in occupations.skills_of(db_session(), codes, language()) if skill[0] not in firm]
    others = {held.code: title_of(held, "label") for held in view.skills} | searched
    known = firm | {code for code, _label, _first in asked}
    return asked + [(code, text, False) for code, text in others.items() if code not in known]


def _form(view: WorkerView, *, settled: bool) -> Any:
    """Return the form with a question for each skill of the worker's occupations that rests on a claim alone."""
    firm = {held.code for held in view.skills if held.evidence is not Evidence.CLAIMED}
    found = SkillSearchForm(request.form)
    suggest_skills(found.more_skills, found.experience, answered=[*answered_skills(SKILL), *firm])
    asked = _asked_skills(view, firm, searched_skills(found))
    form: Any = RegistrationForm.asking_for(asked)(data=as_entered(view))
    prepare(form, found)
    if settled:
        form.settle_identity()
    return form
