"""The next version of a scheme's rules while its ministry works on it: rules and worked examples, then issued."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session, attributes, joinedload

from mobility.data.reference import LANGUAGES
from mobility.errors import ConflictError, InvalidError, TransitionError
from mobility.models.schemes.schemes import RuleDraft, RuleSet, Scheme
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.places import day_in
from mobility.rules.cases.schemes import SchemeState
from mobility.rules.law import edits, worked_examples
from mobility.rules.law.rulesets import Rule, parse_rules, write_rules
from mobility.rules.law.worked_examples import WorkedExample, parse_examples, write_examples
from mobility.security import audit
from mobility.security.actors import Actor
from mobility.security.scopes import locked, readable
from mobility.services.schemes import rule_versions
from mobility.services.schemes.schemes import WHOLE

#: States in which a next version can be worked on.
EDITABLE = frozenset({SchemeState.DRAFT, SchemeState.ACTIVE, SchemeState.SUSPENDED})
_LOADED = (*WHOLE, joinedload(Scheme.rule_draft))


@dataclass(frozen=True)
class Working:
    """What the next version looks like now; ``draft`` is None while nothing differs from the newest version."""

    draft: RuleDraft | None
    rules: tuple[Rule, ...]
    examples: tuple[WorkedExample, ...]
    first_day: date


def get(session: Session, actor: Actor, ref: str) -> Scheme:
    """Return a scheme whose rules the actor may work on, with the draft of its next version.

    Raises
    ------
    NotFoundError, ForbiddenError
        Not visible, or not the actor's to edit.
    """
    return readable(session, actor, Scheme, ref, Permission.SCHEME_EDIT, options=_LOADED)


def working(scheme: Scheme) -> Working:
    """Return the next version of a scheme's rules: the draft, or what the newest version holds (all loaded)."""
    draft, newest = scheme.rule_draft, scheme.rule_sets[-1]
    source: Any = draft or newest
    first_day = draft.first_day if draft else newest.valid_from
    return Working(draft, parse_rules(source.rules), parse_examples(source.examples or []), first_day)


def earliest(scheme: Scheme, rules: Sequence[Rule], first_day: date) -> date:
    """Return the first day that a changed rule may have: a scheme that nobody signed has no past to keep."""
    if scheme.state is SchemeState.DRAFT:
        return min((rule.valid_from for rule in rules), default=first_day)
    return first_day


def begin(session: Session, actor: Actor, ref: str, first_day: date, *, version: int, at: datetime) -> RuleDraft:
    """Begin a next version that is to apply from ``first_day``.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError, TransitionError
        Not visible, not the actor's to edit, changed meanwhile or begun already (``rules.draft_begun``), or not in a
        state in which rules change.
    InvalidError
        ``scheme.version_not_ahead``: a running scheme's rules never change backwards.
    """
    scheme = _locked(session, actor, ref, version)
    if scheme.rule_draft is not None:
        raise ConflictError("rules.draft_begun")
    newest = scheme.rule_sets[-1]
    after = max(day_in(scheme.country, at), newest.valid_from)
    if scheme.state is not SchemeState.DRAFT and first_day <= after:
        raise InvalidError("scheme.version_not_ahead", field="first_day", day=after.isoformat())
    scheme.rule_draft = RuleDraft(
        first_day=first_day,
        rules=list(newest.rules),
        examples=list(newest.examples or []),
        changed_by_id=actor.user_id,
        changed_at=at,
    )
    _record(session, actor, scheme, "begin", at=at, first_day=first_day.isoformat())
    return scheme.rule_draft


def put_rule(
    session: Session, actor: Actor, ref: str, raw: object, *, instead_of: str | None, version: int, at: datetime
) -> Rule:
    """Add a rule to the draft, or with ``instead_of`` change the one of that name from its first day on.

    Raises
    ------
    InvalidError
        Whatever does not fit, with its path (``rule[0].params.min``); ``rules.sentence_incomplete`` without a sentence
        in each language.
    NotFoundError, ForbiddenError, ConflictError
        See ``begin``; ``rules.no_draft`` while none is begun.
    """
    scheme, draft = _with_draft(session, actor, ref, version)
    (new,) = parse_rules([raw], path="rule")
    if set(new.sentence) != set(LANGUAGES):
        raise InvalidError("rules.sentence_incomplete", field="sentence_en", rule=new.id)
    now = working(scheme)
    first_day = earliest(scheme, now.rules, draft.first_day)
    if instead_of is None:
        rules = edits.added(now.rules, new, first_day=first_day)
    else:
        rules = edits.changed(now.rules, instead_of, new, first_day=first_day)
    _store(session, actor, scheme, "change_rule" if instead_of else "add_rule", rules=rules, at=at, rule=new.id)
    return new


