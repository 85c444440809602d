"""Lists of publications and of the shortages that they suggest."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from mobility.models.concepts.occupations import Occupation
from mobility.models.shortages.publications import Publication, ShortageSuggestion
from mobility.queries.lists.pages import Page, paged
from mobility.rules.cases.publications import PublicationState, SuggestionState
from mobility.security.actors import Actor
from mobility.security.scopes import visible


def listed(
    session: Session, actor: Actor, *, state: PublicationState | None = None, page: int = 1
) -> Page[Publication]:
    """Return the publications that the actor may see, newest first, optionally of one state."""
    select = visible(actor, Publication)
    if state is not None:
        select = select.where(Publication.state == state)
    return paged(session, select.order_by(Publication.created_at.desc(), Publication.id.desc()), page)


def suggested(
    session: Session, actor: Actor, *, state: SuggestionState | None = None, page: int = 1
) -> Page[ShortageSuggestion]:
    """Return the suggestions that the actor may see, in the order of their lists, optionally of one state."""
    select = visible(actor, ShortageSuggestion).options(
        joinedload(ShortageSuggestion.occupation), joinedload(ShortageSuggestion.publication)
    )
    if state is not None:
        select = select.where(ShortageSuggestion.state == state)
    return paged(session, select.order_by(ShortageSuggestion.list_title, ShortageSuggestion.id), page)


def titles(session: Session, codes: Collection[str]) -> dict[str, Occupation]:
    """Return the occupations with these codes."""
    found = session.scalars(sa.select(Occupation).where(Occupation.code.in_(codes)))
    return {occupation.code: occupation for occupation in found}
