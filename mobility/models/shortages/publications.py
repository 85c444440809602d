"""Published lists and tables that a ministry took in, the figures they hold, and the shortages they suggest."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.db import Exact, Txt, enum_of
from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User
from mobility.models.base import Base, Versioned, choice, link, reference_column
from mobility.models.concepts.occupations import Occupation
from mobility.models.shortages.shortages import Shortage
from mobility.rules.cases.publications import CodeKind, PublicationKind, PublicationState, SuggestionState
from mobility.rules.figures.tightness import IndicatorKind


class Publication(Versioned, Base):
    """A file of another publisher as it was read: ``lines`` that fit and ``faults`` of those that do not.

    ``sheet`` is the one of a spreadsheet that held the lines.
    A preview changes nothing else; taking it in makes suggestions or figures of its lines.
    """

    __tablename__ = "publication"
    __table_args__ = (
        sa.CheckConstraint("period_to IS NULL OR period_to >= period_from", name="period_in_order"),
        sa.CheckConstraint("kind = 'shortage_list' OR indicator IS NOT NULL", name="figures_have_an_indicator"),
    )

    ref: Mapped[str] = reference_column("F")
    organisation_id: Mapped[int] = link("organisation")
    kind: Mapped[PublicationKind] = choice(PublicationKind)
    codes: Mapped[CodeKind] = choice(CodeKind)
    title: Mapped[str] = mapped_column(Txt(200))
    source: Mapped[str] = mapped_column(Txt(500))
    published_on: Mapped[date]
    indicator: Mapped[IndicatorKind | None] = mapped_column(enum_of(IndicatorKind))
    period_from: Mapped[date | None]
    period_to: Mapped[date | None]
    sheet: Mapped[str] = mapped_column(Txt(100), default="")
    digest: Mapped[str] = mapped_column(Txt(64))
    lines: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    faults: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    state: Mapped[PublicationState] = choice(PublicationState, default=PublicationState.PREVIEWED)
    uploaded_by_id: Mapped[int] = link("user", index=False)
    created_at: Mapped[datetime]
    taken_in_at: Mapped[datetime | None]

    uploaded_by: Mapped[User] = relationship(lazy="raise_on_sql")


class PublishedFigure(Base):
    """One figure on the labour market of an occupation, from a publication that was taken in; never edited."""

    __tablename__ = "published_figure"
    __table_args__ = (
        sa.UniqueConstraint(
            "organisation_id",
            "indicator",
            "occupation_id",
            "region",
            "period_from",
            "period_to",
            name="uq_published_figure_once",
        ),
        sa.CheckConstraint("period_to >= period_from", name="period_in_order"),
    )

    organisation_id: Mapped[int] = link("organisation")
    publication_id: Mapped[int] = link("publication")
    indicator: Mapped[IndicatorKind] = mapped_column(enum_of(IndicatorKind))
    occupation_id: Mapped[int] = link("occupation")
    region: Mapped[str] = mapped_column(Txt(6))
    period_from: Mapped[date]
    period_to: Mapped[date]
    figure: Mapped[Decimal] = mapped_column(Exact(4))

    publication: Mapped[Publication] = relationship(lazy="raise_on_sql")
    occupation: Mapped[Occupation] = relationship(lazy="raise_on_sql")


class ShortageSuggestion(Versioned, Base):
    """An occupation that a published list names: an officer makes a draft of it, or sets it aside with a reason."""

    __tablename__ = "shortage_suggestion"
    __table_args__ = (
        sa.UniqueConstraint(
            "organisation_id", "list_title", "code", "occupation_id", "region", name="uq_shortage_suggestion_once"
        ),
        sa.CheckConstraint("headcount IS NULL OR headcount > 0", name="headcount_positive"),
    )

    ref: Mapped[str] = reference_column("G")
    organisation_id: Mapped[int] = link("organisation")
    publication_id: Mapped[int] = link("publication")
    line: Mapped[int]
    list_title: Mapped[str] = mapped_column(Txt(200))
    code: Mapped[str] = mapped_column(Txt(40))
    job_title: Mapped[str] = mapped_column(Txt(300), default="")
    note: Mapped[str] = mapped_column(Txt(300), default="")
    occupation_id: Mapped[int] = link("occupation")
    region: Mapped[str] = mapped_column(Txt(6))
    headcount: Mapped[int | None]
    state: Mapped[SuggestionState] = choice(SuggestionState, default=SuggestionState.OPEN)
    reason: Mapped[str | None] = mapped_column(Txt(2000))
    shortage_id: Mapped[int | None] = link("shortage")
    created_at: Mapped[datetime]

    publication: Mapped[Publication] = relationship(lazy="raise_on_sql")
    occupation: Mapped[Occupation] = relationship(lazy="raise_on_sql")
    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    shortage: Mapped[Shortage | None] = relationship(lazy="raise_on_sql")


class TightnessWeights(Versioned, Base):
    """How much each indicator counts in a ministry's composite, in shares of 100; absent, all count the same."""

    __tablename__ = "tightness_weights"
    __table_args__ = (sa.UniqueConstraint("organisation_id"),)

    ref: Mapped[str] = reference_column("T")
    organisation_id: Mapped[int] = link("organisation", index=False)
    weights: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(Txt(2000))
    changed_by_id: Mapped[int] = link("user", index=False)
    changed_at: Mapped[datetime]

    changed_by: Mapped[User] = relationship(lazy="raise_on_sql")
