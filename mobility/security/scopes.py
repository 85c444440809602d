"""Which rows an actor may see at all: the only source of selects outside ``queries``."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from mobility.errors import ConflictError, NotFoundError
from mobility.models.base import Base
from mobility.models.employers import Employer
from mobility.models.match_runs import MatchRun, StoredScorecard
from mobility.models.notices import Notice
from mobility.models.platform.audit import AuditEvent
from mobility.models.proposals import MatchProposal
from mobility.models.scenarios import Scenario
from mobility.models.schemes.agreements import Agreement
from mobility.models.schemes.quotas import Quota
from mobility.models.schemes.schemes import Scheme, SchemeAgreement
from mobility.models.schemes.waivers import Waiver
from mobility.models.shortages.publications import Publication, ShortageSuggestion
from mobility.models.shortages.shortages import Shortage
from mobility.models.vacancies import Vacancy
from mobility.models.workers.readings import Reading
from mobility.models.workers.workers import Worker
from mobility.rules.basics.organisations import OrganisationKind as Kind
from mobility.rules.basics.organisations import Role
from mobility.rules.basics.permissions import Permission
from mobility.rules.cases.employers import EmployerState
from mobility.rules.cases.schemes import SchemeState
from mobility.rules.cases.shortages import ShortageState
from mobility.rules.cases.vacancies import VacancyState
from mobility.security.actors import Actor
from mobility.security.policy import require
from mobility.security.steps import permission_for

#: What any public reference is made of; anything else names nothing.
REFERENCE = re.compile(r"[A-Z0-9-]{1,16}", re.ASCII)

Condition = sa.ColumnElement[bool]
Loads = tuple[Any, ...]
Model = TypeVar("Model", bound=Base)

#: A vacancy before certification concerns its employer and the destination alone.
CERTIFIED_STATES = (
    VacancyState.CERTIFIED,
    VacancyState.PARTIALLY_CERTIFIED,
    VacancyState.ATTESTED,
    VacancyState.OPEN,
    VacancyState.FILLED,
    VacancyState.EXPIRED,
    VacancyState.WITHDRAWN,
    VacancyState.REVOKED,
)
PUBLIC_SCHEME_STATES = (SchemeState.ACTIVE, SchemeState.SUSPENDED, SchemeState.CLOSED)


def _agreements(actor: Actor) -> Condition:
    match actor.kind:
        case Kind.DESTINATION_MINISTRY:
            return Agreement.destination_id == actor.organisation_id
        case Kind.ORIGIN_MINISTRY | Kind.CONSULAR_POST:
            return Agreement.origin_id == actor.ministry_id
        case Kind.OVERSIGHT_BODY:
            return sa.true()
        case _:
            return sa.false()


def _of_own_agreements(actor: Actor) -> Condition:
    """Schemes that stand on an agreement of the actor's ministry."""
    taking_part = sa.select(SchemeAgreement.scheme_id).join(Agreement).where(_agreements(actor))
    return Scheme.id.in_(taking_part)


def _schemes(actor: Actor) -> Condition:
    match actor.kind:
        case Kind.DESTINATION_MINISTRY:
            return Scheme.organisation_id == actor.organisation_id
        case Kind.ORIGIN_MINISTRY:
            return sa.and_(_of_own_agreements(actor), Scheme.state != SchemeState.DRAFT)
        case Kind.CONSULAR_POST:
            return sa.and_(_of_own_agreements(actor), Scheme.state.in_(PUBLIC_SCHEME_STATES))
        case Kind.EMPLOYER:
            return sa.and_(Scheme.country == actor.country, Scheme.state.in_(PUBLIC_SCHEME_STATES))
        case Kind.OVERSIGHT_BODY:
            return sa.true()
        case _:
            return sa.false()


def _shortages(actor: Actor) -> Condition:
    match actor.kind:
        case Kind.DESTINATION_MINISTRY:
            return Shortage.organisation_id == actor.organisation_id
        case Kind.EMPLOYER:
            return sa.and_(Shortage.country == actor.country, Shortage.state == ShortageState.DECLARED)
        case Kind.ORIGIN_MINISTRY | Kind.CONSULAR_POST:
            partners = sa.select(Agreement.destination_id).where(_agreements(actor))
            return sa.and_(Shortage.organisation_id.in_(partners), Shortage.state == ShortageState.DECLARED)
        case Kind.OVERSIGHT_BODY:
            return sa.true()
        case _:
            return sa.false()


def _own(model: Any) -> Callable[[Actor], Condition]:
    """Return the scope of what a destination ministry keeps for itself; the oversight body reads it."""

    def condition(actor: Actor) -> Condition:
        if actor.kind is Kind.OVERSIGHT_BODY:
            return sa.true()
        return model.organisation_id == actor.organisation_id if actor.kind is Kind.DESTINATION_MINISTRY else sa.false()

    return condition


