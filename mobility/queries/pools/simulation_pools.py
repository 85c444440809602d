"""What a simulation reads beside rules, workers and vacancies: kinds of workers, what was decided, shortages."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session, joinedload

from mobility.models.concepts.occupations import Occupation
from mobility.models.proposals import MatchProposal
from mobility.models.schemes.quotas import Quota
from mobility.models.shortages.shortages import Shortage
from mobility.models.vacancies import Vacancy
from mobility.models.workers.profiles import Employment
from mobility.models.workers.workers import Worker
from mobility.queries.pools import demands
from mobility.queries.pools.worker_rows import batches
from mobility.rules.cases.proposals import OPEN_STATES, ProposalState
from mobility.rules.cases.vacancies import VacancyState
from mobility.security.actors import Actor
from mobility.security.scopes import visible

#: Workers whose kinds are read at once.
_AT_ONCE = 20_000
#: What somebody decided against a pair: it fills no position.
_AGAINST = (
    ProposalState.NOT_ENDORSED,
    ProposalState.REFUSED,
    ProposalState.DECLINED,
    ProposalState.NOT_SELECTED,
)


class Kinds(NamedTuple):
    """Workers told apart as quotas tell them apart: by origin, sex (for a declared floor), and whether they return.

    ``of_worker`` numbers each worker's kind, shape (n_workers,); ``origin`` and ``example`` (the id of a worker, so
    that quotas answer for the kind) are by kind, examples ascending.
    """

    of_worker: NDArray[np.int32]
    origin: tuple[str, ...]
    example: tuple[int, ...]


def kinds(session: Session, workers: NDArray[np.int64]) -> Kinds:
    """Return the kind of each worker; ids ascending, all registered."""
    place: dict[tuple[str, str, bool], int] = {}
    found = np.zeros(len(workers), np.int32)
    example: list[int] = []
    for first in range(0, len(workers), _AT_ONCE):
        some = workers[first : first + _AT_ONCE]
        ends = int(some[0]), int(some[-1])
        seasons = sa.select(Employment.worker_id).where(
            Employment.worker_id.between(*ends), Employment.scheme_kind.is_not(None)
        )
        returning = set(session.scalars(seasons))
        select = sa.select(Worker.id, Worker.origin_country, Worker.sex).where(Worker.id.between(*ends))
        wanted = set(some.tolist())
        rows = [row for row in session.execute(select.order_by(Worker.id)) if row[0] in wanted]
        for number, (key, origin, sex) in enumerate(rows, start=first):
            kind = place.setdefault((origin, sex, key in returning), len(place))
            if kind == len(example):
                example.append(key)
            found[number] = kind
    return Kinds(found, tuple(kind[0] for kind in place), tuple(example))


def stamp(session: Session, scheme_id: int) -> str:
    """Return a text that changes whenever an open vacancy of a scheme comes, goes, or changes its positions."""
    of_scheme = (Vacancy.scheme_id == scheme_id, Vacancy.state == VacancyState.OPEN)
    select = sa.select(sa.func.count(), sa.func.max(Vacancy.id), sa.func.sum(Vacancy.version)).where(*of_scheme)
    return ":".join(
        str(figure) for figure in (*session.execute(select).one(), *demands.open_places(session, scheme_id))
    )


def decided_against(session: Session, scheme_id: int) -> NDArray[np.int64]:
    """Return the (vacancy, worker) pairs of a scheme that somebody decided against, shape (n_pairs, 2)."""
    select = (
        sa.select(MatchProposal.vacancy_id, MatchProposal.worker_id)
        .join(Vacancy, Vacancy.id == MatchProposal.vacancy_id)
        .where(Vacancy.scheme_id == scheme_id, MatchProposal.state.in_(_AGAINST))
    )
    pairs = [(vacancy, worker) for vacancy, worker in session.execute(select)]
    return np.array(pairs, np.int64).reshape(len(pairs), 2)


def open_proposals(session: Session, scheme_id: int) -> int:
    """Return how many proposals of a scheme are open."""
    select = (
        sa.select(sa.func.count())
        .select_from(MatchProposal)
        .join(Vacancy, Vacancy.id == MatchProposal.vacancy_id)
        .where(Vacancy.scheme_id == scheme_id, MatchProposal.state.in_(OPEN_STATES))
    )
    return session.scalar(select) or 0


def shortages_of(session: Session, vacancies: Sequence[int]) -> dict[int, str]:
    """Return the reference of the shortage that each vacancy is tied to, by the vacancy's id."""
    found: dict[int, str] = {}
    for some in batches(vacancies):
        select = sa.select(Vacancy.id, Shortage.ref).join(Shortage, Shortage.id == Vacancy.shortage_id)
        found |= {key: ref for key, ref in session.execute(select.where(Vacancy.id.in_(some)))}  # noqa: C416
    return found


def shortages(session: Session, actor: Actor, refs: Sequence[str]) -> dict[str, Shortage]:
    """Return those of some shortages that the actor may see, by reference."""
    found: dict[str, Shortage] = {}
    for first in range(0, len(refs), 500):
        select = visible(actor, Shortage).where(Shortage.ref.in_(refs[first : first + 500]))
        found |= {each.ref: each for each in session.scalars(select.options(joinedload(Shortage.occupation)))}
    return found


def quota_rows(session: Session, scheme_id: int) -> Sequence[Quota]:
    """Return the quotas of a scheme in the order in which ``demands.quotas`` gives their columns."""
    return session.scalars(sa.select(Quota).where(Quota.scheme_id == scheme_id).order_by(Quota.id)).all()


def open_occupations(session: Session, scheme_id: int) -> Sequence[Occupation]:
    """Return the occupations of a scheme's open vacancies, by code."""
    of_scheme = sa.select(Vacancy.occupation_id).where(
        Vacancy.scheme_id == scheme_id, Vacancy.state == VacancyState.OPEN
    )
    return session.scalars(sa.select(Occupation).where(Occupation.id.in_(of_scheme)).order_by(Occupation.code)).all()


def occupations(session: Session, codes: Sequence[str]) -> Sequence[Occupation]:
    """Return occupations by code."""
    return session.scalars(sa.select(Occupation).where(Occupation.code.in_(codes)).order_by(Occupation.code)).all()
