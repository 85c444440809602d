"""Suggested shortages: an officer makes a draft of one, or sets it aside; nothing here declares."""

from datetime import datetime

from sqlalchemy.orm import Session, joinedload

from mobility.models.shortages.publications import ShortageSuggestion
from mobility.models.shortages.shortages import Shortage
from mobility.rules.basics.permissions import Permission
from mobility.rules.cases.publications import SuggestionEvent
from mobility.security import audit
from mobility.security.actors import Actor
from mobility.security.scopes import locked, readable
from mobility.security.steps import advance
from mobility.services.shortages import shortages
from mobility.services.shortages.shortages import ShortageTerms

WHOLE = (
    joinedload(ShortageSuggestion.publication),
    joinedload(ShortageSuggestion.occupation),
    joinedload(ShortageSuggestion.organisation),
    joinedload(ShortageSuggestion.shortage),
)


def get(session: Session, actor: Actor, ref: str) -> ShortageSuggestion:
    """Return a suggestion with what it came from and what became of it."""
    return readable(session, actor, ShortageSuggestion, ref, Permission.SUGGESTION_VIEW, options=WHOLE)


def draft(session: Session, actor: Actor, ref: str, terms: ShortageTerms, *, version: int, at: datetime) -> Shortage:
    """Make a draft of a suggestion, with the officer's own terms and evidence.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError, TransitionError
        Not visible, not the actor's to use, changed meanwhile, or used or set aside already.
    InvalidError
        See ``shortages.draft``.
    """
    suggestion = locked(session, actor, ShortageSuggestion, ref, SuggestionEvent.DRAFT, version, options=WHOLE)
    after = advance(actor, suggestion, SuggestionEvent.DRAFT)
    made = shortages.draft(session, actor, terms, at=at)
    suggestion.state, suggestion.shortage = after, made
    audit.record(session, actor, "shortage_suggestion.draft", suggestion, at=at, shortage=made.ref)
    return made


def set_aside(
    session: Session, actor: Actor, ref: str, reason: str, *, version: int, at: datetime
) -> ShortageSuggestion:
    """Set a suggestion aside, with the reason."""
    suggestion = locked(session, actor, ShortageSuggestion, ref, SuggestionEvent.SET_ASIDE, version, options=WHOLE)
    suggestion.state = advance(actor, suggestion, SuggestionEvent.SET_ASIDE)
    suggestion.reason = reason
    audit.record(session, actor, "shortage_suggestion.set_aside", suggestion, at=at)
    return suggestion


def reopen(session: Session, actor: Actor, ref: str, *, version: int, at: datetime) -> ShortageSuggestion:
    """Take up again what was set aside."""
    suggestion = locked(session, actor, ShortageSuggestion, ref, SuggestionEvent.REOPEN, version, options=WHOLE)
    suggestion.state = advance(actor, suggestion, SuggestionEvent.REOPEN)
    suggestion.reason = None
    audit.record(session, actor, "shortage_suggestion.reopen", suggestion, at=at)
    return suggestion
