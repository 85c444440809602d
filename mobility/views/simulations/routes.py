"""The page on which an officer changes a scheme's terms and sees what that would bring; nothing is stored by it."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility.errors import InvalidError
from mobility.forms.simulations import Choice, ScenarioForm, SimulationForm, simulation_form
from mobility.forms.words import operator_name, sentence
from mobility.models.schemes.schemes import Scheme
from mobility.queries.lists import quota_lists
from mobility.queries.pools import simulation_pools
from mobility.rules.basics.permissions import Permission
from mobility.rules.cases.simulations import Changes, read_changes, write_changes
from mobility.security.policy import allowed
from mobility.services.simulations import simulations, worlds
from mobility.services.simulations.simulations import DRAFT, Answer, Law, Ready
from mobility.services.simulations.worlds import Loading, SimulationCache
from mobility.views.frame.browser_session import db_session, request_time
from mobility.views.frame.filters import country_name, title_of
from mobility.views.frame.forms import fail_field
from mobility.views.frame.identity import current_actor
from mobility.views.frame.installation import installation
from mobility.views.frame.spreadsheets import csv_answer
from mobility.views.schemes.quotas import counted
from mobility.views.schemes.rules_shown import stopped, wording
from mobility.views.simulations import shown as parts

blueprint = Blueprint("simulations", __name__, url_prefix="/schemes")
CHANGES, JUDGE = "changes", "judge"


def shelf() -> SimulationCache:
    """Return the pools that this process keeps."""
    return worlds.shelf(installation().settings.instance_dir)


def opened(scheme: Scheme) -> Ready | Loading:
    """Return a scheme's pool, or how far its reading is."""
    return simulations.prepared(db_session(), installation().sessions, shelf(), scheme, at=request_time())


@blueprint.route("/<ref>/simulation", methods=["GET", "POST"])
def show(ref: str) -> ResponseReturnValue:
    """Show a scheme as changed; what is sent is read, and shown under an address of its own."""
    scheme = simulations.get(db_session(), current_actor(), ref)
    laws = simulations.bases(current_actor(), scheme, at=request_time())
    try:
        changes = read_changes(request.form.get("from", "") or request.args.get(CHANGES, ""))
    except InvalidError as error:
        return _page(scheme, laws, Changes(), refusal=sentence(error.code, error.params)), 422
    if request.method == "GET":
        return _page(scheme, laws, changes)
    form = _form(scheme, laws, request.form.get("base", ""))
    found = form.read(scheme.review_order) if form.validate() else None
    if found is None:
        return _page(scheme, laws, changes, form=form), 422
    return redirect(url_for(".show", ref=ref, changes=write_changes(found) or None, _anchor="results"))


@blueprint.get("/<ref>/simulation/progress")
def progress(ref: str) -> ResponseReturnValue:
    """Answer htmx with how far the reading of the pool is; once it is there, have the whole page loaded again."""
    scheme = simulations.get(db_session(), current_actor(), ref)
    found = shelf().loading(scheme.id)
    answer = make_response(render_template("simulations/progress.html", scheme=scheme, loading=found or Loading()))
    answer.headers["Vary"] = "HX-Request"
    if found is None or found.failed:
        answer.headers["HX-Refresh"] = "true"
    return answer


@blueprint.post("/<ref>/simulation/renew")
def renew(ref: str) -> ResponseReturnValue:
    """Forget the pool that is in memory, so that it is read as it is now."""
    scheme = simulations.get(db_session(), current_actor(), ref)
    shelf().drop(scheme.id)
    flash(_("The workers and vacancies are read anew."), "success")
    return redirect(url_for(".show", ref=ref, changes=request.form.get("from") or None))


@blueprint.get("/<ref>/simulation.csv")
def table(ref: str) -> ResponseReturnValue:
    """Give every figure of the page as CSV."""
    scheme = simulations.get(db_session(), current_actor(), ref)
    changes, ready = read_changes(request.args.get(CHANGES, "")), opened(scheme)
    headings = [_("Table"), _("Item"), _("Measure"), _("Now"), _("Then")]
    if isinstance(ready, Loading) or is_empty(ready):
        return csv_answer(f"simulation-{scheme.ref}", headings, [])
    found = simulations.answer(db_session(), current_actor(), scheme, ready.world, changes, at=request_time())
    page = told(found.figures, found)
    return csv_answer(f"simulation-{scheme.ref}", headings, parts.csv_lines(found.figures, page))


def is_empty(ready: Ready) -> bool:
    """Tell whether there is nobody, or no vacancy, to ask about."""
    return ready.world.workers == 0 or len(ready.world.run.demand) == 0


def told(figures: Mapping[str, Any], found: Answer) -> dict[str, Any]:
    """Return the tables of an answer."""
    titles = occupation_titles(figures["groups"]["occupation"]["eligible"][0])
    seen = simulation_pools.shortages(db_session(), current_actor(), list(figures["cover"]))
    return {
        "totals": parts.totals(figures),
        "groupings": parts.groupings(figures, titles),
        "rules": parts.rule_lines(figures, found.after),
        "cover": parts.cover_lines(figures, seen),
        "ratios": parts.ratios(figures),
    }


