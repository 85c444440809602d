"""Occupations (ISCO-08 groups are the hub), skills, and which skill an occupation asks for."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.db import Txt
from mobility.models.base import Base, link


class Occupation(Base):
    """An ISCO-08 group: major (1 digit) to unit group (4 digits)."""

    __tablename__ = "occupation"

    code: Mapped[str] = mapped_column(Txt(4), unique=True)
    title_en: Mapped[str] = mapped_column(Txt(300))
    title_es: Mapped[str] = mapped_column(Txt(300))
    title_fr: Mapped[str] = mapped_column(Txt(300))
    sector: Mapped[str | None] = mapped_column(Txt(40), index=True)


class Skill(Base):
    """A skill that workers have and vacancies ask for."""

    __tablename__ = "skill"

    code: Mapped[str] = mapped_column(Txt(80), unique=True)
    label_en: Mapped[str] = mapped_column(Txt(300))
    label_es: Mapped[str] = mapped_column(Txt(300))
    label_fr: Mapped[str] = mapped_column(Txt(300))


class OccupationSkill(Base):
    """A skill that is essential or optional in an occupation."""

    __tablename__ = "occupation_skill"
    __table_args__ = (sa.UniqueConstraint("occupation_id", "skill_id"),)

    occupation_id: Mapped[int] = link("occupation")
    skill_id: Mapped[int] = link("skill")
    essential: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=True, name="essential"))

    skill: Mapped[Skill] = relationship(lazy="raise_on_sql")
