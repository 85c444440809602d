"""Pages of workers: list and search, registration, one file and its steps; templates get projections, never rows."""

import re
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from mobility.errors import ConflictError, InvalidError
from mobility.forms.words import label, language_name, sentence
from mobility.forms.workers.steps import (
    CheckForm,
    ConfirmIdentityForm,
    IneligibleForm,
    ReasonForm,
    SearchForm,
)
from mobility.forms.workers.workers import LICENCES, DocumentForm, StartForm, WorkerForm
from mobility.models.workers.workers import Worker
from mobility.queries.lists import proposal_lists, worker_lists
from mobility.rules.basics.findings import Finding
from mobility.rules.basics.languages import Cefr
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.places import day_in
from mobility.rules.basics.skills import SkillLevel
from mobility.rules.cases.checks import CheckKind
from mobility.rules.cases.consents import ConsentPurpose
from mobility.rules.cases.workers import WorkerEvent, WorkerState
from mobility.security.policy import allowed, require
from mobility.security.projections import may_know_names
from mobility.security.steps import open_events
from mobility.services.workers import checks, workers
from mobility.views.concepts.fields import FIND, asks_for_suggestions, settle
from mobility.views.frame import files
from mobility.views.frame.browser_session import db_session, request_time
from mobility.views.frame.filters import title_of
from mobility.views.frame.forms import expected_version, fail_field, fail_form, once, seen, take_step
from mobility.views.frame.identity import current_actor
from mobility.views.frame.lists import chosen, page_number
from mobility.views.frame.places import countries
from mobility.views.proposals.shown import why_ended
from mobility.views.workers.registration_form import registration_form

blueprint = Blueprint("workers", __name__, url_prefix="/workers")
_ROW = re.compile(r"work_([0-9])_([a-z_]+)")


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """List the workers that the actor may see."""
    state = chosen(WorkerState)
    page = worker_lists.listed(db_session(), current_actor(), state=state, page=page_number())
    return render_template(
        "workers/index.html",
        page=page,
        lines=files.lines(list(page.rows)),
        state=state,
        states=WorkerState,
        search=SearchForm(formdata=None),
        names=may_know_names(current_actor()),
        may_register=allowed(current_actor(), Permission.WORKER_REGISTER),
    )


