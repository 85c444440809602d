"""Published lists and figures, read and taken in through the services."""

from collections.abc import Mapping
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.formats.published_lists import PublishedLine, PublishedTable
from mobility.models.shortages.publications import Publication, ShortageSuggestion
from mobility.rules.cases.publications import CodeKind, PublicationKind
from mobility.rules.figures.tightness import IndicatorKind
from mobility.security.actors import Actor
from mobility.services.shortages import publications
from mobility.services.shortages.publication_lines import PublicationTerms


def lines(*rows: Mapping[str, str]) -> PublishedTable:
    """Return a file with these cells, from line 1."""
    return PublishedTable("", [PublishedLine(number, dict(row)) for number, row in enumerate(rows, start=1)])


class PublicationFactory:
    """Makes publications of a shortage officer's ministry."""

    session: Session
    at: datetime

    def list_terms(self, **changes: object) -> PublicationTerms:
        """Return the terms of a list in ISCO-08."""
        given = {
            "kind": PublicationKind.SHORTAGE_LIST,
            "codes": CodeKind.ISCO08,
            "title": "Shortage list",
            "source": "Office of labour, table 1",
            "published_on": date(2026, 3, 1),
        }
        return PublicationTerms(**{**given, **changes})

    def figure_terms(
        self, indicator: IndicatorKind = IndicatorKind.VACANCY_RATE, **changes: object
    ) -> PublicationTerms:
        """Return the terms of a table of figures for the first quarter of 2026."""
        given = {
            "kind": PublicationKind.FIGURES,
            "title": f"Table of {indicator}",
            "indicator": indicator,
            "period_from": date(2026, 1, 1),
            "period_to": date(2026, 3, 31),
            "published_on": date(2026, 4, 20),
        }
        return self.list_terms(**{**given, **changes})

    def publication(self, officer: Actor, rows: PublishedTable, terms: PublicationTerms | None = None) -> Publication:
        """Make a preview of lines."""
        return publications.preview(self.session, officer, terms or self.list_terms(), rows, None, at=self.at)

    def taken_in(self, officer: Actor, rows: PublishedTable, terms: PublicationTerms | None = None) -> Publication:
        """Make a publication and take it in."""
        made = self.publication(officer, rows, terms)
        publications.take_in(self.session, officer, made.ref, leave_out=True, version=made.version, at=self.at)
        return made

    def figure(self, officer: Actor, indicator: IndicatorKind, figure: str, code: str = "9211", **cells: str) -> None:
        """Take in one figure for an occupation."""
        self.occupation(code)
        changes = {"title": f"{indicator} of {code} {figure}"}
        self.taken_in(officer, lines({"code": code, "value": figure, **cells}), self.figure_terms(indicator, **changes))

    def suggestion(self, officer: Actor, code: str = "9211") -> ShortageSuggestion:
        """Make an open suggestion for an occupation."""
        self.occupation(code)
        made = self.taken_in(officer, lines({"code": code, "title": "Pickers", "note": "All jobs", "headcount": "40"}))
        select = sa.select(ShortageSuggestion).where(ShortageSuggestion.publication_id == made.id)
        return self.session.scalars(select).one()
