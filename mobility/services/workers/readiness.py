"""What a worker needs before being proposed, and what follows when something of it runs out or is mended."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from mobility.models.workers.workers import Worker
from mobility.queries import proposal_endings
from mobility.queries.proposal_endings import OpenProposal
from mobility.rules.basics.findings import Finding, Verdict, worst
from mobility.rules.basics.places import day_in
from mobility.rules.cases.checks import REQUIRED, CheckRecord, check_findings
from mobility.rules.cases.consents import ConsentRecord, consent_findings
from mobility.rules.cases.notices import NoticeKind
from mobility.rules.cases.workers import LIFECYCLE, WorkerEvent, WorkerState
from mobility.security.actors import SYSTEM
from mobility.security.steps import advance
from mobility.services import notices
from mobility.services.workers import registration


def readiness(worker: Worker, *, at: datetime) -> list[Finding]:
    """Return the findings on what a worker needs before being proposed: required checks, then consents."""
    records = [CheckRecord(each.kind, each.result, each.checked_on, each.valid_until) for each in worker.checks]
    consents = consent_findings(registration.NEEDED, consent_records(worker), at)
    return [*check_findings(REQUIRED, records, day_in(worker.post.seat, at)), *consents]


def consent_records(worker: Worker) -> list[ConsentRecord]:
    """Return the worker's consents as the rules take them."""
    return [ConsentRecord(each.purpose, each.given_at, each.withdrawn_at) for each in worker.consents]


def settle(session: Session, worker: Worker, *, at: datetime) -> bool:
    """Ask a ready or proposed worker of whom something required is wanting to act, and end that once it is mended.

    Meanwhile open proposals are frozen: nobody decides on them, and units of quotas stay taken. The ministries that
    have a part in them, the employer of an approved one, and the worker's post are told, both times.

    Returns
    -------
    bool
        Whether the worker's state changed.
    """
    met = worst(readiness(worker, at=at)) is Verdict.PASS
    if worker.state in {WorkerState.READY, WorkerState.PROPOSED} and not met:
        worker.state = advance(SYSTEM, worker, WorkerEvent.NEED_ACTION)
        kinds = NoticeKind.WORKER_ACTION_NEEDED, NoticeKind.PROPOSAL_WAITS_FOR_CHECK
    elif worker.state is WorkerState.ACTION_NEEDED and met:
        worker.state = ready_again(session, worker)
        kinds = NoticeKind.WORKER_CHECK_RENEWED, NoticeKind.PROPOSAL_CHECK_RENEWED
    else:
        return False
    _tell(session, worker, *kinds, at=at)
    return True


def ready_again(session: Session, worker: Worker) -> WorkerState:
    """Return the state of a worker who needs to act no more: ready, or proposed where an approval binds them."""
    after: WorkerState = advance(SYSTEM, worker, WorkerEvent.MAKE_READY)
    return (
        LIFECYCLE.advance(after, WorkerEvent.PROPOSE)
        if proposal_endings.bound_elsewhere(session, [worker.id])
        else after
    )


def _tell(session: Session, worker: Worker, kind: NoticeKind, beside: NoticeKind, *, at: datetime) -> None:
    open_ones = proposal_endings.open_ones(session, proposal_endings.of_worker(worker.id))
    notices.tell_workers(session, [worker.id], kind, ("worker", worker.ref), at=at, count=len(open_ones))
    for each in open_ones:
        notices.tell(session, _sides(each), beside, ("proposal", each.ref), at=at)
        if each.approved:
            notices.tell(session, [each.employer], beside, ("vacancy", each.vacancy), at=at)


def _sides(proposal: OpenProposal) -> Sequence[int]:
    """Return the ministries that have seen a proposal: the destination sees it once it is endorsed."""
    sides = ((proposal.origin, True), (proposal.destination, proposal.endorsed))
    return [organisation for organisation, has_part in sides if has_part and organisation is not None]
