"""Pages of employers: list, registration, one employer and the steps of its vetting."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from mobility.errors import InvalidError
from mobility.forms.employers import EmployerForm, VettingForm, step_named
from mobility.forms.words import sentence
from mobility.queries.lists import employer_lists
from mobility.rules.basics.permissions import Permission
from mobility.rules.cases.employers import EmployerEvent, EmployerState
from mobility.security.policy import allowed
from mobility.security.steps import open_events
from mobility.services import employers
from mobility.views.frame.browser_session import db_session, request_time
from mobility.views.frame.forms import expected_version, fail_form, once, seen
from mobility.views.frame.identity import current_actor
from mobility.views.frame.lists import chosen, page_number

blueprint = Blueprint("employers", __name__, url_prefix="/employers")

WITH_REASON = frozenset({EmployerEvent.RETURN_TO_REGISTERED, EmployerEvent.SUSPEND, EmployerEvent.DEBAR})
WITH_ITEMS = frozenset({EmployerEvent.VERIFY, EmployerEvent.REINSTATE})
#: Steps that end open proposals or hold them up.
TOUCHING = frozenset({EmployerEvent.SUSPEND, EmployerEvent.DEBAR})
DONE = {
    EmployerEvent.BEGIN_VETTING: _l("The vetting has begun. Say what you looked at, then verify."),
    EmployerEvent.RETURN_TO_REGISTERED: _l("The vetting ended without an outcome."),
    EmployerEvent.VERIFY: _l("The employer is verified. Its vacancies can be certified."),
    EmployerEvent.SUSPEND: _l("The employer is suspended. Nothing of it moves on until it is reinstated."),
    EmployerEvent.REINSTATE: _l("The employer is verified again."),
    EmployerEvent.DEBAR: _l("The employer is debarred."),
}


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """List the employers that the actor may see."""
    state = chosen(EmployerState)
    page = employer_lists.listed(db_session(), current_actor(), state=state, page=page_number())
    may = allowed(current_actor(), Permission.EMPLOYER_REGISTER)
    return render_template("employers/index.html", page=page, state=state, states=EmployerState, may_register=may)


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Register an employer."""
    form, actor = EmployerForm(), current_actor()
    if not form.validate_on_submit():
        return render_template("employers/new.html", form=form), 422 if request.method == "POST" else 200
    try:
        with once() as made:
            made.ref = made.ref or employers.register(db_session(), actor, form.terms(), at=request_time()).ref
    except InvalidError as error:
        fail_form(form, error)
        return render_template("employers/new.html", form=form), 422
    flash(_("The employer is registered. Begin to vet it."), "success")
    return redirect(url_for(".show", ref=made.ref))


@blueprint.get("/<ref>")
def show(ref: str) -> ResponseReturnValue:
    """Show one employer."""
    return _page(ref, VettingForm())


@blueprint.post("/<ref>/vet")
def vet(ref: str) -> ResponseReturnValue:
    """Take the step whose button was pressed."""
    event = step_named(request.form.get("step", ""))
    if event is None:
        abort(400)
    form, version = VettingForm(), expected_version()
    if not form.validate():
        return _page(ref, form), 422
    try:
        _step(event, form)(db_session(), current_actor(), ref, version=version, at=request_time())
    except InvalidError as error:
        fail_form(form, error)
        return _page(ref, form), 422
    flash(str(DONE[event]), "success")
    return redirect(url_for(".show", ref=ref))


def _step(event: EmployerEvent, form: VettingForm) -> Callable[..., Any]:
    service: Callable[..., Any] = getattr(employers, event.value)
    if event in WITH_REASON:
        marked = {"seen": seen()} if event in TOUCHING else {}
        return partial(service, reason=form.reason.data or "", **marked)
    return partial(service, items=form.items()) if event in WITH_ITEMS else service


def _page(ref: str, form: VettingForm) -> str:
    actor = current_actor()
    employer = employers.get(db_session(), actor, ref)
    form.fill(employers.looked_at(employer))
    steps = open_events(actor, employer)
    return render_template(
        "employers/show.html",
        employer=employer,
        form=form,
        plain=[step for step in steps if step not in WITH_REASON | WITH_ITEMS],
        with_items=[step for step in steps if step in WITH_ITEMS],
        with_reason=[step for step in steps if step in WITH_REASON],
        findings=[(each, sentence(each.code, each.params)) for each in employers.findings_of(employer)],
        may_vet=allowed(actor, Permission.EMPLOYER_VET, employer),
    )
