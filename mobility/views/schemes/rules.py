"""Pages of the next version of a scheme's rules: each rule as a sentence with its fields, and its dates."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility.errors import InvalidError, NotFoundError
from mobility.forms.schemes.rule_fields import is_plain, part_names, parts_in, parts_needed
from mobility.forms.schemes.rules import EndRuleForm, FirstDayForm, OperatorForm, RuleForm, rule_form
from mobility.forms.words import operator_name, sentence
from mobility.models.schemes.schemes import Scheme
from mobility.rules.cases.schemes import SchemeState
from mobility.rules.law.facts import DISCRIMINATORY
from mobility.rules.law.operators import OPERATORS
from mobility.rules.law.rulesets import Rule
from mobility.services.schemes import rule_drafts
from mobility.services.schemes.rule_drafts import EDITABLE, Working
from mobility.views.frame.browser_session import db_session, request_time
from mobility.views.frame.forms import expected_version, fail_field
from mobility.views.frame.identity import current_actor
from mobility.views.schemes import rules_shown as parts

blueprint = Blueprint("rules", __name__, url_prefix="/schemes")


def opened(ref: str) -> tuple[Scheme, Working]:
    """Return a scheme whose rules the actor may work on, and its next version."""
    scheme = rule_drafts.get(db_session(), current_actor(), ref)
    return scheme, rule_drafts.working(scheme)


@blueprint.get("/<ref>/rules/draft")
def draft(ref: str) -> ResponseReturnValue:
    """Show the next version as it stands."""
    return _page(ref)


@blueprint.post("/<ref>/rules/begin")
def begin(ref: str) -> ResponseReturnValue:
    """Begin a next version."""
    form = FirstDayForm()
    if not form.validate():
        return _page(ref, first=form), 422
    try:
        rule_drafts.begin(
            db_session(), current_actor(), ref, form.first_day.data, version=expected_version(), at=request_time()
        )
    except InvalidError as error:
        db_session().rollback()
        fail_field(form.first_day, sentence(error.code, error.params))
        return _page(ref, first=form), 422
    flash(_("A next version is begun. It binds nobody until it is issued and signed."), "success")
    return redirect(url_for(".draft", ref=ref))


@blueprint.route("/<ref>/rules/add", methods=["GET", "POST"])
def add(ref: str) -> ResponseReturnValue:
    """Add a rule: choose its kind first, then fill in its fields."""
    scheme, now = opened(ref)
    operator, chosen = request.args.get("operator", ""), request.args.getlist("part")
    if operator not in OPERATORS or any(part not in OPERATORS or part_names(part) for part in chosen):
        return _choose(scheme)
    form = rule_form(operator, chosen)
    if not form.is_submitted():
        form.valid_from.data = now.first_day
        return _rule_page(scheme, form, None)
    if form.validate() and _put(ref, form, None):
        flash(_("The rule is added to the next version."), "success")
        return redirect(url_for(".draft", ref=ref))
    return _rule_page(scheme, form, None), 422


def _choose(scheme: Scheme) -> ResponseReturnValue:
    form = OperatorForm()
    form.offer_choices()
    if not form.is_submitted():
        return render_template("rules/choose.html", scheme=scheme, form=form, refused=refusals())
    if not form.validate():
        return render_template("rules/choose.html", scheme=scheme, form=form, refused=refusals()), 422
    operator, chosen = form.chosen()
    if len(chosen) < parts_needed(operator):
        fail_field(form.part_0, _("Choose what its parts are"))
        return render_template("rules/choose.html", scheme=scheme, form=form, refused=refusals()), 422
    return redirect(url_for(".add", ref=scheme.ref, operator=operator, part=chosen))


@blueprint.route("/<ref>/rules/change", methods=["GET", "POST"])
def change(ref: str) -> ResponseReturnValue:
    """Change a rule from a day on; the one before it stays on record."""
    scheme, now = opened(ref)
    rule = _named(now, request.args.get("rule", ""))
    inside = parts_in(rule.operator, rule.params) if is_plain(rule.operator, rule.params) else []
    form = rule_form(rule.operator, [part["operator"] for part in inside])
    if not form.is_submitted():
        form.start_from(rule)
        form.valid_from.data = max(rule.valid_from, rule_drafts.earliest(scheme, now.rules, now.first_day))
        return _rule_page(scheme, form, rule)
    if form.validate() and _put(ref, form, rule.id):
        flash(_("The rule is changed in the next version."), "success")
        return redirect(url_for(".draft", ref=ref))
    return _rule_page(scheme, form, rule), 422


def _put(ref: str, form: RuleForm, instead_of: str | None) -> bool:
    """Store what was entered; a refusal hangs on its field, and nothing is changed."""
    try:
        rule_drafts.put_rule(
            db_session(),
            current_actor(),
            ref,
            form.raw(),
            instead_of=instead_of,
            version=expected_version(),
            at=request_time(),
        )
    except InvalidError as error:
        db_session().rollback()
        name, text = form.field_of(error), sentence(error.code, error.params)
        if name is None:
            form.form_errors.append(text)
        else:
            fail_field(form[name], text)
        return False
    return True


@blueprint.post("/<ref>/rules/end")
def end(ref: str) -> ResponseReturnValue:
    """End a rule on a day."""
    form, name = EndRuleForm(), request.form.get("rule", "")
    if not form.validate():
        return _page(ref, end=form, ending=name), 422
    try:
        rule_drafts.end_rule(
            db_session(), current_actor(), ref, name, form.last.data, version=expected_version(), at=request_time()
        )
    except InvalidError as error:
        db_session().rollback()
        fail_field(form.last, sentence(error.code, error.params))
        return _page(ref, end=form, ending=name), 422
    flash(_("The rule ends in the next version."), "success")
    return redirect(url_for(".draft", ref=ref))


@blueprint.post("/<ref>/rules/issue")
def issue(ref: str) -> ResponseReturnValue:
    """Make the draft the next version, for all ministries to sign."""
    try:
        made = rule_drafts.issue(db_session(), current_actor(), ref, version=expected_version(), at=request_time())
    except InvalidError as error:
        db_session().rollback()
        return _page(ref, refusal=sentence(error.code, error.params)), 422
    flash(_("Version %(number)s of the rules is issued.", number=made.number), "success")
    return redirect(url_for("schemes.show", ref=ref))


@blueprint.post("/<ref>/rules/discard")
def discard(ref: str) -> ResponseReturnValue:
    """Put the draft away."""
    rule_drafts.discard(db_session(), current_actor(), ref, version=expected_version(), at=request_time())
    flash(_("The next version is put away. What is signed stays as it is."), "success")
    return redirect(url_for("schemes.show", ref=ref))


def _named(now: Working, name: str) -> Rule:
    """Return the newest version of a rule."""
    found = [rule for rule in now.rules if rule.id == name]
    if not found:
        raise NotFoundError("rule")
    return max(found, key=lambda rule: rule.valid_from)


def refusals() -> list[tuple[str, str]]:
    """Return what no rule may look at, each with the reason."""
    return [(name.replace("_", " "), sentence(reason)) for name, reason in DISCRIMINATORY.items()]


def _rule_page(scheme: Scheme, form: RuleForm, rule: Rule | None) -> str:
    return render_template(
        "rules/rule.html",
        scheme=scheme,
        form=form,
        rule=rule,
        plain=rule is None or is_plain(rule.operator, rule.params),
        operator_name=operator_name,
        refused=refusals(),
    )


def _page(ref: str, **sent: Any) -> str:
    """Show the next version; a form that was sent comes back with its errors."""
    scheme, now = opened(ref)
    first = sent.get("first") or FirstDayForm(formdata=None)
    if "first" not in sent and scheme.state is SchemeState.DRAFT:
        first.first_day.data = now.first_day
    return render_template(
        "rules/draft.html",
        scheme=scheme,
        now=now,
        rules=parts.rules_shown(now.rules),
        examples=parts.results(now.rules, now.examples),
        first=first,
        end=sent.get("end") or EndRuleForm(formdata=None),
        ending=sent.get("ending", ""),
        sent=sent.get("first") or sent.get("end"),
        refusal=sent.get("refusal"),
        editable=scheme.state in EDITABLE,
        unsigned=scheme.state is SchemeState.DRAFT,
    )
