"""Employers: registering them, vetting, and what follows when one breaks the terms."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session, joinedload

from mobility.errors import InvalidError
from mobility.models.accounts.organisations import Organisation
from mobility.models.employers import Employer
from mobility.models.vacancies import Vacancy
from mobility.queries.lists import employer_lists
from mobility.queries.proposal_endings import of_vacancies
from mobility.rules.basics.causes import Cause
from mobility.rules.basics.findings import Finding, stop_at
from mobility.rules.basics.lifecycles import check_reason
from mobility.rules.basics.organisations import OrganisationKind
from mobility.rules.basics.permissions import Permission
from mobility.rules.cases.employers import EmployerEvent, VettingItem, vetting_findings
from mobility.rules.cases.notices import NoticeKind
from mobility.rules.cases.proposals import EndReason
from mobility.rules.cases.vacancies import Deficiency
from mobility.security import audit
from mobility.security.actors import Actor
from mobility.security.policy import require
from mobility.security.scopes import locked, readable
from mobility.security.steps import advance
from mobility.services import notices
from mobility.services.proposals import endings
from mobility.services.proposals.endings import Ending, Touched
from mobility.services.vacancies import revocations
from mobility.services.vacancies.revocations import Revocation

#: What a page about one employer needs to have loaded.
WHOLE = (joinedload(Employer.organisation),)
NOTHING_NEW: Mapping[VettingItem, bool] = {}


@dataclass(frozen=True)
class EmployerTerms:
    """Who an employer is: its name and its number in the country's register of companies."""

    name: str
    registration_number: str


def get(session: Session, actor: Actor, ref: str) -> Employer:
    """Return an employer with its organisation."""
    return readable(session, actor, Employer, ref, Permission.EMPLOYER_VIEW, options=WHOLE)


def register(session: Session, actor: Actor, terms: EmployerTerms, *, at: datetime) -> Employer:
    """Register an employer of the actor's country, with the organisation that its users will belong to.

    Raises
    ------
    ForbiddenError
        The actor registers no employers.
    InvalidError
        No name or no number, or a number that is registered already.
    """
    require(actor, Permission.EMPLOYER_REGISTER)
    name, number = terms.name.strip(), terms.registration_number.strip()
    if not name:
        raise InvalidError("employer.name_missing", field="name")
    if not number:
        raise InvalidError("employer_registration.none", field="registration_number")
    if employer_lists.is_registered(session, actor.country, number):
        raise InvalidError("employer.registered_before", field="registration_number")
    organisation = Organisation(kind=OrganisationKind.EMPLOYER, name=name, country=actor.country)
    employer = Employer(organisation=organisation, registration_number=number, country=actor.country, created_at=at)
    session.add(employer)
    audit.record(session, actor, "employer.register", employer, at=at, also=[organisation])
    return employer


def begin_vetting(session: Session, actor: Actor, ref: str, *, version: int, at: datetime) -> Employer:
    """Begin to look at a registered employer."""
    return _step(session, actor, ref, EmployerEvent.BEGIN_VETTING, version=version, at=at)


def return_to_registered(
    session: Session, actor: Actor, ref: str, reason: str, *, version: int, at: datetime
) -> Employer:
    """End a vetting without an outcome; what was looked at has to be looked at again.

    Raises
    ------
    InvalidError
        ``reason.missing``.
    """
    return _step(session, actor, ref, EmployerEvent.RETURN_TO_REGISTERED, reason=reason, version=version, at=at)


def verify(
    session: Session, actor: Actor, ref: str, items: Mapping[VettingItem, bool], *, version: int, at: datetime
) -> Employer:
    """Verify an employer: from now on its vacancies can be certified.

    Raises
    ------
    InvalidError
        The first finding against it: an item not looked at, or not in order.
    """
    return _step(session, actor, ref, EmployerEvent.VERIFY, items=items, version=version, at=at)


def suspend(
    session: Session, actor: Actor, ref: str, reason: str, *, version: int, at: datetime, seen: str | None = None
) -> Employer:
    """Suspend a verified employer: nothing of it moves on until it is reinstated.

    Raises
    ------
    InvalidError
        ``reason.missing``.
    ConflictError
        ``ending.changed``: other proposals than the actor saw (``seen``, the mark of ``touched_by``).
    """
    return _step(session, actor, ref, EmployerEvent.SUSPEND, reason=reason, version=version, at=at, seen=seen)


def reinstate(
    session: Session,
    actor: Actor,
    ref: str,
    items: Mapping[VettingItem, bool] = NOTHING_NEW,
    *,
    version: int,
    at: datetime,
) -> Employer:
    """Take a suspended employer back; ``items`` that were looked at again replace what was found before.

    Raises
    ------
    InvalidError
        The first finding against it.
    """
    return _step(session, actor, ref, EmployerEvent.REINSTATE, items=items, version=version, at=at)


