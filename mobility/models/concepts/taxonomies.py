"""Imported taxonomies: their editions, concepts with labels, the skills of an occupation, links between codes."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.db import Txt, enum_of
from mobility.models.base import Base, link, reference_column
from mobility.models.concepts.occupations import Occupation, Skill
from mobility.rules.basics.taxonomies import ConceptKind, MatchKind, TaxonomyKind


class TaxonomyEdition(Base):
    """One version of a taxonomy as it was imported; of each ``name`` one edition is ``current``.

    ``digest`` is the hash of its files, ``languages`` are those of its labels.
    """

    __tablename__ = "taxonomy_edition"
    __table_args__ = (sa.UniqueConstraint("name", "version"),)

    ref: Mapped[str] = reference_column("T")
    kind: Mapped[TaxonomyKind] = mapped_column(enum_of(TaxonomyKind))
    name: Mapped[str] = mapped_column(Txt(40))
    version: Mapped[str] = mapped_column(Txt(40))
    digest: Mapped[str] = mapped_column(Txt(64))
    languages: Mapped[list[str]]
    occupations: Mapped[int] = mapped_column(default=0)
    skills: Mapped[int] = mapped_column(default=0)
    links: Mapped[int] = mapped_column(default=0)
    current: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=True, name="current"), default=True)
    imported_at: Mapped[datetime]


class Concept(Base):
    """An occupation, a skill or a group of skills of an imported taxonomy.

    ``key`` names it in forms, addresses and indexes. An occupation's hub is its ISCO-08 unit group
    (``occupation_id``); a skill stands for a row of ``skill``, which workers and vacancies point to. A concept that a
    later edition has no more is kept with ``retired_in``, and leads to its successor if it has one.
    """

    __tablename__ = "concept"

    key: Mapped[str] = mapped_column(Txt(80), unique=True)
    kind: Mapped[ConceptKind] = mapped_column(enum_of(ConceptKind), index=True)
    uri: Mapped[str] = mapped_column(Txt(200))
    code: Mapped[str | None] = mapped_column(Txt(40))
    title_en: Mapped[str] = mapped_column(Txt(300))
    title_es: Mapped[str] = mapped_column(Txt(300))
    title_fr: Mapped[str] = mapped_column(Txt(300))
    edition_id: Mapped[int] = link("taxonomy_edition")
    occupation_id: Mapped[int | None] = link("occupation")
    skill_id: Mapped[int | None] = link("skill")
    broader_id: Mapped[int | None] = link("concept")
    retired_in: Mapped[str | None] = mapped_column(Txt(40))
    successor_id: Mapped[int | None] = link("concept")

    edition: Mapped[TaxonomyEdition] = relationship(lazy="raise_on_sql")
    occupation: Mapped[Occupation | None] = relationship(lazy="raise_on_sql")
    skill: Mapped[Skill | None] = relationship(lazy="raise_on_sql")


class ConceptLabel(Base):
    """One name of a concept in one language."""

    __tablename__ = "concept_label"
    __table_args__ = (sa.UniqueConstraint("concept_id", "language", "text"),)

    concept_id: Mapped[int] = link("concept", index=False)
    language: Mapped[str] = mapped_column(Txt(3))
    text: Mapped[str] = mapped_column(Txt(300))
    preferred: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=True, name="preferred"))


class ConceptSkill(Base):
    """A skill that is essential or optional in an occupation of the same taxonomy."""

    __tablename__ = "concept_skill"
    __table_args__ = (sa.UniqueConstraint("occupation_id", "skill_id"),)

    occupation_id: Mapped[int] = mapped_column(sa.ForeignKey("concept.id", ondelete="RESTRICT"))
    skill_id: Mapped[int] = mapped_column(sa.ForeignKey("concept.id", ondelete="RESTRICT"), index=True)
    essential: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=True, name="essential"))


class CodeLink(Base):
    """A code of one classification and what it corresponds to in another; ``rank`` 0 goes first."""

    __tablename__ = "code_link"
    __table_args__ = (
        sa.UniqueConstraint("source_scheme", "source_code", "target_scheme", "target_code", name="uq_code_link_ends"),
    )

    edition_id: Mapped[int] = link("taxonomy_edition")
    source_scheme: Mapped[str] = mapped_column(Txt(20))
    source_code: Mapped[str] = mapped_column(Txt(20))
    source_title: Mapped[str | None] = mapped_column(Txt(300))
    target_scheme: Mapped[str] = mapped_column(Txt(20))
    target_code: Mapped[str] = mapped_column(Txt(20))
    kind: Mapped[MatchKind] = mapped_column(enum_of(MatchKind))
    rank: Mapped[int] = mapped_column(default=0)
