"""A worker's file: registering, confirming identity, making ready, pausing, leaving, and what a date changes."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from mobility.errors import ConflictError, InvalidError
from mobility.models.base import public_reference
from mobility.models.workers.papers import Check
from mobility.models.workers.workers import Worker
from mobility.queries.lists import worker_lists
from mobility.queries.proposal_endings import of_worker
from mobility.rules.basics.findings import Finding, Verdict, stop_at
from mobility.rules.basics.lifecycles import check_reason
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.places import day_in
from mobility.rules.cases.checks import CheckKind, CheckResult
from mobility.rules.cases.consents import consent_findings
from mobility.rules.cases.documents import is_valid
from mobility.rules.cases.notices import NoticeKind
from mobility.rules.cases.proposals import EndReason
from mobility.rules.cases.workers import (
    WorkerEvent,
    WorkerState,
    check_ineligibility,
    check_override,
    identity_findings,
)
from mobility.security.actors import Actor
from mobility.security.blind_indexes import name_index, phone_index
from mobility.security.keyring import keyring_of
from mobility.security.policy import require
from mobility.security.projections import PROFILE
from mobility.security.scopes import locked, readable
from mobility.security.sealing import WorkerKey
from mobility.security.steps import advance, check_open
from mobility.services import notices
from mobility.services.proposals import endings
from mobility.services.proposals.endings import Ending, Touched
from mobility.services.workers import fairness_groups, registration
from mobility.services.workers.readiness import consent_records, readiness, ready_again, settle
from mobility.services.workers.recording import record_change
from mobility.services.workers.registration import Paper, Person, WorkerTerms

#: States of workers who were identified and whose documents may be renewed.
RENEWABLE = frozenset(
    {WorkerState.SCREENING, WorkerState.READY, WorkerState.ACTION_NEEDED, WorkerState.PROPOSED, WorkerState.RETURNED}
)
#: States in which a placement binds the worker.
BOUND = frozenset({WorkerState.PLACED, WorkerState.ABROAD})


def get(session: Session, actor: Actor, ref: str) -> Worker:
    """Return a worker with everything that belongs to the file; pages show it through a projection alone."""
    return readable(session, actor, Worker, ref, Permission.WORKER_VIEW, options=PROFILE)


def register(session: Session, actor: Actor, terms: WorkerTerms, *, at: datetime) -> Worker:
    """Put a person on the register, sealed under a key of their own.

    Raises
    ------
    ForbiddenError
        The actor registers nobody.
    InvalidError
        Something entered does not hold; ``field`` says where.
    ConflictError
        The document is on the register already.
    """
    require(actor, Permission.WORKER_REGISTER)
    today = actor.today(at)
    registration.check_person(actor, terms, today)
    zone = registration.check_paper(terms.paper, terms.person, today)
    alike = registration.check_duplicates(session, actor, terms)
    worker = _sealed(session, actor, terms, at)
    worker.state = advance(actor, worker, WorkerEvent.REGISTER)
    key = WorkerKey.of(keyring_of(session), worker)
    assert key is not None  # noqa: S101  made one line above
    worker.documents = [registration.document(keyring_of(session), key, terms.paper, mrz_valid=zone)]
    worker.skills = registration.skills(session, terms.skills)
    worker.languages = registration.languages(terms.languages)
    worker.licences = registration.licences(terms.licences)
    worker.employments = registration.employments(session, terms.employments, today)
    worker.consents = [registration.consent(actor, purpose, terms.consent_language, at) for purpose in terms.consents]
    session.add(worker)
    session.flush()
    fairness_groups.write(session, [worker.id], on=today)
    record_change(session, actor, "worker.register", worker, at=at, zone=zone, alike=alike)
    return worker


def confirm_identity(session: Session, actor: Actor, ref: str, *, vouched: bool, version: int, at: datetime) -> Worker:
    """Confirm who a worker is, as a second officer: after registration it begins the screening, later it renews.

    Parameters
    ----------
    vouched : bool
        Whether the officer answers for what no machine could read, and for people of the same name.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError, TransitionError
        Not visible, registered by the actor, changed meanwhile, or confirmed already.
    InvalidError
        The first finding against it.
    """
    worker = locked(session, actor, Worker, ref, WorkerEvent.CHECK_IDENTITY, version, options=PROFILE)
    if not awaits_renewal(worker):
        check_open(actor, worker, WorkerEvent.CHECK_IDENTITY)
    if vouched:
        check_override(worker.registered_by_id, actor.user_id or 0)
    stop_at(identity(session, worker, at=at, vouched=vouched))
    if not awaits_renewal(worker):
        worker.state = advance(actor, worker, WorkerEvent.CHECK_IDENTITY)
        worker.state = advance(actor, worker, WorkerEvent.BEGIN_SCREENING)
    worker.identity_checked_by_id = actor.user_id
    worker.checks.append(
        Check(
            kind=CheckKind.IDENTITY,
            result=CheckResult.PASSED,
            provider=actor.organisation_name,
            checked_on=day_in(worker.post.seat, at),
            valid_until=max(paper.expires_on for paper in worker.documents),
            verifier_id=actor.user_id,
            recorded_at=at,
        )
    )
    settle(session, worker, at=at)
    record_change(session, actor, "worker.confirm_identity", worker, at=at, vouched=vouched)
    return worker


def add_document(session: Session, actor: Actor, ref: str, paper: Paper, *, at: datetime) -> Worker:
    """Put a further document on file, such as a renewed passport; a second officer confirms the identity anew.

    Raises
    ------
    NotFoundError, ForbiddenError
        Not visible, or not the actor's to edit.
    InvalidError
        The document does not hold or names somebody else, ends no later than the one on file, or the person is erased.
    ConflictError
        The document is on the register already.
    """
    worker = locked(session, actor, Worker, ref, Permission.WORKER_EDIT, None, options=PROFILE)
    keyring = keyring_of(session)
    key = WorkerKey.of(keyring, worker)
    if key is None:
        raise InvalidError("worker.erased", field="document_number")
    person = Person(
        key.open("worker.given_names", worker.given_names) or "",
        key.open("worker.family_names", worker.family_names) or "",
        worker.born_on,
    )
    zone = registration.check_paper(paper, person, day_in(worker.post.seat, at))
    registration.check_document_new(session, actor, paper)
    if any(held.expires_on >= paper.expires_on for held in worker.documents):
        raise InvalidError("worker.document_not_longer", field="document_expires_on")
    worker.documents.append(registration.document(keyring, key, paper, mrz_valid=zone))
    record_change(session, actor, "worker.add_document", worker, at=at, zone=zone)
    return worker


def awaits_renewal(worker: Worker) -> bool:
    """Tell whether a worker who was identified before has a newer document that nobody has confirmed yet."""
    confirmed = [check.valid_until for check in worker.checks if check.kind is CheckKind.IDENTITY and check.valid_until]
    newest = max((paper.expires_on for paper in worker.documents), default=None)
    return worker.state in RENEWABLE and newest is not None and (not confirmed or newest > max(confirmed))


def make_ready(session: Session, actor: Actor, ref: str, *, version: int, at: datetime) -> Worker:
    """Put a screened worker on the roster from which match runs propose.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError, TransitionError
        Not visible, not the actor's, changed meanwhile, or not in screening.
    InvalidError
        The first required check or consent that is wanting.
    """
    worker = locked(session, actor, Worker, ref, WorkerEvent.MAKE_READY, version, options=PROFILE)
    after = advance(actor, worker, WorkerEvent.MAKE_READY)
    stop_at(readiness(worker, at=at))
    if worker.state is WorkerState.ACTION_NEEDED:
        after = ready_again(session, worker)
    worker.state, worker.state_reason = after, None
    record_change(session, actor, "worker.make_ready", worker, at=at)
    return worker


def pause(
    session: Session, actor: Actor, ref: str, reason: str, *, version: int, at: datetime, seen: str | None = None
) -> Worker:
    """Take a worker off the roster for a while, as they asked: their open proposals end, and both sides are told."""
    return _leave(session, actor, ref, WorkerEvent.PAUSE, reason, version=version, at=at, seen=seen)


def withdraw(
    session: Session, actor: Actor, ref: str, reason: str, *, version: int, at: datetime, seen: str | None = None
) -> Worker:
    """Take a worker off the register, as they asked: their open proposals end, and both sides are told."""
    return _leave(session, actor, ref, WorkerEvent.WITHDRAW, reason, version=version, at=at, seen=seen)


def resume(session: Session, actor: Actor, ref: str, *, version: int, at: datetime) -> Worker:
    """Put a paused or withdrawn worker on the register again; who they are is confirmed anew.

    Raises
    ------
    InvalidError
        A consent without which nobody is on the register is not in force.
    """
    return _come_back(session, actor, ref, WorkerEvent.RESUME, version, at)


#: Why open proposals end when a worker leaves.
LEAVING = {
    WorkerEvent.PAUSE: EndReason.WORKER_PAUSED,
    WorkerEvent.WITHDRAW: EndReason.WORKER_WITHDREW,
    WorkerEvent.MARK_INELIGIBLE: EndReason.WORKER_INELIGIBLE,
}


def touched_by(session: Session, actor: Actor, worker: Worker, event: WorkerEvent) -> Touched:
    """Return what leaving would do to a worker's open proposals now."""
    return endings.preview(session, actor, of_worker(worker.id), Ending(LEAVING[event]))


