"""Lists of vacancies, what happened to one, and how many positions stand against a shortage."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from mobility.models.accounts.organisations import Organisation
from mobility.models.concepts.occupations import Occupation, OccupationSkill, Skill
from mobility.models.employers import Employer
from mobility.models.platform.audit import AuditEvent
from mobility.models.schemes.agreements import Agreement
from mobility.models.schemes.schemes import Scheme, SchemeAgreement
from mobility.models.vacancies import Vacancy
from mobility.queries.lists.pages import Page, paged
from mobility.queries.place_days import lies_in
from mobility.queries.pools.worker_rows import batches
from mobility.rules.basics.places import Place
from mobility.rules.cases.schemes import SchemeState
from mobility.rules.cases.vacancies import LIFECYCLE, VacancyEvent, VacancyState
from mobility.security.actors import Actor
from mobility.security.scopes import visible

#: States in which every certified position is still promised; in all others only those that were filled count.
STANDING = (
    VacancyState.CERTIFIED,
    VacancyState.PARTIALLY_CERTIFIED,
    VacancyState.ATTESTED,
    VacancyState.OPEN,
    VacancyState.FILLED,
)
#: States in which a vacancy stands in nobody's way.
OVER = (VacancyState.REFUSED, VacancyState.EXPIRED, VacancyState.WITHDRAWN, VacancyState.REVOKED)
EXPIRING = tuple(row.state for row in LIFECYCLE.transitions if row.event is VacancyEvent.EXPIRE)


@dataclass(frozen=True)
class Happened:
    """One recorded step of a vacancy: what, when, and which organisation did it (empty: the system)."""

    action: str
    at: datetime
    organisation: str


def listed(
    session: Session,
    actor: Actor,
    *,
    state: VacancyState | None = None,
    scheme: str | None = None,
    page: int = 1,
) -> Page[Vacancy]:
    """Return the vacancies that the actor may see, newest first, optionally of one state or one scheme."""
    select = visible(actor, Vacancy).options(joinedload(Vacancy.occupation), joinedload(Vacancy.scheme))
    if state is not None:
        select = select.where(Vacancy.state == state)
    if scheme is not None:
        select = select.where(Vacancy.scheme_id.in_(sa.select(Scheme.id).where(Scheme.ref == scheme)))
    return paged(session, select.order_by(Vacancy.created_at.desc(), Vacancy.id.desc()), page)


def schemes(session: Session, actor: Actor, *, active: bool = False) -> list[Scheme]:
    """Return the schemes that the actor may see, to filter by or (the active ones) to post under."""
    select = visible(actor, Scheme).order_by(Scheme.title_en, Scheme.id)
    if active:
        select = select.where(Scheme.state == SchemeState.ACTIVE)
    return list(session.scalars(select))


def skills_of(session: Session, occupation: str) -> list[tuple[Skill, bool]]:
    """Return the skills that work in an occupation needs (True) or often uses (False), the needed ones first."""
    select = (
        sa.select(Skill, OccupationSkill.essential)
        .join(OccupationSkill, OccupationSkill.skill_id == Skill.id)
        .join(Occupation, OccupationSkill.occupation_id == Occupation.id)
        .where(Occupation.code == occupation)
        .order_by(OccupationSkill.essential.desc(), Skill.code)
    )
    return [(skill, essential) for skill, essential in session.execute(select)]


def certified_against(session: Session, shortage_id: int, *, without: int) -> int:
    """Return the positions that other vacancies than ``without`` have taken up of a shortage's headcount."""
    counted = sa.case((Vacancy.state.in_(STANDING), Vacancy.certified_positions), else_=Vacancy.filled_positions)
    select = sa.select(sa.func.coalesce(sa.func.sum(counted), 0))
    return int(session.scalars(select.where(Vacancy.shortage_id == shortage_id, Vacancy.id != without)).one())


def beside(session: Session, actor: Actor, vacancy: Vacancy, *, most: int = 20) -> list[Vacancy]:
    """Return other live vacancies of the same employer in the same region whose dates overlap, latest first."""
    select = visible(actor, Vacancy).where(
        Vacancy.id != vacancy.id,
        Vacancy.employer_id == vacancy.employer_id,
        Vacancy.region == vacancy.region,
        Vacancy.starts_on <= vacancy.ends_on,
        Vacancy.ends_on >= vacancy.starts_on,
        Vacancy.state.not_in(OVER),
    )
    return list(session.scalars(select.order_by(Vacancy.created_at.desc(), Vacancy.id.desc()).limit(most)))


def past(session: Session, place: Place, today: date) -> list[int]:
    """Return the ids of a place's vacancies that still wait although their last day has gone by, locked."""
    over = (Vacancy.state.in_(EXPIRING), Vacancy.ends_on < today, lies_in(place, Vacancy.region))
    select = sa.select(Vacancy.id).where(*over)
    return list(session.scalars(select.order_by(Vacancy.id).with_for_update(of=Vacancy)))


def parties(session: Session, ids: Sequence[int], *, origins: bool = False) -> Iterator[tuple[str, set[int]]]:
    """Yield of some vacancies the reference and whom its end concerns: the employer and the destination's ministry.

    With ``origins`` also the ministries of the countries of origin that take part in its scheme.
    """
    columns = (Vacancy.ref, Employer.organisation_id, Scheme.organisation_id, Vacancy.scheme_id)
    taking_part: dict[int, set[int]] = {}
    if origins:
        pairs = sa.select(SchemeAgreement.scheme_id, Agreement.origin_id).join(Agreement)
        for scheme, origin in session.execute(pairs):
            taking_part.setdefault(scheme, set()).add(origin)
    for some in batches(ids):
        select = sa.select(*columns).join(Employer, Employer.id == Vacancy.employer_id)
        select = select.join(Scheme, Scheme.id == Vacancy.scheme_id).where(Vacancy.id.in_(some))
        for ref, employer, ministry, scheme in session.execute(select.order_by(Vacancy.id)):
            yield ref, {employer, ministry} | taking_part.get(scheme, set())


def standing_of(session: Session, chosen: sa.ColumnElement[bool]) -> dict[int, int]:
    """Return, by the organisation of their employer, how many of some vacancies stand certified."""
    select = (
        sa.select(Employer.organisation_id, sa.func.count())
        .join(Vacancy, Vacancy.employer_id == Employer.id)
        .where(chosen, Vacancy.state.in_(STANDING))
        .group_by(Employer.organisation_id)
        .order_by(Employer.organisation_id)
    )
    return {organisation: count for organisation, count in session.execute(select)}  # noqa: C416


def history(session: Session, ref: str) -> list[Happened]:
    """Return what was recorded about a vacancy that the actor may see, newest first; organisations, not people."""
    select = (
        sa.select(AuditEvent.action, AuditEvent.at, Organisation.name)
        .outerjoin(Organisation, Organisation.ref == AuditEvent.stream)
        .where(AuditEvent.object_kind == "vacancy", AuditEvent.object_ref == ref)
        .order_by(AuditEvent.id.desc())
    )
    return [Happened(action, at, name or "") for action, at, name in session.execute(select)]
