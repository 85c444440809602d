"""Pages of schemes: list, draft from an example, one scheme with its rules, signatures and quotas, and its steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from mobility.data import reference
from mobility.errors import InvalidError
from mobility.forms.causes import ClosingForm, SuspensionForm
from mobility.forms.schemes.schemes import SchemeForm, VersionForm
from mobility.forms.words import label, sentence
from mobility.models.accounts.organisations import Organisation
from mobility.models.scenarios import Scenario
from mobility.models.schemes.agreements import Agreement
from mobility.models.schemes.quotas import Quota
from mobility.models.schemes.schemes import RuleSet, Scheme
from mobility.queries.lists import quota_lists, scenario_lists, scheme_lists
from mobility.rules.basics.causes import CausedStep
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.places import day_in
from mobility.rules.cases.agreements import CostBearer, CostKind
from mobility.rules.cases.schemes import SchemeEvent, SchemeState
from mobility.rules.law.example_schemes import ExampleScheme, example_schemes
from mobility.rules.law.rulesets import Rule, parse_rules
from mobility.rules.law.worked_examples import parse_examples
from mobility.security.actors import Actor
from mobility.security.policy import allowed, require
from mobility.security.steps import open_events
from mobility.services.schemes import rule_versions, schemes
from mobility.views.frame.browser_session import db_session, request_time
from mobility.views.frame.filters import country_name
from mobility.views.frame.forms import expected_version, fail_field, fail_form, once, seen, take_step
from mobility.views.frame.identity import current_actor, language
from mobility.views.frame.lists import chosen, page_number
from mobility.views.schemes.quotas import counted
from mobility.views.schemes.rules_shown import Row, results, rules_shown

blueprint = Blueprint("schemes", __name__, url_prefix="/schemes")
RUNNING = frozenset({SchemeState.ACTIVE, SchemeState.SUSPENDED})


@dataclass(frozen=True)
class Version:
    """One version of the rules as the page shows it, with the ministries whose signatures are missing."""

    rule_set: RuleSet
    rules: tuple[Rule, ...]
    missing: list[Organisation]
    applies: bool
    shown: list[Row]
    examples: list[Row]
    scenarios: Sequence[Scenario]


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """List the schemes that the actor may see."""
    state = chosen(SchemeState)
    page = scheme_lists.listed(db_session(), current_actor(), state=state, page=page_number())
    may_draft = allowed(current_actor(), Permission.SCHEME_DRAFT)
    may_see = allowed(current_actor(), Permission.AGREEMENT_LIST)
    return render_template(
        "schemes/index.html",
        page=page,
        state=state,
        states=SchemeState,
        may_draft=may_draft,
        may_see_agreements=may_see,
    )


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Draft a scheme: choose an example first, then fill in the terms."""
    example = _example(request.args.get("example", ""))
    if example is None:
        examples = [(each.code, each.titles[language()], each.destination) for each in example_schemes()]
        return render_template("schemes/new.html", examples=examples, form=None)
    actor, at = current_actor(), request_time()
    pacts = scheme_lists.agreements_in_force(db_session(), actor, actor.today(at))
    form = _draft_form(pacts)
    if request.method == "GET":
        form.start_from(example, actor.today(at))
        return _draft_page(form, example)
    if not form.validate():
        return _draft_page(form, example), 422
    try:
        with once() as made:
            terms = form.terms(example, {pact.ref: pact.origin.country for pact in pacts})
            made.ref = made.ref or schemes.draft(db_session(), actor, terms, at=at).ref
    except InvalidError as error:
        fail_form(form, error)
        return _draft_page(form, example), 422
    flash(_("The draft is stored. Check it, then submit it for signature."), "success")
    return redirect(url_for(".show", ref=made.ref))


def _draft_form(pacts: Sequence[Agreement]) -> SchemeForm:
    form = SchemeForm()
    form.offer_choices(
        [(pact.ref, country_name(pact.origin.country), pact.title) for pact in pacts],
        sorted({(pact.origin.country, country_name(pact.origin.country)) for pact in pacts}),
        [(sector.slug, sector.names[language()]) for sector in reference.sectors()],
    )
    return form


@blueprint.get("/<ref>")
def show(ref: str) -> ResponseReturnValue:
    """Show one scheme."""
    return _page(ref)


