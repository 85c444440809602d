"""Pages of vacancies: list, one vacancy, drafting and changing its terms, and the steps of its life."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility.data import reference
from mobility.errors import ConflictError, InvalidError, TransitionError
from mobility.forms.causes import CauseForm
from mobility.forms.vacancies import ReasonsForm, TermsForm, TieForm, certification_form, entered
from mobility.forms.words import sentence
from mobility.models.vacancies import Vacancy
from mobility.queries.lists import shortage_lists, vacancy_lists
from mobility.rules.basics.causes import CausedStep
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.places import day_in
from mobility.rules.cases.vacancies import VacancyEvent, VacancyState
from mobility.security.policy import allowed, require
from mobility.security.steps import check_open
from mobility.services.vacancies import amendments, certification, vacancies
from mobility.services.vacancies.vacancies import EDITABLE
from mobility.views import checked
from mobility.views.concepts.fields import FIND, asks_for_suggestions, narrower_title
from mobility.views.frame.browser_session import db_session, request_time
from mobility.views.frame.forms import expected_version, fail_form, once, seen
from mobility.views.frame.identity import current_actor
from mobility.views.frame.lists import chosen, page_number
from mobility.views.vacancies.shown import (
    currency_of,
    floor_words,
    offer_ties,
    one_page,
    rows_of,
    terms_form,
    ties_of,
)

#: The refusal if what a page showed of open proposals has changed.
CHANGED = "ending.changed"
blueprint = Blueprint("vacancies", __name__, url_prefix="/vacancies")


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """List the vacancies that the actor may see."""
    actor, state = current_actor(), chosen(VacancyState)
    scheme = request.args.get("scheme") or None
    page = vacancy_lists.listed(db_session(), actor, state=state, scheme=scheme, page=page_number())
    return render_template(
        "vacancies/index.html",
        page=page,
        state=state,
        states=VacancyState,
        scheme=scheme,
        schemes=vacancy_lists.schemes(db_session(), actor),
        may_post=allowed(actor, Permission.VACANCY_POST),
    )


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Draft a vacancy: first what it stands on (by GET), then its terms."""
    ties = TieForm(request.args)
    within = ",".join(offer_ties(ties))
    asked = bool({"scheme", "shortage", "occupation"} & set(request.args)) and not request.args.get(FIND)
    if not asked or not ties.validate():
        wrong = asked or request.method == "POST"
        return render_template("vacancies/new.html", form=ties, within=within), 422 if wrong else 200
    tied, concept = ties_of(ties), ties.occupation.concept
    first = {"currency": currency_of(current_actor().country), "experience_months": 0}
    form = terms_form(tied["occupation"], concept=concept, data=first)
    if _stays(form):
        return _terms_page(form, tied, concept=concept), _status()
    actor, at = current_actor(), request_time()
    try:
        with once(str(tied)) as made:
            terms = form.terms(**tied, concept=concept)
            made.ref = made.ref or vacancies.draft(db_session(), actor, terms, at=at).ref
    except InvalidError as error:
        fail_form(form, error)
        return _terms_page(form, tied, concept=concept), 422
    flash(_("The draft is stored. Submit it when it is complete."), "success")
    return redirect(url_for(".show", ref=made.ref))


@blueprint.route("/<ref>/edit", methods=["GET", "POST"])
def edit(ref: str) -> ResponseReturnValue:
    """Change the terms of a vacancy; if that sends a certified one back, show first whom it touches."""
    session, actor, at = db_session(), current_actor(), request_time()
    vacancy = vacancies.get(session, actor, ref)
    require(actor, Permission.VACANCY_EDIT, vacancy)
    if not amendments.may_amend(actor, vacancy):
        raise TransitionError(vacancy.state, "amend")
    tied = {
        "scheme": vacancy.scheme.ref,
        "shortage": vacancy.shortage.ref if vacancy.shortage else "",
        "occupation": vacancy.occupation.code,
    }
    form = terms_form(tied["occupation"], concept=vacancy.concept, data=entered(vacancy))
    if _stays(form):
        return _terms_page(form, tied, vacancy, concept=vacancy.concept), _status()
    version, terms = expected_version(), form.terms(**tied, concept=vacancy.concept)
    try:
        touched = amendments.touched_by(session, actor, vacancy, terms, at=at)
        if touched is not None and seen() != touched.mark:
            return checked.page(checked.AMENDING, touched)
        amended = amendments.amend(session, actor, ref, terms, version=version, at=at, seen=seen())
    except InvalidError as error:
        fail_form(form, error)
        return _terms_page(form, tied, vacancy, concept=vacancy.concept), 422
    flash(_amended(amended.state), "success")
    return redirect(url_for(".show", ref=ref))


