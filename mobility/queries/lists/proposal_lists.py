"""Lists of proposals: a reviewer's queue, oldest first; those of one person, newest first."""

from collections.abc import Sequence

from sqlalchemy.orm import Session, joinedload

from mobility.models.employers import Employer
from mobility.models.match_runs import MatchRun
from mobility.models.proposals import MatchProposal
from mobility.models.schemes.schemes import Scheme
from mobility.models.vacancies import Vacancy
from mobility.queries.lists.pages import Page, paged
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.proposals import ProposalState
from mobility.security.actors import Actor
from mobility.security.scopes import visible

_QUEUES = {
    OrganisationKind.ORIGIN_MINISTRY: ProposalState.GENERATED,
    OrganisationKind.DESTINATION_MINISTRY: ProposalState.ENDORSED,
}


def queue_of(actor: Actor) -> ProposalState | None:
    """Return the state in which proposals wait for the actor; None for whoever reviews nothing."""
    return _QUEUES.get(actor.kind) if actor.kind and actor.has(Role.REVIEWER) else None


def listed(
    session: Session,
    actor: Actor,
    *,
    state: ProposalState | None = None,
    scheme: str = "",
    vacancy: str = "",
    run: str = "",
    page: int = 1,
) -> Page[MatchProposal]:
    """Return the proposals that the actor may see, oldest first, each run's by vacancy and rank."""
    select = visible(actor, MatchProposal).options(
        joinedload(MatchProposal.vacancy).joinedload(Vacancy.employer).joinedload(Employer.organisation),
        joinedload(MatchProposal.vacancy).joinedload(Vacancy.occupation),
        joinedload(MatchProposal.worker),
    )
    if state is not None:
        select = select.where(MatchProposal.state == state)
    if vacancy:
        select = select.where(MatchProposal.vacancy.has(Vacancy.ref == vacancy))
    if scheme:
        select = select.where(MatchProposal.vacancy.has(Vacancy.scheme.has(Scheme.ref == scheme)))
    if run:
        select = select.where(MatchProposal.run.has(MatchRun.ref == run))
    return paged(session, select.order_by(MatchProposal.created_at, MatchProposal.id), page)


def of_worker(session: Session, actor: Actor, worker_id: int, *, most: int = 20) -> Sequence[MatchProposal]:
    """Return the newest proposals of a worker that the actor may see, with why they ended undecided."""
    select = visible(actor, MatchProposal).where(MatchProposal.worker_id == worker_id)
    options = (joinedload(MatchProposal.vacancy), joinedload(MatchProposal.ending))
    newest = select.options(*options).order_by(MatchProposal.created_at.desc(), MatchProposal.id.desc())
    return session.scalars(newest.limit(most)).all()
