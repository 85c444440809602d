"""Vacancies (job orders): terms, required skills and languages."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.db import Exact, Txt, enum_of
from mobility.models.base import Base, Versioned, choice, link, reference_column
from mobility.models.concepts.occupations import Occupation, Skill
from mobility.models.employers import Employer
from mobility.models.schemes.schemes import Scheme
from mobility.models.shortages.shortages import Shortage
from mobility.rules.basics.causes import Cause
from mobility.rules.basics.wages import PayPeriod
from mobility.rules.cases.vacancies import VacancyState


def yes_no(name: str) -> Mapped[bool]:
    """Return a yes/no column whose CHECK holds on SQLite too."""
    return mapped_column(sa.Boolean(create_constraint=True, name=name), default=False)


class Vacancy(Versioned, Base):
    """A job order: ``positions`` places under a scheme, tied to a shortage; pay is gross, per ``pay_period``.

    ``external_ref`` is the publisher's case number of an imported vacancy. ``certified_positions`` may be fewer than
    were asked for, never more. ``wage_floors`` are the hourly floors, by name and as text, that certification held the
    pay to; ``deficiencies`` are the coded reasons for which it was last sent back, refused or revoked. ``concept`` is
    the key of the narrower occupation that its employer chose, if an imported taxonomy has one.
    """

    __tablename__ = "vacancy"
    __table_args__ = (
        sa.UniqueConstraint("source", "external_ref"),
        sa.Index("ix_vacancy_scheme_state", "scheme_id", "state"),
        sa.CheckConstraint("positions > 0", name="positions_positive"),
        sa.CheckConstraint("certified_positions BETWEEN 0 AND positions", name="certified_at_most_asked"),
        sa.CheckConstraint("filled_positions BETWEEN 0 AND certified_positions", name="filled_at_most_certified"),
        sa.CheckConstraint("ends_on > starts_on", name="period_in_order"),
        sa.CheckConstraint("worker_fees = 0", name="no_fee_to_the_worker"),
    )

    ref: Mapped[str] = reference_column("V")
    employer_id: Mapped[int] = link("employer")
    scheme_id: Mapped[int] = link("scheme")
    shortage_id: Mapped[int | None] = link("shortage")
    occupation_id: Mapped[int] = link("occupation")
    concept: Mapped[str | None] = mapped_column(Txt(80))
    source: Mapped[str | None] = mapped_column(Txt(40))
    external_ref: Mapped[str | None] = mapped_column(Txt(60))
    title: Mapped[str] = mapped_column(Txt(300))
    duties: Mapped[str | None] = mapped_column(Txt(4000))
    country: Mapped[str] = mapped_column(Txt(2), index=True)
    region: Mapped[str] = mapped_column(Txt(6))
    worksite: Mapped[str | None] = mapped_column(Txt(200))
    positions: Mapped[int]
    certified_positions: Mapped[int] = mapped_column(default=0)
    filled_positions: Mapped[int] = mapped_column(default=0)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    hours_week: Mapped[Decimal] = mapped_column(Exact(1))
    pay: Mapped[Decimal] = mapped_column(Exact(4))
    pay_period: Mapped[PayPeriod] = mapped_column(enum_of(PayPeriod))
    currency: Mapped[str] = mapped_column(Txt(3))
    overtime_pay: Mapped[Decimal | None] = mapped_column(Exact(4))
    deductions: Mapped[str | None] = mapped_column(Txt(1000))
    worker_fees: Mapped[Decimal] = mapped_column(Exact(2), default=Decimal(0))
    guarantee_share: Mapped[Decimal] = mapped_column(Exact(4), default=Decimal(0))
    housing_free: Mapped[bool] = yes_no("housing_free")
    transport_paid: Mapped[bool] = yes_no("transport_paid")
    meals_provided: Mapped[bool] = yes_no("meals_provided")
    insurance: Mapped[bool] = yes_no("insurance")
    experience_months: Mapped[int] = mapped_column(default=0)
    recruiter: Mapped[str | None] = mapped_column(Txt(200))
    state: Mapped[VacancyState] = choice(VacancyState, default=VacancyState.DRAFT)
    state_reason: Mapped[str | None] = mapped_column(Txt(2000))
    deficiencies: Mapped[list[str] | None]
    cause: Mapped[Cause | None] = mapped_column(enum_of(Cause))
    wage_floors: Mapped[dict[str, Any] | None]
    submitted_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    employer: Mapped[Employer] = relationship(lazy="raise_on_sql")
    scheme: Mapped[Scheme] = relationship(lazy="raise_on_sql")
    shortage: Mapped[Shortage | None] = relationship(lazy="raise_on_sql")
    occupation: Mapped[Occupation] = relationship(lazy="raise_on_sql")
    skills: Mapped[list["VacancySkill"]] = relationship(
        lazy="raise_on_sql", order_by="VacancySkill.id", cascade="all, delete-orphan"
    )
    languages: Mapped[list["VacancyLanguage"]] = relationship(
        lazy="raise_on_sql", order_by="VacancyLanguage.id", cascade="all, delete-orphan"
    )


class VacancySkill(Base):
    """A skill that a vacancy asks for, at a level from 1 (basic) to 4 (expert)."""

    __tablename__ = "vacancy_skill"
    __table_args__ = (
        sa.UniqueConstraint("vacancy_id", "skill_id"),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name="level_in_range"),
    )

    vacancy_id: Mapped[int] = link("vacancy")
    skill_id: Mapped[int] = link("skill")
    essential: Mapped[bool] = yes_no("essential")
    level: Mapped[int] = mapped_column(default=1)

    skill: Mapped[Skill] = relationship(lazy="raise_on_sql")


class VacancyLanguage(Base):
    """A language that a vacancy asks for, at a CEFR level from 1 (A1) to 6 (C2)."""

    __tablename__ = "vacancy_language"
    __table_args__ = (
        sa.UniqueConstraint("vacancy_id", "language"),
        sa.CheckConstraint("level BETWEEN 1 AND 6", name="level_in_range"),
    )

    vacancy_id: Mapped[int] = link("vacancy")
    language: Mapped[str] = mapped_column(Txt(3))
    level: Mapped[int]
