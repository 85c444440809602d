"""Days that have begun: which one was last taken at each place, for each thing that a day changes."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Txt
from mobility.models.base import Base


class DayTaken(Base):
    """The last day that one entry of the daily registry took at one place; it only ever moves forward.

    ``zone`` is the place's clock in the IANA's list; ``changed`` is how much the day changed there.
    """

    __tablename__ = "day_taken"
    __table_args__ = (sa.UniqueConstraint("zone", "entry"),)

    zone: Mapped[str] = mapped_column(Txt(40))
    entry: Mapped[str] = mapped_column(Txt(40))
    day: Mapped[date]
    taken_at: Mapped[datetime]
    changed: Mapped[int] = mapped_column(default=0)