def mark_ineligible(
    session: Session,
    actor: Actor,
    ref: str,
    reason: str,
    review_on: date | None,
    *,
    version: int,
    at: datetime,
    seen: str | None = None,
) -> Worker:
    """Shut a worker out for a stated reason, until it is looked at again on a stated day; open proposals end.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError, TransitionError
        Not visible, not the actor's, changed meanwhile or bound by a placement, or shut out already.
    InvalidError
        The reason or the day is missing, or the day went by.
    """
    worker = locked(session, actor, Worker, ref, WorkerEvent.MARK_INELIGIBLE, version, options=PROFILE)
    after = advance(actor, worker, WorkerEvent.MARK_INELIGIBLE)
    check_ineligibility(reason, review_on, day_in(worker.post.seat, at))
    if worker.state in BOUND:
        raise ConflictError("worker.placement_open")
    before, worker.state = worker.state, after
    worker.state_reason, worker.review_on = reason.strip(), review_on
    day = review_on.isoformat() if review_on else None
    ending = Ending(LEAVING[WorkerEvent.MARK_INELIGIBLE])
    endings.end_open(session, actor, of_worker(worker.id), ending, at=at, seen=seen)
    notices.tell_workers(
        session, [worker.id], NoticeKind.WORKER_INELIGIBLE, ("worker", worker.ref), at=at, day=day or ""
    )
    record_change(session, actor, "worker.mark_ineligible", worker, at=at, before=before, review_on=day)
    return worker


