"""Which steps of its lifecycle an actor may take with a thing now: lifecycle rows and the policy, asked together."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from mobility.errors import ForbiddenError
from mobility.models.base import Base
from mobility.models.employers import Employer
from mobility.models.match_runs import MatchRun
from mobility.models.proposals import MatchProposal
from mobility.models.schemes.agreements import Agreement
from mobility.models.schemes.schemes import Scheme
from mobility.models.shortages.publications import Publication, ShortageSuggestion
from mobility.models.shortages.shortages import Shortage
from mobility.models.vacancies import Vacancy
from mobility.models.workers.workers import Worker
from mobility.rules.basics.lifecycles import Lifecycle, Transition
from mobility.rules.basics.permissions import Permission
from mobility.rules.cases import (
    agreements,
    employers,
    match_runs,
    proposals,
    publications,
    schemes,
    shortages,
    vacancies,
    workers,
)
from mobility.security.actors import Actor
from mobility.security.policy import allowed, require

#: The lifecycle of each table with states that people move; a job has no person yet who steers it.
LIFECYCLES: Mapping[type[Base], Lifecycle[Any, Any]] = {
    Agreement: agreements.LIFECYCLE,
    Employer: employers.LIFECYCLE,
    MatchProposal: proposals.LIFECYCLE,
    MatchRun: match_runs.LIFECYCLE,
    Publication: publications.LIFECYCLE,
    Scheme: schemes.LIFECYCLE,
    Shortage: shortages.LIFECYCLE,
    ShortageSuggestion: publications.SUGGESTIONS,
    Vacancy: vacancies.LIFECYCLE,
    Worker: workers.LIFECYCLE,
}


def lifecycle_of(thing: Base) -> Lifecycle[Any, Any]:
    """Return the lifecycle of a row; a proposal's follows its scheme's review order (vacancy, scheme loaded)."""
    if isinstance(thing, MatchProposal):
        return proposals.lifecycle(thing.vacancy.scheme.review_order)
    return LIFECYCLES[type(thing)]


def permission_for(model: type[Base], event: StrEnum) -> Permission:
    """Return what a person needs to fire an event on rows of a model."""
    return LIFECYCLES[model].permission(event)


def open_events(actor: Actor, thing: Any) -> tuple[Any, ...]:
    """Return the events that the actor may fire on a row in its state, in table order; guards are not asked."""
    return tuple(row.event for row in lifecycle_of(thing).following(thing.state) if _may_fire(actor, row, thing))


def check_open(actor: Actor, thing: Any, event: StrEnum) -> None:
    """Refuse what the actor may not fire, or what cannot follow now.

    Raises
    ------
    ForbiddenError, TransitionError
        Not the actor's to fire, or not in a state that the event can follow.
    """
    advance(actor, thing, event)


def advance(actor: Actor, thing: Any, event: StrEnum) -> Any:
    """Return the state that follows when the actor fires an event on a row; nothing changes yet.

    Raises
    ------
    ForbiddenError, TransitionError
        Not the actor's to fire, or not in a state that the event can follow.
    """
    row = lifecycle_of(thing).transition(thing.state, event)
    if not _by_itself(actor, row):
        if row.permission is None:
            raise ForbiddenError(event.value)
        require(actor, row.permission, thing)
    return row.next


def _may_fire(actor: Actor, row: Transition[Any, Any], thing: Any) -> bool:
    return _by_itself(actor, row) or (row.permission is not None and allowed(actor, row.permission, thing))


def _by_itself(actor: Actor, row: Transition[Any, Any]) -> bool:
    return row.by_system and actor.user_id is None
