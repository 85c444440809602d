"""Lists of scenarios that simulations were kept as."""

from collections.abc import Sequence

from sqlalchemy.orm import Session, joinedload

from mobility.models.scenarios import Scenario
from mobility.models.schemes.schemes import Scheme
from mobility.security.actors import Actor
from mobility.security.scopes import visible

#: What pages show of a scenario beside its figures.
SHOWN = (
    joinedload(Scenario.organisation),
    joinedload(Scenario.created_by),
    joinedload(Scenario.rule_set),
    joinedload(Scenario.scorecard),
)


def of_scheme(session: Session, actor: Actor, scheme: Scheme) -> Sequence[Scenario]:
    """Return the scenarios of a scheme that the actor may see, newest first."""
    select = visible(actor, Scenario).where(Scenario.scheme_id == scheme.id).options(*SHOWN)
    return session.scalars(select.order_by(Scenario.created_at.desc(), Scenario.id.desc())).all()


def attached_to(session: Session, actor: Actor, rule_set_id: int) -> Sequence[Scenario]:
    """Return the scenarios attached to a version of rules that the actor may see, in the order of attachment."""
    select = visible(actor, Scenario).where(Scenario.rule_set_id == rule_set_id).options(*SHOWN)
    return session.scalars(select.order_by(Scenario.attached_at, Scenario.id)).all()
