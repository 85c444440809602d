"""Required checks that have run out or soon will, by the day that it is at the post which registered the worker."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from mobility.models.workers.papers import Check, CheckWarning
from mobility.models.workers.workers import Worker
from mobility.queries.place_days import Condition, posts_by_day, seated_in
from mobility.rules.basics.places import Place
from mobility.rules.cases.checks import GOOD, NOTICE_DAYS, REQUIRED, CheckKind
from mobility.rules.cases.workers import WorkerState

#: States of workers whose required checks must count.
IN_FORCE = (WorkerState.READY, WorkerState.PROPOSED)
_LATER = aliased(Check)
_REQUIRED = sa.and_(Check.kind.in_(REQUIRED), Check.result.in_(GOOD))


class RunningOut(NamedTuple):
    """A required check that still counts and will not for long; ``told`` is the last notice about it, in days."""

    check: int
    kind: CheckKind
    valid_until: date
    told: int | None
    worker: int
    worker_ref: str


def _renewed(counts_on: Condition) -> Condition:
    """Return the condition that a check of the same kind, made later or as late, counts."""
    return (
        sa.select(_LATER.id)
        .where(
            _LATER.worker_id == Check.worker_id,
            _LATER.kind == Check.kind,
            _LATER.result.in_(GOOD),
            _LATER.checked_on >= Check.checked_on,
            sa.or_(_LATER.valid_until.is_(None), counts_on),
        )
        .correlate(Check)
        .exists()
    )


def lapsed(day: date) -> sa.Select[int]:
    """Return the select of workers (ids) of whom a required check ran out before a day and was not made again."""
    over = sa.and_(_REQUIRED, Check.valid_until < day, sa.not_(_renewed(_LATER.valid_until >= day)))
    return sa.select(Check.worker_id).where(over)


def lapsed_at(session: Session, at: datetime) -> Condition:
    """Return the condition that a required check of a worker has run out, each by the day at their post."""
    days = posts_by_day(session, at).items()
    return sa.or_(sa.false(), *(sa.and_(Worker.post_id.in_(posts), Worker.id.in_(lapsed(day))) for day, posts in days))


def is_lapsed(session: Session, worker_id: int, *, at: datetime) -> bool:
    """Tell whether a required check of a worker has run out."""
    return session.scalar(sa.select(Worker.id).where(Worker.id == worker_id, lapsed_at(session, at))) is not None


def ran_out(session: Session, place: Place, day: date) -> Sequence[str]:
    """Return the references of the ready or proposed workers of a place's posts of whom a required check ran out."""
    there = (Worker.state.in_(IN_FORCE), Worker.post_id.in_(seated_in(place)), Worker.id.in_(lapsed(day)))
    return session.scalars(sa.select(Worker.ref).where(*there).order_by(Worker.id)).all()


def running_out(session: Session, place: Place, day: date) -> list[RunningOut]:
    """Return the required checks of a place's ready or proposed workers about which a notice may be due."""
    nearest = sa.case(*((Check.valid_until <= day + timedelta(days=days), days) for days in sorted(NOTICE_DAYS)))
    select = (
        sa.select(Check.id, Check.kind, Check.valid_until, CheckWarning.days, Worker.id, Worker.ref)
        .join(Worker, Worker.id == Check.worker_id)
        .outerjoin(CheckWarning, CheckWarning.check_id == Check.id)
        .where(
            _REQUIRED,
            Check.valid_until.between(day, day + timedelta(days=max(NOTICE_DAYS))),
            Worker.state.in_(IN_FORCE),
            Worker.post_id.in_(seated_in(place)),
            sa.or_(CheckWarning.days.is_(None), CheckWarning.days > nearest),
            sa.not_(_renewed(_LATER.valid_until > Check.valid_until)),
        )
    )
    rows = session.execute(select.order_by(Check.worker_id, Check.id))
    return [RunningOut(row[0], row[1], row[2], row[3], row[4], row[5]) for row in rows if row[2] is not None]
