"""Vacancies: drafted by an employer, certified by a ministry, attested by a consular post, opened for matching."""

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from mobility.errors import NotFoundError
from mobility.models.employers import Employer
from mobility.models.schemes.schemes import Scheme, SchemeAgreement
from mobility.models.shortages.shortages import Shortage
from mobility.models.vacancies import Vacancy, VacancySkill
from mobility.queries.lists import employer_lists, vacancy_lists
from mobility.queries.proposal_endings import of_vacancy
from mobility.rules.basics.causes import CausedStep, Why, check_cause
from mobility.rules.basics.findings import stop_at
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.places import Place, day_in
from mobility.rules.cases.notices import NoticeKind
from mobility.rules.cases.proposals import EndReason, ProposalEvent
from mobility.rules.cases.vacancies import (
    Deficiency,
    VacancyEvent,
    VacancyState,
    attestation_findings,
    certification_event,
    check_deficiencies,
    opening_findings,
    submission_findings,
)
from mobility.security import audit
from mobility.security.actors import SYSTEM, Actor
from mobility.security.policy import require
from mobility.security.scopes import locked, readable
from mobility.security.steps import advance
from mobility.services import notices
from mobility.services.proposals import endings
from mobility.services.proposals.endings import Ending, Touched
from mobility.services.vacancies.certification import Floors, assess, terms_of
from mobility.services.vacancies.terms import VacancyTerms, columns_of, field_of

#: What a page about one vacancy needs to have loaded.
WHOLE = (
    joinedload(Vacancy.employer).joinedload(Employer.organisation),
    joinedload(Vacancy.scheme).joinedload(Scheme.organisation),
    joinedload(Vacancy.scheme).selectinload(Scheme.agreements).joinedload(SchemeAgreement.agreement),
    joinedload(Vacancy.shortage).joinedload(Shortage.occupation),
    joinedload(Vacancy.occupation),
    selectinload(Vacancy.skills).joinedload(VacancySkill.skill),
    selectinload(Vacancy.languages),
)
EDITABLE = (VacancyState.DRAFT, VacancyState.DEFICIENT)


def get(session: Session, actor: Actor, ref: str) -> Vacancy:
    """Return a vacancy with what belongs to it."""
    return readable(session, actor, Vacancy, ref, Permission.VACANCY_VIEW, options=WHOLE)


def draft(session: Session, actor: Actor, terms: VacancyTerms, *, at: datetime) -> Vacancy:
    """Store a draft of the actor's employer.

    Raises
    ------
    ForbiddenError
        The actor posts no vacancies.
    InvalidError
        Terms that do not fit, at their field.
    """
    require(actor, Permission.VACANCY_POST)
    employer = employer_lists.of_organisation(session, actor.organisation_id)
    if employer is None:
        raise NotFoundError("employer")
    columns = columns_of(session, actor, terms, today=day_in(terms.region, at))
    vacancy = Vacancy(employer=employer, country=employer.country, created_at=at, **columns)
    session.add(vacancy)
    audit.record(
        session, actor, "vacancy.draft", vacancy, at=at, occupation=terms.occupation, positions=terms.positions
    )
    return vacancy


def submit(session: Session, actor: Actor, ref: str, *, version: int, at: datetime) -> Vacancy:
    """Hand a vacancy in to the ministry.

    Raises
    ------
    InvalidError
        The first finding against it.
    """
    vacancy = locked(session, actor, Vacancy, ref, VacancyEvent.SUBMIT, version, options=WHOLE)
    after = advance(actor, vacancy, VacancyEvent.SUBMIT)
    stop_at(submission_findings(terms_of(vacancy), today=day_in(vacancy.region, at)), field_of)
    vacancy.state, vacancy.submitted_at = after, at
    vacancy.deficiencies = vacancy.state_reason = vacancy.cause = None
    audit.record(session, actor, "vacancy.submit", vacancy, at=at)
    return vacancy


