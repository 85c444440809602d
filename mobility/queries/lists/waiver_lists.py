"""Waivers as rules and pages ask for them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session, joinedload

from mobility.models.schemes.waivers import Waiver
from mobility.security.actors import Actor
from mobility.security.scopes import visible


def waived_rules(session: Session, scheme_id: int, worker_id: int, *, on: date) -> frozenset[str]:
    """Return the rules of a scheme from which a worker is freed on a day."""
    return frozenset(session.scalars(_in_force(Waiver.rule, scheme_id, on).where(Waiver.worker_id == worker_id)))


def waived_by_worker(session: Session, scheme_id: int, *, on: date) -> Mapping[int, frozenset[str]]:
    """Return the rules of a scheme from which somebody is freed on a day, by worker; nothing for everybody else."""
    found: dict[int, frozenset[str]] = defaultdict(frozenset)
    for worker, rule in session.execute(_in_force(Waiver.worker_id, scheme_id, on).add_columns(Waiver.rule)):
        found[worker] |= {rule}
    return found


def once_waived(session: Session, scheme_id: int, *, on: date) -> Mapping[int, frozenset[str]]:
    """Return the rules of a scheme from which somebody was freed before a day, taken back or not, by worker."""
    found: dict[int, frozenset[str]] = defaultdict(frozenset)
    select = sa.select(Waiver.worker_id, Waiver.rule).where(Waiver.scheme_id == scheme_id, Waiver.valid_from <= on)
    over = sa.or_(Waiver.valid_until < on, Waiver.withdrawn_at.is_not(None))
    for worker, rule in session.execute(select.where(over)):
        found[worker] |= {rule}
    return found


def waived_workers(session: Session, scheme_id: int, *, on: date) -> Mapping[str, NDArray[np.int64]]:
    """Return the workers who are freed from a rule of a scheme on a day, ascending, by rule."""
    found: dict[str, set[int]] = defaultdict(set)
    for worker, rules in waived_by_worker(session, scheme_id, on=on).items():
        for rule in rules:
            found[rule].add(worker)
    return {rule: np.array(sorted(workers), np.int64) for rule, workers in found.items()}


def _in_force(column: Any, scheme_id: int, on: date) -> sa.Select[Any]:
    return sa.select(column).where(
        Waiver.scheme_id == scheme_id,
        Waiver.withdrawn_at.is_(None),
        Waiver.valid_from <= on,
        Waiver.valid_until >= on,
    )


def of_worker(session: Session, actor: Actor, scheme_id: int, worker_id: int) -> Sequence[Waiver]:
    """Return the waivers of a worker in a scheme that the actor may see, newest first, withdrawn ones too."""
    select = visible(actor, Waiver).where(Waiver.scheme_id == scheme_id, Waiver.worker_id == worker_id)
    loaded = select.options(joinedload(Waiver.organisation), joinedload(Waiver.given_by))
    return session.scalars(loaded.order_by(Waiver.given_at.desc(), Waiver.id.desc())).all()