def occupation_titles(codes: Mapping[str, Any]) -> dict[str, str]:
    """Return the title of each occupation in the page's language."""
    found = simulation_pools.occupations(db_session(), list(codes))
    return {each.code: title_of(each) for each in found}


def names_for(scheme: Scheme, laws: Mapping[str, Law], occupations: Mapping[str, str]) -> dict[str, str]:
    """Return what versions, quotas, countries and occupations are called, by their names in changes."""
    quotas = quota_lists.listed(db_session(), current_actor(), scheme)
    return {
        **{f"base.{law.base}": base_name(law) for law in laws.values()},
        **{quota.ref: counted(quota) for quota in quotas},
        **{each.agreement.origin.country: country_name(each.agreement.origin.country) for each in scheme.agreements},
        **occupations,
    }


def base_name(law: Law) -> str:
    """Return what a version to start from is called."""
    if law.base == DRAFT:
        return _("The next version, as it stands")
    if not law.base and law.signed:
        return _("The rules in force, version %(number)s", number=law.number)
    return _("Version %(number)s of the rules", number=law.number)


def _form(scheme: Scheme, laws: Mapping[str, Law], base: str, **options: Any) -> SimulationForm:
    """Return the form for a version of the rules; one that is not there is read as the rules in force."""
    law = laws.get(base) or laws[""]
    quotas = quota_lists.listed(db_session(), current_actor(), scheme)
    countries = sorted({each.agreement.origin.country for each in scheme.agreements}, key=country_name)
    return simulation_form(
        law.rules,
        [Choice(quota.ref, f"{counted(quota)} ({quota.period_from.year})", quota.cap) for quota in quotas],
        [Choice(code, country_name(code)) for code in countries],
        [Choice(each.code, title_of(each)) for each in simulation_pools.open_occupations(db_session(), scheme.id)],
        **options,
    )


def _page(scheme: Scheme, laws: Mapping[str, Law], changes: Changes, **sent: Any) -> str:
    """Show the page; a form that was sent comes back with its errors, and a refusal changes nothing."""
    form: SimulationForm = sent.get("form") or _form(scheme, laws, changes.base, formdata=None)
    if "form" not in sent:
        form.start_from(changes, scheme.review_order)
    law, text = laws.get(changes.base) or laws[""], write_changes(changes)
    occupations = {each.name: each.text for each in form.asked_occupations}
    shown = parts.changes_told(changes, law.rules, names_for(scheme, laws, occupations))
    fixed = {"title": title_of(scheme), "ref": scheme.ref}
    ready, answer, refusal = _asked(scheme, changes, form)  # last: it loads the scheme anew, with less of it
    return render_template(
        "simulations/show.html",
        scheme=fixed,
        form=form,
        laws=[(each, base_name(each)) for each in laws.values()],
        law=law,
        changes=shown,
        changed=bool(changes),
        text=text,
        wording=wording,
        operator_name=operator_name,
        becoming=parts.becoming,
        refusal=sent.get("refusal") or refusal,
        **_pool_shown(ready),
        **_answer_shown(answer),
        scenario=ScenarioForm(formdata=None, data={"changes": text}),
        may_save=allowed(current_actor(), Permission.SCENARIO_SAVE, scheme),
    )


def _pool_shown(pool: Ready | Loading | None) -> dict[str, Any]:
    """Return the pool once it is there, or how far its loading has come."""
    ready = pool if isinstance(pool, Ready) else None
    loading = pool if isinstance(pool, Loading) else None
    return {"ready": ready, "loading": loading, "empty": ready is not None and is_empty(ready)}


def _answer_shown(answer: Answer | None) -> dict[str, Any]:
    """Return what the page tells of an answer: its figures, and whom the changed rules stop."""
    if not answer:
        return {"answer": answer, "page": None, "stopped": []}
    who = stopped(answer.impact, answer.after) if answer.impact else []
    return {"answer": answer, "page": told(answer.figures, answer), "stopped": who}


def _asked(
    scheme: Scheme, changes: Changes, form: SimulationForm
) -> tuple[Ready | Loading | None, Answer | None, str | None]:
    """Return the pool, what it answers if it is there, and a refusal that belongs to no field of the form."""
    actor, judge, ready = current_actor(), bool(request.args.get(JUDGE)), None
    try:
        ready = opened(scheme)
        if isinstance(ready, Loading) or is_empty(ready):
            return ready, None, None
        found = simulations.answer(db_session(), actor, scheme, ready.world, changes, at=request_time(), judge=judge)
    except InvalidError as error:
        return ready, None, _hung(form, error)
    return ready, found, None


def _hung(form: SimulationForm, error: InvalidError) -> str | None:
    """Hang a refusal on its field; return it if it belongs to the whole."""
    field, text = form.field_of(error), sentence(error.code, error.params)
    if field is None:
        return text
    fail_field(field, text)
    return None
