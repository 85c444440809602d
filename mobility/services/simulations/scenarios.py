"""Scenarios: a simulation kept under a name, attached to a version of the rules that is to be signed, or put away."""

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from mobility.errors import InvalidError
from mobility.models.scenarios import Scenario
from mobility.models.schemes.schemes import RuleSet, Scheme
from mobility.queries.lists import scheme_lists
from mobility.queries.lists.scenario_lists import SHOWN
from mobility.rules.basics.permissions import Permission
from mobility.rules.cases.simulations import Changes, read_changes, write_changes
from mobility.security import audit
from mobility.security.actors import Actor
from mobility.security.policy import allowed, require
from mobility.security.scopes import locked, one
from mobility.services.schemes import schemes

#: Scenarios of one scheme that a ministry keeps at a time.
MOST = 50
#: How many are compared side by side.
FEWEST_COMPARED, MOST_COMPARED = 2, 4
_SIGNED = (selectinload(Scenario.rule_set).selectinload(RuleSet.signatures),)
_WITH_SIGNATURES = (*SHOWN, joinedload(Scenario.rule_set).selectinload(RuleSet.signatures))


def get(session: Session, actor: Actor, ref: str) -> Scenario:
    """Return a scenario.

    Raises
    ------
    NotFoundError, ForbiddenError
        Not visible, or not for the actor's role.
    """
    scenario = one(session, actor, Scenario, ref, options=_WITH_SIGNATURES)
    require(actor, Permission.SCENARIO_VIEW, scenario)
    return scenario


def changes_of(scenario: Scenario) -> Changes:
    """Return what a scenario changes."""
    return read_changes(json.dumps(scenario.changes) if scenario.changes else "")


def figures_of(actor: Actor, scenario: Scenario) -> dict[str, Any]:
    """Return a scenario's figures; those by sex, age and other groups of fairness only for who may see such."""
    if allowed(actor, Permission.FAIRNESS_VIEW, scenario):
        return scenario.figures
    return {**scenario.figures, "protected": {}, "fairness": {}}


def save(
    session: Session,
    actor: Actor,
    scheme: Scheme,
    name: str,
    changes: Changes,
    figures: dict[str, Any],
    *,
    scorecard: str,
    as_of: datetime,
    at: datetime,
    note: str = "",
) -> Scenario:
    """Keep a simulation of a scheme with the figures that it came to, and the hash of what scored it.

    Raises
    ------
    ForbiddenError
        The actor is no scheme officer of a party to the scheme.
    InvalidError
        ``scenario.nothing_changed``, ``scenario.name_taken`` or ``scenario.too_many``.
    """
    require(actor, Permission.SCENARIO_SAVE, scheme)
    if not changes:
        raise InvalidError("scenario.nothing_changed")
    mine = (Scenario.scheme_id == scheme.id, Scenario.organisation_id == actor.organisation_id)
    names = session.scalars(sa.select(Scenario.name).where(*mine, Scenario.deleted_at.is_(None))).all()
    if name in names:
        raise InvalidError("scenario.name_taken", field="name")
    if len(names) >= MOST:
        raise InvalidError("scenario.too_many", field="name", most=MOST)
    made = Scenario(
        scheme_id=scheme.id,
        organisation_id=actor.organisation_id,
        name=name,
        note=note,
        changes=json.loads(write_changes(changes)),
        figures=figures,
        scorecard_digest=scorecard,
        as_of=as_of,
        created_by_id=actor.user_id,
        created_at=at,
    )
    session.add(made)
    audit.record(session, actor, "scenario.save", made, at=at, scheme=scheme.ref)
    return made


def attach(session: Session, actor: Actor, ref: str, *, version: int, at: datetime) -> Scenario:
    """Attach a scenario to the newest version of its scheme's rules: every ministry that signs it sees the figures.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError
        Not visible, not the actor's, or changed meanwhile.
    InvalidError
        ``scenario.nothing_to_sign``: all have signed the newest version; ``scenario.signed_with``: it stands beside a
        version that somebody has signed.
    """
    scenario = locked(session, actor, Scenario, ref, Permission.SCENARIO_EDIT, version, options=_SIGNED)
    _check_free(scenario)
    scheme = schemes.get(session, actor, session.get_one(Scheme, scenario.scheme_id).ref)
    newest = scheme.rule_sets[-1]
    if scheme_lists.is_signed(scheme, newest):
        raise InvalidError("scenario.nothing_to_sign")
    scenario.rule_set_id, scenario.attached_at = newest.id, at
    audit.record(session, actor, "scenario.attach", scenario, at=at, scheme=scheme.ref, rules=newest.digest)
    return scenario


def detach(session: Session, actor: Actor, ref: str, *, version: int, at: datetime) -> Scenario:
    """Take a scenario away from the version that it is attached to; refuses as ``attach`` does."""
    scenario = locked(session, actor, Scenario, ref, Permission.SCENARIO_EDIT, version, options=_SIGNED)
    _check_free(scenario)
    scenario.rule_set_id, scenario.attached_at = None, None
    audit.record(session, actor, "scenario.detach", scenario, at=at)
    return scenario


def delete(session: Session, actor: Actor, ref: str, *, version: int, at: datetime) -> Scenario:
    """Put a scenario away: nobody sees it any more. What somebody signed beside it stays, so that one cannot go."""
    scenario = locked(session, actor, Scenario, ref, Permission.SCENARIO_EDIT, version, options=_SIGNED)
    _check_free(scenario)
    scenario.rule_set_id, scenario.attached_at, scenario.deleted_at = None, None, at
    audit.record(session, actor, "scenario.delete", scenario, at=at)
    return scenario


def is_free(scenario: Scenario) -> bool:
    """Tell whether nobody has signed the version that a scenario is attached to (rule set and signatures loaded)."""
    return scenario.rule_set is None or not scenario.rule_set.signatures


def _check_free(scenario: Scenario) -> None:
    if not is_free(scenario):
        raise InvalidError("scenario.signed_with")
