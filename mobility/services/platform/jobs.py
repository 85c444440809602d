"""Background jobs: enqueue, claim under a lease, report, finish, fail, cancel; what a job does stands in ``jobs``."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from mobility.errors import ConflictError
from mobility.models.base import public_reference
from mobility.models.platform.jobs import Job
from mobility.rules.cases.jobs import LIFECYCLE as JOBS
from mobility.rules.cases.jobs import MAX_ATTEMPTS, JobEvent, JobState, after_failure, pause_seconds
from mobility.security.actors import Actor

#: States in which somebody or something still has to happen.
LIVE = (JobState.QUEUED, JobState.FAILED, JobState.RUNNING)
_LONGEST_CODE = 120


class LeaseLostError(ConflictError):
    """The job is no longer the reporter's: its lease ran out and it was given to another, or it was cancelled."""


@dataclass(frozen=True)
class Held:
    """A job as its holder works on it; ``lease`` is the fence that every report must show."""

    id: int
    ref: str
    kind: str
    key: str
    args: Mapping[str, Any]
    attempts: int
    lease: str


@dataclass(frozen=True)
class Order:
    """A job to be done; ``key`` names it once and for all, ``args`` holds references only."""

    kind: str
    key: str
    args: Mapping[str, Any]
    priority: int = 0


def enqueue(session: Session, kind: str, key: str, args: Mapping[str, Any], *, at: datetime, priority: int = 0) -> None:
    """Put a job into the queue within the caller's transaction; a key that is known already changes nothing."""
    enqueue_many(session, [Order(kind, key, args, priority)], at=at)


def enqueue_many(session: Session, orders: Iterable[Order], *, at: datetime, by: Actor | None = None) -> None:
    """Put several jobs into the queue within the caller's transaction; keys that are known already change nothing."""
    rows = [
        {
            "ref": public_reference("J")(),
            "kind": order.kind,
            "key": order.key,
            "args": dict(order.args),
            "state": JobState.QUEUED,
            "priority": order.priority,
            "not_before": at,
            "attempts": 0,
            "done": 0,
            "total": 0,
            "enqueued_by_id": by.user_id if by else None,
            "created_at": at,
        }
        for order in orders
    ]
    if rows:
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        session.execute(insert(Job).on_conflict_do_nothing(index_elements=["key"]), rows)


def claim(
    session: Session, lease: str, *, at: datetime, seconds: int, kinds: Collection[str] | None = None
) -> Held | None:
    """Take the next job that is due, whose pause is over, or whose holder fell silent; None if there is none.

    A job whose last attempt fell silent is buried instead: nobody knows what it does to its holder.
    """
    _bury_silent(session, at)
    due = sa.or_(
        sa.and_(Job.state.in_((JobState.QUEUED, JobState.FAILED)), Job.not_before <= at),
        sa.and_(Job.state == JobState.RUNNING, Job.lease_until < at),
    )
    pick = sa.select(Job.id).where(due)
    if kinds is not None:
        pick = pick.where(Job.kind.in_(kinds))
    pick = pick.order_by(Job.priority.desc(), Job.id).limit(1)
    if session.get_bind().dialect.name == "postgresql":
        pick = pick.with_for_update(skip_locked=True)
    taken = {
        "state": JobState.RUNNING,
        "lease": lease,
        "lease_until": at + timedelta(seconds=seconds),
        "attempts": Job.attempts + 1,
        "started_at": sa.func.coalesce(Job.started_at, sa.bindparam("at", at, Job.started_at.type)),
        "error_code": None,
    }
    columns = (Job.id, Job.ref, Job.kind, Job.key, Job.args, Job.attempts)
    take = sa.update(Job).where(Job.id == pick.scalar_subquery()).values(taken).returning(*columns)
    row = session.execute(take.execution_options(synchronize_session=False)).mappings().first()
    return None if row is None else Held(**row, lease=lease)


