"""Giving and withdrawing a worker's consents; a withdrawal bites in the same transaction."""

from datetime import datetime

from sqlalchemy.orm import Session

from mobility.data.reference import LANGUAGES
from mobility.errors import ConflictError, InvalidError
from mobility.models.workers.workers import Worker
from mobility.queries.proposal_endings import of_worker
from mobility.rules.basics.permissions import Permission
from mobility.rules.cases.consents import ConsentPurpose, in_force
from mobility.rules.cases.proposals import EndReason
from mobility.rules.cases.workers import WorkerEvent
from mobility.security.actors import Actor
from mobility.security.projections import PROFILE
from mobility.security.scopes import locked
from mobility.security.steps import advance, open_events
from mobility.services.proposals import endings
from mobility.services.proposals.endings import Ending, Touched
from mobility.services.workers import registration
from mobility.services.workers.readiness import consent_records, settle
from mobility.services.workers.recording import record_change
from mobility.services.workers.workers import BOUND

_WITHDRAWN = Ending(EndReason.CONSENT_WITHDRAWN)
#: Consents on which proposals rest.
_ENDING = frozenset({ConsentPurpose.REGISTRATION, ConsentPurpose.MATCHING})


def give(session: Session, actor: Actor, ref: str, purpose: ConsentPurpose, language: str, *, at: datetime) -> Worker:
    """Record that the text of a purpose was read out to the worker in a language, and that they agreed.

    Raises
    ------
    NotFoundError, ForbiddenError
        Not visible, or not the actor's to edit.
    ConflictError
        ``consent.in_force``: they agree already.
    InvalidError
        The text does not exist in this language.
    """
    worker = locked(session, actor, Worker, ref, Permission.WORKER_EDIT, None, options=PROFILE)
    if language not in LANGUAGES:
        raise InvalidError("consent.language", field="language")
    if purpose in in_force(consent_records(worker), at):
        raise ConflictError("consent.in_force")
    worker.consents.append(registration.consent(actor, purpose, language, at))
    record_change(session, actor, "worker.give_consent", worker, at=at, purpose=purpose)
    return worker


def touched_by(session: Session, actor: Actor, worker: Worker, purpose: ConsentPurpose) -> Touched | None:
    """Return what withdrawing a consent would do to open proposals now; None if none rests on it."""
    if purpose not in _ENDING or worker.state in BOUND:
        return None
    return endings.preview(session, actor, of_worker(worker.id), _WITHDRAWN)


def withdraw(
    session: Session, actor: Actor, ref: str, purpose: ConsentPurpose, *, at: datetime, seen: str | None = None
) -> Worker:
    """Record that a worker no longer agrees to a purpose; what rested on it ends at once.

    Without consent to matching a ready worker is not proposed any more, and open proposals end; without consent to
    registration a worker whom no placement binds leaves the register.

    Raises
    ------
    NotFoundError, ForbiddenError
        Not visible, or not the actor's to edit.
    ConflictError
        ``consent.not_in_force``: there is nothing to withdraw; ``ending.changed``: other proposals than the actor
        saw (``seen``, the mark of ``touched_by``).
    """
    worker = locked(session, actor, Worker, ref, Permission.WORKER_EDIT, None, options=PROFILE)
    holding = [each for each in worker.consents if each.purpose is purpose and each.withdrawn_at is None]
    if not holding:
        raise ConflictError("consent.not_in_force")
    for consent in holding:
        consent.withdrawn_at = at
    if purpose in _ENDING and worker.state not in BOUND:
        endings.end_open(session, actor, of_worker(worker.id), _WITHDRAWN, at=at, seen=seen)
    _leave_or_settle(session, actor, worker, purpose, at=at)
    record_change(session, actor, "worker.withdraw_consent", worker, at=at, purpose=purpose, state=worker.state)
    return worker


def _leave_or_settle(session: Session, actor: Actor, worker: Worker, purpose: ConsentPurpose, *, at: datetime) -> None:
    if purpose is ConsentPurpose.REGISTRATION and worker.state not in BOUND:
        if WorkerEvent.WITHDRAW in open_events(actor, worker):
            worker.state = advance(actor, worker, WorkerEvent.WITHDRAW)
    else:
        settle(session, worker, at=at)
