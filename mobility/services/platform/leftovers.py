"""What the installation keeps for a while only: keys of requests, sessions, counted attempts, hourly jobs."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.models.accounts.sessions import SignInAttempt, UserSession
from mobility.models.platform.jobs import IdempotencyKey, Job
from mobility.rules.basics.places import Place
from mobility.rules.cases.jobs import JobState

#: Longer than any request is repeated, any session may rest (``MOBILITY_SESSION_IDLE_MINUTES``), any wait lasts.
A_DAY = timedelta(days=1)
#: How long an hourly job can be looked at; those of match runs stay with their run, dead ones until a person decides.
A_MONTH = timedelta(days=30)
HOURLY = "days.take"


def on_new_day(session: Session, place: Place, day: date, *, at: datetime) -> int:  # noqa: ARG001  moments, no place
    """Delete what has been kept for long enough; return how many rows."""
    over = (
        sa.delete(IdempotencyKey).where(IdempotencyKey.created_at < at - A_DAY),
        sa.delete(UserSession).where(UserSession.seen_at < at - A_DAY),
        sa.delete(SignInAttempt).where(
            SignInAttempt.window_started_at < at - A_DAY,
            sa.or_(SignInAttempt.blocked_until.is_(None), SignInAttempt.blocked_until < at - A_DAY),
        ),
        sa.delete(Job).where(Job.kind == HOURLY, Job.state == JobState.DONE, Job.finished_at < at - A_MONTH),
    )
    return sum(
        len(session.scalars(each.returning(sa.literal(1)).execution_options(synchronize_session=False)).all())
        for each in over
    )