def _bury_silent(session: Session, at: datetime) -> None:
    silent = sa.and_(Job.state == JobState.RUNNING, Job.lease_until < at, Job.attempts >= MAX_ATTEMPTS)
    ids = session.scalars(sa.select(Job.id).where(silent)).all()
    if ids:
        after = JOBS.advance(JobState.RUNNING, JobEvent.GIVE_UP)
        values = {"state": after, "lease": None, "error_code": "job.silent", "finished_at": at}
        bury = sa.update(Job).where(Job.id.in_(ids), silent).values(values)
        session.execute(bury.execution_options(synchronize_session=False))


def report(
    session: Session,
    held: Held,
    *,
    at: datetime,
    seconds: int,
    done: int | None = None,
    total: int | None = None,
    stage: str | None = None,
) -> None:
    """Say that the holder is alive, and how far it is; extends the lease.

    Raises
    ------
    LeaseLostError
        ``job.lease_lost`` or ``job.cancelled``: stop, and change nothing more.
    """
    told = {"done": done, "total": total, "stage": stage}
    values = {name: value for name, value in told.items() if value is not None}
    _fenced(session, held, {**values, "lease_until": at + timedelta(seconds=seconds)})


def finish(session: Session, held: Held, *, at: datetime) -> None:
    """Mark a job as done, in the transaction that holds its result; raises ``LeaseLostError`` as ``report`` does."""
    after = JOBS.advance(JobState.RUNNING, JobEvent.FINISH)
    _fenced(session, held, {"state": after, "lease": None, "finished_at": at})


def fail(session: Session, held: Held, code: str, *, at: datetime) -> JobState:
    """Store why an attempt failed; the job waits for the next one, or is dead after the last."""
    failed = JOBS.advance(JobState.RUNNING, JobEvent.FAIL)
    dead = after_failure(held.attempts) is JobEvent.GIVE_UP
    after = JOBS.advance(failed, JobEvent.GIVE_UP) if dead else failed
    pause = timedelta(seconds=pause_seconds(held.attempts))
    ended = {"finished_at": at} if dead else {}
    code = code[:_LONGEST_CODE]
    _fenced(session, held, {"state": after, "lease": None, "error_code": code, "not_before": at + pause, **ended})
    return after


def release(session: Session, held: Held, *, at: datetime, pause: timedelta = timedelta(0)) -> None:
    """Give a job back unfinished without counting it as an attempt: the holder stops, or it is not yet its time."""
    after = JOBS.advance(JobState.RUNNING, JobEvent.RELEASE)
    values = {"state": after, "lease": None, "not_before": at + pause, "attempts": Job.attempts - 1}
    _fenced(session, held, values)


def cancel(session: Session, kind: str, keys: Collection[str], *, at: datetime) -> int:
    """Cancel those of the jobs that are still to be done; their holders notice at the next report."""
    live = sa.and_(Job.kind == kind, Job.key.in_(keys), Job.state.in_(LIVE))
    values = {"state": JobState.CANCELLED, "lease": None, "finished_at": at}
    cancelled = sa.update(Job).where(live).values(values).returning(Job.id)
    return len(session.scalars(cancelled.execution_options(synchronize_session=False)).all())


def waiting(session: Session, kinds: Collection[str] | None = None) -> int:
    """Return how many jobs are still to be done, those that others hold included."""
    select = sa.select(sa.func.count()).select_from(Job).where(Job.state.in_(LIVE))
    if kinds is not None:
        select = select.where(Job.kind.in_(kinds))
    return session.scalar(select) or 0


def any_dead(session: Session, keys: Collection[str]) -> bool:
    """Tell whether one of the jobs will never be done."""
    over = (JobState.DEAD, JobState.CANCELLED)
    select = sa.select(Job.id).where(Job.key.in_(keys), Job.state.in_(over))
    return session.scalar(select.limit(1)) is not None


def _fenced(session: Session, held: Held, values: dict[str, Any]) -> None:
    """Change a job only while its holder's lease stands."""
    mine = sa.and_(Job.id == held.id, Job.lease == held.lease, Job.state == JobState.RUNNING)
    change = sa.update(Job).where(mine).values(values).returning(Job.id)
    if session.execute(change.execution_options(synchronize_session=False)).first() is None:
        state = session.scalar(sa.select(Job.state).where(Job.id == held.id))
        raise LeaseLostError("job.cancelled" if state is JobState.CANCELLED else "job.lease_lost")
