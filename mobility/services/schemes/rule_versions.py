"""Later versions of a scheme's rules, and the first one while nobody has seen it; signing stands in schemes."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from mobility.errors import ConflictError, InvalidError, TransitionError
from mobility.models.schemes.schemes import RuleSet, Scheme
from mobility.queries.lists import scheme_lists
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.places import day_in
from mobility.rules.cases.notices import NoticeKind
from mobility.rules.cases.schemes import SchemeState
from mobility.security import audit
from mobility.security.actors import Actor
from mobility.security.policy import require
from mobility.security.scopes import locked
from mobility.services.schemes.schemes import WHOLE, rule_set_of, tell_parties


def revise_first(
    session: Session,
    actor: Actor,
    scheme: Scheme,
    new_rules: object,
    valid_from: date,
    examples: Sequence[dict[str, Any]],
    *,
    at: datetime,
) -> RuleSet:
    """Give a draft of a scheme other rules and worked examples; nobody has seen the ones before (row locked).

    Raises
    ------
    TransitionError
        The scheme is submitted, and nothing in it is edited any more.
    InvalidError
        Rules that cannot be read.
    """
    require(actor, Permission.SCHEME_EDIT, scheme)
    if scheme.state is not SchemeState.DRAFT:
        raise TransitionError(scheme.state, "revise")
    first, made = scheme.rule_sets[0], rule_set_of(1, new_rules, valid_from, at=at)
    first.rules, first.digest, first.valid_from = made.rules, made.digest, valid_from
    first.examples = list(examples)
    audit.record(session, actor, "scheme.revise", scheme, at=at, also=[first], rules=first.digest)
    return first


def new_version(
    session: Session,
    actor: Actor,
    ref: str,
    new_rules: object,
    valid_from: date,
    *,
    version: int,
    at: datetime,
    examples: Sequence[dict[str, Any]] = (),
) -> RuleSet:
    """Store a later version of a running scheme's rules; it applies from ``valid_from`` once all have signed it.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError, TransitionError
        Not visible, not the actor's to edit, changed meanwhile, or not running; ``scheme.version_pending`` while an
        earlier version waits for signatures.
    InvalidError
        Rules that cannot be read, the same rules as before, or a first day that is not ahead.
    """
    scheme = locked(session, actor, Scheme, ref, Permission.SCHEME_EDIT, version, options=WHOLE)
    if scheme.state not in {SchemeState.ACTIVE, SchemeState.SUSPENDED}:
        raise TransitionError(scheme.state, "new_version")
    newest, today = scheme.rule_sets[-1], day_in(scheme.country, at)
    if newest.valid_from > today and not scheme_lists.is_signed(scheme, newest):
        raise ConflictError("scheme.version_pending")
    if valid_from <= max(today, newest.valid_from):
        after = max(today, newest.valid_from).isoformat()
        raise InvalidError("scheme.version_not_ahead", field="valid_from", day=after)
    made = rule_set_of(newest.number + 1, new_rules, valid_from, at=at)
    if made.digest == scheme_lists.signed_versions(scheme)[-1].digest:
        raise InvalidError("scheme.version_unchanged", field="rules")
    made.examples = list(examples)
    scheme.rule_sets.append(made)
    audit.record(session, actor, "scheme.new_version", scheme, at=at, also=[made], rules=made.digest)
    tell_parties(session, scheme, NoticeKind.RULES_TO_SIGN, actor, at=at, number=made.number)
    return made
