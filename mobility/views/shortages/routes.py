"""Pages of shortages: list, cover, draft, one declaration and its steps."""

from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility.data import reference
from mobility.errors import InvalidError
from mobility.forms.causes import ClosingForm, SuspensionForm
from mobility.forms.shortages.shortages import EvidenceForm, ReviewForm, ShortageForm
from mobility.forms.words import label
from mobility.models.shortages.publications import ShortageSuggestion
from mobility.models.shortages.shortages import Shortage
from mobility.queries.figures import cover_figures, tightness_figures
from mobility.queries.lists import shortage_lists
from mobility.rules.basics.causes import CausedStep
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.places import day_in
from mobility.rules.cases.evidence import MEASURES
from mobility.rules.cases.shortages import ShortageEvent, ShortageState
from mobility.rules.figures.tightness import SCALES
from mobility.security.policy import allowed
from mobility.security.steps import open_events
from mobility.services.shortages import shortages, suggestions
from mobility.views.concepts.fields import asks_for_suggestions, narrower_title, settle
from mobility.views.frame.browser_session import db_session, request_time
from mobility.views.frame.filters import country_name, number, region_name, title_of
from mobility.views.frame.forms import expected_version, fail_form, once, seen, take_step
from mobility.views.frame.identity import current_actor
from mobility.views.frame.lists import chosen, page_number
from mobility.views.frame.spreadsheets import csv_answer

