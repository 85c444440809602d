"""Lists of match runs and of scorecards, how far a run is, who may start one, and who came close in one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from mobility.db import fold
from mobility.errors import InvalidError, NotFoundError
from mobility.models.accounts.users import User
from mobility.models.match_runs import MatchPart, MatchRun, ScorecardUse, StoredScorecard
from mobility.models.platform.jobs import Job
from mobility.models.schemes.schemes import Scheme
from mobility.models.workers.workers import Worker
from mobility.queries.lists.pages import Page, paged
from mobility.rules.basics.permissions import Permission
from mobility.rules.cases.jobs import JobState
from mobility.rules.cases.match_runs import MatchRunState, PartKind
from mobility.rules.cases.schemes import SchemeState
from mobility.security.actors import Actor, actor_of
from mobility.security.policy import allowed
from mobility.security.scopes import RELATED, visible

#: What pages and commands show of a scorecard beside its document.
OF_SCORECARD = (
    joinedload(StoredScorecard.stored_by),
    selectinload(StoredScorecard.uses).joinedload(ScorecardUse.begun_by),
)


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
    scored = (MatchPart.run_id == run.id, MatchPart.kind == PartKind.SCORED)
    done = session.scalar(sa.select(sa.func.count()).select_from(MatchPart).where(*scored)) or 0
    if done == 0:
        return _beginning(session, run)
    if done < run.parts:
        return Progress("score", min(done * run.part_size, run.vacancies), run.vacancies)
    last = session.scalar(sa.select(Job).where(Job.key == f"{run.ref}:finish"))
    if last is None or last.state is not JobState.RUNNING or last.stage is None:
        return Progress("score", run.vacancies, run.vacancies)
    return Progress(last.stage, last.done, last.total)


def _beginning(session: Session, run: MatchRun) -> Progress:
    """Return how far a run is of which no chunk is stored: somebody loads its workers, or scores the first one."""
    keys = [f"{run.ref}:{number}" for number in range(1, run.parts + 1)]
    first = sa.select(Job).where(Job.key.in_(keys), Job.state == JobState.RUNNING).order_by(Job.id).limit(1)
    job = session.scalar(first)
    if job is None or job.stage is None:
        return Progress("wait", 0, run.vacancies)
    if job.stage == "load":
        return Progress("load", job.done, job.total or run.workers)
    return Progress("score", 0, run.vacancies)


def margin(session: Session, run_id: int, part: int, vacancy_id: int) -> dict[str, Any] | None:
    """Return the cut-off of a vacancy in a run and who came close; see ``services.match_reports.Margin``."""
    mine = (MatchPart.run_id == run_id, MatchPart.kind == PartKind.MARGINS, MatchPart.number == part)
    found = session.scalar(sa.select(MatchPart.result).where(*mine)) or {"margins": []}
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
    return _officer(session, User.id == scheme.drafted_by_id) if email is None else user_named(session, email)


def user_named(session: Session, email: str) -> Actor:
    """Return the user with an e-mail address, in whose name a command works; ``match_run.no_officer`` if none."""
    return _officer(session, User.email_folded == fold(email))


def _officer(session: Session, who: sa.ColumnElement[bool]) -> Actor:
    user = session.scalar(sa.select(User).where(who).options(joinedload(User.organisation)))
    if user is None:
        raise InvalidError("match_run.no_officer", field="by")
    return actor_of(user)


def scorecards(session: Session, actor: Actor) -> Sequence[StoredScorecard]:
    """Return the scorecards that the actor may see, newest first."""
    select = visible(actor, StoredScorecard).options(*OF_SCORECARD)
    return session.scalars(select.order_by(StoredScorecard.number.desc())).all()


def every_scorecard(session: Session) -> Sequence[StoredScorecard]:
    """Return every scorecard, newest first, for the installation's own commands."""
    select = sa.select(StoredScorecard).options(*OF_SCORECARD)
    return session.scalars(select.order_by(StoredScorecard.number.desc())).all()


def newest_use(session: Session) -> ScorecardUse:
    """Return the use of a scorecard that is in force; a migration brought the first."""
    select = sa.select(ScorecardUse).order_by(ScorecardUse.number.desc()).limit(1)
    with_card = joinedload(ScorecardUse.scorecard), joinedload(ScorecardUse.begun_by)
    return session.scalars(select.options(*with_card)).one()
