"""Groups by which fairness is measured, apart from all that is matched; nobody reads its rows, runs count them."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Txt
from mobility.models.base import Base, choice
from mobility.models.vacancies import yes_no
from mobility.rules.cases.workers import Sex


class FairnessGroup(Base):
    """What one worker counts as when a run is measured; written with the worker, derived from the worker's file.

    ``age_band`` is the first age of the band (see ``rules.fairness.BANDS``); ``worked_before`` tells returning workers
    from those who apply for the first time.
    """

    __tablename__ = "fairness_group"

    worker_id: Mapped[int] = mapped_column(sa.ForeignKey("worker.id", ondelete="RESTRICT"), unique=True)
    sex: Mapped[Sex] = choice(Sex)
    age_band: Mapped[str] = mapped_column(Txt(2))
    origin: Mapped[str] = mapped_column(Txt(2))
    displaced: Mapped[bool] = yes_no("displaced")
    worked_before: Mapped[bool] = yes_no("worked_before")
