"""Bilateral agreements between two ministries."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.db import Txt, enum_of
from mobility.models.accounts.organisations import Organisation
from mobility.models.base import Base, Versioned, choice, link, reference_column
from mobility.rules.basics.causes import Cause
from mobility.rules.cases.agreements import AgreementState


class Agreement(Versioned, Base):
    """A bilateral agreement between a destination and an origin ministry; ``costs`` says who bears which cost.

    ``cause`` and ``state_reason`` say why it is suspended or has ended.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period_in_order"),
        sa.CheckConstraint("destination_id <> origin_id", name="two_parties"),
    )

    ref: Mapped[str] = reference_column("A")
    title: Mapped[str] = mapped_column(Txt(300))
    destination_id: Mapped[int] = link("organisation")
    origin_id: Mapped[int] = link("organisation")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    sectors: Mapped[list[str]] = mapped_column(default=list)
    costs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    names_health_workers: Mapped[bool] = mapped_column(
        sa.Boolean(create_constraint=True, name="names_health_workers"), default=False
    )

    state: Mapped[AgreementState] = choice(AgreementState, default=AgreementState.STANDING)
    cause: Mapped[Cause | None] = mapped_column(enum_of(Cause))
    state_reason: Mapped[str | None] = mapped_column(Txt(2000))

    destination: Mapped[Organisation] = relationship(foreign_keys=[destination_id], lazy="raise_on_sql")
    origin: Mapped[Organisation] = relationship(foreign_keys=[origin_id], lazy="raise_on_sql")
