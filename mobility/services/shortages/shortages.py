"""Declaring shortages: draft with evidence, declare, review, suspend, resume, end early, expire by date."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session, attributes, joinedload, selectinload

from mobility.errors import InvalidError, TransitionError
from mobility.models.concepts.occupations import Occupation
from mobility.models.shortages.shortages import Shortage, ShortageEvidence, ShortageReview
from mobility.models.vacancies import Vacancy
from mobility.queries.lists import notice_lists, vacancy_lists
from mobility.queries.place_days import lies_in
from mobility.queries.proposal_endings import of_vacancies
from mobility.rules.basics.causes import Cause, CausedStep, Why, check_cause
from mobility.rules.basics.findings import stop_at
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.places import Place, day_in, first_moment
from mobility.rules.cases.evidence import EvidenceFacts, check_evidence, is_stale
from mobility.rules.cases.notices import NoticeKind
from mobility.rules.cases.proposals import EndReason
from mobility.rules.cases.shortages import (
    Declaration,
    EvidenceKind,
    ShortageEvent,
    ShortageState,
    check_next_review,
    declaration_findings,
    review_due,
    within_region,
)
from mobility.rules.cases.vacancies import Deficiency
from mobility.security import audit
from mobility.security.actors import SYSTEM, Actor
from mobility.security.policy import require
from mobility.security.scopes import locked, readable
from mobility.security.steps import advance
from mobility.services import notices
from mobility.services.concepts.search import narrower_key
from mobility.services.proposals import endings
from mobility.services.proposals.endings import Ending, Touched
from mobility.services.vacancies import revocations
from mobility.services.vacancies.revocations import Revocation

#: What a page about one shortage needs to have loaded.
WHOLE = (
    joinedload(Shortage.organisation),
    joinedload(Shortage.occupation),
    joinedload(Shortage.drafted_by),
    selectinload(Shortage.evidence),
    selectinload(Shortage.reviews).joinedload(ShortageReview.reviewer),
)


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence as it is entered."""

    kind: EvidenceKind
    figure: Decimal | None
    statement: str | None
    source: str
    observed_on: date
    region: str | None = None
    period_from: date | None = None
    period_to: date | None = None


@dataclass(frozen=True)
class ShortageTerms:
    """What an officer enters about a shortage; ``occupation`` is an ISCO-08 code, ``region`` an ISO 3166 code.

    ``concept`` is the key of the narrower occupation that was chosen, if one was.
    """

    occupation: str
    region: str
    headcount: int
    valid_from: date
    valid_to: date
    evidence: Sequence[Evidence] = ()
    concept: str | None = None


def get(session: Session, actor: Actor, ref: str) -> Shortage:
    """Return a shortage with what belongs to it."""
    return readable(session, actor, Shortage, ref, Permission.SHORTAGE_VIEW, options=WHOLE)


def draft(session: Session, actor: Actor, terms: ShortageTerms, *, at: datetime) -> Shortage:
    """Store a draft of a declaration.

    Raises
    ------
    ForbiddenError
        The actor declares no shortages.
    InvalidError
        Unknown occupation, a region of another country, a period in the wrong order, or evidence that cannot be true.
    """
    require(actor, Permission.SHORTAGE_DRAFT)
    occupation = session.scalar(sa.select(Occupation).where(Occupation.code == terms.occupation))
    if occupation is None:
        raise InvalidError("unknown_occupation", field="occupation")
    if not within_region(terms.region, actor.country):
        raise InvalidError("shortage.region_abroad", field="region")
    if terms.valid_to < terms.valid_from:
        raise InvalidError("period_reversed", field="valid_to")
    for piece in terms.evidence:
        _check_piece(actor, piece, at=at)
    shortage = Shortage(
        organisation_id=actor.organisation_id,
        occupation=occupation,
        concept=narrower_key(session, terms.concept, terms.occupation),
        country=actor.country,
        region=terms.region,
        headcount=terms.headcount,
        valid_from=terms.valid_from,
        valid_to=terms.valid_to,
        drafted_by_id=actor.user_id,
        created_at=at,
        evidence=[ShortageEvidence(**vars(piece)) for piece in terms.evidence],
        reviews=[],
    )
    session.add(shortage)
    audit.record(session, actor, "shortage.draft", shortage, at=at, occupation=terms.occupation)
    return shortage


def add_evidence(session: Session, actor: Actor, ref: str, piece: Evidence, *, version: int, at: datetime) -> Shortage:
    """Add a piece of evidence to a draft or to a declaration in force; what is there stays.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError, TransitionError
        Not visible, not the actor's to edit, changed meanwhile, or expired.
    InvalidError
        Evidence that cannot be true (see ``rules.evidence``), or of a region of another country.
    """
    shortage = locked(session, actor, Shortage, ref, Permission.SHORTAGE_EDIT, version, options=WHOLE)
    if shortage.state is ShortageState.EXPIRED:
        raise TransitionError(shortage.state, "add_evidence")
    _check_piece(actor, piece, at=at)
    shortage.evidence.append(ShortageEvidence(**vars(piece)))
    _touch(shortage)
    audit.record(session, actor, "shortage.add_evidence", shortage, at=at, kind=piece.kind)
    return shortage