def _employers(actor: Actor) -> Condition:
    match actor.kind:
        case Kind.DESTINATION_MINISTRY:
            return Employer.country == actor.country
        case Kind.ORIGIN_MINISTRY:
            partners = sa.select(Agreement.destination_id).where(_agreements(actor))
            countries = sa.select(Scheme.country).where(Scheme.organisation_id.in_(partners))
            return sa.and_(Employer.country.in_(countries), Employer.state == EmployerState.VERIFIED)
        case Kind.EMPLOYER:
            return Employer.organisation_id == actor.organisation_id
        case Kind.OVERSIGHT_BODY:
            return sa.true()
        case _:
            return sa.false()


def _vacancies(actor: Actor) -> Condition:
    match actor.kind:
        case Kind.DESTINATION_MINISTRY:
            return sa.and_(Vacancy.country == actor.country, Vacancy.state != VacancyState.DRAFT)
        case Kind.EMPLOYER:
            own = sa.select(Employer.id).where(Employer.organisation_id == actor.organisation_id)
            return Vacancy.employer_id.in_(own)
        case Kind.ORIGIN_MINISTRY | Kind.CONSULAR_POST:
            schemes = sa.select(Scheme.id).where(_of_own_agreements(actor))
            return sa.and_(Vacancy.scheme_id.in_(schemes), Vacancy.state.in_(CERTIFIED_STATES))
        case Kind.OVERSIGHT_BODY:
            return sa.true()
        case _:
            return sa.false()


def _proposals(actor: Actor) -> Condition:
    nationals = sa.select(Worker.id).where(Worker.origin_country == actor.country)
    match actor.kind:
        case Kind.DESTINATION_MINISTRY:
            own = sa.select(Vacancy.id).where(Vacancy.country == actor.country)
            return sa.and_(MatchProposal.vacancy_id.in_(own), MatchProposal.endorsed_by_id.is_not(None))
        case Kind.ORIGIN_MINISTRY:
            return MatchProposal.worker_id.in_(nationals)
        case Kind.CONSULAR_POST:
            return MatchProposal.worker_id.in_(sa.select(Worker.id).where(Worker.post_id == actor.organisation_id))
        case Kind.OVERSIGHT_BODY:
            return sa.true()
        case _:
            return sa.false()


def _workers(actor: Actor) -> Condition:
    match actor.kind:
        case Kind.CONSULAR_POST:
            return Worker.post_id == actor.organisation_id
        case Kind.ORIGIN_MINISTRY:
            return Worker.origin_country == actor.country
        case Kind.DESTINATION_MINISTRY:
            return Worker.id.in_(sa.select(MatchProposal.worker_id).where(_proposals(actor)))
        case _:
            return sa.false()


_READERS_OF_RUNS = frozenset({Kind.DESTINATION_MINISTRY, Kind.ORIGIN_MINISTRY, Kind.OVERSIGHT_BODY})


def _match_runs(actor: Actor) -> Condition:
    if actor.kind in _READERS_OF_RUNS:
        return MatchRun.scheme_id.in_(sa.select(Scheme.id).where(_schemes(actor)))
    return sa.false()


def _scorecards(actor: Actor) -> Condition:
    """Whoever reads runs: what is counted is no secret between governments."""
    return sa.true() if actor.kind in _READERS_OF_RUNS else sa.false()


def _quotas(actor: Actor) -> Condition:
    return Quota.scheme_id.in_(sa.select(Scheme.id).where(_schemes(actor)))


def _scenarios(actor: Actor) -> Condition:
    """A ministry's own, and those attached to a version of a scheme that it signs; none that was put away."""
    there = Scenario.deleted_at.is_(None)
    if actor.kind is Kind.OVERSIGHT_BODY:
        return there
    if actor.kind in {Kind.DESTINATION_MINISTRY, Kind.ORIGIN_MINISTRY}:
        signed = sa.select(Scheme.id).where(_schemes(actor))
        attached = sa.and_(Scenario.rule_set_id.is_not(None), Scenario.scheme_id.in_(signed))
        return sa.and_(there, sa.or_(Scenario.organisation_id == actor.organisation_id, attached))
    return sa.false()


def _waivers(actor: Actor) -> Condition:
    return Waiver.proposal_id.in_(sa.select(MatchProposal.id).where(_proposals(actor)))


def _notices(actor: Actor) -> Condition:
    return sa.false() if actor.organisation_id is None else Notice.organisation_id == actor.organisation_id


def _audit_events(actor: Actor) -> Condition:
    if actor.kind is Kind.OVERSIGHT_BODY:
        return sa.true()
    if actor.kind in {Kind.DESTINATION_MINISTRY, Kind.ORIGIN_MINISTRY} and actor.has(Role.ADMINISTRATOR):
        return AuditEvent.stream == actor.organisation_ref
    return sa.false()