def _amended(state: VacancyState) -> str:
    """Say what happens next with a vacancy whose terms were changed."""
    if state in EDITABLE:
        return _("The terms are changed. Submit the vacancy when it is complete.")
    if state is VacancyState.SUBMITTED:
        return _("The terms are changed. The ministry certifies the vacancy anew.")
    return _("The terms are changed. The vacancy stays certified.")


@blueprint.get("/<ref>")
def show(ref: str) -> ResponseReturnValue:
    """Show one vacancy."""
    return one_page(ref, ReasonsForm())


@blueprint.post("/<ref>/submit")
def submit(ref: str) -> ResponseReturnValue:
    """Hand a vacancy in to the ministry."""
    return _take(vacancies.submit, ref, _("The vacancy is submitted. The ministry looks at it now."))


@blueprint.route("/<ref>/certify", methods=["GET", "POST"])
def certify(ref: str) -> ResponseReturnValue:
    """Show every finding for the figures entered; certify when asked to."""
    actor, at = current_actor(), request_time()
    vacancy = vacancies.get(db_session(), actor, ref)
    check_open(actor, vacancy, VacancyEvent.CERTIFY)
    rules = certification.rules_of(db_session(), vacancy.scheme_id, day_in(vacancy.country, at))
    names = certification.floor_names(rules)
    form = certification_form(vacancy, names, floor_words(names))
    if request.method == "GET":
        return _certification_page(vacancy, form)
    if not form.validate():
        return _certification_page(vacancy, form), 422
    if request.form.get("step") == "check":
        return _certification_page(vacancy, form)
    positions, floors, version = form.positions.data, form.floors(), expected_version()
    try:
        vacancies.certify(db_session(), actor, ref, positions, floors, version=version, at=at)
    except InvalidError as error:
        fail_form(form, error)
        return _certification_page(vacancy, form), 422
    flash(_("The vacancy is certified. A consular post attests it next."), "success")
    return redirect(url_for(".show", ref=ref))


@blueprint.post("/<ref>/send-back")
def send_back(ref: str) -> ResponseReturnValue:
    """Send a vacancy back with reasons."""
    return _object(vacancies.send_back, ref, _("The vacancy is sent back. Its employer sees your reasons."))


@blueprint.post("/<ref>/refuse")
def refuse(ref: str) -> ResponseReturnValue:
    """Refuse a vacancy."""
    return _object(vacancies.refuse, ref, _("The vacancy is refused. Its employer sees your reasons."))


@blueprint.route("/<ref>/revoke", methods=["GET", "POST"])
def revoke(ref: str) -> ResponseReturnValue:
    """Show whom revoking touches; take the certification back when asked to, with reasons."""
    form = ReasonsForm()
    if request.method == "GET" or not form.validate():
        return _leaving_page(ref, VacancyEvent.REVOKE, form), 422 if form.errors else 200
    revoking = partial(vacancies.revoke, deficiencies=form.codes(), note=form.note.data or "")
    done = _("The certification is revoked. Nobody is proposed for it any more.")
    return _leave(revoking, ref, VacancyEvent.REVOKE, form, done)


@blueprint.post("/<ref>/attest")
def attest(ref: str) -> ResponseReturnValue:
    """Attest that the offer is real."""
    return _take(vacancies.attest, ref, _("The vacancy is attested. The ministry opens it for matching next."))