@blueprint.post("/<ref>/submit")
def submit(ref: str) -> ResponseReturnValue:
    """Submit a draft for signature."""
    return take_step(schemes.submit, ref, _("The scheme is submitted. All ministries can sign it now."))


@blueprint.post("/<ref>/sign")
def sign(ref: str) -> ResponseReturnValue:
    """Sign the newest version of the rules."""
    return take_step(schemes.sign, ref, _("Your ministry has signed."))


@blueprint.post("/<ref>/activate")
def activate(ref: str) -> ResponseReturnValue:
    """Start a signed scheme."""
    return take_step(schemes.activate, ref, _("The scheme is active. Employers can post vacancies under it."))


@blueprint.post("/<ref>/suspend")
def suspend(ref: str) -> ResponseReturnValue:
    """Suspend a scheme."""
    form = SuspensionForm(CausedStep.SUSPEND_SCHEME)
    if not form.validate():
        return _page(ref, suspend=form), 422
    return take_step(
        partial(schemes.suspend, seen=seen()),
        ref,
        _("The scheme is suspended. Nobody is proposed under it until you resume it."),
        form.why(),
    )


@blueprint.post("/<ref>/resume")
def resume(ref: str) -> ResponseReturnValue:
    """Resume a suspended scheme."""
    return take_step(schemes.resume, ref, _("The scheme is active again."))


@blueprint.post("/<ref>/close")
def close(ref: str) -> ResponseReturnValue:
    """Close a scheme for good, unless a match run is under way in it."""
    form = ClosingForm(CausedStep.CLOSE_SCHEME, prefix="close")
    if not form.validate():
        return _page(ref, close=form), 422
    version, at = expected_version(), request_time()
    try:
        schemes.close(db_session(), current_actor(), ref, form.why(), version=version, at=at, seen=seen())
    except InvalidError as error:
        if error.code == "stale":
            raise
        fail_field(form.reason, sentence(error.code, error.params))
        return _page(ref, close=form), 422
    flash(_("The scheme is closed. Its cases stay readable."), "success")
    return redirect(url_for(".show", ref=ref))


@blueprint.route("/<ref>/rules/new", methods=["GET", "POST"])
def new_version(ref: str) -> ResponseReturnValue:
    """Enter a later version of the rules."""
    actor, at = current_actor(), request_time()
    scheme = schemes.get(db_session(), actor, ref)
    require(actor, Permission.SCHEME_EDIT, scheme)
    if scheme.state not in RUNNING:
        abort(404)
    form = VersionForm()
    if request.method == "GET":
        form.start_from(scheme.rule_sets[-1].rules)
        return render_template("schemes/new_version.html", scheme=scheme, form=form)
    try:
        if form.validate():
            version = expected_version()
            rules, first_day = form.parsed(), form.valid_from.data
            rule_versions.new_version(db_session(), actor, ref, rules, first_day, version=version, at=at)
            flash(_("The new version is stored. It waits for all signatures."), "success")
            return redirect(url_for(".show", ref=ref))
    except InvalidError as error:
        _fail_version(form, error)
    return render_template("schemes/new_version.html", scheme=scheme, form=form), 422


def _fail_version(form: VersionForm, error: InvalidError) -> None:
    """Hang a refusal on its field; one inside the rules says where."""
    if error.field is None or error.field in form:
        fail_form(form, error)
        return
    where = _("%(path)s: %(problem)s", path=error.field, problem=sentence(error.code, error.params))
    form.rules.errors = [*form.rules.errors, where]


def _example(code: str) -> ExampleScheme | None:
    return next((each for each in example_schemes() if each.code == code), None)


def _draft_page(form: SchemeForm, example: ExampleScheme) -> str:
    return render_template("schemes/new.html", form=form, example=example, note=example.note[language()])


def _page(ref: str, **forms: Any) -> str:
    actor = current_actor()
    scheme = schemes.get(db_session(), actor, ref)
    today = day_in(scheme.country, request_time())
    versions = [_version(scheme, rule_set) for rule_set in reversed(scheme.rule_sets)]
    none: MultiDict[str, str] = MultiDict()
    shown = {
        "suspend": SuspensionForm(CausedStep.SUSPEND_SCHEME, none),
        "close": ClosingForm(CausedStep.CLOSE_SCHEME, none, prefix="close"),
        **forms,
    }
    return render_template(
        "schemes/show.html",
        scheme=scheme,
        versions=versions,
        signers=scheme_lists.signers(scheme),
        costs=_costs(scheme),
        quotas=_quotas(scheme),
        may=_steps(scheme, versions[0]),
        waits=_waiting(scheme, versions[0]),
        today=today,
        form=next(iter(forms.values()), None),
        **shown,
    )