def review(
    session: Session, actor: Actor, ref: str, note: str, next_on: date, *, version: int, at: datetime
) -> Shortage:
    """Record that a declaration still holds, and when it is looked at again.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError, TransitionError
        Not visible, not the actor's to declare, changed meanwhile, or not in force.
    InvalidError
        The next review is not ahead or too late, or no piece of evidence is young enough to support it.
    """
    shortage = locked(session, actor, Shortage, ref, Permission.SHORTAGE_DECLARE, version, options=WHOLE)
    if shortage.state is not ShortageState.DECLARED:
        raise TransitionError(shortage.state, "review")
    check_next_review(next_on, today=day_in(shortage.region, at))
    _check_declaration(shortage, at=at)
    shortage.reviews.append(ShortageReview(reviewer_id=actor.user_id, reviewed_at=at, note=note, next_on=next_on))
    _touch(shortage)
    audit.record(session, actor, "shortage.review", shortage, at=at, next_on=next_on.isoformat())
    return shortage


def on_new_day(session: Session, place: Place, day: date, *, at: datetime) -> int:
    """Expire every declaration for a place whose last day has gone by there, and tell who is to review the others.

    The ministry that declared it is told once when a declaration is due for a look.

    Returns
    -------
    int
        How many expired, and how many notices were given.
    """
    running = Shortage.state.in_((ShortageState.DECLARED, ShortageState.SUSPENDED))
    over = sa.and_(running, Shortage.valid_to < day, lies_in(place, Shortage.region))
    select = sa.select(Shortage).where(over).order_by(Shortage.id).with_for_update(of=Shortage)
    found = session.scalars(select.execution_options(populate_existing=True)).all()
    for shortage in found:
        shortage.state = advance(SYSTEM, shortage, ShortageEvent.EXPIRE)
    session.flush()
    audit.record_many(session, SYSTEM, "shortage.expire", Shortage, [shortage.id for shortage in found], at=at)
    return len(found) + _tell_due(session, place, day, at=at)


def _tell_due(session: Session, place: Place, day: date, *, at: datetime) -> int:
    there = sa.and_(Shortage.state == ShortageState.DECLARED, lies_in(place, Shortage.region))
    select = sa.select(Shortage).where(there).options(selectinload(Shortage.reviews)).order_by(Shortage.id)
    told = 0
    for shortage in session.scalars(select.execution_options(populate_existing=True)).all():
        due, subject = next_review(shortage), ("shortage", shortage.ref)
        if due is None or due > day or due == shortage.valid_to:
            continue
        if not notice_lists.was_told(session, NoticeKind.SHORTAGE_REVIEW_DUE, subject, since=first_moment(place, due)):
            ministry = [shortage.organisation_id]
            notices.tell(session, ministry, NoticeKind.SHORTAGE_REVIEW_DUE, subject, at=at, day=due.isoformat())
            told += 1
    return told


def next_review(shortage: Shortage) -> date | None:
    """Return the day by which a declaration is to be looked at (reviews loaded); None before it is declared."""
    if shortage.declared_at is None:
        return None
    last = shortage.reviews[-1].next_on if shortage.reviews else None
    return review_due(day_in(shortage.region, shortage.declared_at), last, shortage.valid_to)


def declare(session: Session, actor: Actor, ref: str, *, version: int, at: datetime) -> Shortage:
    """Declare a drafted shortage: from now on vacancies can be certified against it.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError, TransitionError
        Not visible, not the actor's to declare, changed meanwhile, or not a draft.
    InvalidError
        The first finding against it: no evidence, or a period that is over.
    """
    shortage = locked(session, actor, Shortage, ref, ShortageEvent.DECLARE, version, options=WHOLE)
    after = advance(actor, shortage, ShortageEvent.DECLARE)
    _check_declaration(shortage, at=at)
    shortage.state = after
    shortage.declared_by_id, shortage.declared_at = actor.user_id, at
    audit.record(session, actor, "shortage.declare", shortage, at=at, headcount=shortage.headcount)
    return shortage


def suspend(
    session: Session, actor: Actor, ref: str, why: Why, *, version: int, at: datetime, seen: str | None = None
) -> Shortage:
    """Suspend a declaration: until it is resumed nothing is certified against it, and open proposals wait.

    Employers with certified vacancies on it, and everybody whom a proposal concerns, are told.

    Raises
    ------
    InvalidError
        ``cause.missing`` or ``cause.not_for_step``.
    ConflictError
        ``ending.changed``: other proposals than the actor saw (``seen``, the mark of ``touched_by``).
    """
    shortage = locked(session, actor, Shortage, ref, ShortageEvent.SUSPEND, version, options=WHOLE)
    after = advance(actor, shortage, ShortageEvent.SUSPEND)
    cause = check_cause(CausedStep.SUSPEND_SHORTAGE, why)
    endings.check_seen(seen, touched_by(session, actor, shortage, ShortageEvent.SUSPEND))
    shortage.state, shortage.cause, shortage.suspension_reason = after, cause, why.note
    _tell_waiting(session, actor, shortage, frozen=True, cause=cause, at=at)
    audit.record(session, actor, "shortage.suspend", shortage, at=at, cause=cause)
    return shortage


