"""What a worker can do: skills, languages, licences, work history."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.db import Txt, enum_of
from mobility.models.base import Base, link
from mobility.models.concepts.occupations import Occupation, Skill
from mobility.rules.basics.skills import Evidence


class WorkerSkill(Base):
    """A worker's skill at a level from 1 (basic) to 4 (expert), and what stands behind the claim."""

    __tablename__ = "worker_skill"
    __table_args__ = (
        sa.UniqueConstraint("worker_id", "skill_id"),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name="level_in_range"),
    )

    worker_id: Mapped[int] = link("worker")
    skill_id: Mapped[int] = link("skill", index=False)
    level: Mapped[int]
    evidence: Mapped[Evidence] = mapped_column(enum_of(Evidence))

    skill: Mapped[Skill] = relationship(lazy="raise_on_sql")


class WorkerLanguage(Base):
    """A worker's spoken command of a language (ISO 639-1) on the CEFR scale, 0 (none) to 6 (C2)."""

    __tablename__ = "worker_language"
    __table_args__ = (
        sa.UniqueConstraint("worker_id", "language"),
        sa.CheckConstraint("level BETWEEN 0 AND 6", name="level_in_range"),
    )

    worker_id: Mapped[int] = link("worker")
    language: Mapped[str] = mapped_column(Txt(3))
    level: Mapped[int]


class WorkerLicence(Base):
    """A licence that a worker holds, such as to drive a lorry; ``expires_on`` may be unknown."""

    __tablename__ = "worker_licence"
    __table_args__ = (sa.UniqueConstraint("worker_id", "code"),)

    worker_id: Mapped[int] = link("worker")
    code: Mapped[str] = mapped_column(Txt(40))
    expires_on: Mapped[date | None]


class Employment(Base):
    """A stretch of a worker's history: occupation, months, country; abroad also whether they returned on time.

    ``concept`` is the key of the narrower occupation that was chosen, if an imported taxonomy has one.
    """

    __tablename__ = "employment"
    __table_args__ = (sa.CheckConstraint("months BETWEEN 0 AND 720", name="months_in_range"),)

    worker_id: Mapped[int] = link("worker")
    occupation_id: Mapped[int] = link("occupation", index=False)
    concept: Mapped[str | None] = mapped_column(Txt(80))
    country: Mapped[str] = mapped_column(Txt(2))
    months: Mapped[int]
    ended_on: Mapped[date | None]
    scheme_kind: Mapped[str | None] = mapped_column(Txt(32))
    returned_on_time: Mapped[bool | None] = mapped_column(sa.Boolean(create_constraint=True, name="returned_on_time"))

    occupation: Mapped[Occupation] = relationship(lazy="raise_on_sql")
