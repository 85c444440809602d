"""Pages of publications: take a list or figures in by way of a preview, and read what came of it line by line."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility.data import reference
from mobility.errors import InvalidError
from mobility.formats.apart.reading import read_apart
from mobility.formats.published_lists import PublishedLine, PublishedTable
from mobility.forms.shortages.publications import PublicationForm, TakeInForm
from mobility.forms.words import sentence
from mobility.queries.lists import publication_lists
from mobility.rules.basics.permissions import Permission
from mobility.rules.cases.publications import CodeKind, PublicationEvent, PublicationKind, PublicationState
from mobility.security.policy import allowed
from mobility.security.steps import open_events
from mobility.services.shortages import publications
from mobility.services.shortages.publication_lines import CodeMap
from mobility.views.frame.browser_session import db_session, request_time
from mobility.views.frame.filters import country_name
from mobility.views.frame.forms import expected_version, fail_form, once
from mobility.views.frame.identity import current_actor
from mobility.views.frame.lists import chosen, page_number
from mobility.views.frame.spreadsheets import csv_answer
from mobility.views.frame.uploads import kept_for_reading

blueprint = Blueprint("publications", __name__, url_prefix="/publications")
#: Lines and faults that a page shows; the report has them all.
SHOWN = 100


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """List the publications that the actor may see."""
    state = chosen(PublicationState)
    page = publication_lists.listed(db_session(), current_actor(), state=state, page=page_number())
    may = allowed(current_actor(), Permission.PUBLICATION_TAKE_IN)
    return render_template("publications/index.html", page=page, state=state, states=PublicationState, may_take_in=may)


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Read a file and show what it comes to; nothing is made of it yet."""
    actor, form = current_actor(), PublicationForm()
    regions = [(region.code, region.name) for region in reference.regions() if region.country == actor.country]
    form.offer_choices([(actor.country, country_name(actor.country)), *regions])
    if not form.validate_on_submit():
        return render_template("publications/new.html", form=form), 422 if request.method == "POST" else 200
    try:
        table, code_map = _read(form)
        with once() as made:
            if made.ref is None:
                made.ref = publications.preview(
                    db_session(), current_actor(), form.terms(), table, code_map, at=request_time()
                ).ref
    except InvalidError as error:
        fail_form(form, error)
        return render_template("publications/new.html", form=form), 422
    return redirect(url_for(".show", ref=made.ref))


def _read(form: PublicationForm) -> tuple[PublishedTable, CodeMap | None]:
    terms, columns = form.terms(), form.columns()
    if terms.kind is PublicationKind.FIGURES and not columns["value"]:
        raise InvalidError("publication.value_column_missing", field="value_column")
    with kept_for_reading([form.file.data]) as files, kept_for_reading(form.code_map.data or []) as maps:
        sheet, lines = read_apart("published", files, columns)
        table = PublishedTable(sheet, [PublishedLine(line, cells, exact) for line, cells, exact in lines])
        return table, _code_map(terms.codes, maps)


def _code_map(codes: CodeKind, files: Sequence[Path]) -> CodeMap | None:
    if codes is CodeKind.ISCO08 or not files:
        return None
    code_map: CodeMap = read_apart("code_map" if codes is CodeKind.OTHER else "crosswalk", files)
    return code_map


@blueprint.get("/<ref>")
def show(ref: str) -> ResponseReturnValue:
    """Show what a file comes to, line by line."""
    return _page(ref, TakeInForm())


@blueprint.get("/<ref>/report.csv")
def report(ref: str) -> ResponseReturnValue:
    """Return the whole report, one row a line of the file."""
    publication = publications.get(db_session(), current_actor(), ref)
    known = publications.known_lines(db_session(), publication)
    rows = [
        (line["line"], line["code"], line["title"], line["occupation"], line["region"], _said(place, known))
        for place, line in enumerate(publication.lines)
    ]
    rows += [(fault["line"], fault["value"], "", "", "", _why(fault)) for fault in publication.faults]
    headings = [_("Line"), _("Code"), _("Job title"), _("ISCO-08 unit group"), _("Region"), _("What it comes to")]
    return csv_answer(f"report-{publication.ref}", headings, sorted(rows, key=lambda row: row[0]))


@blueprint.post("/<ref>/take-in")
def take_in(ref: str) -> ResponseReturnValue:
    """Make suggestions or figures of the lines that fit."""
    form = TakeInForm()
    try:
        publication, made = publications.take_in(
            db_session(),
            current_actor(),
            ref,
            leave_out=bool(form.leave_out.data),
            version=expected_version(),
            at=request_time(),
        )
    except InvalidError as error:
        db_session().rollback()
        fail_form(form, error)
        return _page(ref, form), 422
    if publication.kind is PublicationKind.FIGURES:
        flash(_("Figures taken in: %(count)s.", count=made), "success")
    else:
        flash(_("Suggestions made: %(count)s. Nothing is declared: an officer decides on each.", count=made), "success")
    return redirect(url_for(".show", ref=ref))


@blueprint.post("/<ref>/discard")
def discard(ref: str) -> ResponseReturnValue:
    """Put a preview away."""
    publications.discard(db_session(), current_actor(), ref, version=expected_version(), at=request_time())
    flash(_("The preview is put away. Nothing was made of it."), "success")
    return redirect(url_for(".index"))


def _said(place: int, known: set[int]) -> str:
    return _("There already") if place in known else _("New")


def _why(fault: dict[str, Any]) -> str:
    return sentence(fault["code"], {"value": fault["value"], **fault["params"]})


def _page(ref: str, form: TakeInForm) -> str:
    actor = current_actor()
    publication = publications.get(db_session(), actor, ref)
    known = publications.known_lines(db_session(), publication)
    titles = publication_lists.titles(db_session(), {line["occupation"] for line in publication.lines[:SHOWN]})
    lines = [
        (line, titles.get(line["occupation"]), _said(place, known)) for place, line in enumerate(publication.lines)
    ]
    return render_template(
        "publications/show.html",
        publication=publication,
        form=form,
        lines=lines[:SHOWN],
        faults=[(fault["line"], _why(fault)) for fault in publication.faults[:SHOWN]],
        fresh=len(publication.lines) - len(known),
        may_use=PublicationEvent.TAKE_IN in open_events(actor, publication),
    )