def end(
    session: Session, actor: Actor, ref: str, why: Why, *, version: int, at: datetime, seen: str | None = None
) -> Shortage:
    """End a declaration before its last day: certified vacancies that stand on it are revoked, open proposals end.

    Raises
    ------
    InvalidError
        ``cause.missing`` or ``cause.not_for_step``.
    ConflictError
        ``ending.changed``: other proposals or vacancies than the actor saw (``seen``, the mark of ``touched_by``).
    """
    shortage = locked(session, actor, Shortage, ref, ShortageEvent.END, version, options=WHOLE)
    after = advance(actor, shortage, ShortageEvent.END)
    cause = check_cause(CausedStep.END_SHORTAGE, why)
    shortage.state, shortage.cause, shortage.suspension_reason = after, cause, why.note
    ending = replace(_ENDED, subject=("shortage", shortage.ref))
    revocations.revoke_all(session, actor, Vacancy.shortage_id == shortage.id, ending, _REVOKED, at=at, seen=seen)
    audit.record(session, actor, "shortage.end", shortage, at=at, cause=cause)
    return shortage


#: What the end of a declaration means for proposals and vacancies that stand on it.
_ENDED = Ending(EndReason.VACANCY_REVOKED, cause=Cause.SHORTAGE_ENDED)
_REVOKED = Revocation(Cause.SHORTAGE_ENDED, Deficiency.SHORTAGE_NOT_COVERED)


def touched_by(session: Session, actor: Actor, shortage: Shortage, event: ShortageEvent) -> Touched:
    """Return what suspending or ending a declaration would do to vacancies and open proposals now."""
    standing, subject = Vacancy.shortage_id == shortage.id, ("shortage", shortage.ref)
    if event is ShortageEvent.END:
        return revocations.preview(session, actor, standing, replace(_ENDED, subject=subject))
    return endings.preview_waiting(session, actor, of_vacancies(standing), EndReason.VACANCY_REVOKED, subject)


def _tell_waiting(
    session: Session, actor: Actor, shortage: Shortage, *, frozen: bool, at: datetime, cause: Cause | None = None
) -> None:
    subject = ("shortage", shortage.ref)
    standing = Vacancy.shortage_id == shortage.id
    kind = NoticeKind.SHORTAGE_SUSPENDED if frozen else NoticeKind.SHORTAGE_RESUMED
    for employer, count in vacancy_lists.standing_of(session, standing).items():
        notices.tell(session, [employer], kind, subject, at=at, count=count, **endings.caused(cause))
    endings.tell_waiting(session, actor, of_vacancies(standing), frozen=frozen, at=at, subject=subject, cause=cause)


def resume(session: Session, actor: Actor, ref: str, *, version: int, at: datetime) -> Shortage:
    """Put a suspended declaration in force again, if it still holds; everybody who was told that it waits is told."""
    shortage = locked(session, actor, Shortage, ref, ShortageEvent.RESUME, version, options=WHOLE)
    after = advance(actor, shortage, ShortageEvent.RESUME)
    _check_declaration(shortage, at=at)
    shortage.state = after
    shortage.cause = shortage.suspension_reason = None
    _tell_waiting(session, actor, shortage, frozen=False, at=at)
    audit.record(session, actor, "shortage.resume", shortage, at=at)
    return shortage


def _check_declaration(shortage: Shortage, *, at: datetime) -> None:
    declaration = Declaration(
        state=shortage.state,
        occupation=shortage.occupation.code,
        region=shortage.region,
        valid_from=shortage.valid_from,
        valid_to=shortage.valid_to,
        headcount=shortage.headcount,
    )
    kinds = [
        piece.kind for piece in shortage.evidence if not is_stale(piece.observed_on, today=day_in(shortage.region, at))
    ]
    stop_at(declaration_findings(declaration, kinds, today=day_in(shortage.region, at)))


def _check_piece(actor: Actor, piece: Evidence, *, at: datetime) -> None:
    if piece.region is not None and not within_region(piece.region, actor.country):
        raise InvalidError("shortage.region_abroad", field="evidence_region")
    facts = EvidenceFacts(
        piece.kind, piece.figure, piece.statement, piece.observed_on, piece.period_from, piece.period_to
    )
    check_evidence(facts, today=actor.today(at))


def _touch(shortage: Shortage) -> None:
    """Count a change of a part as a change of the whole, so that somebody with an older page is told."""
    attributes.flag_modified(shortage, "headcount")