def certify(
    session: Session, actor: Actor, ref: str, positions: int, floors: Floors, *, version: int, at: datetime
) -> Vacancy:
    """Certify all positions of a vacancy, or some of them, after holding its pay to the hourly ``floors``.

    The shortage is locked while its headcount is counted: certifications that run at once never exceed it together.

    Raises
    ------
    InvalidError
        The first obstacle found.
    """
    vacancy = locked(session, actor, Vacancy, ref, VacancyEvent.CERTIFY, version, options=WHOLE)
    event = certification_event(positions, vacancy.positions)
    after = advance(actor, vacancy, event)
    found = assess(session, vacancy, positions=positions, floors=floors, at=at, lock=True)
    stop_at(found.obstacles, field_of)
    vacancy.state, vacancy.certified_positions = after, positions
    vacancy.wage_floors = {name: f"{amount:f}" for name, amount in floors.items()}
    audit.record(
        session, actor, f"vacancy.{event}", vacancy, at=at, positions=positions, floors=dict(vacancy.wage_floors)
    )
    return vacancy


def send_back(
    session: Session,
    actor: Actor,
    ref: str,
    deficiencies: Sequence[Deficiency],
    note: str = "",
    *,
    version: int,
    at: datetime,
) -> Vacancy:
    """Send a submitted vacancy back to its employer with coded reasons.

    Raises
    ------
    InvalidError
        ``vacancy.deficiency_missing``.
    """
    return _object(session, actor, ref, VacancyEvent.FIND_DEFICIENT, deficiencies, note, version=version, at=at)


def refuse(
    session: Session,
    actor: Actor,
    ref: str,
    deficiencies: Sequence[Deficiency],
    note: str = "",
    *,
    version: int,
    at: datetime,
) -> Vacancy:
    """Refuse a submitted vacancy for good, with coded reasons.

    Raises
    ------
    InvalidError
        ``vacancy.deficiency_missing``.
    """
    return _object(session, actor, ref, VacancyEvent.REFUSE, deficiencies, note, version=version, at=at)


def revoke(
    session: Session,
    actor: Actor,
    ref: str,
    deficiencies: Sequence[Deficiency],
    note: str = "",
    *,
    version: int,
    at: datetime,
    seen: str | None = None,
) -> Vacancy:
    """Take a certification back, with coded reasons: open proposals end, everybody concerned is told.

    Raises
    ------
    InvalidError
        ``vacancy.deficiency_missing``.
    ConflictError
        ``ending.changed``: other proposals than the actor saw (``seen``, the mark of ``touched_by``).
    """
    return _object(session, actor, ref, VacancyEvent.REVOKE, deficiencies, note, version=version, at=at, seen=seen)


def attest(session: Session, actor: Actor, ref: str, *, version: int, at: datetime) -> Vacancy:
    """Attest for the country of origin that the offer is real.

    Raises
    ------
    InvalidError
        The first finding against it: an employer or a scheme that no longer stands, a last day gone by, a fee.
    """
    vacancy = locked(session, actor, Vacancy, ref, VacancyEvent.ATTEST, version, options=WHOLE)
    after = advance(actor, vacancy, VacancyEvent.ATTEST)
    employer, scheme = vacancy.employer.state, vacancy.scheme.state
    stop_at(
        attestation_findings(terms_of(vacancy), employer=employer, scheme=scheme, today=day_in(vacancy.region, at)),
        field_of,
    )
    vacancy.state = after
    audit.record(session, actor, "vacancy.attest", vacancy, at=at)
    return vacancy


def open_matching(session: Session, actor: Actor, ref: str, *, version: int, at: datetime) -> Vacancy:
    """Open an attested vacancy: from now on workers are proposed for it.

    Raises
    ------
    InvalidError
        The first finding against it.
    """
    vacancy = locked(session, actor, Vacancy, ref, VacancyEvent.OPEN, version, options=WHOLE)
    after = advance(actor, vacancy, VacancyEvent.OPEN)
    employer, scheme = vacancy.employer.state, vacancy.scheme.state
    stop_at(
        opening_findings(terms_of(vacancy), employer=employer, scheme=scheme, today=day_in(vacancy.region, at)),
        field_of,
    )
    vacancy.state = after
    audit.record(session, actor, "vacancy.open", vacancy, at=at)
    return vacancy


def withdraw(
    session: Session, actor: Actor, ref: str, why: Why, *, version: int, at: datetime, seen: str | None = None
) -> Vacancy:
    """Take the actor's own vacancy back, for a coded cause: its open proposals end, everybody concerned is told.

    Raises
    ------
    InvalidError
        ``cause.missing`` or ``cause.not_for_step``.
    ConflictError
        ``ending.changed``: other proposals than the actor saw (``seen``, the mark of ``touched_by``).
    """
    vacancy = locked(session, actor, Vacancy, ref, VacancyEvent.WITHDRAW, version, options=WHOLE)
    after = advance(actor, vacancy, VacancyEvent.WITHDRAW)
    cause = check_cause(CausedStep.WITHDRAW_VACANCY, why)
    vacancy.cause, vacancy.state_reason = cause, why.note.strip() or None
    _leave(session, actor, vacancy, VacancyEvent.WITHDRAW, after, at=at, seen=seen)
    audit.record(session, actor, "vacancy.withdraw", vacancy, at=at, cause=cause)
    return vacancy