def debar(
    session: Session, actor: Actor, ref: str, reason: str, *, version: int, at: datetime, seen: str | None = None
) -> Employer:
    """Shut a suspended employer out for good: its certified vacancies are revoked, its open proposals end.

    Raises
    ------
    InvalidError
        ``reason.missing``.
    ConflictError
        ``ending.changed``: other proposals or vacancies than the actor saw (``seen``, the mark of ``touched_by``).
    """
    return _step(session, actor, ref, EmployerEvent.DEBAR, reason=reason, version=version, at=at, seen=seen)


def touched_by(session: Session, actor: Actor, employer: Employer, event: EmployerEvent) -> Touched:
    """Return what suspending or debarring an employer would do to its vacancies and open proposals now."""
    mine = Vacancy.employer_id == employer.id
    if event is EmployerEvent.DEBAR:
        return revocations.preview(session, actor, mine, _DEBARRED)
    return endings.preview_waiting(session, actor, of_vacancies(mine), EndReason.EMPLOYER_DEBARRED)


def looked_at(employer: Employer) -> dict[VettingItem, bool]:
    """Return what the ministry looked at so far, and whether it was in order."""
    return {VettingItem(name): outcome for name, outcome in (employer.vetting_items or {}).items()}


def findings_of(employer: Employer, items: Mapping[VettingItem, bool] = NOTHING_NEW) -> list[Finding]:
    """Return what speaks for and against verifying an employer, with ``items`` newly looked at."""
    return vetting_findings(employer.registration_number, looked_at(employer) | dict(items))


#: What is remembered of why an employer is where it is; verifying and beginning anew clear it.
_NEEDS_REASON = frozenset({EmployerEvent.RETURN_TO_REGISTERED, EmployerEvent.SUSPEND, EmployerEvent.DEBAR})
#: What the employer itself is told.
TOLD = {
    EmployerEvent.SUSPEND: NoticeKind.EMPLOYER_SUSPENDED,
    EmployerEvent.REINSTATE: NoticeKind.EMPLOYER_REINSTATED,
    EmployerEvent.DEBAR: NoticeKind.EMPLOYER_DEBARRED,
}
_NEEDS_VETTING = frozenset({EmployerEvent.VERIFY, EmployerEvent.REINSTATE})
_DEBARRED = Ending(EndReason.EMPLOYER_DEBARRED)
_REVOKED = Revocation(Cause.EMPLOYER_DEBARRED, Deficiency.EMPLOYER_NOT_VERIFIED)


def _step(
    session: Session,
    actor: Actor,
    ref: str,
    event: EmployerEvent,
    *,
    version: int,
    at: datetime,
    reason: str = "",
    items: Mapping[VettingItem, bool] = NOTHING_NEW,
    seen: str | None = None,
) -> Employer:
    employer = locked(session, actor, Employer, ref, event, version, options=WHOLE)
    after = advance(actor, employer, event)
    if event in _NEEDS_REASON:
        check_reason(reason)
    if event in _NEEDS_VETTING:
        _take_in(employer, items)
    if event is EmployerEvent.RETURN_TO_REGISTERED:
        employer.vetting_items = None
    employer.state = after
    employer.state_reason = reason.strip() or None
    outcomes = {item.value: outcome for item, outcome in items.items()}
    _carry_on(session, actor, employer, event, at=at, seen=seen)
    audit.record(session, actor, f"employer.{event}", employer, at=at, items=outcomes)
    return employer


def _carry_on(
    session: Session, actor: Actor, employer: Employer, event: EmployerEvent, *, at: datetime, seen: str | None
) -> None:
    """Do to the employer's vacancies and open proposals what the step means for them, and tell everybody."""
    if event not in TOLD:
        return
    mine = Vacancy.employer_id == employer.id
    if event is EmployerEvent.DEBAR:
        ended = revocations.revoke_all(session, actor, mine, _DEBARRED, _REVOKED, at=at, seen=seen)
        count = ended.waiting + ended.approved
    else:
        if event is EmployerEvent.SUSPEND:
            endings.check_seen(seen, touched_by(session, actor, employer, event))
        frozen = event is EmployerEvent.SUSPEND
        count = endings.tell_waiting(session, actor, of_vacancies(mine), frozen=frozen, at=at)
    notices.tell(session, [employer.organisation_id], TOLD[event], ("employer", employer.ref), at=at, count=count)


def _take_in(employer: Employer, items: Mapping[VettingItem, bool]) -> None:
    stop_at(findings_of(employer, items), lambda finding: str(finding.params.get("item", "")) or None)
    known = looked_at(employer) | dict(items)
    employer.vetting_items = {item.value: outcome for item, outcome in known.items()}
