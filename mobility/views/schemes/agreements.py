"""Pages of agreements: the register, one agreement, taking one on record, suspending, resuming and ending one."""

from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility.data import reference
from mobility.errors import InvalidError
from mobility.forms.causes import ClosingForm, SuspensionForm
from mobility.forms.schemes.agreements import AgreementForm
from mobility.forms.words import label, sentence
from mobility.queries.lists import agreement_lists
from mobility.rules.basics.causes import CausedStep
from mobility.rules.basics.permissions import Permission
from mobility.rules.cases.agreements import CostBearer, CostKind, is_in_force
from mobility.security.policy import allowed
from mobility.security.steps import open_events
from mobility.services.schemes import agreements
from mobility.views.frame.browser_session import db_session, request_time
from mobility.views.frame.filters import country_name
from mobility.views.frame.forms import fail_field, fail_form, once, seen, take_step
from mobility.views.frame.identity import current_actor, language
from mobility.views.frame.lists import page_number

blueprint = Blueprint("agreements", __name__, url_prefix="/agreements")


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """List the agreements that the actor may see."""
    actor = current_actor()
    today = actor.today(request_time())
    page = agreement_lists.listed(db_session(), actor, page=page_number())
    in_force = {each.id: is_in_force(each.state, each.valid_from, each.valid_to, today) for each in page.rows}
    may = allowed(actor, Permission.AGREEMENT_ENTER)
    return render_template("agreements/index.html", page=page, in_force=in_force, may_enter=may)


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Take an agreement on record."""
    actor = current_actor()
    form = AgreementForm()
    ministries = [
        (each.ref, f"{country_name(each.country)}: {each.name}")
        for each in agreement_lists.origin_ministries(db_session())
    ]
    form.offer_choices(ministries, list(_sectors().items()))
    if not form.validate_on_submit():
        return render_template("agreements/new.html", form=form), 422 if request.method == "POST" else 200
    try:
        with once() as made:
            terms = form.terms(actor.organisation_ref)
            made.ref = made.ref or agreements.create(db_session(), actor, terms, at=request_time()).ref
    except InvalidError as error:
        _fail(form, error)
        return render_template("agreements/new.html", form=form), 422
    flash(_("The agreement is on record. Schemes can stand on it."), "success")
    return redirect(url_for(".show", ref=made.ref))


def _fail(form: AgreementForm, error: InvalidError) -> None:
    """Hang a refusal on its field; one about a cost, on that cost."""
    db_session().rollback()
    if error.field == "costs":
        fail_field(form[f"cost_{error.params['cost']}"], sentence(error.code, error.params))
    else:
        fail_form(form, error)


@blueprint.get("/<ref>")
def show(ref: str) -> ResponseReturnValue:
    """Show one agreement with the schemes that stand on it."""
    return _page(ref)


@blueprint.post("/<ref>/suspend")
def suspend(ref: str) -> ResponseReturnValue:
    """Suspend an agreement."""
    form = SuspensionForm(CausedStep.SUSPEND_AGREEMENT)
    if not form.validate():
        return _page(ref, suspension=form), 422
    done = _("The agreement is suspended. Nobody is proposed under it until it is resumed.")
    return take_step(partial(agreements.suspend, seen=seen()), ref, done, form.why())


@blueprint.post("/<ref>/resume")
def resume(ref: str) -> ResponseReturnValue:
    """Resume a suspended agreement."""
    return take_step(agreements.resume, ref, _("The agreement is in force again."))


@blueprint.post("/<ref>/end")
def end(ref: str) -> ResponseReturnValue:
    """End an agreement before its last day."""
    form = ClosingForm(CausedStep.END_AGREEMENT, prefix="end")
    if not form.validate():
        return _page(ref, ending=form), 422
    done = _("The agreement has ended. Nobody is proposed under it any more.")
    return take_step(partial(agreements.end, seen=seen()), ref, done, form.why())


def _page(ref: str, **forms: Any) -> str:
    """Show an agreement; a form that was sent comes back with its errors."""
    actor = current_actor()
    shown = {
        "suspension": SuspensionForm(CausedStep.SUSPEND_AGREEMENT, formdata=None),
        "ending": ClosingForm(CausedStep.END_AGREEMENT, formdata=None, prefix="end"),
        **forms,
    }
    today = actor.today(request_time())
    agreement = agreements.get(db_session(), actor, ref)
    sectors = _sectors()
    return render_template(
        "agreements/show.html",
        agreement=agreement,
        in_force=is_in_force(agreement.state, agreement.valid_from, agreement.valid_to, today),
        sectors=[sectors.get(slug, slug) for slug in agreement.sectors],
        costs=[
            (label(kind), label(CostBearer(agreement.costs[kind.value])) if kind.value in agreement.costs else None)
            for kind in CostKind
        ],
        schemes=agreement_lists.schemes_under(db_session(), actor, agreement),
        may=open_events(actor, agreement),
        sent=next(iter(forms.values()), None),
        **shown,
    )


def _sectors() -> dict[str, str]:
    return {sector.slug: sector.names[language()] for sector in reference.sectors()}