def reinstate(session: Session, actor: Actor, ref: str, *, version: int, at: datetime) -> Worker:
    """Put a worker who was shut out on the register again; who they are is confirmed anew.

    Raises
    ------
    InvalidError
        A consent without which nobody is on the register is not in force.
    """
    return _come_back(session, actor, ref, WorkerEvent.REINSTATE, version, at)


def identity(session: Session, worker: Worker, *, at: datetime, vouched: bool = False) -> list[Finding]:
    """Return the findings on a worker's identity: a paper in force, its zone read, nobody alike on the register."""
    newest = max(worker.documents, key=lambda paper: paper.expires_on, default=None)
    alike = worker_lists.same_person(
        session, worker.name_index or "", worker.born_on, worker.origin_country, but=worker.id
    )
    return identity_findings(
        document_valid=is_valid(newest.expires_on, day_in(worker.post.seat, at)) if newest else None,
        zone_valid=newest.mrz_valid if newest else None,
        open_duplicates=len(alike),
        overridden=vouched,
    )


def wanting(session: Session, worker: Worker, *, at: datetime) -> list[Finding]:
    """Return the findings that keep a worker from the next step, if the next step is a step on the file."""
    if worker.state is WorkerState.REGISTERED:
        found = identity(session, worker, at=at)
    elif worker.state in {WorkerState.PAUSED, WorkerState.WITHDRAWN}:
        found = consent_findings(registration.NEEDED, consent_records(worker), at)
    else:
        found = readiness(worker, at=at)
    return [finding for finding in found if finding.verdict is not Verdict.PASS]