@blueprint.post("/<ref>/open")
def open_matching(ref: str) -> ResponseReturnValue:
    """Open a vacancy for matching."""
    return _take(vacancies.open_matching, ref, _("The vacancy is open. The next match run proposes workers for it."))


@blueprint.route("/<ref>/withdraw", methods=["GET", "POST"])
def withdraw(ref: str) -> ResponseReturnValue:
    """Show whom withdrawing touches; withdraw the actor's own vacancy when asked to."""
    form = CauseForm(CausedStep.WITHDRAW_VACANCY)
    if request.method == "GET" or not form.validate():
        return _leaving_page(ref, VacancyEvent.WITHDRAW, form), 422 if form.errors else 200
    withdrawing = partial(vacancies.withdraw, why=form.why())
    return _leave(withdrawing, ref, VacancyEvent.WITHDRAW, form, _("The vacancy is withdrawn."))


def _leave(
    service: Callable[..., Any], ref: str, event: VacancyEvent, form: ReasonsForm | CauseForm, done: str
) -> ResponseReturnValue:
    """Take a step that ends proposals, unless they changed since the person looked: then show them anew."""
    version = expected_version()
    try:
        service(db_session(), current_actor(), ref, version=version, at=request_time(), seen=seen())
    except ConflictError as error:
        if error.code != CHANGED:
            raise
        return _leaving_page(ref, event, form, changed=True), 409
    flash(done, "success")
    return redirect(url_for(".show", ref=ref))


def _leaving_page(ref: str, event: VacancyEvent, form: ReasonsForm | CauseForm, *, changed: bool = False) -> str:
    actor = current_actor()
    vacancy = vacancies.get(db_session(), actor, ref)
    check_open(actor, vacancy, event)
    return render_template(
        "vacancies/leave.html",
        vacancy=vacancy,
        form=form,
        revokes=event is VacancyEvent.REVOKE,
        touched=vacancies.touched_by(db_session(), actor, vacancy, event),
        changed=sentence(CHANGED) if changed else "",
    )


def _take(service: Callable[..., Any], ref: str, done: str) -> ResponseReturnValue:
    form = ReasonsForm(formdata=None)
    try:
        service(db_session(), current_actor(), ref, version=expected_version(), at=request_time())
    except InvalidError as error:
        form.form_errors = [*form.form_errors]
        fail_form(form, error)
        return one_page(ref, form), 422
    flash(done, "success")
    return redirect(url_for(".show", ref=ref))


def _object(service: Callable[..., Any], ref: str, done: str) -> ResponseReturnValue:
    form, version = ReasonsForm(), expected_version()
    if not form.validate():
        return one_page(ref, form), 422
    note = form.note.data or ""
    service(db_session(), current_actor(), ref, form.codes(), note, version=version, at=request_time())
    flash(done, "success")
    return redirect(url_for(".show", ref=ref))


def _stays(form: TermsForm) -> bool:
    """Tell whether the person goes on with the form: it is new, wrong, or shows skills that they have not seen yet."""
    return asks_for_suggestions() or not form.validate_on_submit() or form.has_unseen


def _status() -> int:
    return 422 if request.method == "POST" and not asks_for_suggestions() else 200


def _terms_page(
    form: TermsForm, tied: dict[str, str], vacancy: Vacancy | None = None, *, concept: str | None = None
) -> str:
    actor = current_actor()
    shortage = next(
        (each for each in shortage_lists.in_force(db_session(), actor) if each.ref == tied["shortage"]), None
    )
    group = next(each for each in reference.occupation_groups() if each.code == tied["occupation"])
    return render_template(
        "vacancies/terms.html",
        form=form,
        shortage=shortage,
        group=group,
        vacancy=vacancy,
        narrower=narrower_title(concept),
    )


def _certification_page(vacancy: Vacancy, form: Any) -> str:
    found = certification.assess(
        db_session(),
        vacancy,
        positions=form.positions.data or 0,
        floors=form.floors(),
        at=request_time(),
    )
    return render_template(
        "vacancies/certify.html", vacancy=vacancy, form=form, rows=rows_of(found), clear=not found.obstacles
    )
