"""Recording the checks of a worker's screening, and how long each kind counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.errors import InvalidError, TransitionError
from mobility.models.workers.papers import Check, CheckWarning
from mobility.models.workers.workers import Worker
from mobility.queries import check_dates
from mobility.queries.check_dates import RunningOut
from mobility.queries.lists import worker_lists
from mobility.queries.proposal_endings import of_worker
from mobility.rules.basics.dates import add_months
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.places import Place, day_in
from mobility.rules.basics.skills import STRENGTH, Evidence
from mobility.rules.cases.checks import (
    GOOD,
    REQUIRED,
    CheckKind,
    CheckRecord,
    CheckResult,
    deciding,
    notice_due,
)
from mobility.rules.cases.notices import NoticeKind
from mobility.rules.cases.proposals import EndReason
from mobility.rules.cases.workers import WorkerEvent, WorkerState
from mobility.security.actors import SYSTEM, Actor
from mobility.security.keyring import keyring_of
from mobility.security.projections import PROFILE
from mobility.security.scopes import locked
from mobility.security.sealing import WorkerKey
from mobility.security.steps import advance
from mobility.services import notices
from mobility.services.proposals import endings
from mobility.services.proposals.endings import Ending, Touched
from mobility.services.workers.readiness import settle
from mobility.services.workers.recording import record_change

#: Months that a passed check counts where its paper does not say otherwise; identity counts as long as the document.
MONTHS: Mapping[CheckKind, int] = {
    CheckKind.POLICE: 6,
    CheckKind.MEDICAL: 12,
    CheckKind.LANGUAGE: 24,
    CheckKind.TRADE_TEST: 36,
    CheckKind.REFERENCE: 24,
    CheckKind.MIGRATION_RECORD: 6,
    CheckKind.ORIENTATION: 24,
}
_FAILED = Ending(EndReason.CHECK_FAILED)
#: What a passed check makes of the skills that it looked at.
EVIDENCE: Mapping[CheckKind, Evidence] = {
    CheckKind.TRADE_TEST: Evidence.TESTED,
    CheckKind.REFERENCE: Evidence.ATTESTED,
}
#: States in which a file takes checks: from confirmed identity on, while the worker is on the register.
OPEN = frozenset(
    {
        WorkerState.IDENTITY_CHECKED,
        WorkerState.SCREENING,
        WorkerState.READY,
        WorkerState.ACTION_NEEDED,
        WorkerState.PROPOSED,
        WorkerState.PLACED,
        WorkerState.RETURNED,
    }
)


@dataclass(frozen=True, repr=False)
class CheckTerms:
    """A check as it is entered; ``skills`` are codes of the worker's skills that it looked at."""

    kind: CheckKind
    result: CheckResult
    provider: str
    checked_on: date
    valid_until: date | None = None
    note: str | None = None
    skills: Sequence[str] = ()


def default_validity(kind: CheckKind, checked_on: date) -> date | None:
    """Return the last day on which a check of this kind counts by default."""
    months = MONTHS.get(kind)
    return None if months is None else add_months(checked_on, months)


def touched_by(session: Session, actor: Actor, worker: Worker, kind: CheckKind) -> Touched | None:
    """Return what a failed check of a kind would do to open proposals now; None if it would end none."""
    if kind not in REQUIRED:
        return None
    touched = endings.preview(session, actor, of_worker(worker.id), _FAILED)
    return touched if touched.people else None


def record(
    session: Session, actor: Actor, ref: str, terms: CheckTerms, *, at: datetime, seen: str | None = None
) -> Worker:
    """Record a check; one that is failed takes a ready worker off the roster until it is mended.

    If it is required, open proposals of the worker end, and everybody concerned is told.

    Raises
    ------
    NotFoundError, ForbiddenError
        Not visible, or not the actor's to check.
    TransitionError
        The worker's identity is not confirmed yet, or they left the register.
    InvalidError
        At its field: identity (confirmed on its own), a day to come, a wrong last day, a waiver without a reason, a
        skill that the worker does not claim.
    ConflictError
        ``ending.changed``: other proposals than the actor saw (``seen``, the mark of ``touched_by``).
    """
    worker = locked(session, actor, Worker, ref, Permission.WORKER_CHECK, None, options=PROFILE)
    if worker.state not in OPEN:
        raise TransitionError(worker.state, "check")
    _verify(terms, day_in(worker.post.seat, at))
    if worker.state is WorkerState.IDENTITY_CHECKED:
        worker.state = advance(actor, worker, WorkerEvent.BEGIN_SCREENING)
    _lift_skills(worker, terms)
    worker.checks.append(_row(session, actor, worker, terms, at))
    if _decides_against(worker, terms, day_in(worker.post.seat, at)):
        endings.end_open(session, actor, of_worker(worker.id), _FAILED, at=at, seen=seen)
    settle(session, worker, at=at)
    record_change(
        session,
        actor,
        "worker.check",
        worker,
        at=at,
        kind=terms.kind,
        result=terms.result,
        skills=list(terms.skills),
        state=worker.state,
    )
    return worker


