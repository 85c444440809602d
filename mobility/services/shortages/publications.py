"""Published lists and figures: previewed, then taken in as suggestions or figures; they declare nothing."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from mobility.errors import InvalidError
from mobility.formats.published_lists import PublishedTable
from mobility.models.base import public_reference
from mobility.models.concepts.occupations import Occupation
from mobility.models.shortages.publications import Publication, PublishedFigure, ShortageSuggestion
from mobility.rules.basics.permissions import Permission
from mobility.rules.cases.publications import CodeKind, PublicationEvent, PublicationKind
from mobility.rules.cases.shortages import within_region
from mobility.security import audit
from mobility.security.actors import Actor
from mobility.security.aggregates import canonical_json
from mobility.security.policy import require
from mobility.security.scopes import locked, readable
from mobility.security.steps import advance
from mobility.services.shortages.publication_lines import CodeMap, LineReader, PublicationTerms

UNIT_GROUP = 4
_LONGEST_NAME = 100
WHOLE = (joinedload(Publication.uploaded_by),)


def get(session: Session, actor: Actor, ref: str) -> Publication:
    """Return a publication."""
    return readable(session, actor, Publication, ref, Permission.PUBLICATION_VIEW, options=WHOLE)


def preview(
    session: Session,
    actor: Actor,
    terms: PublicationTerms,
    table: PublishedTable,
    code_map: CodeMap | None,
    *,
    at: datetime,
) -> Publication:
    """Store what a file comes to, line by line; no suggestion and no figure is made yet.

    Raises
    ------
    ForbiddenError
        The actor takes no publications in.
    InvalidError
        A date ahead, a region of another country, figures without indicator or period, or codes that need a map.
    """
    require(actor, Permission.PUBLICATION_TAKE_IN)
    _check_terms(actor, terms, code_map, at=at)
    read = LineReader(terms, code_map, _unit_groups(session), actor.country).read(table.lines)
    raw = canonical_json([terms.title, [dict(line.cells) for line in table.lines]])
    given = {key: value for key, value in vars(terms).items() if key not in {"region", "decimals"}}
    publication = Publication(
        organisation_id=actor.organisation_id,
        sheet=table.sheet[:_LONGEST_NAME],
        lines=read.lines,
        faults=read.faults,
        digest=hashlib.sha256(raw.encode()).hexdigest(),
        uploaded_by_id=actor.user_id,
        created_at=at,
        **given,
    )
    session.add(publication)
    fits, faults = len(read.lines), len(read.faults)
    audit.record(session, actor, "publication.preview", publication, at=at, lines=fits, faults=faults)
    return publication


def take_in(
    session: Session, actor: Actor, ref: str, *, leave_out: bool, version: int, at: datetime
) -> tuple[Publication, int]:
    """Make suggestions or figures of the lines that fit and are not there yet.

    Returns
    -------
    tuple of Publication and int
        And how many suggestions or figures were new; the same file taken in again makes none.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError, TransitionError
        Not visible, not the actor's, changed meanwhile, or not a preview any more.
    InvalidError
        ``publication.has_faults``: lines do not fit and ``leave_out`` does not say to go on without them;
        ``publication.figure_differs`` if a figure is there already with another value.
    """
    publication = locked(session, actor, Publication, ref, PublicationEvent.TAKE_IN, version, options=WHOLE)
    after = advance(actor, publication, PublicationEvent.TAKE_IN)
    if publication.faults and not leave_out:
        raise InvalidError("publication.has_faults", field="leave_out", count=len(publication.faults))
    store = _store_figures if publication.kind is PublicationKind.FIGURES else _store_suggestions
    made = store(session, publication, at=at)
    publication.state, publication.taken_in_at = after, at
    audit.record(session, actor, "publication.take_in", publication, at=at, made=len(made))
    if publication.kind is PublicationKind.SHORTAGE_LIST:
        facts = {"publication": publication.ref}
        audit.record_many(session, actor, "shortage_suggestion.make", ShortageSuggestion, made, at=at, **facts)
    return publication, len(made)


def discard(session: Session, actor: Actor, ref: str, *, version: int, at: datetime) -> Publication:
    """Put a preview away; nothing was made of it."""
    publication = locked(session, actor, Publication, ref, PublicationEvent.DISCARD, version, options=WHOLE)
    publication.state = advance(actor, publication, PublicationEvent.DISCARD)
    audit.record(session, actor, "publication.discard", publication, at=at)
    return publication


def known_lines(session: Session, publication: Publication) -> set[int]:
    """Return the places (in ``lines``) of what is there already, from this or an earlier file."""
    if publication.kind is PublicationKind.FIGURES:
        stored = _stored_figures(session, publication)
        keys = [(line["occupation"], line["region"]) for line in publication.lines]
        return {place for place, key in enumerate(keys) if key in stored}
    known = _stored_suggestions(session, publication)
    return {place for place, line in enumerate(publication.lines) if _suggestion_key(line) in known}


def _check_terms(actor: Actor, terms: PublicationTerms, code_map: CodeMap | None, *, at: datetime) -> None:
    if terms.published_on > actor.today(at):
        raise InvalidError("publication.date_ahead", field="published_on", day=actor.today(at).isoformat())
    if terms.region and not within_region(terms.region, actor.country):
        raise InvalidError("shortage.region_abroad", field="region")
    if terms.codes is not CodeKind.ISCO08 and code_map is None:
        raise InvalidError("publication.map_missing", field="code_map")
    if terms.kind is PublicationKind.FIGURES:
        _check_figures(terms)


def _check_figures(terms: PublicationTerms) -> None:
    if terms.indicator is None:
        raise InvalidError("publication.indicator_missing", field="indicator")
    if terms.period_from is None or terms.period_to is None:
        raise InvalidError("publication.period_missing", field="period_from")
    if terms.period_to < terms.period_from:
        raise InvalidError("period_reversed", field="period_to")


def _unit_groups(session: Session) -> list[str]:
    select = sa.select(Occupation.code).where(sa.func.length(Occupation.code) == UNIT_GROUP)
    return list(session.scalars(select))


def _store_suggestions(session: Session, publication: Publication, *, at: datetime) -> list[int]:
    known, ids = _stored_suggestions(session, publication), _occupation_ids(session, publication)
    reference_of = public_reference("G")
    rows = {
        _suggestion_key(line): {
            "ref": reference_of(),
            "organisation_id": publication.organisation_id,
            "publication_id": publication.id,
            "list_title": publication.title,
            "occupation_id": ids[line["occupation"]],
            "job_title": line["title"],
            "created_at": at,
            "version": 1,
            **{name: line[name] for name in ("line", "code", "note", "region", "headcount")},
        }
        for line in publication.lines
        if _suggestion_key(line) not in known
    }
    if rows:
        session.execute(sa.insert(ShortageSuggestion), list(rows.values()))
    of_publication = ShortageSuggestion.publication_id == publication.id
    select = sa.select(ShortageSuggestion.id).where(of_publication).order_by(ShortageSuggestion.id)
    return list(session.scalars(select))


def _suggestion_key(line: Mapping[str, Any]) -> tuple[str, str, str]:
    return line["code"], line["occupation"], line["region"]


def _stored_suggestions(session: Session, publication: Publication) -> set[tuple[str, str, str]]:
    select = (
        sa.select(ShortageSuggestion.code, Occupation.code, ShortageSuggestion.region)
        .join(Occupation, Occupation.id == ShortageSuggestion.occupation_id)
        .where(
            ShortageSuggestion.organisation_id == publication.organisation_id,
            ShortageSuggestion.list_title == publication.title,
        )
    )
    return {(code, occupation, region) for code, occupation, region in session.execute(select)}


def _store_figures(session: Session, publication: Publication, *, at: datetime) -> list[int]:  # noqa: ARG001  as the other
    stored, ids = _stored_figures(session, publication), _occupation_ids(session, publication)
    fresh = []
    for line in publication.lines:
        key, figure = (line["occupation"], line["region"]), Decimal(line["value"])
        if key in stored and stored[key] != figure:
            raise InvalidError("publication.figure_differs", line=line["line"], known=f"{stored[key].normalize():f}")
        if key not in stored:
            fresh.append(
                {
                    "organisation_id": publication.organisation_id,
                    "publication_id": publication.id,
                    "indicator": publication.indicator,
                    "occupation_id": ids[line["occupation"]],
                    "region": line["region"],
                    "period_from": publication.period_from,
                    "period_to": publication.period_to,
                    "figure": figure,
                }
            )
    if fresh:
        session.execute(sa.insert(PublishedFigure), fresh)
    of_publication = PublishedFigure.publication_id == publication.id
    return list(session.scalars(sa.select(PublishedFigure.id).where(of_publication).order_by(PublishedFigure.id)))


def _stored_figures(session: Session, publication: Publication) -> dict[tuple[str, str], Decimal]:
    select = (
        sa.select(Occupation.code, PublishedFigure.region, PublishedFigure.figure)
        .join(Occupation, Occupation.id == PublishedFigure.occupation_id)
        .where(
            PublishedFigure.organisation_id == publication.organisation_id,
            PublishedFigure.indicator == publication.indicator,
            PublishedFigure.period_from == publication.period_from,
            PublishedFigure.period_to == publication.period_to,
        )
    )
    return {(code, region): figure for code, region, figure in session.execute(select)}


def _occupation_ids(session: Session, publication: Publication) -> dict[str, int]:
    codes = {line["occupation"] for line in publication.lines}
    known = session.execute(sa.select(Occupation.code, Occupation.id))
    return {code: key for code, key in known if code in codes}
