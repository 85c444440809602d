"""A worker as match runs read them: one packed row each, derived from the tables and written along with them."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import big_key
from mobility.models.base import Base

#: Numbers changes on PostgreSQL; on SQLite, where writers follow one another, a change takes the next free number.
CHANGES = sa.Sequence("worker_vector_change_seq", data_type=sa.BigInteger)


class WorkerVector(Base):
    """What match runs read of one worker, packed (``queries.worker_records`` has the layout).

    Derived data: what it says stands in the worker's tables in plain, nothing of it is sealed there. ``change_seq``
    grows with every change. ``skills`` and ``record`` are null once nothing may be kept of a worker who left the
    register; the row stays, so that snapshots notice.
    """

    __tablename__ = "worker_vector"
    __table_args__ = (sa.CheckConstraint("(skills IS NULL) = (record IS NULL)", name="whole_or_empty"),)

    id: Mapped[int] = mapped_column(
        "worker_id", big_key(), sa.ForeignKey("worker.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False
    )
    change_seq: Mapped[int] = mapped_column(sa.BigInteger, index=True)
    skills: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    record: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
