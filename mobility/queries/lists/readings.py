"""Who looked at whose file, as auditors and ministries ask; nothing here can change it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session, joinedload

from mobility.models.accounts.users import User
from mobility.models.workers.readings import Reading
from mobility.models.workers.workers import Worker
from mobility.queries.lists.pages import Page, paged
from mobility.security.actors import Actor
from mobility.security.scopes import visible

PER_PAGE = 50


@dataclass(frozen=True)
class Filters:
    """What is asked for; empty fields ask for nothing. ``worker`` and ``user`` are references."""

    worker: str = ""
    user: str = ""
    first: date | None = None
    last: date | None = None


def listed(session: Session, actor: Actor, filters: Filters, *, page: int = 1) -> Page[Reading]:
    """Return the readings that the actor may know of, newest first, with reader, organisation and worker."""
    select = visible(actor, Reading).options(
        joinedload(Reading.user), joinedload(Reading.organisation), joinedload(Reading.worker)
    )
    if filters.worker:
        select = select.where(Reading.worker.has(Worker.ref == filters.worker))
    if filters.user:
        select = select.where(Reading.user.has(User.ref == filters.user))
    if filters.first:
        select = select.where(Reading.at >= datetime.combine(filters.first, time(), UTC))
    if filters.last:
        select = select.where(Reading.at < datetime.combine(filters.last, time(), UTC) + timedelta(days=1))
    return paged(session, select.order_by(Reading.at.desc(), Reading.id.desc()), page, per_page=PER_PAGE)
