"""Background jobs with lease and fence, and idempotency keys of requests."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Txt, Utc
from mobility.models.base import Base, choice, link, reference_column
from mobility.rules.cases.jobs import JobState


class Job(Base):
    """A unit of background work; whoever holds the lease works on it, and only the holder may report on it.

    ``args`` holds references only, never personal data. ``done`` of ``total`` is its progress.
    """

    __tablename__ = "job"
    __table_args__ = (
        sa.Index("ix_job_ready", "state", "not_before", "priority", "id"),
        sa.CheckConstraint("done >= 0 AND done <= total", name="progress_in_range"),
        sa.CheckConstraint("attempts >= 0", name="attempts_not_negative"),
    )

    ref: Mapped[str] = reference_column("J")
    kind: Mapped[str] = mapped_column(Txt(60))
    key: Mapped[str] = mapped_column(Txt(120), unique=True)
    args: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[JobState] = choice(JobState, default=JobState.QUEUED)
    priority: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(Txt(64))
    lease_until: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    stage: Mapped[str | None] = mapped_column(Txt(60))
    error_code: Mapped[str | None] = mapped_column(Txt(120))
    enqueued_by_id: Mapped[int | None] = link("user", index=False)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class IdempotencyKey(Base):
    """A request that creates something, by its key: repeated, it answers with the same ``location``."""

    __tablename__ = "idempotency_key"
    __table_args__ = (sa.UniqueConstraint("user_id", "key"),)

    user_id: Mapped[int] = link("user")
    key: Mapped[str] = mapped_column(Txt(64))
    fingerprint: Mapped[str] = mapped_column(Txt(64))
    object_ref: Mapped[str | None] = mapped_column(Txt(16))
    created_at: Mapped[datetime] = mapped_column(Utc(), index=True)
