"""A crowd of clients for a few quotas: wishes drawn from a seed, the service and a naive control, what was sold."""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import islice
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from typing import NamedTuple

import sqlalchemy as sa

from mobility.db import SessionFactory, make_engine, make_sessions, read_tx, write_tx
from mobility.errors import ConflictError, QuotaFullError
from mobility.models.schemes.quotas import Quota, QuotaUnit
from mobility.rules.cases.workers import Sex
from mobility.rules.quotas.counters import QuotaDimension, QuotaFacts
from mobility.services.schemes import quotas
from tests.factories import Make

ORIGINS = ("HN", "GT", "SV", "NI", "MX", "CR", "PA", "DO")
#: One wish in so many is sent twice.
TWICE = 20


class Wish(NamedTuple):
    """Who is to be approved, and for which proposal."""

    facts: QuotaFacts
    proposal: int


class Sold(NamedTuple):
    """A quota's cap, what its counter says, and how many units there are."""

    cap: int
    counter: int
    units: int


Attempt = Callable[[SessionFactory, Wish], str]


def shop(make: Make, caps: Sequence[int], attempts: int) -> list[Wish]:
    """Make a scheme with these caps, one an origin, and return its wishes: half of them are for the first, hot one."""
    countries = list(islice(ORIGINS, len(caps)))
    officer = make.scheme_officer("US")
    origins = [make.scheme_officer(country, origin=True) for country in countries]
    parts = [
        make.quota_terms(cap, QuotaDimension.ORIGIN, country) for cap, country in zip(caps, countries, strict=True)
    ]
    scheme = make.scheme(officer, *origins, quotas=[make.quota_terms(10 * attempts), *parts])
    proposals = make.bare_proposals(scheme, attempts)
    make.session.commit()
    dice = random.Random(7)
    return [
        Wish(_facts(scheme.id, countries[0] if dice.random() < 0.5 else dice.choice(countries)), proposal)  # noqa: PLR2004
        for proposal in proposals
    ]


def _facts(scheme: int, origin: str) -> QuotaFacts:
    sectors = frozenset({"agriculture"})
    return QuotaFacts(scheme, date(2026, 5, 1), origin, sectors, "US-GA", "E-1", returning=False, sex=Sex.FEMALE)


def crowd_of(wishes: Sequence[Wish]) -> list[Wish]:
    """Return the wishes as a crowd sends them: in any order, some of them twice."""
    crowd = [*wishes, *wishes[::TWICE]]
    random.Random(8).shuffle(crowd)
    return crowd


def attempt(sessions: SessionFactory, wish: Wish) -> str:
    """Try once to take the units of a wish, as an approval does; return what came of it."""
    try:
        with write_tx(sessions) as session:
            quotas.take(session, wish.facts, wish.proposal)
    except QuotaFullError:
        return "full"
    except ConflictError:
        return "twice"
    except sa.exc.SQLAlchemyError as error:  # a person would see an error page
        return type(error).__name__
    return "sold"


def naive(sessions: SessionFactory, wish: Wish) -> str:
    """Count first and write later: the way that is not ours."""
    try:
        with read_tx(sessions) as session:
            origin = sa.select(Quota).where(
                Quota.scheme_id == wish.facts.scheme,
                Quota.dimension == QuotaDimension.ORIGIN,
                Quota.value == wish.facts.origin,
            )
            quota = session.scalars(origin).one()
            units = sa.select(sa.func.count()).select_from(QuotaUnit).where(QuotaUnit.quota_id == quota.id)
            if (session.scalar(units) or 0) >= quota.cap:
                return "full"
        with write_tx(sessions) as session:
            session.add(QuotaUnit(quota_id=quota.id, proposal_id=wish.proposal))
    except sa.exc.IntegrityError:
        return "twice"
    except sa.exc.SQLAlchemyError as error:
        return type(error).__name__
    return "sold"


def sold(sessions: SessionFactory) -> list[Sold]:
    """Return what was sold of each quota, the whole first."""
    with read_tx(sessions) as session:
        units = Counter(session.scalars(sa.select(QuotaUnit.quota_id)))
        found = session.scalars(sa.select(Quota).order_by(Quota.id)).all()
        return [Sold(quota.cap, quota.committed, units[quota.id]) for quota in found]


@dataclass(frozen=True, slots=True)
class Race:
    """What came of a crowd, and how many seconds it took from the first client's start to the last one's end."""

    outcome: Counter[str]
    seconds: float


def race(url: str, wishes: Sequence[Wish], how: Attempt, *, processes: int, threads: int) -> Race:
    """Let clients (``threads`` in each of ``processes``) fight for units; all begin at once."""
    crowd, context = crowd_of(wishes), get_context("spawn")
    barrier = context.Barrier(processes)
    with context.Pool(processes, _keep, (barrier,)) as pool:
        parts = pool.starmap(_clients, [(url, crowd[n::processes], how, threads) for n in range(processes)], 1)
    outcome = sum((part[0] for part in parts), Counter())
    return Race(outcome, max(part[2] for part in parts) - min(part[1] for part in parts))


_barriers: list[Barrier] = []


def _keep(barrier: Barrier) -> None:
    _barriers.append(barrier)


def _clients(url: str, wishes: Sequence[Wish], how: Attempt, threads: int) -> tuple[Counter[str], float, float]:
    """Be the clients of one process; returns what came of them, when they began, and when they were done."""
    engine = make_engine(url, pool_size=threads)
    sessions = make_sessions(engine)
    _barriers[0].wait(timeout=60)
    began = time.time()
    with ThreadPoolExecutor(threads) as pool:
        outcome = Counter(pool.map(lambda wish: how(sessions, wish), wishes))
    ended = time.time()
    engine.dispose()
    return outcome, began, ended
