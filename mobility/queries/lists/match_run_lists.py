"""Lists of match runs, how far one is, who may start one, and who came close in one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from mobility.db import fold
from mobility.errors import InvalidError, NotFoundError
from mobility.models.accounts.users import User
from mobility.models.match_runs import MatchChunk, MatchRun
from mobility.models.platform.jobs import Job
from mobility.models.schemes.schemes import Scheme
from mobility.models.workers.workers import Worker
from mobility.queries.lists.pages import Page, paged
from mobility.rules.basics.permissions import Permission
from mobility.rules.cases.jobs import JobState
from mobility.rules.cases.match_runs import MatchRunState
from mobility.rules.cases.schemes import SchemeState
from mobility.security.actors import Actor, actor_of
from mobility.security.policy import allowed
from mobility.security.scopes import RELATED, visible


@dataclass(frozen=True)
class Progress:
    """How far a run is: ``done`` of ``total`` vacancies are scored; ``stage`` names what happens now.

    Stages are ``wait``, ``load`` (then workers are counted), ``score``, ``explain`` (then proposals), ``store`` and
    ``over``.
    """

    stage: str
    done: int
    total: int

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.stage == "over"


def listed(session: Session, actor: Actor, *, state: MatchRunState | None = None, page: int = 1) -> Page[MatchRun]:
    """Return the runs that the actor may see, newest first, optionally of one state."""
    select = visible(actor, MatchRun).options(joinedload(MatchRun.scheme), joinedload(MatchRun.started_by))
    if state is not None:
        select = select.where(MatchRun.state == state)
    return paged(session, select.order_by(MatchRun.created_at.desc(), MatchRun.id.desc()), page)


def startable(session: Session, actor: Actor) -> list[Scheme]:
    """Return the active schemes for which the actor may start a run."""
    select = visible(actor, Scheme).where(Scheme.state == SchemeState.ACTIVE).options(*RELATED[Scheme])
    schemes = session.scalars(select.order_by(Scheme.title_en, Scheme.id))
    return [scheme for scheme in schemes if allowed(actor, Permission.MATCH_RUN_START, scheme)]


def progress(session: Session, run: MatchRun) -> Progress:
    """Return how far a run is, from the chunks that are stored and the report of its last job."""
    if run.state not in {MatchRunState.QUEUED, MatchRunState.RUNNING}:
        return Progress("over", run.vacancies, run.vacancies)
    chunks, size = run.parameters["chunks"], run.parameters["chunk"]
    stored = sa.select(sa.func.count()).select_from(MatchChunk).where(MatchChunk.run_id == run.id)
    done = session.scalar(stored.where(MatchChunk.number > 0)) or 0
    if done == 0:
        return _beginning(session, run)
    if done < chunks:
        return Progress("score", min(done * size, run.vacancies), run.vacancies)
    last = session.scalar(sa.select(Job).where(Job.key == f"{run.ref}:finish"))
    if last is None or last.state is not JobState.RUNNING or last.stage is None:
        return Progress("score", run.vacancies, run.vacancies)
    return Progress(last.stage, last.done, last.total)


def _beginning(session: Session, run: MatchRun) -> Progress:
    """Return how far a run is of which no chunk is stored: somebody loads its workers, or scores the first one."""
    keys = [f"{run.ref}:{number}" for number in range(1, run.parameters["chunks"] + 1)]
    first = sa.select(Job).where(Job.key.in_(keys), Job.state == JobState.RUNNING).order_by(Job.id).limit(1)
    job = session.scalar(first)
    if job is None or job.stage is None:
        return Progress("wait", 0, run.vacancies)
    if job.stage == "load":
        return Progress("load", job.done, job.total or run.workers)
    return Progress("score", 0, run.vacancies)


def margin(session: Session, run_id: int, chunk: int, vacancy_id: int) -> dict[str, Any] | None:
    """Return the cut-off of a vacancy in a run and who came close; see ``services.match_reports.Margin``."""
    select = sa.select(MatchChunk.result).where(MatchChunk.run_id == run_id, MatchChunk.number == -chunk)
    found = session.scalar(select) or {"margins": []}
    return next((each for each in found["margins"] if each["vacancy"] == vacancy_id), None)


def references_of(session: Session, actor: Actor, worker_ids: Sequence[int]) -> dict[int, str]:
    """Return the references of those of the workers whom the actor may see."""
    seen = visible(actor, Worker).with_only_columns(Worker.id, Worker.ref).where(Worker.id.in_(worker_ids))
    return {row.id: row.ref for row in session.execute(seen)}


def officer_for(session: Session, scheme_ref: str, email: str | None) -> Actor:
    """Return the user in whose name a run is started from the command line: by e-mail, else who drafted the scheme.

    Raises
    ------
    NotFoundError
        There is no such scheme.
    InvalidError
        ``match_run.no_officer``.
    """
    scheme = session.scalar(sa.select(Scheme).where(Scheme.ref == scheme_ref))
    if scheme is None:
        raise NotFoundError("scheme", scheme_ref)
    who = User.id == scheme.drafted_by_id if email is None else User.email_folded == fold(email)
    user = session.scalar(sa.select(User).where(who).options(joinedload(User.organisation)))
    if user is None:
        raise InvalidError("match_run.no_officer", field="by")
    return actor_of(user)
