"""Notices: what an organisation or a worker is told when something that concerns them changes."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.db import Txt, enum_of
from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User
from mobility.models.base import Base, link, reference_column
from mobility.rules.cases.notices import NoticeKind


class Notice(Base):
    """One thing that one organisation, or one worker, is told; ``params`` holds figures and references, no names.

    ``worker_id`` is set for a notice that is the worker's own; its organisation is then the worker's consular post,
    which hands it on.
    """

    __tablename__ = "notice"
    __table_args__ = (sa.Index("ix_notice_organisation_created", "organisation_id", "created_at", "id"),)

    ref: Mapped[str] = reference_column("N")
    organisation_id: Mapped[int] = link("organisation", index=False)
    worker_id: Mapped[int | None] = link("worker")
    kind: Mapped[NoticeKind] = mapped_column(enum_of(NoticeKind))
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    subject_kind: Mapped[str] = mapped_column(Txt(20))
    subject_ref: Mapped[str] = mapped_column(Txt(16))
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    read_by_id: Mapped[int | None] = link("user", index=False)

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    read_by: Mapped[User | None] = relationship(lazy="raise_on_sql")
