"""The audit log as auditors read it; nothing here can change it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User
from mobility.models.platform.audit import AuditEvent
from mobility.queries.lists.pages import Page, paged
from mobility.security.actors import Actor
from mobility.security.scopes import visible

PER_PAGE = 50


@dataclass(frozen=True)
class Filters:
    """What an auditor looks for; empty fields ask for nothing."""

    object_ref: str = ""
    action: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Step:
    """One event: who did what to which object, when, with which codes and figures."""

    stream: str
    number: int
    at: datetime
    who: str
    organisation: str
    action: str
    object_kind: str
    object_ref: str
    facts: Sequence[tuple[str, str]]


def listed(session: Session, actor: Actor, filters: Filters, *, page: int = 1) -> Page[Step]:
    """Return the events that the actor may see, newest first."""
    select = visible(actor, AuditEvent)
    if filters.object_ref:
        select = select.where(AuditEvent.object_ref == filters.object_ref)
    if filters.action:
        select = select.where(AuditEvent.action == filters.action)
    if filters.first:
        select = select.where(AuditEvent.at >= _midnight(filters.first))
    if filters.last:
        select = select.where(AuditEvent.at < _midnight(filters.last) + timedelta(days=1))
    found = paged(session, select.order_by(AuditEvent.at.desc(), AuditEvent.id.desc()), page, per_page=PER_PAGE)
    people = _names(session, [event.actor_id for event in found.rows if event.actor_id is not None])
    houses = _houses(session, {event.stream for event in found.rows})
    steps = [_step(event, people, houses) for event in found.rows]
    return Page(steps, found.number, found.pages, found.total)


def actions(session: Session, actor: Actor) -> list[str]:
    """Return the actions that occur among the events that the actor may see."""
    select = visible(actor, AuditEvent).with_only_columns(AuditEvent.action).distinct()
    return sorted(session.scalars(select))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _names(session: Session, ids: Sequence[int]) -> dict[int, str]:
    select = sa.select(User.id, User.name).where(User.id.in_(ids))
    return {row.id: row.name for row in session.execute(select)}


def _houses(session: Session, refs: set[str]) -> dict[str, str]:
    select = sa.select(Organisation.ref, Organisation.name).where(Organisation.ref.in_(refs))
    return {row.ref: row.name for row in session.execute(select)}


def _step(event: AuditEvent, people: dict[int, str], houses: dict[str, str]) -> Step:
    facts = json.loads(event.body)["facts"]
    return Step(
        event.stream,
        event.number,
        event.at,
        people.get(event.actor_id or 0, ""),
        houses.get(event.stream, ""),
        event.action,
        event.object_kind,
        event.object_ref,
        [(name, "" if value is None else str(value)) for name, value in sorted(facts.items())],
    )
