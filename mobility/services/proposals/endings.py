"""How open proposals end without a decision: people and units are released, everybody concerned is told.

The page that warns and the step itself ask the same question (``preview``, ``end_open``), so what was shown is what
happens. Locks are taken in one order everywhere: vacancy, worker, proposal, quota.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.errors import ConflictError
from mobility.models.base import Base
from mobility.models.proposals import MatchProposal, ProposalEnding
from mobility.models.workers.workers import Worker
from mobility.queries import proposal_endings
from mobility.queries.pools.worker_rows import batches
from mobility.queries.proposal_endings import Chosen, OpenProposal
from mobility.rules.basics.causes import Cause
from mobility.rules.cases.notices import NoticeKind
from mobility.rules.cases.proposals import EndReason, ProposalEvent, is_told, lifecycle
from mobility.rules.cases.workers import LIFECYCLE as WORKERS
from mobility.rules.cases.workers import WorkerEvent, WorkerState
from mobility.security import audit
from mobility.security.actors import Actor
from mobility.services import notices
from mobility.services.notices import Subject
from mobility.services.schemes import quotas
from mobility.services.workers import vectors


@dataclass(frozen=True)
class Ending:
    """Why open proposals end, and what organisations are told about: without a subject, about each vacancy.

    ``cause`` is what the person gave whose step it was, ``facts`` are further figures and references for the notices
    and the log.
    """

    reason: EndReason
    subject: Subject | None = None
    event: ProposalEvent = ProposalEvent.SUPERSEDE
    kind: NoticeKind = NoticeKind.PROPOSALS_ENDED
    worker_kind: NoticeKind = NoticeKind.WORKER_PROPOSAL_ENDED
    facts: Mapping[str, str | int] = field(default_factory=dict)
    cause: Cause | None = None

    def told(self) -> dict[str, str | int]:
        """Return the figures and codes that go into the notices and the log."""
        return {**self.facts, **caused(self.cause)}


@dataclass(frozen=True)
class Touched:
    """What a step does to open proposals: it ends them, or holds them up until it is taken back.

    Attributes
    ----------
    people : int
        Workers with an open proposal among them.
    waiting : int
        Proposals that nobody approved yet.
    approved : int
        Proposals that were approved, and bind a worker and a position.
    units : int
        Units of quotas that come back.
    told : int
        Organisations that get a notice, beside the people themselves.
    mark : str
        Changes whenever one of the proposals does; the step is refused if it is not the one that was shown.
    ends : bool
        Whether the proposals end; otherwise they wait, and nothing that they hold comes back.
    vacancies : int
        Vacancies that are revoked with it.
    """

    people: int
    waiting: int
    approved: int
    units: int
    told: int
    mark: str
    ends: bool = True
    vacancies: int = 0

    def and_vacancies(self, refs: Sequence[str]) -> "Touched":
        """Return the same with the vacancies that the step revokes; the mark changes with them too."""
        return replace(self, vacancies=len(refs), mark=_mark([self.mark, *refs])) if refs else self


def caused(cause: Cause | None) -> dict[str, str | int]:
    """Return a cause as notices and the log carry it."""
    return {} if cause is None else {"cause": cause.value}


def check_seen(seen: str | None, touched: Touched) -> None:
    """Refuse a step that touches other proposals than the actor was shown.

    ``seen`` is the mark of what was shown; None where no person was asked.

    Raises
    ------
    ConflictError
        ``ending.changed``.
    """
    if seen is not None and seen != touched.mark:
        raise ConflictError("ending.changed")


def preview(session: Session, actor: Actor, chosen: Chosen, ending: Ending) -> Touched:
    """Return what ending the chosen open proposals would do now; nothing changes."""
    return _touched(session, actor, proposal_endings.open_ones(session, chosen), ending)


def end_open(
    session: Session,
    actor: Actor,
    chosen: Chosen,
    ending: Ending,
    *,
    at: datetime,
    seen: str | None = None,
    revoked: Sequence[str] = (),
) -> Touched:
    """End every chosen open proposal: units come back, workers whom nothing else binds are ready again, all are told.

    The caller has asked for permission and holds the row whose change it is. ``seen`` is the mark of what the actor
    was shown; None where no person was asked. ``revoked`` are references of vacancies that go with them.

    Raises
    ------
    ConflictError
        ``ending.changed``: what it touches changed since the actor saw it; nothing was ended.
    """
    session.flush()
    _hold_workers(session, proposal_endings.bindable(session, chosen))
    rows = proposal_endings.open_ones(session, chosen, lock=True)
    touched = _touched(session, actor, rows, ending).and_vacancies(revoked)
    check_seen(seen, touched)
    _close(session, actor, rows, ending, at=at)
    _tell(session, actor, [row for row in rows if is_told(ending.reason, row.state)], ending, at=at)
    return touched


def preview_waiting(
    session: Session, actor: Actor, chosen: Chosen, reason: EndReason, subject: Subject | None = None
) -> Touched:
    """Return which open proposals would wait if what they rest on were suspended now; nothing changes."""
    rows = proposal_endings.open_ones(session, chosen)
    return replace(_touched(session, actor, rows, Ending(reason, subject)), units=0, ends=False)


def tell_waiting(
    session: Session,
    actor: Actor,
    chosen: Chosen,
    *,
    frozen: bool,
    at: datetime,
    subject: Subject | None = None,
    cause: Cause | None = None,
) -> int:
    """Tell everybody concerned that the chosen open proposals wait, or go on again.

    They wait while the employer, the shortage or the agreement that they rest on is suspended. Nothing is stored of
    it: who may decide follows from the state of what was suspended, so it can never be out of step.

    Returns
    -------
    int
        How many proposals there are.
    """
    kinds = (
        (NoticeKind.PROPOSALS_FROZEN, NoticeKind.WORKER_PROPOSAL_FROZEN)
        if frozen
        else (NoticeKind.PROPOSALS_GO_ON, NoticeKind.WORKER_PROPOSAL_GOES_ON)
    )
    rows = proposal_endings.open_ones(session, chosen)
    for (organisation, concern), figures in _concerned(actor, rows, subject).items():
        notices.tell(session, [organisation], kinds[0], concern, at=at, **figures, **caused(cause))
    about = [(row.worker, ("proposal", row.ref)) for row in rows]
    notices.tell_each_worker(session, about, kinds[1], at=at, **caused(cause))
    return len(rows)


def _touched(session: Session, actor: Actor, rows: Sequence[OpenProposal], ending: Ending) -> Touched:
    approved = [row.id for row in rows if row.approved]
    told = [row for row in rows if is_told(ending.reason, row.state)]
    return Touched(
        people=len({row.worker for row in rows}),
        waiting=len(rows) - len(approved),
        approved=len(approved),
        units=proposal_endings.units_of(session, approved),
        told=len({organisation for organisation, _ in _concerned(actor, told, ending.subject)}),
        mark=_mark([(row.id, row.version) for row in rows]),
    )


def _mark(parts: Sequence[object]) -> str:
    return hashlib.sha256(repr(list(parts)).encode()).hexdigest()[:32]


def _hold_workers(session: Session, workers: Sequence[int]) -> None:
    for some in batches(workers):
        session.execute(sa.select(Worker.id).where(Worker.id.in_(some)).order_by(Worker.id).with_for_update(of=Worker))


def _close(session: Session, actor: Actor, rows: Sequence[OpenProposal], ending: Ending, *, at: datetime) -> None:
    _store(session, actor, rows, ending, at=at)
    approved = [row for row in rows if row.approved]
    free = _release(session, sorted({row.worker for row in approved}))
    returned = quotas.give_back_all(session, [row.id for row in approved])
    action, facts = f"proposal.{ending.event}", {**ending.told(), "reason": ending.reason.value}
    waiting = [row.id for row in rows if not row.approved]
    audit.record_many(session, actor, action, MatchProposal, waiting, at=at, **facts)
    for row in approved:
        also: list[Base] = [*(free[worker] for worker in {row.worker} & set(free)), *returned.get(row.id, [])]
        proposal = session.get_one(MatchProposal, row.id)
        audit.record(session, actor, action, proposal, at=at, also=also, **facts)


def _store(session: Session, actor: Actor, rows: Sequence[OpenProposal], ending: Ending, *, at: datetime) -> None:
    """Move the proposals on, all that go the same way at once, and keep why."""
    ways: dict[str, list[int]] = {}
    for row in rows:
        ways.setdefault(lifecycle(row.order).advance(row.state, ending.event), []).append(row.id)
    for after, ids in ways.items():
        for some in batches(ids):
            values = {"state": after, "version": MatchProposal.version + 1}
            session.execute(sa.update(MatchProposal).where(MatchProposal.id.in_(some)).values(values))
    if rows:
        why = {"reason": ending.reason, "cause": ending.cause}
        kept = {**why, "organisation_id": actor.organisation_id, "ended_at": at}
        session.execute(sa.insert(ProposalEnding), [{"proposal_id": row.id, **kept} for row in rows])


def _release(session: Session, workers: Sequence[int]) -> dict[int, Worker]:
    """Set those of some workers free whom no other approval binds, and return them by id."""
    bound = proposal_endings.bound_elsewhere(session, workers)
    ready = WORKERS.advance(WorkerState.PROPOSED, WorkerEvent.RELEASE)
    free: dict[int, Worker] = {}
    for some in batches([worker for worker in workers if worker not in bound]):
        proposed = sa.select(Worker.id).where(Worker.id.in_(some), Worker.state == WorkerState.PROPOSED)
        ids = session.scalars(proposed).all()
        values = {"state": ready, "version": Worker.version + 1}
        session.execute(sa.update(Worker).where(Worker.id.in_(ids)).values(values))
        free |= {worker: session.get_one(Worker, worker) for worker in sorted(ids)}
    vectors.write(session, sorted(free))
    return free


def _concerned(
    actor: Actor, rows: Sequence[OpenProposal], given: Subject | None
) -> dict[tuple[int, Subject], Counter[str]]:
    """Return whom to tell about what, with how many proposals and approvals each; the acting organisation knows.

    The origin's ministry learns of its people; the destination's of those who were endorsed to it, and of all where a
    vacancy, a scheme or an agreement ends; an employer of those who were approved for it.
    """
    found: dict[tuple[int, Subject], Counter[str]] = {}
    for row in rows:
        vacancy = ("vacancy", row.vacancy)
        subject = given or vacancy
        sides = (
            (row.origin, True, subject),
            (row.destination, row.endorsed or given is not None, subject),
            (row.employer, row.approved, vacancy),
        )
        for organisation, concerned, about in sides:
            if concerned and organisation is not None and organisation != actor.organisation_id:
                figures = found.setdefault((organisation, about), Counter(count=0, approved=0))
                figures.update(count=1, approved=int(row.approved))
    return found


def _tell(session: Session, actor: Actor, rows: Sequence[OpenProposal], ending: Ending, *, at: datetime) -> None:
    facts = {**ending.told(), "why": ending.reason.value}
    for (organisation, subject), figures in _concerned(actor, rows, ending.subject).items():
        notices.tell(session, [organisation], ending.kind, subject, at=at, **facts, **figures)
    about = [(row.worker, ("proposal", row.ref)) for row in rows]
    notices.tell_each_worker(session, about, ending.worker_kind, at=at, **facts)