def _decides_against(worker: Worker, terms: CheckTerms, today: date) -> bool:
    """Tell whether the check that was just recorded is required, was not passed, and is the one that counts."""
    if terms.kind not in REQUIRED or terms.result is not CheckResult.FAILED:
        return False
    records = [CheckRecord(each.kind, each.result, each.checked_on, each.valid_until) for each in worker.checks]
    counts = deciding(records, terms.kind, today)
    return counts is not None and counts.result is CheckResult.FAILED


def on_new_day(session: Session, place: Place, day: date, *, at: datetime) -> int:
    """Tell the posts at a place which required checks run out soon, and ask those to act whose checks have run out.

    A post is told 30 and 14 days ahead and on the last day, once each; the day after, a ready or proposed worker has
    to act and their open proposals are frozen (``readiness.settle``).

    Returns
    -------
    int
        How many notices were given and workers moved.
    """
    told = _warn(session, check_dates.running_out(session, place, day), day, at=at)
    for ref in check_dates.ran_out(session, place, day):
        worker = worker_lists.any_locked(session, ref, PROFILE)
        if settle(session, worker, at=at):
            record_change(session, SYSTEM, "worker.need_action", worker, at=at)
            told += 1
    return told


def _warn(session: Session, found: Sequence[RunningOut], day: date, *, at: datetime) -> int:
    told = 0
    for each in found:
        due = notice_due(each.valid_until, day, each.told)
        if due is None:
            continue
        session.execute(sa.delete(CheckWarning).where(CheckWarning.check_id == each.check))
        session.add(CheckWarning(check_id=each.check, days=due))
        notices.tell_workers(
            session,
            [each.worker],
            NoticeKind.WORKER_CHECK_RUNS_OUT,
            ("worker", each.worker_ref),
            at=at,
            check=each.kind.value,
            until=each.valid_until.isoformat(),
            days=(each.valid_until - day).days,
        )
        told += 1
    return told


def _verify(terms: CheckTerms, today: date) -> None:
    if terms.kind is CheckKind.IDENTITY:
        raise InvalidError("check.identity_apart", field="kind")
    if terms.checked_on > today:
        raise InvalidError("check.in_future", field="checked_on")
    if terms.valid_until is not None and terms.valid_until < terms.checked_on:
        raise InvalidError("check.ends_before", field="valid_until")
    if terms.result is CheckResult.WAIVED and not terms.note:
        raise InvalidError("check.waiver_unexplained", field="note")
    if terms.skills and (terms.kind not in EVIDENCE or terms.result is not CheckResult.PASSED):
        raise InvalidError("check.no_skills", field="skills")


def _lift_skills(worker: Worker, terms: CheckTerms) -> None:
    held = {skill.skill.code: skill for skill in worker.skills}
    for code in terms.skills:
        if code not in held:
            raise InvalidError("unknown_skill", field="skills")
        evidence = EVIDENCE[terms.kind]
        if STRENGTH[evidence] > STRENGTH[held[code].evidence]:
            held[code].evidence = evidence


def _row(session: Session, actor: Actor, worker: Worker, terms: CheckTerms, at: datetime) -> Check:
    key = WorkerKey.of(keyring_of(session), worker)
    if terms.note and key is None:
        raise InvalidError("worker.erased", field="note")
    counts = terms.result in GOOD
    return Check(
        kind=terms.kind,
        result=terms.result,
        provider=terms.provider,
        checked_on=terms.checked_on,
        valid_until=(terms.valid_until or default_validity(terms.kind, terms.checked_on)) if counts else None,
        verifier_id=actor.user_id,
        note=key.seal("worker_check.note", terms.note) if key else None,
        recorded_at=at,
    )