def _readings(actor: Actor) -> Condition:
    """Who read of a ministry's nationals, wherever they sit; and what the ministry's own people read."""
    own = Reading.organisation_id == actor.organisation_id
    if actor.kind is Kind.OVERSIGHT_BODY:
        return sa.true()
    if actor.kind is Kind.ORIGIN_MINISTRY and actor.has(Role.ADMINISTRATOR):
        nationals = sa.select(Worker.id).where(Worker.origin_country == actor.country)
        return sa.or_(own, Reading.worker_id.in_(nationals))
    return own if actor.kind is Kind.DESTINATION_MINISTRY and actor.has(Role.ADMINISTRATOR) else sa.false()


#: A model that is not listed is invisible to everybody.
SCOPES: Mapping[type[Base], Callable[[Actor], Condition]] = {
    Agreement: _agreements,
    AuditEvent: _audit_events,
    Employer: _employers,
    MatchProposal: _proposals,
    MatchRun: _match_runs,
    Notice: _notices,
    Publication: _own(Publication),
    Quota: _quotas,
    Reading: _readings,
    Scenario: _scenarios,
    Scheme: _schemes,
    Shortage: _shortages,
    ShortageSuggestion: _own(ShortageSuggestion),
    StoredScorecard: _scorecards,
    Vacancy: _vacancies,
    Waiver: _waivers,
    Worker: _workers,
}


#: What the policy's predicates look at beside the row itself; ``one`` always loads it.
RELATED: Mapping[type[Base], tuple[Any, ...]] = {
    MatchProposal: (joinedload(MatchProposal.vacancy), joinedload(MatchProposal.worker)),
    MatchRun: (joinedload(MatchRun.scheme),),
    Quota: (joinedload(Quota.scheme),),
    Scheme: (selectinload(Scheme.agreements).joinedload(SchemeAgreement.agreement),),
    Vacancy: (
        joinedload(Vacancy.employer),
        joinedload(Vacancy.scheme).selectinload(Scheme.agreements).joinedload(SchemeAgreement.agreement),
    ),
}


def visible(actor: Actor, model: type[Model]) -> sa.Select[Model]:
    """Return the select of all rows of a model that the actor may see."""
    condition = SCOPES[model](actor) if model in SCOPES else sa.false()
    return sa.select(model).where(condition)


def one(session: Session, actor: Actor, model: type[Model], ref: str, *, options: Loads = ()) -> Model:
    """Load the row with a public reference, fresh from the database.

    Raises
    ------
    NotFoundError
        No such row, or one that the actor may not see: the two cannot be told apart.
    """
    return _found(session, model, ref, _select(actor, model, ref, options))


def readable(
    session: Session, actor: Actor, model: type[Model], ref: str, permission: Permission, *, options: Loads = ()
) -> Model:
    """Load a row that the actor is about to read.

    Raises
    ------
    NotFoundError, ForbiddenError
        No such row, or one that the actor may not see; not the actor's to read.
    """
    found = one(session, actor, model, ref, options=options)
    require(actor, permission, found)
    return found


def locked(
    session: Session,
    actor: Actor,
    model: type[Model],
    ref: str,
    step: Permission | StrEnum,
    version: int | None,
    *,
    options: Loads = (),
) -> Model:
    """Load a row that the actor is about to change, and hold it until commit; nothing else locks what is visible.

    Parameters
    ----------
    step : StrEnum
        An event of the row's lifecycle, which names the permission; or the permission itself, for what moves no state.
    version : int or None
        What the actor was looking at; None where no page showed it and the last change wins.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError
        Not visible, not the actor's to change, or ``stale``: changed meanwhile.
    """
    found = _found(session, model, ref, _select(actor, model, ref, options).with_for_update(of=model))
    require(actor, step if isinstance(step, Permission) else permission_for(model, step), found)
    if version is not None:
        check_version(found, version)
    return found


def check_version(row: Any, version: int) -> None:
    """Refuse a change of a row that has changed since the actor read it; a row that is not there yet is at 0.

    Raises
    ------
    ConflictError
        ``stale``.
    """
    if (row.version if row else 0) != version:
        raise ConflictError("stale")


def _select(actor: Actor, model: type[Model], ref: str, options: Loads) -> sa.Select[Model]:
    if not REFERENCE.fullmatch(ref):  # the column would refuse to be compared with it
        raise NotFoundError(model.__tablename__, ref)
    columns = sa.inspect(model).columns
    return visible(actor, model).where(columns["ref"] == ref).options(*RELATED.get(model, ()), *options)


def _found(session: Session, model: type[Model], ref: str, select: sa.Select[Model]) -> Model:
    found = session.scalar(select.execution_options(populate_existing=True))
    if found is None:
        raise NotFoundError(model.__tablename__, ref)
    return found
