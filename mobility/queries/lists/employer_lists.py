"""Lists of employers, and whether a registration number is taken."""

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from mobility.models.accounts.organisations import Organisation
from mobility.models.employers import Employer
from mobility.queries.lists.pages import Page, paged
from mobility.rules.cases.employers import EmployerState
from mobility.security.actors import Actor
from mobility.security.scopes import visible


def listed(session: Session, actor: Actor, *, state: EmployerState | None = None, page: int = 1) -> Page[Employer]:
    """Return the employers that the actor may see, by name, optionally of one state."""
    select = visible(actor, Employer).join(Employer.organisation).options(joinedload(Employer.organisation))
    if state is not None:
        select = select.where(Employer.state == state)
    return paged(session, select.order_by(Organisation.name, Employer.id), page)


def is_registered(session: Session, country: str, registration_number: str) -> bool:
    """Tell whether a country's register number belongs to an employer already."""
    of_number = sa.and_(Employer.country == country, Employer.registration_number == registration_number)
    return session.scalar(sa.select(Employer.id).where(of_number)) is not None


def of_organisation(session: Session, organisation_id: int | None) -> Employer | None:
    """Return the employer that an organisation is, or None."""
    select = sa.select(Employer).where(Employer.organisation_id == organisation_id)
    return session.scalar(select.options(joinedload(Employer.organisation)))
