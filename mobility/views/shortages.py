"""Pages of shortages: list, draft, one declaration and its steps."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility.data import reference
from mobility.errors import InvalidError
from mobility.forms.shortages import ShortageForm, SuspensionForm
from mobility.queries import shortages as lists
from mobility.rules.shortages import ShortageState
from mobility.security.permissions import Permission
from mobility.security.policy import allowed
from mobility.services import idempotency, shortages
from mobility.views.browser_session import db_session, request_time
from mobility.views.concept_fields import asks_for_suggestions, narrower_title, settle
from mobility.views.filters import country_name
from mobility.views.forms import expected_version, fail_form, idempotency_key, request_content
from mobility.views.identity import current_actor
from mobility.views.lists import chosen, page_number

blueprint = Blueprint("shortages", __name__, url_prefix="/shortages")


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """List the shortages that the actor may see."""
    state = chosen(ShortageState)
    page = lists.listed(db_session(), current_actor(), state=state, page=page_number())
    may_draft = allowed(current_actor(), Permission.SHORTAGE_DRAFT)
    return render_template("shortages/index.html", page=page, state=state, states=ShortageState, may_draft=may_draft)


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Draft a declaration."""
    form = ShortageForm()
    actor = current_actor()
    regions = [(r.code, r.name) for r in reference.regions() if r.country == actor.country]
    whole = (actor.country, country_name(actor.country))
    form.offer_choices([whole, *regions])
    settle([form.occupation])
    if asks_for_suggestions() or not form.validate_on_submit():
        wrong = request.method == "POST" and not asks_for_suggestions()
        return render_template("shortages/new.html", form=form), 422 if wrong else 200
    key, at = idempotency_key(), request_time()
    try:
        ref = idempotency.begin(db_session(), actor, key, request_content(), at=at)
        if ref is None:
            ref = shortages.draft(db_session(), actor, form.terms(), at=at).ref
            idempotency.finish(db_session(), actor, key, ref)
    except InvalidError as error:
        fail_form(form, error)
        return render_template("shortages/new.html", form=form), 422
    flash(_("The draft is stored. Declare it when it is complete."), "success")
    return redirect(url_for(".show", ref=ref))


@blueprint.get("/<ref>")
def show(ref: str) -> ResponseReturnValue:
    """Show one declaration."""
    return _page(ref, SuspensionForm())


@blueprint.post("/<ref>/declare")
def declare(ref: str) -> ResponseReturnValue:
    """Declare a draft."""
    shortages.declare(db_session(), current_actor(), ref, version=expected_version(), at=request_time())
    flash(_("The shortage is declared. Vacancies can now be tied to it."), "success")
    return redirect(url_for(".show", ref=ref))


@blueprint.post("/<ref>/suspend")
def suspend(ref: str) -> ResponseReturnValue:
    """Suspend a declaration."""
    form = SuspensionForm()
    if not form.validate():
        return _page(ref, form), 422
    shortages.suspend(
        db_session(), current_actor(), ref, form.reason.data, version=expected_version(), at=request_time()
    )
    flash(_("The shortage is suspended. No vacancy is certified against it until you resume it."), "success")
    return redirect(url_for(".show", ref=ref))


@blueprint.post("/<ref>/resume")
def resume(ref: str) -> ResponseReturnValue:
    """Resume a suspended declaration."""
    shortages.resume(db_session(), current_actor(), ref, version=expected_version(), at=request_time())
    flash(_("The shortage is declared again."), "success")
    return redirect(url_for(".show", ref=ref))


def _page(ref: str, form: SuspensionForm) -> str:
    actor = current_actor()
    shortage = shortages.get(db_session(), actor, ref)
    may = {
        "declare": shortage.state is ShortageState.DRAFT and allowed(actor, Permission.SHORTAGE_DECLARE, shortage),
        "suspend": shortage.state is ShortageState.DECLARED and allowed(actor, Permission.SHORTAGE_SUSPEND, shortage),
        "resume": shortage.state is ShortageState.SUSPENDED and allowed(actor, Permission.SHORTAGE_SUSPEND, shortage),
    }
    narrower = narrower_title(shortage.concept)
    return render_template("shortages/show.html", shortage=shortage, narrower=narrower, form=form, may=may)
