"""Pages of match runs: list, start, one run with its progress, funnel, waterfall and fairness."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility.errors import InvalidError
from mobility.forms.match_runs import MatchRunForm
from mobility.models.match_runs import MatchRun
from mobility.queries.lists import match_run_lists
from mobility.rules.basics.permissions import Permission
from mobility.rules.cases.match_runs import MatchRunEvent, MatchRunState
from mobility.security.policy import allowed
from mobility.security.steps import open_events
from mobility.services.match_runs import costs as match_costs
from mobility.services.match_runs import match_runs
from mobility.services.match_runs.reports import PASSAGES, STEPS
from mobility.views.frame.browser_session import db_session, request_time
from mobility.views.frame.filters import title_of
from mobility.views.frame.forms import fail_form, once
from mobility.views.frame.identity import current_actor
from mobility.views.frame.lists import chosen, page_number
from mobility.views.match_runs.fairness_words import group_name

blueprint = Blueprint("match_runs", __name__, url_prefix="/match-runs")

#: Figures of the funnel in the order of the page.
FUNNEL = (
    "considered",
    "eligible",
    "unclear",
    "near_misses",
    "shortlisted",
    "vacancy_full",
    "quota_full",
    "worker_taken",
    "proposed",
    "workers_proposed",
    "vacancies_proposed",
    "withdrawn_meanwhile",
    "superseded",
    "lists_exhausted",
)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """List the runs that the actor may see."""
    state = chosen(MatchRunState)
    page = match_run_lists.listed(db_session(), current_actor(), state=state, page=page_number())
    may_start = allowed(current_actor(), Permission.MATCH_RUN_PREPARE)
    return render_template("match_runs/index.html", page=page, state=state, states=MatchRunState, may_start=may_start)


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Start a run."""
    actor, form = current_actor(), MatchRunForm()
    schemes = match_run_lists.startable(db_session(), actor)
    form.offer_choices([(scheme.ref, title_of(scheme)) for scheme in schemes])
    if request.method == "GET" and request.args.get("scheme"):
        form.scheme.data = request.args["scheme"]
    costs = list(zip(schemes, match_costs.of_each(db_session(), schemes, at=request_time()), strict=True))
    if not form.validate_on_submit():
        status = 422 if request.method == "POST" else 200
        return render_template("match_runs/new.html", form=form, costs=costs), status
    try:
        with once() as made:
            made.ref = made.ref or _started(form).ref
    except InvalidError as error:
        fail_form(form, error)
        return render_template("match_runs/new.html", form=form, costs=costs), 422
    flash(_("The run is started. This page shows how far it is."), "success")
    return redirect(url_for(".show", ref=made.ref))


def _started(form: MatchRunForm) -> MatchRun:
    parameters, seed = form.parameters(), form.seed.data
    return match_runs.start(
        db_session(), current_actor(), form.scheme.data, at=request_time(), seed=seed, parameters=parameters
    )


@blueprint.get("/<ref>")
def show(ref: str) -> ResponseReturnValue:
    """Show one run."""
    run = match_runs.get(db_session(), current_actor(), ref)
    may_measure = allowed(current_actor(), Permission.FAIRNESS_VIEW, run)
    return render_template(
        "match_runs/show.html",
        run=run,
        fairness=match_runs.fairness_of(current_actor(), run) if may_measure else {},
        progress=match_run_lists.progress(db_session(), run),
        may_cancel=_may_cancel(run),
        funnel=[name for name in FUNNEL if name in run.counts],
        steps=STEPS,
        passages=PASSAGES,
        group_name=group_name,
    )


@blueprint.get("/<ref>/progress")
def progress(ref: str) -> ResponseReturnValue:
    """Answer htmx with the progress alone; once the run is over, have the whole page loaded again."""
    run = match_runs.get(db_session(), current_actor(), ref)
    found = match_run_lists.progress(db_session(), run)
    answer = make_response(render_template("match_runs/progress.html", run=run, progress=found))
    answer.headers["Vary"] = "HX-Request"
    if found.over:
        answer.headers["HX-Refresh"] = "true"
    return answer


@blueprint.post("/<ref>/cancel")
def cancel(ref: str) -> ResponseReturnValue:
    """Stop a run that is not over."""
    match_runs.cancel(db_session(), current_actor(), ref, at=request_time())
    flash(_("The run is cancelled. It proposed nobody."), "success")
    return redirect(url_for(".show", ref=ref))


def _may_cancel(run: MatchRun) -> bool:
    return MatchRunEvent.CANCEL in open_events(current_actor(), run)
