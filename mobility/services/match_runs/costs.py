"""What a match run will cost, told before it is started: by the rates of the largest run there was, else by ours."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.models.match_runs import MatchRun
from mobility.models.schemes.schemes import Scheme
from mobility.queries.pools import demands, pools
from mobility.rules.basics.permissions import Permission
from mobility.rules.cases.match_runs import MatchRunState
from mobility.security.actors import Actor
from mobility.security.policy import require
from mobility.security.scopes import one
from mobility.services.match_runs.match_runs import Parameters
from mobility.services.match_runs.steps import Effort

#: A run of fewer pairs says more about starting up than about pairs.
TELLING_PAIRS = 1_000_000
#: Runs that are looked at for the largest.
_RECENT = 50
_MEGABYTE = 1_000_000


class Rates(NamedTuple):
    """Seconds for a worker laid out, for a pair of worker and vacancy, for a proposal explained and stored."""

    worker: float
    pair: float
    proposal: float


#: Measured on two cores by `mobility bench runs` (docs/benchmarks.md), until a run of this installation tells better.
OURS = Rates(worker=35e-6, pair=10e-9, proposal=8e-3)
#: Seconds until a runner has loaded its machine code.
START = 3.0
#: Bytes that a runner takes up: itself with one chunk of workers unpacked, a worker laid out and listed, a proposal
#: with its reasons (same source).
BASE, A_WORKER, A_PROPOSAL = 650_000_000, 430, 5_000


class Cost(NamedTuple):
    """What a run will look at and take; ``measured`` tells whether its rates are those of this installation."""

    scheme: str
    workers: int
    vacancies: int
    pairs: int
    proposals: int
    seconds: float
    megabytes: int
    measured: bool


def planned(
    session: Session, actor: Actor, scheme_ref: str, *, at: datetime, parameters: Parameters | None = None
) -> Cost:
    """Return what a run of a scheme would cost now.

    Raises
    ------
    NotFoundError, ForbiddenError
        The scheme is not visible, or not the actor's to run.
    """
    scheme = one(session, actor, Scheme, scheme_ref)
    require(actor, Permission.MATCH_RUN_START, scheme)
    return _cost(session, scheme, measured_rates(session), at, parameters or Parameters())


def of_each(session: Session, schemes: Sequence[Scheme], *, at: datetime) -> list[Cost]:
    """Return what a run of each scheme would cost now, whose runs the caller was found to be allowed to start."""
    rates = measured_rates(session)
    return [_cost(session, scheme, rates, at, Parameters()) for scheme in schemes]


def measured_rates(session: Session) -> Rates | None:
    """Return the rates of the largest of the latest finished runs; None if none of them tells anything."""
    finished = sa.select(MatchRun.workers, MatchRun.vacancies, MatchRun.counts).where(
        MatchRun.state == MatchRunState.FINISHED
    )
    latest = session.execute(finished.order_by(MatchRun.id.desc()).limit(_RECENT)).all()
    telling = [row for row in latest if row.workers * row.vacancies >= TELLING_PAIRS and row.counts.get("effort")]
    if not telling:
        return None
    best = max(telling, key=lambda row: row.workers * row.vacancies)
    spent = Effort(**best.counts["effort"])
    return Rates(
        spent.load / best.workers,
        spent.score / (best.workers * best.vacancies),
        spent.conclude / max(best.counts["proposed"], 1),
    )


def _cost(session: Session, scheme: Scheme, measured: Rates | None, at: datetime, parameters: Parameters) -> Cost:
    workers = pools.number_matchable(session, scheme.id, at=at)
    vacancies, places = demands.open_places(session, scheme.id, at=at)
    proposals = min(places * parameters.per_position, workers * parameters.a_worker)
    rates, pairs = measured or OURS, workers * vacancies
    return Cost(
        scheme.ref,
        workers,
        vacancies,
        pairs,
        proposals,
        START + workers * rates.worker + pairs * rates.pair + proposals * rates.proposal,
        (BASE + workers * A_WORKER + proposals * A_PROPOSAL) // _MEGABYTE,
        measured is not None,
    )
