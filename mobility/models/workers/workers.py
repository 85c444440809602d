"""Workers: who they are (sealed), where they stand in their lifecycle, what they prefer."""

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.db import Exact, Sealed, Txt
from mobility.models.accounts.organisations import Organisation
from mobility.models.base import Base, Versioned, choice, link, reference_column
from mobility.models.vacancies import yes_no
from mobility.models.workers.papers import Check, Consent, IdentityDocument
from mobility.models.workers.profiles import Employment, WorkerLanguage, WorkerLicence, WorkerSkill
from mobility.rules.cases.workers import Sex, WorkerState


class Worker(Versioned, Base):
    """A person who registered to work abroad.

    Names, contact and vulnerability are sealed under the worker's own key (``sealing_key``, wrapped by the keyring);
    dropping that key makes them unreadable everywhere, backups included. ``name_index`` is a keyed hash of the folded
    name, for finding the same person again. Sex and nationality serve eligibility and measurement, never the score.
    """

    __tablename__ = "worker"
    __table_args__ = (
        sa.Index("ix_worker_origin_country_state", "origin_country", "state"),
        sa.CheckConstraint("months_away_max BETWEEN 1 AND 120", name="months_away_in_range"),
        sa.CheckConstraint("dependants BETWEEN 0 AND 40", name="dependants_in_range"),
    )

    ref: Mapped[str] = reference_column("W")
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="RESTRICT"), unique=True)
    post_id: Mapped[int] = link("organisation")
    origin_country: Mapped[str] = mapped_column(Txt(2))
    sealing_key: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    given_names: Mapped[bytes | None] = mapped_column(Sealed())
    family_names: Mapped[bytes | None] = mapped_column(Sealed())
    name_latin: Mapped[bytes | None] = mapped_column(Sealed())
    phone: Mapped[bytes | None] = mapped_column(Sealed())
    email: Mapped[bytes | None] = mapped_column(Sealed())
    address: Mapped[bytes | None] = mapped_column(Sealed())
    vulnerability: Mapped[bytes | None] = mapped_column(Sealed())
    name_index: Mapped[str | None] = mapped_column(Txt(32), index=True)
    phone_index: Mapped[str | None] = mapped_column(Txt(32), index=True)
    born_on: Mapped[date]
    sex: Mapped[Sex] = choice(Sex)
    nationalities: Mapped[list[str]] = mapped_column(default=list)
    residence_country: Mapped[str] = mapped_column(Txt(2))
    residence_region: Mapped[str | None] = mapped_column(Txt(6))
    reads_and_writes: Mapped[bool] = yes_no("reads_and_writes")
    assisted: Mapped[bool] = yes_no("assisted")
    education_years: Mapped[int | None]
    dependants: Mapped[int] = mapped_column(default=0)
    displaced_by: Mapped[str | None] = mapped_column(Txt(60))
    destinations: Mapped[list[str]] = mapped_column(default=list)
    sectors: Mapped[list[str]] = mapped_column(default=list)
    earliest_start: Mapped[date | None]
    months_away_max: Mapped[int] = mapped_column(default=12)
    pay_floor_hourly: Mapped[Decimal | None] = mapped_column(Exact(4))
    pay_floor_currency: Mapped[str | None] = mapped_column(Txt(3))
    state: Mapped[WorkerState] = choice(WorkerState, default=WorkerState.DRAFT)
    state_reason: Mapped[str | None] = mapped_column(Txt(2000))
    review_on: Mapped[date | None]
    registered_by_id: Mapped[int] = link("user", index=False)
    identity_checked_by_id: Mapped[int | None] = link("user", index=False)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]

    post: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    skills: Mapped[list[WorkerSkill]] = relationship(
        lazy="raise_on_sql", order_by=WorkerSkill.id, cascade="all, delete-orphan"
    )
    languages: Mapped[list[WorkerLanguage]] = relationship(
        lazy="raise_on_sql", order_by=WorkerLanguage.id, cascade="all, delete-orphan"
    )
    licences: Mapped[list[WorkerLicence]] = relationship(
        lazy="raise_on_sql", order_by=WorkerLicence.id, cascade="all, delete-orphan"
    )
    employments: Mapped[list[Employment]] = relationship(
        lazy="raise_on_sql", order_by=Employment.id, cascade="all, delete-orphan"
    )
    documents: Mapped[list[IdentityDocument]] = relationship(lazy="raise_on_sql", order_by=IdentityDocument.id)
    consents: Mapped[list[Consent]] = relationship(lazy="raise_on_sql", order_by=Consent.id)
    checks: Mapped[list[Check]] = relationship(lazy="raise_on_sql", order_by=Check.id)
