"""Open proposals that one step touches: which they are, read once for the page that warns and for the step itself."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from mobility.models.accounts.organisations import Organisation
from mobility.models.employers import Employer
from mobility.models.proposals import MatchProposal
from mobility.models.schemes.agreements import Agreement
from mobility.models.schemes.quotas import QuotaUnit
from mobility.models.schemes.schemes import Scheme, SchemeAgreement
from mobility.models.vacancies import Vacancy
from mobility.models.workers.workers import Worker
from mobility.queries.pools.worker_rows import batches
from mobility.rules.cases.proposals import OPEN_STATES, ProposalState
from mobility.rules.cases.schemes import ReviewOrder

Chosen = sa.ColumnElement[bool]


@dataclass(frozen=True)
class OpenProposal:
    """One open proposal, with everybody whom its end concerns."""

    id: int
    ref: str
    version: int
    state: ProposalState
    approved: bool
    endorsed: bool
    worker: int
    post: int
    origin: int | None
    vacancy: str
    order: ReviewOrder
    destination: int
    employer: int


def of_vacancy(vacancy_id: int) -> Chosen:
    """Choose the proposals for a vacancy."""
    return MatchProposal.vacancy_id == vacancy_id


def of_vacancies(standing: sa.ColumnElement[bool]) -> Chosen:
    """Choose the proposals for all vacancies of which something holds, such as ``Vacancy.scheme_id == 3``."""
    return MatchProposal.vacancy_id.in_(sa.select(Vacancy.id).where(standing))


def of_worker(worker_id: int) -> Chosen:
    """Choose the proposals of a worker."""
    return MatchProposal.worker_id == worker_id


def of_agreement(agreement_id: int) -> Chosen:
    """Choose the proposals that an agreement carries: its origin's people, under the schemes that stand on it."""
    schemes = sa.select(SchemeAgreement.scheme_id).where(SchemeAgreement.agreement_id == agreement_id)
    country = sa.select(Organisation.country).join(Agreement, Agreement.origin_id == Organisation.id)
    of_origin = Worker.origin_country.in_(country.where(Agreement.id == agreement_id))
    return sa.and_(
        MatchProposal.vacancy_id.in_(sa.select(Vacancy.id).where(Vacancy.scheme_id.in_(schemes))),
        MatchProposal.worker_id.in_(sa.select(Worker.id).where(of_origin)),
    )


def open_ones(session: Session, chosen: Chosen, *, lock: bool = False) -> list[OpenProposal]:
    """Return the open proposals that are chosen, by id; with ``lock`` held until commit."""
    post = aliased(Organisation)
    select = (
        sa.select(
            MatchProposal.id,
            MatchProposal.ref,
            MatchProposal.version,
            MatchProposal.state,
            MatchProposal.approved_by_id.is_not(None),
            MatchProposal.endorsed_by_id.is_not(None),
            MatchProposal.worker_id,
            Worker.post_id,
            post.parent_id,
            Vacancy.ref,
            Scheme.review_order,
            Scheme.organisation_id,
            Employer.organisation_id,
        )
        .join(Vacancy, Vacancy.id == MatchProposal.vacancy_id)
        .join(Scheme, Scheme.id == Vacancy.scheme_id)
        .join(Employer, Employer.id == Vacancy.employer_id)
        .join(Worker, Worker.id == MatchProposal.worker_id)
        .join(post, post.id == Worker.post_id)
        .where(chosen, MatchProposal.state.in_(OPEN_STATES))
        .order_by(MatchProposal.id)
    )
    if lock:
        select = select.with_for_update(of=MatchProposal)
    return [OpenProposal(*tuple(row)) for row in session.execute(select)]


def bindable(session: Session, chosen: Chosen) -> list[int]:
    """Return the workers, ascending, whom one of the chosen open proposals binds or may bind by its next decision."""
    endorsed = sa.and_(MatchProposal.state.in_(OPEN_STATES), MatchProposal.endorsed_by_id.is_not(None))
    select = sa.select(MatchProposal.worker_id).where(chosen, endorsed).distinct()
    return sorted(session.scalars(select))


def units_of(session: Session, proposals: Sequence[int]) -> int:
    """Return how many units of quotas some proposals hold."""
    held = sa.select(sa.func.count()).select_from(QuotaUnit)
    return sum(session.scalars(held.where(QuotaUnit.proposal_id.in_(some))).one() for some in batches(proposals))


def bound_elsewhere(session: Session, workers: Sequence[int]) -> set[int]:
    """Return those of some workers whom an open proposal that is approved binds; a season that is over binds nobody."""
    select = sa.select(MatchProposal.worker_id).where(
        MatchProposal.approved_by_id.is_not(None), MatchProposal.state.in_(OPEN_STATES)
    )
    return {
        worker
        for some in batches(workers)
        for worker in session.scalars(select.where(MatchProposal.worker_id.in_(some)))
    }
