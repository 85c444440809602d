"""Pages of scenarios: kept from a simulation, listed, compared side by side, attached to a version, put away."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility.errors import InvalidError
from mobility.forms.simulations import ScenarioForm
from mobility.forms.words import sentence
from mobility.models.scenarios import Scenario
from mobility.models.schemes.schemes import Scheme
from mobility.queries.lists import scenario_lists
from mobility.queries.pools import simulation_pools
from mobility.rules.basics.permissions import Permission
from mobility.rules.cases.simulations import Changes, read_changes, write_changes
from mobility.security.policy import allowed, require
from mobility.services.simulations import scenarios, simulations
from mobility.services.simulations.scenarios import FEWEST_COMPARED, MOST_COMPARED
from mobility.services.simulations.simulations import Ready
from mobility.services.simulations.worlds import Loading, World
from mobility.views.frame.browser_session import db_session, request_time
from mobility.views.frame.filters import title_of
from mobility.views.frame.forms import expected_version, fail_form, once
from mobility.views.frame.identity import current_actor
from mobility.views.simulations import shown as parts
from mobility.views.simulations.routes import names_for, occupation_titles, opened
from mobility.views.simulations.shown import Line

blueprint = Blueprint("scenarios", __name__)


class Column(NamedTuple):
    """One scenario beside others: its figures and what it changes."""

    scenario: Scenario
    totals: list[Line]
    changes: list[str]
    groups: Mapping[str, tuple[Any, Any]]


@blueprint.get("/schemes/<ref>/scenarios")
def index(ref: str) -> ResponseReturnValue:
    """List the scenarios of a scheme that the actor may see."""
    return _list(_scheme(ref))


@blueprint.get("/schemes/<ref>/scenarios/compare")
def compare(ref: str) -> ResponseReturnValue:
    """Show two to four scenarios side by side; with fewer or more, the list says so."""
    scheme = _scheme(ref)
    asked = request.args.getlist("scenario")
    chosen = [each for each in scenario_lists.of_scheme(db_session(), current_actor(), scheme) if each.ref in asked]
    if not FEWEST_COMPARED <= len(chosen) <= MOST_COMPARED:
        return _list(scheme, refusal=_("Choose two to four scenarios to compare"))
    columns = [_column(scheme, each) for each in reversed(chosen)]
    return render_template(
        "scenarios/compare.html",
        scheme=scheme,
        columns=columns,
        totals=_side_by_side(columns),
        groups=_grouped(columns),
    )


@blueprint.post("/schemes/<ref>/scenarios/save")
def save(ref: str) -> ResponseReturnValue:
    """Keep a simulation under a name, with the figures that it comes to now."""
    actor, form = current_actor(), ScenarioForm()
    scheme = simulations.get(db_session(), actor, ref)
    require(actor, Permission.SCENARIO_SAVE, scheme)
    if not form.validate():
        return _save_page(scheme, form), 422
    try:
        changes, ready = read_changes(form.changes.data or ""), _ready(scheme)
        with once() as made:
            made.ref = made.ref or _kept(scheme, form, changes, ready.world)
    except InvalidError as error:
        fail_form(form, error)
        return _save_page(scheme, form), 422
    flash(_("The scenario is saved. Your ministry sees it; others only once you attach it."), "success")
    return redirect(url_for(".show", ref=made.ref))


def _kept(scheme: Scheme, form: ScenarioForm, changes: Changes, world: World) -> str:
    session, actor, at = db_session(), current_actor(), request_time()
    figures = simulations.answer(session, actor, scheme, world, changes, at=at).figures
    scheme = simulations.get(session, actor, scheme.ref)
    note, card = form.note.data or "", world.scorecard.digest
    return scenarios.save(
        session, actor, scheme, form.name.data, changes, figures, scorecard=card, as_of=world.at, at=at, note=note
    ).ref


@blueprint.get("/scenarios/<ref>")
def show(ref: str) -> ResponseReturnValue:
    """Show one scenario with the figures of its day."""
    return _page(ref)


@blueprint.post("/scenarios/<ref>/attach")
def attach(ref: str) -> ResponseReturnValue:
    """Attach a scenario to the version that is to be signed."""
    return _step(
        ref, scenarios.attach, _("The scenario is attached. All ministries that sign the newest version see it.")
    )


@blueprint.post("/scenarios/<ref>/detach")
def detach(ref: str) -> ResponseReturnValue:
    """Take a scenario away from the version that it is attached to."""
    return _step(ref, scenarios.detach, _("The scenario is no longer attached."))


@blueprint.post("/scenarios/<ref>/delete")
def delete(ref: str) -> ResponseReturnValue:
    """Put a scenario away."""
    scenario = scenarios.get(db_session(), current_actor(), ref)
    scheme_ref = db_session().get_one(Scheme, scenario.scheme_id).ref
    try:
        scenarios.delete(db_session(), current_actor(), ref, version=expected_version(), at=request_time())
    except InvalidError as error:
        return _refused(ref, error)
    flash(_("The scenario is deleted."), "success")
    return redirect(url_for(".index", ref=scheme_ref))


def _ready(scheme: Scheme) -> Ready:
    found = opened(scheme)
    if isinstance(found, Loading):
        raise InvalidError("scenario.not_ready")
    return found


def _step(ref: str, step: Any, said: str) -> ResponseReturnValue:
    try:
        step(db_session(), current_actor(), ref, version=expected_version(), at=request_time())
    except InvalidError as error:
        return _refused(ref, error)
    flash(said, "success")
    return redirect(url_for(".show", ref=ref))


def _refused(ref: str, error: InvalidError) -> ResponseReturnValue:
    if error.code == "stale":
        raise error
    db_session().rollback()
    return _page(ref, refusal=sentence(error.code, error.params)), 422


def _scheme(ref: str) -> Scheme:
    scheme = simulations.get(db_session(), current_actor(), ref)
    require(current_actor(), Permission.SCENARIO_LIST, scheme)
    return scheme


def _list(scheme: Scheme, refusal: str | None = None) -> str:
    found = scenario_lists.of_scheme(db_session(), current_actor(), scheme)
    return render_template("scenarios/index.html", scheme=scheme, scenarios=found, refusal=refusal)


def _save_page(scheme: Scheme, form: ScenarioForm) -> str:
    return render_template("scenarios/save.html", scheme=scheme, form=form)


def _side_by_side(columns: Sequence[Column]) -> list[tuple[Line, ...]]:
    """Return each figure of the whole with that of every scenario."""
    return list(zip(*(column.totals for column in columns), strict=True))


def _changes(scheme: Scheme, scenario: Scenario, figures: Mapping[str, Any]) -> tuple[Changes, list[str]]:
    """Return what a scenario changes, and the same in words: rules as they are today."""
    changes = scenarios.changes_of(scenario)
    laws = simulations.bases(current_actor(), scheme, at=request_time())
    titles = occupation_titles(figures["groups"]["occupation"]["eligible"][0])
    law = laws.get(changes.base) or laws[""]
    return changes, parts.changes_told(changes, law.rules, names_for(scheme, laws, titles))


def _column(scheme: Scheme, scenario: Scenario) -> Column:
    figures = scenarios.figures_of(current_actor(), scenario)
    titles = occupation_titles(figures["groups"]["occupation"]["eligible"][0])
    groups = {
        _("%(name)s: %(value)s", name=grouping.title, value=group.name): (group.eligible, group.filled)
        for grouping in parts.groupings({**figures, "protected": {}}, titles)
        if grouping.key != "region"
        for group in grouping.groups
    }
    return Column(scenario, parts.totals(figures), _changes(scheme, scenario, figures)[1], groups)


def _grouped(columns: Sequence[Column]) -> list[tuple[str, list[Any]]]:
    """Return each group with the figures of every scenario, None where one does not have it."""
    names = dict.fromkeys(name for column in columns for name in column.groups)
    return [(name, [column.groups.get(name) for column in columns]) for name in names]


def _page(ref: str, refusal: str | None = None) -> str:
    actor = current_actor()
    scenario = scenarios.get(db_session(), actor, ref)
    scheme = simulations.get(db_session(), actor, db_session().get_one(Scheme, scenario.scheme_id).ref)
    figures = scenarios.figures_of(actor, scenario)
    changes, told = _changes(scheme, scenario, figures)
    titles = occupation_titles(figures["groups"]["occupation"]["eligible"][0])
    seen = simulation_pools.shortages(db_session(), actor, list(figures["cover"]))
    may_edit = allowed(actor, Permission.SCENARIO_EDIT, scenario) and scenarios.is_free(scenario)
    return render_template(
        "scenarios/show.html",
        scenario=scenario,
        scheme={"ref": scheme.ref, "title": title_of(scheme)},
        figures=figures,
        changes=told,
        text=write_changes(changes),
        page={
            "totals": parts.totals(figures),
            "groupings": parts.groupings(figures, titles),
            "rules": [],
            "cover": parts.cover_lines(figures, seen),
            "ratios": parts.ratios(figures),
        },
        may_edit=may_edit,
        refusal=refusal,
    )