#: What withdrawing and revoking mean for open proposals, and what others are told.
_LEAVING = {
    VacancyEvent.WITHDRAW: (EndReason.VACANCY_WITHDRAWN, NoticeKind.VACANCY_WITHDRAWN),
    VacancyEvent.REVOKE: (EndReason.VACANCY_REVOKED, NoticeKind.VACANCY_REVOKED),
}


def touched_by(session: Session, actor: Actor, vacancy: Vacancy, event: VacancyEvent) -> Touched:
    """Return what withdrawing or revoking a vacancy would do to its open proposals now."""
    return endings.preview(session, actor, of_vacancy(vacancy.id), _ending(vacancy, event))


def _ending(vacancy: Vacancy, event: VacancyEvent) -> Ending:
    return Ending(_LEAVING[event][0], ("vacancy", vacancy.ref), cause=vacancy.cause)


def _leave(
    session: Session,
    actor: Actor,
    vacancy: Vacancy,
    event: VacancyEvent,
    after: VacancyState,
    *,
    at: datetime,
    seen: str | None,
) -> None:
    """Move a vacancy out of matching with all that hangs on it."""
    endings.end_open(session, actor, of_vacancy(vacancy.id), _ending(vacancy, event), at=at, seen=seen)
    before, vacancy.state = vacancy.state, after
    if before is not VacancyState.DRAFT:
        told = {vacancy.scheme.organisation_id, vacancy.employer.organisation_id}
        if before in vacancy_lists.STANDING:
            told |= {each.agreement.origin_id for each in vacancy.scheme.agreements}
        told.discard(actor.organisation_id or 0)
        why = endings.caused(vacancy.cause)
        notices.tell(session, told, _LEAVING[event][1], ("vacancy", vacancy.ref), at=at, **why)


def on_new_day(session: Session, place: Place, day: date, *, at: datetime) -> int:
    """Expire every vacancy at a place whose last day of work has gone by there, with its open proposals.

    The employer and the ministry are told; of the proposals everybody whom they concern (``endings.end_open``).

    Returns
    -------
    int
        How many vacancies expired.
    """
    require(SYSTEM, Permission.VACANCY_EXPIRE)
    over = vacancy_lists.past(session, place, day)
    for start in range(0, len(over), audit.BATCH):
        some = over[start : start + audit.BATCH]
        changed = {"state": VacancyState.EXPIRED, "version": Vacancy.version + 1}
        session.execute(sa.update(Vacancy).where(Vacancy.id.in_(some)).values(changed))
    audit.record_many(session, SYSTEM, "vacancy.expire", Vacancy, over, at=at)
    ending = Ending(EndReason.VACANCY_OVER, event=ProposalEvent.EXPIRE)
    for vacancy_id in over:
        endings.end_open(session, SYSTEM, of_vacancy(vacancy_id), ending, at=at)
    for ref, told in vacancy_lists.parties(session, over):
        notices.tell(session, told, NoticeKind.VACANCY_OVER, ("vacancy", ref), at=at)
    return len(over)


def _object(
    session: Session,
    actor: Actor,
    ref: str,
    event: VacancyEvent,
    deficiencies: Sequence[Deficiency],
    note: str,
    *,
    version: int,
    at: datetime,
    seen: str | None = None,
) -> Vacancy:
    vacancy = locked(session, actor, Vacancy, ref, event, version, options=WHOLE)
    after = advance(actor, vacancy, event)
    check_deficiencies(deficiencies)
    codes = sorted({deficiency.value for deficiency in deficiencies})
    if event is VacancyEvent.REVOKE:
        _leave(session, actor, vacancy, event, after, at=at, seen=seen)
    vacancy.state, vacancy.deficiencies, vacancy.state_reason = after, codes, note.strip() or None
    audit.record(session, actor, f"vacancy.{event}", vacancy, at=at, deficiencies=codes)
    return vacancy
