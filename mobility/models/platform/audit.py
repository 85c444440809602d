"""The append-only audit log: one hash chain per organisation, and its heads."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Txt
from mobility.models.base import Base, link

#: Appended by triggers on both databases; see migrations and ``security.audit``.
APPEND_ONLY = ("audit_event",)


class AuditEvent(Base):
    """One step, as canonical JSON in ``body``; ``mac`` chains it to the event before it in the same stream.

    ``stream`` is the organisation's reference, or ``SYSTEM``. Rows are never changed or deleted.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        sa.UniqueConstraint("stream", "number"),
        sa.Index("ix_audit_event_object", "object_kind", "object_ref", "id"),
    )

    stream: Mapped[str] = mapped_column(Txt(16))
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = link("user")
    action: Mapped[str] = mapped_column(Txt(60))
    object_kind: Mapped[str] = mapped_column(Txt(40))
    object_ref: Mapped[str] = mapped_column(Txt(60))
    body: Mapped[str] = mapped_column(sa.Text)
    previous: Mapped[str] = mapped_column(Txt(64))
    mac: Mapped[str] = mapped_column(Txt(64))


class AuditHead(Base):
    """The newest event of a stream; locked last in a transaction, so that streams never wait on each other's work."""

    __tablename__ = "audit_head"

    stream: Mapped[str] = mapped_column(Txt(16), unique=True)
    number: Mapped[int]
    mac: Mapped[str] = mapped_column(Txt(64))
