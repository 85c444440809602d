"""Bilateral agreements between two ministries: on record once both signed on paper, suspended, resumed, ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.errors import InvalidError
from mobility.models.accounts.organisations import Organisation
from mobility.models.schemes.agreements import Agreement
from mobility.queries.lists import agreement_lists
from mobility.queries.lists.agreement_lists import PARTIES
from mobility.queries.proposal_endings import of_agreement
from mobility.rules.basics.causes import Cause, CausedStep, Why, check_cause
from mobility.rules.basics.findings import stop_at
from mobility.rules.basics.organisations import OrganisationKind
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.places import Place, day_in
from mobility.rules.cases.agreements import AgreementEvent, CostBearer, CostKind, cost_findings
from mobility.rules.cases.notices import NoticeKind
from mobility.rules.cases.proposals import EndReason
from mobility.security import audit
from mobility.security.actors import SYSTEM, Actor
from mobility.security.policy import require
from mobility.security.scopes import locked, readable
from mobility.security.steps import advance
from mobility.services import notices
from mobility.services.proposals import endings
from mobility.services.proposals.endings import Ending, Touched


@dataclass(frozen=True)
class AgreementTerms:
    """What an agreement says; ``destination`` and ``origin`` are references of the two ministries."""

    title: str
    destination: str
    origin: str
    valid_from: date
    valid_to: date | None = None
    sectors: Sequence[str] = ()
    costs: Mapping[CostKind, CostBearer] = field(default_factory=dict)
    names_health_workers: bool = False


def get(session: Session, actor: Actor, ref: str) -> Agreement:
    """Return an agreement with its parties."""
    return readable(session, actor, Agreement, ref, Permission.AGREEMENT_VIEW, options=PARTIES)


def create(session: Session, actor: Actor, terms: AgreementTerms, *, at: datetime) -> Agreement:
    """Take an agreement on record: a scheme officer of its destination does so, or the system.

    Raises
    ------
    ForbiddenError
        The actor takes no agreements of this destination on record.
    InvalidError
        A party that is no ministry of its side, a period in the wrong order, or a recruitment cost on the worker.
    """
    agreement = Agreement(
        title=terms.title,
        destination=_ministry(session, terms.destination, OrganisationKind.DESTINATION_MINISTRY, "destination"),
        origin=_ministry(session, terms.origin, OrganisationKind.ORIGIN_MINISTRY, "origin"),
        valid_from=terms.valid_from,
        valid_to=terms.valid_to,
        sectors=sorted(terms.sectors),
        costs={kind.value: bearer.value for kind, bearer in terms.costs.items()},
        names_health_workers=terms.names_health_workers,
    )
    agreement.destination_id = agreement.destination.id
    require(actor, Permission.AGREEMENT_RECORD, agreement)
    if terms.valid_to is not None and terms.valid_to < terms.valid_from:
        raise InvalidError("period_reversed", field="valid_to")
    stop_at(cost_findings(terms.costs), lambda _finding: "costs")
    session.add(agreement)
    audit.record(session, actor, "agreement.create", agreement, at=at)
    return agreement


def suspend(
    session: Session, actor: Actor, ref: str, why: Why, *, version: int, at: datetime, seen: str | None = None
) -> Agreement:
    """Suspend an agreement: the open proposals that it carries wait until it is resumed; all concerned are told.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError, TransitionError
        Not visible, of no party, changed meanwhile (the agreement, or what was ``seen``), or suspended or ended.
    InvalidError
        ``cause.missing`` or ``cause.not_for_step``.
    """
    agreement = locked(session, actor, Agreement, ref, AgreementEvent.SUSPEND, version, options=PARTIES)
    after = advance(actor, agreement, AgreementEvent.SUSPEND)
    cause = check_cause(CausedStep.SUSPEND_AGREEMENT, why)
    endings.check_seen(seen, touched_by(session, actor, agreement, AgreementEvent.SUSPEND))
    agreement.state, agreement.cause, agreement.state_reason = after, cause, why.note
    _tell_waiting(session, actor, agreement, frozen=True, at=at, cause=cause)
    audit.record(session, actor, "agreement.suspend", agreement, at=at, cause=cause)
    return agreement


def resume(session: Session, actor: Actor, ref: str, *, version: int, at: datetime) -> Agreement:
    """Put a suspended agreement in force again; everybody who was told that it waits is told."""
    agreement = locked(session, actor, Agreement, ref, AgreementEvent.RESUME, version, options=PARTIES)
    agreement.state = advance(actor, agreement, AgreementEvent.RESUME)
    agreement.cause = agreement.state_reason = None
    _tell_waiting(session, actor, agreement, frozen=False, at=at)
    audit.record(session, actor, "agreement.resume", agreement, at=at)
    return agreement


def end(
    session: Session, actor: Actor, ref: str, why: Why, *, version: int, at: datetime, seen: str | None = None
) -> Agreement:
    """End an agreement before its last day, or one without a last day: the open proposals that it carries end.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError, TransitionError
        Not visible, of no party, changed meanwhile (the agreement, or what was ``seen``), or ended before.
    InvalidError
        ``cause.missing`` or ``cause.not_for_step``.
    """
    agreement = locked(session, actor, Agreement, ref, AgreementEvent.END, version, options=PARTIES)
    after = advance(actor, agreement, AgreementEvent.END)
    cause = check_cause(CausedStep.END_AGREEMENT, why)
    agreement.state, agreement.cause, agreement.state_reason = after, cause, why.note
    endings.end_open(session, actor, of_agreement(agreement.id), _ending(agreement, cause), at=at, seen=seen)
    _tell(session, actor, agreement, NoticeKind.AGREEMENT_ENDED, at=at, day=_day(agreement, at), cause=cause.value)
    audit.record(session, actor, "agreement.end", agreement, at=at, cause=cause)
    return agreement


def on_new_day(session: Session, place: Place, day: date, *, at: datetime) -> int:
    """End every agreement of a destination whose last day has gone by there, with the open proposals that it carries.

    Returns
    -------
    int
        How many agreements ended.
    """
    require(SYSTEM, Permission.AGREEMENT_EXPIRE)
    found = agreement_lists.past(session, place, day)
    for agreement in found:
        agreement.state = advance(SYSTEM, agreement, AgreementEvent.EXPIRE)
        agreement.cause = Cause.LAST_DAY_PAST
        ending = _ending(agreement, Cause.LAST_DAY_PAST)
        endings.end_open(session, SYSTEM, of_agreement(agreement.id), ending, at=at)
        _tell(session, SYSTEM, agreement, NoticeKind.AGREEMENT_ENDED, at=at, day=str(agreement.valid_to))
        audit.record(session, SYSTEM, "agreement.expire", agreement, at=at)
    return len(found)


def touched_by(session: Session, actor: Actor, agreement: Agreement, event: AgreementEvent) -> Touched:
    """Return what suspending or ending an agreement would do to the open proposals that it carries now."""
    carried = of_agreement(agreement.id)
    if event is AgreementEvent.END:
        return endings.preview(session, actor, carried, _ending(agreement, None))
    return endings.preview_waiting(session, actor, carried, EndReason.AGREEMENT_ENDED, ("agreement", agreement.ref))


def _ending(agreement: Agreement, cause: Cause | None) -> Ending:
    return Ending(EndReason.AGREEMENT_ENDED, ("agreement", agreement.ref), cause=cause)


def _day(agreement: Agreement, at: datetime) -> str:
    return day_in(agreement.destination.country, at).isoformat()


def _tell_waiting(
    session: Session, actor: Actor, agreement: Agreement, *, frozen: bool, at: datetime, cause: Cause | None = None
) -> None:
    kind = NoticeKind.AGREEMENT_SUSPENDED if frozen else NoticeKind.AGREEMENT_RESUMED
    _tell(session, actor, agreement, kind, at=at, **endings.caused(cause))
    carried, subject = of_agreement(agreement.id), ("agreement", agreement.ref)
    endings.tell_waiting(session, actor, carried, frozen=frozen, at=at, subject=subject, cause=cause)


def _tell(
    session: Session, actor: Actor, agreement: Agreement, kind: NoticeKind, *, at: datetime, **params: str | int
) -> None:
    """Tell the two ministries, the origin's consular posts, and employers with vacancies under it."""
    told = agreement_lists.concerned_by(session, agreement) - {actor.organisation_id}
    notices.tell(session, told, kind, ("agreement", agreement.ref), at=at, **params)


def _ministry(session: Session, ref: str, kind: OrganisationKind, field_name: str) -> Organisation:
    select = sa.select(Organisation).where(Organisation.ref == ref, Organisation.kind == kind)
    found = session.scalar(select)
    if found is None:
        raise InvalidError("agreement.not_a_ministry", field=field_name)
    return found