def _quotas(scheme: Scheme) -> list[tuple[Quota, str, bool]]:
    """Return each quota with what it counts, and whether it follows from places."""
    session = db_session()
    listed = quota_lists.listed(session, current_actor(), scheme)
    places = [quota_lists.places_of(row) for row in quota_lists.places_of_scheme(session, scheme.id)]
    following = {quota.id for each in places for quota, _ in quota_lists.derived(listed, each)}
    return [(quota, counted(quota), quota.id in following) for quota in listed]


def _version(scheme: Scheme, rule_set: RuleSet) -> Version:
    missing = scheme_lists.unsigned(scheme, rule_set)
    applies = not missing and scheme_lists.applies_on(rule_set, day_in(scheme.country, request_time()))
    parsed = parse_rules(rule_set.rules)
    examples = results(parsed, parse_examples(rule_set.examples or []))
    attached = scenario_lists.attached_to(db_session(), current_actor(), rule_set.id) if _may_simulate(scheme) else ()
    return Version(rule_set, parsed, missing, applies, rules_shown(parsed), examples, attached)


def _may_simulate(scheme: Scheme) -> bool:
    return allowed(current_actor(), Permission.SCENARIO_LIST, scheme)


def _steps(scheme: Scheme, newest: Version) -> Mapping[str, bool]:
    """Return which steps are the actor's now."""
    actor, state, running = current_actor(), scheme.state, scheme.state in RUNNING
    first, ahead = newest.rule_set.number == 1, newest.rule_set.valid_from > day_in(scheme.country, request_time())
    in_time = first or ahead
    unsigned = bool(newest.missing) and in_time
    mine, edits = open_events(actor, scheme), allowed(actor, Permission.SCHEME_EDIT, scheme)
    return {
        "submit": SchemeEvent.SUBMIT in mine,
        "sign": in_time and _signs(actor, scheme, newest),
        "activate": SchemeEvent.ACTIVATE in mine,
        "suspend": SchemeEvent.SUSPEND in mine,
        "resume": SchemeEvent.RESUME in mine,
        "close": SchemeEvent.CLOSE in mine,
        "set_cap": state is not SchemeState.CLOSED and edits,
        "edit_rules": edits and state in ({SchemeState.DRAFT} if unsigned else {SchemeState.DRAFT, *RUNNING}),
        "simulate": allowed(actor, Permission.SCHEME_SIMULATE, scheme),
        "agreements": allowed(actor, Permission.AGREEMENT_LIST),
        "impact": running and ahead and not first and allowed(actor, Permission.RULES_IMPACT, scheme),
    }


def _signs(actor: Actor, scheme: Scheme, newest: Version) -> bool:
    """Whether the actor's ministry is among those that have not signed the newest version yet."""
    if scheme.state in {SchemeState.DRAFT, SchemeState.CLOSED}:
        return False
    missing = {organisation.id for organisation in newest.missing}
    return allowed(actor, Permission.SCHEME_SIGN, scheme) and actor.organisation_id in missing


def _waiting(scheme: Scheme, newest: Version) -> str:
    """Say what the scheme waits for."""
    names = ", ".join(organisation.name for organisation in newest.missing)
    if scheme.state is SchemeState.DRAFT:
        return _("This draft waits until %(ministry)s submits it for signature.", ministry=scheme.organisation.name)
    if newest.missing:
        return _("Version %(number)s of the rules waits for: %(names)s.", number=newest.rule_set.number, names=names)
    if scheme.state is SchemeState.APPROVED:
        return _("All have signed. The scheme waits until %(ministry)s starts it.", ministry=scheme.organisation.name)
    if scheme.state is SchemeState.SUSPENDED:
        return _("The scheme waits until %(ministry)s resumes it.", ministry=scheme.organisation.name)
    return ""


def _costs(scheme: Scheme) -> list[list[Any]]:
    """Return, for each cost that an agreement names, who bears it under which agreement."""
    rows = []
    for kind in CostKind:
        bearers = [taking_part.agreement.costs.get(kind.value) for taking_part in scheme.agreements]
        if any(bearers):
            rows.append([label(kind), *(label(CostBearer(bearer)) if bearer else None for bearer in bearers)])
    return rows
