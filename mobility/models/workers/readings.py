"""Who looked at whose file: written with every page that shows one, never changed."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.db import Txt
from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User
from mobility.models.base import Base, link
from mobility.models.workers.workers import Worker


class Reading(Base):
    """One person was shown one worker's file, or their line in a list.

    ``fields`` names what was unsealed for it, by commas; empty where the page showed neither name nor contact.
    ``mac`` is over the whole row, so that a change is noticed; triggers refuse change and removal.
    """

    __tablename__ = "reading"
    __table_args__ = (sa.Index("ix_reading_worker_id_at", "worker_id", "at"),)

    at: Mapped[datetime] = mapped_column(index=True)
    user_id: Mapped[int] = link("user")
    organisation_id: Mapped[int] = link("organisation")
    worker_id: Mapped[int] = link("worker", index=False)
    page: Mapped[str] = mapped_column(Txt(60))
    fields: Mapped[str] = mapped_column(Txt(400))
    request_id: Mapped[str] = mapped_column(Txt(16))
    mac: Mapped[str] = mapped_column(Txt(64))

    user: Mapped[User] = relationship(lazy="raise_on_sql")
    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    worker: Mapped[Worker] = relationship(lazy="raise_on_sql")