def end_rule(session: Session, actor: Actor, ref: str, name: str, last: date, *, version: int, at: datetime) -> None:
    """End a rule of the draft on a day."""
    scheme, draft = _with_draft(session, actor, ref, version)
    now = working(scheme)
    first_day = earliest(scheme, now.rules, draft.first_day)
    rules = edits.ended(now.rules, name, last, first_day=first_day)
    _store(session, actor, scheme, "end_rule", rules=rules, at=at, rule=name, last=last.isoformat())


def put_example(
    session: Session, actor: Actor, ref: str, raw: object, *, instead_of: str | None, version: int, at: datetime
) -> WorkedExample:
    """Add a worked example to the draft, or with ``instead_of`` replace the one of that name; it need not hold yet.

    Raises
    ------
    InvalidError
        Whatever does not fit, with its path (``examples[0].facts.worker.age``).
    """
    scheme, _ = _with_draft(session, actor, ref, version)
    (new,) = parse_examples([raw])
    now = working(scheme)
    worked_examples.check_names(now.rules, new)
    if instead_of is None:
        after = [*now.examples, new]
    else:
        after = [new if each.name == instead_of else each for each in now.examples]
    examples = parse_examples(write_examples(after))
    _store(session, actor, scheme, "put_example", examples=examples, at=at, example=new.name)
    return new


def drop_example(session: Session, actor: Actor, ref: str, name: str, *, version: int, at: datetime) -> None:
    """Take a worked example out of the draft."""
    scheme, _ = _with_draft(session, actor, ref, version)
    examples = [each for each in working(scheme).examples if each.name != name]
    _store(session, actor, scheme, "drop_example", examples=examples, at=at, example=name[:60])


def discard(session: Session, actor: Actor, ref: str, *, version: int, at: datetime) -> None:
    """Put the draft away; what is signed stays as it is."""
    scheme, _ = _with_draft(session, actor, ref, version)
    scheme.rule_draft = None
    _record(session, actor, scheme, "discard", at=at)


def issue(session: Session, actor: Actor, ref: str, *, version: int, at: datetime) -> RuleSet:
    """Make the draft the next version, for all ministries to sign; of a scheme not submitted yet, its first version.

    Raises
    ------
    InvalidError
        ``examples.fails`` if a worked example does not hold; see ``rule_versions.new_version``.
    """
    scheme, draft = _with_draft(session, actor, ref, version)
    first_day, now = draft.first_day, working(scheme)
    worked_examples.check(now.rules, now.examples)
    rules, examples = write_rules(now.rules), write_examples(now.examples)
    scheme.rule_draft = None
    session.flush()
    if scheme.state is SchemeState.DRAFT:
        made = rule_versions.revise_first(session, actor, scheme, rules, first_day, examples, at=at)
    else:
        made = rule_versions.new_version(
            session, actor, ref, rules, first_day, version=scheme.version, at=at, examples=examples
        )
    return made


def _locked(session: Session, actor: Actor, ref: str, version: int) -> Scheme:
    scheme = locked(session, actor, Scheme, ref, Permission.SCHEME_EDIT, version, options=_LOADED)
    if scheme.state not in EDITABLE:
        raise TransitionError(scheme.state, "edit_rules")
    return scheme


def _with_draft(session: Session, actor: Actor, ref: str, version: int) -> tuple[Scheme, RuleDraft]:
    scheme = _locked(session, actor, ref, version)
    if scheme.rule_draft is None:
        raise ConflictError("rules.no_draft")
    return scheme, scheme.rule_draft


def _store(
    session: Session,
    actor: Actor,
    scheme: Scheme,
    step: str,
    *,
    at: datetime,
    rules: Sequence[Rule] | None = None,
    examples: Sequence[WorkedExample] | None = None,
    **facts: str,
) -> None:
    draft = scheme.rule_draft
    if draft is None:
        raise ConflictError("rules.no_draft")
    if rules is not None:
        draft.rules = write_rules(rules)
    if examples is not None:
        draft.examples = write_examples(examples)
    draft.changed_by_id, draft.changed_at = actor.user_id or 0, at
    _record(session, actor, scheme, step, at=at, **facts)


def _record(session: Session, actor: Actor, scheme: Scheme, step: str, *, at: datetime, **facts: str) -> None:
    """Record a change of the draft, which counts as a change of its scheme: an older page is told."""
    attributes.flag_modified(scheme, "max_stay_months")
    told: dict[str, Any] = dict(facts)
    audit.record(session, actor, f"rule_draft.{step}", scheme, at=at, **told)
