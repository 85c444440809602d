"""Lists of workers, the search for one, and the look-ups that find the same person registered twice."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.errors import InvalidError
from mobility.models.workers.papers import IdentityDocument
from mobility.models.workers.workers import Worker
from mobility.queries.lists.pages import Page, paged
from mobility.rules.basics.references import parse_reference
from mobility.rules.cases.workers import WorkerState
from mobility.security.actors import Actor
from mobility.security.blind_indexes import name_index
from mobility.security.keyring import keyring_of
from mobility.security.projections import may_know_names
from mobility.security.scopes import visible

MOST_FOUND = 25


def listed(session: Session, actor: Actor, *, state: WorkerState | None = None, page: int = 1) -> Page[Worker]:
    """Return the workers that the actor may see, newest first, optionally of one state; parts are not loaded."""
    select = visible(actor, Worker)
    if state is not None:
        select = select.where(Worker.state == state)
    return paged(session, select.order_by(Worker.created_at.desc(), Worker.id.desc()), page)


def found(session: Session, actor: Actor, text: str) -> list[Worker]:
    """Return the visible workers with this reference, or with exactly this name if the actor works with names."""
    select = visible(actor, Worker)
    try:
        select = select.where(Worker.ref == parse_reference(text))
    except InvalidError:
        if not text.strip() or not may_know_names(actor):
            return []
        select = select.where(Worker.name_index == name_index(keyring_of(session), text))
    return list(session.scalars(select.order_by(Worker.created_at.desc(), Worker.id.desc()).limit(MOST_FOUND)))


def visible_references(session: Session, actor: Actor, ids: list[int]) -> list[str]:
    """Return the references of those of the workers that the actor may see."""
    select = visible(actor, Worker).where(Worker.id.in_(ids)).with_only_columns(Worker.ref)
    return list(session.scalars(select.order_by(Worker.ref)))


def of_document(session: Session, number_index: str) -> list[int]:
    """Return the ids of all workers, of whatever post, who hold this document; never to be told to anybody."""
    select = sa.select(IdentityDocument.worker_id).where(IdentityDocument.number_index == number_index)
    return list(session.scalars(select.distinct()))


def same_person(session: Session, index: str, born_on: date, country: str, *, but: int | None = None) -> list[int]:
    """Return the ids of all workers of a country with this name and birth date; never to be told to anybody."""
    select = sa.select(Worker.id).where(
        Worker.name_index == index, Worker.born_on == born_on, Worker.origin_country == country
    )
    return list(session.scalars(select if but is None else select.where(Worker.id != but)))


def any_locked(session: Session, ref: str, options: tuple[Any, ...]) -> Worker:
    """Return any worker, locked: for what dates change and no person does."""
    select = sa.select(Worker).where(Worker.ref == ref).options(*options).with_for_update(of=Worker)
    return session.scalars(select.execution_options(populate_existing=True)).one()