blueprint = Blueprint("shortages", __name__, url_prefix="/shortages")
#: Shortages that the page of their cover shows; the table to download has them all.
SHOWN = 200


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """List the shortages that the actor may see."""
    state = chosen(ShortageState)
    page = shortage_lists.listed(db_session(), current_actor(), state=state, page=page_number())
    may_draft = allowed(current_actor(), Permission.SHORTAGE_DRAFT)
    return render_template(
        "shortages/index.html",
        page=page,
        state=state,
        states=ShortageState,
        may_draft=may_draft,
        may_see_cover=allowed(current_actor(), Permission.SHORTAGE_COVER),
        may_see_lists=allowed(current_actor(), Permission.PUBLICATION_LIST),
    )


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Draft a declaration, from nothing or from a suggestion."""
    form = ShortageForm()
    form.offer_choices(_regions())
    ref = request.args.get("suggestion", "")
    suggestion = suggestions.get(db_session(), current_actor(), ref) if ref else None
    if suggestion is not None and request.method == "GET":
        form.start_from(suggestion)
    settle([form.occupation])
    if asks_for_suggestions() or not form.validate_on_submit():
        wrong = request.method == "POST" and not asks_for_suggestions()
        return _draft_page(form, suggestion), 422 if wrong else 200
    try:
        with once() as made:
            made.ref = made.ref or _drafted(form, suggestion).ref
    except InvalidError as error:
        db_session().rollback()
        fail_form(form, error)
        return _draft_page(form, suggestion), 422
    flash(_("The draft is stored. Declare it when it is complete."), "success")
    return redirect(url_for(".show", ref=made.ref))


def _drafted(form: ShortageForm, suggestion: ShortageSuggestion | None) -> Shortage:
    session, actor, at = db_session(), current_actor(), request_time()
    if suggestion is None:
        return shortages.draft(session, actor, form.terms(), at=at)
    return suggestions.draft(session, actor, suggestion.ref, form.terms(), version=expected_version(), at=at)


def _draft_page(form: ShortageForm, suggestion: ShortageSuggestion | None) -> str:
    return render_template("shortages/new.html", form=form, suggestion=suggestion, measures=measures())


def _regions() -> list[tuple[str, str]]:
    country = current_actor().country
    parts = [(region.code, region.name) for region in reference.regions() if region.country == country]
    return [(country, country_name(country)), *parts]


def measures() -> list[tuple[str, str, str]]:
    """Return what each kind of evidence is measured in, and between which figures it can be true."""
    return [
        (
            label(kind),
            label(measure.unit),
            _("%(least)s to %(most)s", least=number(measure.least), most=number(measure.most))
            if measure.has_figure
            else "",
        )
        for kind, measure in MEASURES.items()
    ]


@blueprint.get("/cover")
def cover() -> ResponseReturnValue:
    """Show at a glance how far each shortage is covered."""
    state = chosen(ShortageState)
    found = cover_figures.covers(db_session(), current_actor(), state=state)
    return render_template(
        "shortages/cover.html",
        covers=found[:SHOWN],
        count=len(found),
        total=cover_figures.total(found),
        state=state,
        states=cover_figures.SHOWN,
    )


@blueprint.get("/cover.csv")
def cover_table() -> ResponseReturnValue:
    """Return the cover of every shortage as a table."""
    found = cover_figures.covers(db_session(), current_actor(), state=chosen(ShortageState))
    headings = [_("Shortage"), _("Occupation"), _("ISCO-08 unit group"), _("Region"), _("State")]
    headings += [_("Declared"), _("Certified"), _("Proposed"), _("Approved"), _("Arrived")]
    rows = [
        (
            each.shortage.ref,
            title_of(each.shortage.occupation),
            each.shortage.occupation.code,
            region_name(each.shortage.region),
            label(each.shortage.state),
            *each.steps,
        )
        for each in found
        if each.shortage is not None
    ]
    return csv_answer("shortage-cover", headings, rows)


@blueprint.get("/<ref>")
def show(ref: str) -> ResponseReturnValue:
    """Show one declaration."""
    return _page(ref)


@blueprint.post("/<ref>/declare")
def declare(ref: str) -> ResponseReturnValue:
    """Declare a draft."""
    return take_step(shortages.declare, ref, _("The shortage is declared. Vacancies can now be tied to it."))


@blueprint.post("/<ref>/evidence")
def add_evidence(ref: str) -> ResponseReturnValue:
    """Add a piece of evidence."""
    form = EvidenceForm()
    form.offer_evidence(_regions())
    if not form.validate():
        return _page(ref, evidence=form), 422
    try:
        shortages.add_evidence(
            db_session(), current_actor(), ref, form.piece(), version=expected_version(), at=request_time()
        )
    except InvalidError as error:
        db_session().rollback()
        fail_form(form, error)
        return _page(ref, evidence=form), 422
    flash(_("The evidence is stored."), "success")
    return redirect(url_for(".show", ref=ref))


@blueprint.post("/<ref>/review")
def review(ref: str) -> ResponseReturnValue:
    """Record that a declaration still holds."""
    form = ReviewForm()
    if not form.validate():
        return _page(ref, review=form), 422
    note, next_on = form.note.data, form.next_on.data
    try:
        shortages.review(
            db_session(), current_actor(), ref, note, next_on, version=expected_version(), at=request_time()
        )
    except InvalidError as error:
        db_session().rollback()
        fail_form(form, error)
        return _page(ref, review=form), 422
    flash(_("The review is recorded."), "success")
    return redirect(url_for(".show", ref=ref))


@blueprint.post("/<ref>/suspend")
def suspend(ref: str) -> ResponseReturnValue:
    """Suspend a declaration."""
    form = SuspensionForm(CausedStep.SUSPEND_SHORTAGE)
    if not form.validate():
        return _page(ref, suspension=form), 422
    return take_step(
        partial(shortages.suspend, seen=seen()),
        ref,
        _("The shortage is suspended. No vacancy is certified against it until you resume it."),
        form.why(),
    )


@blueprint.post("/<ref>/end")
def end(ref: str) -> ResponseReturnValue:
    """End a declaration before its last day."""
    form = ClosingForm(CausedStep.END_SHORTAGE, prefix="end")
    if not form.validate():
        return _page(ref, ending=form), 422
    done = _("The shortage has ended. No vacancy stands on it any more.")
    return take_step(partial(shortages.end, seen=seen()), ref, done, form.why())


@blueprint.post("/<ref>/resume")
def resume(ref: str) -> ResponseReturnValue:
    """Resume a suspended declaration."""
    return take_step(shortages.resume, ref, _("The shortage is declared again."))


def _page(
    ref: str,
    *,
    evidence: EvidenceForm | None = None,
    review: ReviewForm | None = None,
    suspension: SuspensionForm | None = None,
    ending: ClosingForm | None = None,
) -> str:
    """Show a declaration; of the forms on the page, the one that was sent comes back with its errors."""
    shortage = shortages.get(db_session(), current_actor(), ref)
    today = day_in(shortage.region, request_time())
    asked = evidence or EvidenceForm(formdata=None)
    asked.offer_evidence(_regions())
    due = shortages.next_review(shortage)
    return render_template(
        "shortages/show.html",
        shortage=shortage,
        sent=evidence or review or suspension or ending,
        evidence=asked,
        review=review or ReviewForm(formdata=None),
        suspension=suspension or SuspensionForm(CausedStep.SUSPEND_SHORTAGE, formdata=None),
        ending=ending or ClosingForm(CausedStep.END_SHORTAGE, formdata=None, prefix="end"),
        may=_steps(shortage),
        narrower=narrower_title(shortage.concept),
        units={kind: measure.unit for kind, measure in MEASURES.items()},
        measures=measures(),
        due=due,
        overdue=due is not None and due <= today,
        reading=_reading(shortage),
        scales=SCALES,
    )


def _reading(shortage: Shortage) -> tightness_figures.Reading | None:
    """Return how tight the market of a shortage is, for those who may look at such figures."""
    actor = current_actor()
    if not allowed(actor, Permission.TIGHTNESS_VIEW):
        return None
    region = shortage.region
    return tightness_figures.reading(db_session(), actor, shortage.organisation_id, shortage.occupation_id, region)


def _steps(shortage: Shortage) -> dict[str, bool]:
    """Return which steps are the actor's now."""
    actor, state = current_actor(), shortage.state
    mine = open_events(actor, shortage)
    return {
        "declare": ShortageEvent.DECLARE in mine,
        "review": state is ShortageState.DECLARED and allowed(actor, Permission.SHORTAGE_DECLARE, shortage),
        "add_evidence": state is not ShortageState.EXPIRED and allowed(actor, Permission.SHORTAGE_EDIT, shortage),
        "suspend": ShortageEvent.SUSPEND in mine,
        "resume": ShortageEvent.RESUME in mine,
        "end": ShortageEvent.END in mine,
    }
