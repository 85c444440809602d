"""Waivers as rules and pages ask for them."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from mobility.models.waivers import Waiver
from mobility.security.actors import Actor
from mobility.security.scopes import visible


def waived_rules(session: Session, scheme_id: int, worker_id: int, *, on: date) -> frozenset[str]:
    """Return the rules of a scheme from which a worker is freed on a day."""
    select = sa.select(Waiver.rule).where(
        Waiver.scheme_id == scheme_id,
        Waiver.worker_id == worker_id,
        Waiver.withdrawn_at.is_(None),
        Waiver.valid_from <= on,
        Waiver.valid_until >= on,
    )
    return frozenset(session.scalars(select))


def of_worker(session: Session, actor: Actor, scheme_id: int, worker_id: int) -> Sequence[Waiver]:
    """Return the waivers of a worker in a scheme that the actor may see, newest first, withdrawn ones too."""
    select = visible(actor, Waiver).where(Waiver.scheme_id == scheme_id, Waiver.worker_id == worker_id)
    loaded = select.options(joinedload(Waiver.organisation), joinedload(Waiver.given_by))
    return session.scalars(loaded.order_by(Waiver.given_at.desc(), Waiver.id.desc())).all()
