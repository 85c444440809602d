"""Lists of shortages."""

from sqlalchemy.orm import Session, joinedload

from mobility.models.shortages.shortages import Shortage
from mobility.queries.lists.pages import Page, paged
from mobility.rules.cases.shortages import ShortageState
from mobility.security.actors import Actor
from mobility.security.scopes import visible


def listed(session: Session, actor: Actor, *, state: ShortageState | None = None, page: int = 1) -> Page[Shortage]:
    """Return the shortages that the actor may see, newest first, optionally of one state."""
    select = visible(actor, Shortage).options(joinedload(Shortage.occupation), joinedload(Shortage.organisation))
    if state is not None:
        select = select.where(Shortage.state == state)
    return paged(session, select.order_by(Shortage.created_at.desc(), Shortage.id.desc()), page)


def in_force(session: Session, actor: Actor) -> list[Shortage]:
    """Return the declared shortages that the actor may see, by occupation and region."""
    select = visible(actor, Shortage).where(Shortage.state == ShortageState.DECLARED)
    ordered = select.options(joinedload(Shortage.occupation)).order_by(Shortage.region, Shortage.id)
    return list(session.scalars(ordered))