def _leave(
    session: Session,
    actor: Actor,
    ref: str,
    event: WorkerEvent,
    reason: str,
    *,
    version: int,
    at: datetime,
    seen: str | None,
) -> Worker:
    worker = locked(session, actor, Worker, ref, event, version, options=PROFILE)
    after = advance(actor, worker, event)
    check_reason(reason)
    if worker.state in BOUND:
        raise ConflictError("worker.placement_open")
    before, worker.state, worker.state_reason = worker.state, after, reason.strip()
    endings.end_open(session, actor, of_worker(worker.id), Ending(LEAVING[event]), at=at, seen=seen)
    record_change(session, actor, f"worker.{event}", worker, at=at, before=before)
    return worker


def _come_back(session: Session, actor: Actor, ref: str, event: WorkerEvent, version: int, at: datetime) -> Worker:
    worker = locked(session, actor, Worker, ref, event, version, options=PROFILE)
    after = advance(actor, worker, event)
    stop_at(consent_findings(registration.NEEDED, consent_records(worker), at))
    worker.state, worker.state_reason, worker.review_on = after, None, None
    worker.identity_checked_by_id, worker.confirmed_at = None, at
    record_change(session, actor, f"worker.{event}", worker, at=at)
    return worker


def _sealed(session: Session, actor: Actor, terms: WorkerTerms, at: datetime) -> Worker:
    keyring = keyring_of(session)
    ref = public_reference("W")()
    key = WorkerKey.create(ref)
    return Worker(
        ref=ref,
        post_id=actor.organisation_id,
        origin_country=actor.country,
        sealing_key=key.wrapped(keyring),
        given_names=key.seal("worker.given_names", terms.given_names),
        family_names=key.seal("worker.family_names", terms.family_names),
        name_latin=key.seal("worker.name_latin", terms.name_latin),
        phone=key.seal("worker.phone", terms.phone),
        email=key.seal("worker.email", terms.email),
        address=key.seal("worker.address", terms.address),
        vulnerability=key.seal("worker.vulnerability", terms.vulnerability),
        name_index=name_index(keyring, terms.full_name),
        phone_index=phone_index(keyring, terms.phone) if terms.phone else None,
        born_on=terms.born_on,
        sex=terms.sex,
        nationalities=list(terms.nationalities),
        residence_country=terms.residence_country,
        residence_region=terms.residence_region,
        reads_and_writes=terms.reads_and_writes,
        assisted=terms.assisted,
        education_years=terms.education_years,
        displaced_by=terms.displaced_by,
        destinations=list(terms.destinations),
        sectors=list(terms.sectors),
        earliest_start=terms.earliest_start,
        months_away_max=terms.months_away_max,
        pay_floor_hourly=terms.pay_floor_hourly,
        pay_floor_currency=terms.pay_floor_currency,
        state=WorkerState.DRAFT,
        registered_by_id=actor.user_id,
        created_at=at,
        confirmed_at=at,
    )