@blueprint.post("/search")
def search() -> ResponseReturnValue:
    """Find a worker by reference or whole name; sent as a form, so that no address ever holds a name."""
    form = SearchForm()
    rows = worker_lists.found(db_session(), current_actor(), form.text.data) if form.validate() else []
    names = may_know_names(current_actor())
    page = render_template("workers/search.html", form=form, lines=files.lines(rows), names=names)
    return page, 422 if form.errors else 200


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Register a person: first their occupations, then everything else on one page."""
    start = StartForm(request.args)
    settle([start.occupation, start.second_occupation])
    begun = "occupation" in request.args and not request.args.get(FIND)
    if not (begun and start.validate()):
        wrong = begun or request.method == "POST"
        return render_template("workers/start.html", form=start), 422 if wrong else 200
    form = registration_form(start)
    if asks_for_suggestions():
        return _registration(form, start, 200)
    if not form.validate_on_submit() or form.has_unseen:
        return _registration(form, start, 422 if request.method == "POST" else 200)
    return _register(form, start)


def _register(form: WorkerForm, start: StartForm) -> ResponseReturnValue:
    actor, at = current_actor(), request_time()
    try:
        with once() as made:
            terms = form.terms(start.language.data)
            made.ref = made.ref or workers.register(db_session(), actor, terms, at=at).ref
    except InvalidError as error:
        fail_registration(form, error)
        return _registration(form, start, 422)
    except ConflictError as error:
        fail_document(form, error)
        return _registration(form, start, 422)
    flash(_("The person is registered. A second officer now confirms who they are."), "success")
    return redirect(url_for(".show", ref=made.ref))


@blueprint.get("/<ref>")
def show(ref: str) -> ResponseReturnValue:
    """Show one file and what is to do next."""
    return _page(ref)


@blueprint.post("/<ref>/confirm-identity")
def confirm_identity(ref: str) -> ResponseReturnValue:
    """Confirm who a worker is."""
    form = ConfirmIdentityForm()
    form.validate()
    try:
        workers.confirm_identity(
            db_session(),
            current_actor(),
            ref,
            vouched=form.vouched.data,
            version=expected_version(),
            at=request_time(),
        )
    except InvalidError as error:
        fail_field(form.vouched, sentence(error.code, error.params))
        return _page(ref, confirm=form), 422
    flash(_("The identity is confirmed. The checks can be recorded."), "success")
    return redirect(url_for(".show", ref=ref))


@blueprint.route("/<ref>/check", methods=["GET", "POST"])
def check(ref: str) -> ResponseReturnValue:
    """Record a check."""
    actor, session, at = current_actor(), db_session(), request_time()
    worker = workers.get(session, actor, ref)
    require(actor, Permission.WORKER_CHECK, worker)
    view = files.shown(worker)
    form = CheckForm()
    form.offer_choices([(skill.code, title_of(skill, "label")) for skill in view.skills])
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        try:
            with once() as made:
                made.ref = made.ref or checks.record(session, actor, ref, form.terms(), at=at, seen=seen()).ref
        except InvalidError as error:
            fail_form(form, error)
        else:
            flash(_("The check is recorded."), "success")
            return redirect(url_for(".show", ref=ref))
    return render_template("workers/check.html", form=form, worker=view), status


@blueprint.route("/<ref>/document", methods=["GET", "POST"])
def document(ref: str) -> ResponseReturnValue:
    """Add a document."""
    actor, session, at = current_actor(), db_session(), request_time()
    worker = workers.get(session, actor, ref)
    require(actor, Permission.WORKER_EDIT, worker)
    form = DocumentForm(data={"document_issuer": actor.country})
    form.offer_documents(countries())
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        try:
            with once() as made:
                made.ref = made.ref or workers.add_document(session, actor, ref, form.paper(), at=at).ref
        except InvalidError as error:
            fail_form(form, error)
        except ConflictError as error:
            fail_document(form, error)
        else:
            flash(_("The document is stored. A second officer now confirms who they are."), "success")
            return redirect(url_for(".show", ref=ref))
    view = files.shown(worker)
    return render_template("workers/document.html", form=form, worker=view), status


@blueprint.post("/<ref>/make-ready")
def make_ready(ref: str) -> ResponseReturnValue:
    """Put a worker on the roster."""
    try:
        workers.make_ready(db_session(), current_actor(), ref, version=expected_version(), at=request_time())
    except InvalidError as error:
        if error.code == "stale":
            raise
        flash(_("Something is still wanting; see below."))
        return _page(ref), 422
    flash(_("The worker is ready. The next match run can propose them."), "success")
    return redirect(url_for(".show", ref=ref))


@blueprint.post("/<ref>/pause")
def pause(ref: str) -> ResponseReturnValue:
    """Take a worker off the roster for a while."""
    form = ReasonForm(prefix="pause")
    if not form.validate():
        return _page(ref, pause=form), 422
    return take_step(
        partial(workers.pause, seen=seen()), ref, _("The worker is paused and not proposed any more."), form.reason.data
    )


@blueprint.post("/<ref>/withdraw")
def withdraw(ref: str) -> ResponseReturnValue:
    """Take a worker off the register."""
    form = ReasonForm(prefix="withdraw")
    if not form.validate():
        return _page(ref, withdraw=form), 422
    return take_step(
        partial(workers.withdraw, seen=seen()), ref, _("The worker has left the register."), form.reason.data
    )


@blueprint.post("/<ref>/ineligible")
def mark_ineligible(ref: str) -> ResponseReturnValue:
    """Shut a worker out, for a reason and until a day."""
    form = IneligibleForm(prefix="ineligible")
    if not form.validate():
        return _page(ref, ineligible=form), 422
    session, actor, version, at = db_session(), current_actor(), expected_version(), request_time()
    reason, day = form.reason.data, form.review_on.data
    try:
        workers.mark_ineligible(session, actor, ref, reason, day, version=version, at=at, seen=seen())
    except InvalidError as error:
        fail_form(form, error)
        return _page(ref, ineligible=form), 422
    flash(_("The worker may not take part until this is looked at again."), "success")
    return redirect(url_for(".show", ref=ref))


@blueprint.post("/<ref>/reinstate")
def reinstate(ref: str) -> ResponseReturnValue:
    """Put a worker who was shut out on the register again."""
    return take_step(
        workers.reinstate, ref, _("The worker is on the register again. A second officer now confirms who they are.")
    )


@blueprint.post("/<ref>/resume")
def resume(ref: str) -> ResponseReturnValue:
    """Put a worker on the register again."""
    return take_step(
        workers.resume, ref, _("The worker is on the register again. A second officer now confirms who they are.")
    )


def _registration(form: WorkerForm, start: StartForm, status: int) -> Any:
    return render_template("workers/new.html", form=form, start=start), status


def fail_registration(form: WorkerForm, error: InvalidError) -> None:
    """Hang a refusal on its field, in the rows of the work history too."""
    row = _ROW.fullmatch(error.field or "")
    if row is None:
        fail_form(form, error)
        return
    entry = form.work[int(row.group(1)) - 1].form
    fail_field(entry[row.group(2)], sentence(error.code, error.params))
    form.work.errors = [each.errors for each in form.work]


def fail_document(form: DocumentForm, error: ConflictError) -> None:
    """Hang a document that is on the register already on its number; any other conflict gets its page."""
    if not error.code.startswith("document_known") or "document_number" not in form:
        raise error
    fail_field(form.document_number, " ".join(filter(None, (sentence(error.code), error.what))))


def _may(worker: Worker, *, complete: bool) -> dict[str, bool]:
    actor, free = current_actor(), worker.state not in workers.BOUND
    mine = open_events(actor, worker)
    renews = workers.awaits_renewal(worker) and allowed(actor, Permission.WORKER_CONFIRM_IDENTITY, worker)
    return {
        "confirm": WorkerEvent.CHECK_IDENTITY in mine or renews,
        "check": worker.state in checks.OPEN and allowed(actor, Permission.WORKER_CHECK, worker),
        "make_ready": complete and WorkerEvent.MAKE_READY in mine,
        "edit": allowed(actor, Permission.WORKER_EDIT, worker),
        "pause": free and WorkerEvent.PAUSE in mine,
        "withdraw": free and WorkerEvent.WITHDRAW in mine,
        "mark_ineligible": free and WorkerEvent.MARK_INELIGIBLE in mine,
        "reinstate": WorkerEvent.REINSTATE in mine,
        "resume": WorkerEvent.RESUME in mine,
    }


def _wanted(finding: Finding) -> dict[str, str]:
    """Return what is wanting: its name, if it is a check or a consent, and what about it."""
    title = ""
    if "check" in finding.params:
        title = label(CheckKind(str(finding.params["check"])))
    elif "purpose" in finding.params:
        title = label(ConsentPurpose(str(finding.params["purpose"])))
    return {"title": title, "text": sentence(finding.code, finding.params)}


def _page(ref: str, **forms: Any) -> str:
    actor, session = current_actor(), db_session()
    worker = workers.get(session, actor, ref)
    mine = allowed(actor, Permission.WORKER_EDIT, worker) or allowed(actor, Permission.WORKER_CHECK, worker)
    wanting = workers.wanting(session, worker, at=request_time()) if mine else []
    proposed = proposal_lists.of_worker(session, actor, worker.id)
    none: MultiDict[str, str] = MultiDict()
    shown = {
        "confirm": ConfirmIdentityForm(none),
        "pause": ReasonForm(none, prefix="pause"),
        "withdraw": ReasonForm(none, prefix="withdraw"),
        "ineligible": IneligibleForm(none, prefix="ineligible"),
        **forms,
    }
    view = files.shown(worker)
    return render_template(
        "workers/show.html",
        worker=view,
        levels={level.value: label(level) for level in SkillLevel},
        spoken=[f"{language_name(code)} {Cefr(level).name}" for code, level in view.languages.items()],
        licences=[str(LICENCES.get(code, code)) for code in view.licences],
        version=worker.version,
        mine=mine,
        wanting=[_wanted(finding) for finding in wanting],
        proposed=[(each, why_ended(each.ending) if each.ending else "") for each in proposed],
        may_open=allowed(actor, Permission.PROPOSAL_VIEW),
        may=_may(worker, complete=not wanting),
        today=day_in(worker.post.seat, request_time()),
        form=next(iter(forms.values()), None),
        **shown,
    )
