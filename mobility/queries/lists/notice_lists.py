"""Notices of an organisation, and who is to be told of a scheme."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from mobility.models.accounts.organisations import Organisation
from mobility.models.employers import Employer
from mobility.models.notices import Notice
from mobility.models.proposals import MatchProposal
from mobility.models.schemes.schemes import Scheme
from mobility.models.vacancies import Vacancy
from mobility.models.workers.workers import Worker
from mobility.queries.lists.pages import Page, paged
from mobility.rules.basics.organisations import OrganisationKind
from mobility.rules.cases.notices import NoticeKind
from mobility.rules.cases.proposals import OPEN_STATES
from mobility.security.actors import Actor
from mobility.security.scopes import visible


def listed(session: Session, actor: Actor, *, unread: bool = False, page: int = 1) -> Page[Notice]:
    """Return the notices of the actor's organisation, newest first."""
    select = visible(actor, Notice).options(joinedload(Notice.read_by))
    if unread:
        select = select.where(Notice.read_at.is_(None))
    return paged(session, select.order_by(Notice.created_at.desc(), Notice.id.desc()), page)


def unread_count(session: Session, actor: Actor) -> int:
    """Return how many notices nobody of the actor's organisation has read."""
    waiting = visible(actor, Notice).where(Notice.read_at.is_(None)).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(waiting)) or 0


def was_told(session: Session, kind: NoticeKind, subject: tuple[str, str], *, since: datetime) -> bool:
    """Tell whether anybody was given a notice of a kind about a subject (kind, reference) since a moment."""
    about = (Notice.subject_kind == subject[0], Notice.subject_ref == subject[1])
    given = sa.select(Notice.id).where(Notice.kind == kind, *about, Notice.created_at >= since)
    return session.scalars(given.limit(1)).first() is not None


def references_of_workers(session: Session, page: Page[Notice]) -> dict[int, str]:
    """Return the public references of the workers whom a page of notices is for."""
    ids = [notice.worker_id for notice in page.rows if notice.worker_id is not None]
    select = sa.select(Worker.id, Worker.ref).where(Worker.id.in_(ids))
    return {key: ref for key, ref in session.execute(select)}  # noqa: C416


def concerned_by(session: Session, scheme: Scheme) -> set[int]:
    """Return the organisations that a change of a scheme concerns (agreements loaded).

    Its ministries, the consular posts of its origins, and the employers that have vacancies under it.
    """
    origins = {taking_part.agreement.origin_id for taking_part in scheme.agreements}
    posts = sa.select(Organisation.id).where(
        Organisation.kind == OrganisationKind.CONSULAR_POST, Organisation.parent_id.in_(origins)
    )
    employers = sa.select(Employer.organisation_id).join(Vacancy, Vacancy.employer_id == Employer.id)
    with_vacancies = employers.where(Vacancy.scheme_id == scheme.id).distinct()
    return {scheme.organisation_id, *origins, *session.scalars(posts), *session.scalars(with_vacancies)}


def proposed_under(session: Session, scheme_id: int) -> list[int]:
    """Return the workers with an open proposal for a vacancy of a scheme."""
    select = (
        sa.select(MatchProposal.worker_id)
        .join(Vacancy, Vacancy.id == MatchProposal.vacancy_id)
        .where(Vacancy.scheme_id == scheme_id, MatchProposal.state.in_(OPEN_STATES))
        .distinct()
    )
    return sorted(session.scalars(select))
