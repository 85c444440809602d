"""Lists of agreements, the schemes that stand on them, and the ministries that one can be made with."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from mobility.models.accounts.organisations import Organisation
from mobility.models.schemes.agreements import Agreement
from mobility.models.schemes.schemes import Scheme, SchemeAgreement
from mobility.queries.lists.pages import Page, paged
from mobility.rules.basics.organisations import OrganisationKind
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
