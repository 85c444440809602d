"""Stored scorecards: the one in force, another one stored or put in force; whatever was scored keeps its own."""

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.errors import ConflictError, InvalidError, NotFoundError
from mobility.matching.scoring import FEATURES, Scorecard, read_scorecard, scorecard_from
from mobility.models.base import Base
from mobility.models.match_runs import ScorecardUse, StoredScorecard
from mobility.queries.lists.match_run_lists import OF_SCORECARD, newest_use
from mobility.rules.basics.permissions import Permission
from mobility.rules.cases.match_runs import ScorecardOrigin
from mobility.security import audit
from mobility.security.actors import Actor
from mobility.security.policy import require
from mobility.security.scopes import one


def get(session: Session, actor: Actor, ref: str) -> StoredScorecard:
    """Return a scorecard with its uses.

    Raises
    ------
    NotFoundError, ForbiddenError
        Not visible, or not for the actor's role.
    """
    found = one(session, actor, StoredScorecard, ref, options=OF_SCORECARD)
    require(actor, Permission.SCORECARD_VIEW, found)
    return found


def numbered(session: Session, number: int) -> StoredScorecard:
    """Return the scorecard of a version number, for the installation's own commands; raises ``NotFoundError``."""
    found = session.scalar(sa.select(StoredScorecard).where(StoredScorecard.number == number).options(*OF_SCORECARD))
    if found is None:
        raise NotFoundError("scorecard", str(number))
    return found


def in_force(session: Session) -> StoredScorecard:
    """Return the scorecard by which runs and simulations that begin now are scored."""
    return newest_use(session).scorecard


def read(stored: StoredScorecard) -> Scorecard:
    """Return what a stored scorecard counts.

    Raises
    ------
    InvalidError
        ``scorecard.unknown_features``: a newer program stored it; ``scorecard.altered``: its document is not the one
        that its hash belongs to; and what ``scorecard_from`` raises.
    """
    card = _known(lambda: scorecard_from(stored.document))
    if card.sha256 != stored.digest:
        raise InvalidError("scorecard.altered", field="sha256", found=card.sha256, expected=stored.digest)
    return card


def store(session: Session, actor: Actor, text: str, origin: ScorecardOrigin, *, at: datetime) -> StoredScorecard:
    """Store another scorecard as a saved file's text holds it; it is not in force yet.

    Raises
    ------
    ForbiddenError
        The actor is neither the system nor the operator.
    InvalidError
        ``scorecard.stored``: it is there already; ``scorecard.unknown_features``, and what ``read_scorecard`` raises.
    ConflictError
        ``scorecard.meanwhile``: somebody stored another one at the same moment.
    """
    require(actor, Permission.SCORECARD_STORE)
    card = _known(lambda: read_scorecard(text))
    there = session.scalar(sa.select(StoredScorecard.number).where(StoredScorecard.digest == card.sha256))
    if there is not None:
        raise InvalidError("scorecard.stored", field="file", number=there)
    newest = session.scalar(sa.select(sa.func.max(StoredScorecard.number))) or 0
    made = StoredScorecard(
        number=newest + 1,
        name=card.id,
        origin=origin,
        document=dict(card.document),
        digest=card.sha256,
        stored_by_id=actor.user_id,
        stored_at=at,
    )
    _insert(session, made)
    audit.record(session, actor, "scorecard.store", made, at=at, number=made.number, digest=made.digest)
    return made


def put_in_force(session: Session, actor: Actor, number: int, *, after: int, at: datetime) -> StoredScorecard:
    """Have whatever begins from now on scored by another scorecard; runs that were started keep theirs.

    ``after`` is the number of the use that the actor found in force.

    Raises
    ------
    ForbiddenError
        The actor is neither the system nor the operator.
    NotFoundError, InvalidError
        There is no such version; it is in force already (``scorecard.in_force``); this program cannot read it.
    ConflictError
        ``scorecard.meanwhile``: somebody put another one in force first.
    """
    require(actor, Permission.SCORECARD_USE)
    card = numbered(session, number)
    read(card)
    now = newest_use(session)
    if now.number != after:
        who = now.begun_by.name if now.begun_by else ""
        raise ConflictError("scorecard.meanwhile", by=who, at=now.begun_at)
    if now.scorecard_id == card.id:
        raise InvalidError("scorecard.in_force", number=number)
    _insert(session, ScorecardUse(number=after + 1, scorecard_id=card.id, begun_by_id=actor.user_id, begun_at=at))
    audit.record(session, actor, "scorecard.use", card, at=at, number=number, instead_of=now.scorecard.number)
    session.expire(card, ["uses"])
    return card


def _insert(session: Session, row: Base) -> None:
    """Add a row whose number somebody else may take at the same moment."""
    try:
        with session.begin_nested():
            session.add(row)
    except sa.exc.IntegrityError as error:
        raise ConflictError("scorecard.meanwhile") from error


def _known(load: Callable[[], Scorecard]) -> Scorecard:
    """Return a scorecard; where it is refused for features that this program does not know, say so."""
    try:
        return load()
    except InvalidError as error:
        named = str(error.params.get("names", "")).split(", ") if error.code == "scorecard.features" else []
        unknown = sorted(set(named) - set(FEATURES))
        if not unknown:
            raise
        raise InvalidError("scorecard.unknown_features", field=error.field, names=", ".join(unknown)) from error
