"""Pages that compare versions of a scheme's rules, tell who is affected, and keep worked examples."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility.errors import InvalidError, NotFoundError
from mobility.forms.schemes.rules import ALWAYS_ASKED, ExampleForm, example_form
from mobility.forms.words import sentence
from mobility.models.schemes.schemes import Scheme
from mobility.rules.basics.permissions import Permission
from mobility.rules.law.differences import differences
from mobility.rules.law.rulesets import Rule, parse_rules
from mobility.rules.law.worked_examples import WorkedExample
from mobility.security.policy import allowed
from mobility.services.schemes import rule_drafts, rule_impact, schemes
from mobility.services.schemes.rule_drafts import Working
from mobility.views.frame.browser_session import db_session, request_time
from mobility.views.frame.forms import expected_version, fail_field
from mobility.views.frame.identity import current_actor
from mobility.views.frame.spreadsheets import csv_answer
from mobility.views.schemes import rules_shown as parts
from mobility.views.schemes.rules import opened

blueprint = Blueprint("rule_versions", __name__, url_prefix="/schemes")
DRAFT = "draft"


class Version(NamedTuple):
    """One version as it is compared: its name in addresses, what people call it, its rules and first day."""

    name: str
    title: str
    rules: tuple[Rule, ...]
    first_day: date


def _versions(scheme: Scheme) -> dict[str, Version]:
    """Return the versions that the actor may see, oldest first, the draft last."""
    found = {
        str(each.number): Version(
            str(each.number), _("Version %(number)s", number=each.number), parse_rules(each.rules), each.valid_from
        )
        for each in scheme.rule_sets
    }
    if allowed(current_actor(), Permission.SCHEME_EDIT, scheme):
        now = rule_drafts.working(rule_drafts.get(db_session(), current_actor(), scheme.ref))
        if now.draft is not None:
            found[DRAFT] = Version(DRAFT, _("Next version"), now.rules, now.first_day)
    return found


def _chosen(versions: dict[str, Version], name: str, default: int) -> Version:
    given = request.args.get(name, "")
    if given and given not in versions:
        raise NotFoundError("rule_set")
    known = list(versions.values())
    return versions[given] if given else known[max(default, -len(known))]


@blueprint.get("/<ref>/rules/compare")
def compare(ref: str) -> ResponseReturnValue:
    """Show two versions side by side with their differences marked."""
    scheme = schemes.get(db_session(), current_actor(), ref)
    versions = _versions(scheme)
    old, new = _chosen(versions, "old", -2), _chosen(versions, "new", -1)
    return render_template(
        "rule_versions/compare.html",
        scheme=scheme,
        versions=versions.values(),
        old=old,
        new=new,
        rows=parts.compared(differences(old.rules, new.rules)),
    )


@blueprint.get("/<ref>/rules/affected")
def affected(ref: str) -> ResponseReturnValue:
    """Tell which open proposals a version would stop, or let through, before it is signed."""
    scheme = schemes.get(db_session(), current_actor(), ref)
    version = _chosen(_versions(scheme), "version", -1)
    found = _impact(scheme, version)
    return render_template(
        "rule_versions/affected.html",
        scheme=scheme,
        version=version,
        found=found,
        stopped=parts.stopped(found, version.rules),
        words={rule.id: parts.wording(rule) for rule in version.rules},
    )


@blueprint.get("/<ref>/rules/affected.csv")
def affected_table(ref: str) -> ResponseReturnValue:
    """Return the open proposals whose outcome changes as a table."""
    scheme = schemes.get(db_session(), current_actor(), ref)
    found = _impact(scheme, _chosen(_versions(scheme), "version", -1))
    headings = [_("Proposal"), _("State"), _("Today"), _("Then"), _("Rules not met")]
    rows = [(each.ref, each.state, each.before, each.after, ", ".join(each.rules)) for each in found.shown]
    return csv_answer(f"affected-{scheme.ref}", headings, rows)


def _impact(scheme: Scheme, version: Version) -> rule_impact.Impact:
    return rule_impact.impact(
        db_session(), current_actor(), scheme, version.rules, version.first_day, at=request_time()
    )


@blueprint.route("/<ref>/rules/example", methods=["GET", "POST"])
def example(ref: str) -> ResponseReturnValue:
    """Add a worked example, or change one."""
    scheme, now = opened(ref)
    known = next((each for each in now.examples if each.name == request.args.get("name", "")), None)
    form = _example_form(now, known)
    if not form.is_submitted():
        if known is not None:
            form.start_from(known)
        else:
            form.on.data = now.first_day
        return render_template("rule_versions/example.html", scheme=scheme, form=form, known=known)
    if form.validate() and _put_example(ref, form, known):
        flash(_("The worked example is stored."), "success")
        return redirect(url_for("rules.draft", ref=ref))
    return render_template("rule_versions/example.html", scheme=scheme, form=form, known=known), 422


@blueprint.post("/<ref>/rules/example/drop")
def drop_example(ref: str) -> ResponseReturnValue:
    """Take a worked example out."""
    name = request.form.get("name", "")
    rule_drafts.drop_example(db_session(), current_actor(), ref, name, version=expected_version(), at=request_time())
    flash(_("The worked example is taken out."), "success")
    return redirect(url_for("rules.draft", ref=ref))


def _example_form(now: Working, known: WorkedExample | None) -> ExampleForm:
    facts = {name for rule in now.rules for name in rule.fields} | ALWAYS_ASKED
    facts |= set(known.facts) if known else set()
    return example_form(facts, _sentences(now.rules))


def _sentences(rules: Iterable[Rule]) -> dict[str, str]:
    return {rule.id: parts.wording(rule) for rule in rules}


def _put_example(ref: str, form: ExampleForm, known: WorkedExample | None) -> bool:
    name = known.name if known else None
    try:
        rule_drafts.put_example(
            db_session(),
            current_actor(),
            ref,
            form.raw(),
            instead_of=name,
            version=expected_version(),
            at=request_time(),
        )
    except InvalidError as error:
        db_session().rollback()
        field, text = form.field_of(error), sentence(error.code, error.params)
        if field is None:
            form.form_errors.append(text)
        else:
            fail_field(form[field], text)
        return False
    return True
