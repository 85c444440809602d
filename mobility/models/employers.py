"""Employers as the destination ministry vets them."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.db import Txt
from mobility.models.accounts.organisations import Organisation
from mobility.models.base import Base, Versioned, choice, reference_column
from mobility.rules.cases.employers import EmployerState


class Employer(Versioned, Base):
    """An organisation that posts vacancies once it is verified.

    ``vetting_items`` holds what the ministry looked at: the item's name, and whether it found it in order.
    """

    __tablename__ = "employer"
    __table_args__ = (sa.UniqueConstraint("country", "registration_number"),)

    ref: Mapped[str] = reference_column("E")
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id", ondelete="RESTRICT"), unique=True)
    registration_number: Mapped[str] = mapped_column(Txt(60))
    country: Mapped[str] = mapped_column(Txt(2))
    state: Mapped[EmployerState] = choice(EmployerState, default=EmployerState.REGISTERED)
    state_reason: Mapped[str | None] = mapped_column(Txt(2000))
    vetting_items: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
