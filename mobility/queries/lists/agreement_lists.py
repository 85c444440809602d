"""Lists of agreements, the schemes that stand on them, and the ministries that one can be made with."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from mobility.models.accounts.organisations import Organisation
from mobility.models.employers import Employer
from mobility.models.schemes.agreements import Agreement
from mobility.models.schemes.schemes import Scheme, SchemeAgreement
from mobility.models.vacancies import Vacancy
from mobility.queries.lists.pages import Page, paged
from mobility.rules.basics.organisations import OrganisationKind
from mobility.rules.basics.places import Place
from mobility.rules.cases.agreements import AgreementState
from mobility.security.actors import Actor
from mobility.security.scopes import visible

PARTIES = (joinedload(Agreement.destination), joinedload(Agreement.origin))


def listed(session: Session, actor: Actor, *, page: int = 1) -> Page[Agreement]:
    """Return the agreements that the actor may see, the newest first."""
    select = visible(actor, Agreement).options(*PARTIES)
    return paged(session, select.order_by(Agreement.valid_from.desc(), Agreement.id.desc()), page)


def schemes_under(session: Session, actor: Actor, agreement: Agreement) -> Sequence[Scheme]:
    """Return the schemes that the actor may see and that stand on an agreement."""
    under = sa.select(SchemeAgreement.scheme_id).where(SchemeAgreement.agreement_id == agreement.id)
    return session.scalars(visible(actor, Scheme).where(Scheme.id.in_(under)).order_by(Scheme.id)).all()


def origin_ministries(session: Session) -> Sequence[Organisation]:
    """Return every ministry of a country of origin, by country."""
    select = sa.select(Organisation).where(Organisation.kind == OrganisationKind.ORIGIN_MINISTRY)
    return session.scalars(select.order_by(Organisation.country, Organisation.id)).all()


def past(session: Session, place: Place, today: date) -> Sequence[Agreement]:
    """Return the agreements of a destination's place that still stand although their last day has gone by, locked."""
    there = sa.select(Organisation.id).where(Organisation.country.in_(place.countries))
    over = (
        Agreement.state != AgreementState.ENDED,
        Agreement.valid_to < today,
        Agreement.destination_id.in_(there),
    )
    select = sa.select(Agreement).where(*over).options(*PARTIES).order_by(Agreement.id)
    return session.scalars(select.with_for_update(of=Agreement).execution_options(populate_existing=True)).all()


def concerned_by(session: Session, agreement: Agreement) -> set[int]:
    """Return the organisations that a change of an agreement concerns.

    Its two ministries, the origin's consular posts, and the employers with vacancies under schemes that stand on it.
    """
    posts = sa.select(Organisation.id).where(
        Organisation.kind == OrganisationKind.CONSULAR_POST, Organisation.parent_id == agreement.origin_id
    )
    under = sa.select(SchemeAgreement.scheme_id).where(SchemeAgreement.agreement_id == agreement.id)
    employers = sa.select(Employer.organisation_id).join(Vacancy, Vacancy.employer_id == Employer.id)
    with_vacancies = employers.where(Vacancy.scheme_id.in_(under)).distinct()
    ministries = {agreement.destination_id, agreement.origin_id}
    return ministries | set(session.scalars(posts)) | set(session.scalars(with_vacancies))
