"""The demo world from nothing to a running season; the same for the same seed and day."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from mobility.db import SessionFactory, write_tx
from mobility.demo import ministries, pathways, seasons, vacancies, workers
from mobility.demo.calendar import Calendar
from mobility.demo.dice import single
from mobility.demo.ministries import Cast
from mobility.demo.seasons import Matching
from mobility.errors import InvalidError
from mobility.models.accounts.organisations import Organisation
from mobility.models.base import references_from
from mobility.models.schemes.schemes import Scheme
from mobility.rules.basics.organisations import Role
from mobility.services.platform import reference_data

LAST_VACANCIES = 24
ALL_VACANCIES = 120
MARK = "demo.json"


@dataclass(frozen=True)
class Plan:
    """What world is wanted."""

    seed: int
    workers: int


def planned(folder: Path) -> Plan | None:
    """Return the world that an instance folder holds whole, or None."""
    file = folder / MARK
    return Plan(**json.loads(file.read_text())) if file.exists() else None


def build(
    sessions: SessionFactory,
    plan: Plan,
    folder: Path,
    matching: Matching,
    *,
    today: date,
    progress: Callable[[int], object] = lambda _: None,
) -> None:
    """Make the whole world in an empty database; the mark in ``folder`` says that it is complete.

    Raises
    ------
    InvalidError
        ``demo.not_empty``: the database holds something already.
    """
    calendar = Calendar(today)
    entropy = np.random.default_rng([plan.seed, 99])
    with references_from(entropy.bytes):
        with write_tx(sessions) as session:
            if session.scalar(sa.select(sa.func.count()).select_from(Organisation)):
                raise InvalidError("demo.not_empty")
            reference_data.load(session)
            cast = ministries.hire(session, calendar, single(plan.seed, 1))
            schemes = pathways.sign_all(session, cast, calendar)
            market = vacancies.open_market(session, cast, calendar, single(plan.seed, 2))
            posting = vacancies.Posting(session, market, schemes, calendar, single(plan.seed, 3))
            over = posting.post(LAST_VACANCIES, vacancies.LAST)
        workers.register(sessions, cast, seed=plan.seed, count=plan.workers, today=today, progress=progress)
        _last_season(sessions, cast, schemes, calendar, matching, over, plan.seed)
        with write_tx(sessions) as session:
            posting = vacancies.Posting(session, market, schemes, calendar, single(plan.seed, 4))
            posting.post(ALL_VACANCIES - LAST_VACANCIES, vacancies.COMING, vacancies.ON_THE_WAY)
        _coming_season(sessions, cast, schemes, calendar, matching, plan.seed)
    (folder / MARK).write_text(json.dumps(asdict(plan)))


Schemes = Mapping[tuple[str, str], Scheme]


def _running(schemes: Schemes) -> list[tuple[str, Scheme]]:
    return [(country, scheme) for (country, code), scheme in schemes.items() if code != "disaster_response"]


def _last_season(
    sessions: SessionFactory,
    cast: Cast,
    schemes: Schemes,
    calendar: Calendar,
    matching: Matching,
    over: list[int],
    seed: int,
) -> None:
    dice = single(seed, 5)
    approved: list[str] = []
    for country, scheme in _running(schemes):
        officer = cast.actors[country, Role.SCHEME_OFFICER]
        try:
            run = matching(officer, scheme.ref, calendar.last_match, seed)
        except InvalidError:
            continue  # a small world may have nobody for a scheme
        approved += seasons.review(sessions, cast, run, dice, at=calendar.moment(-325), endorsed=40, approved=30)
    seasons.close_season(sessions, approved, over, calendar)
    with write_tx(sessions) as session:
        vacancies.expire(session, over, at=calendar.moment(-30))


def _coming_season(
    sessions: SessionFactory, cast: Cast, schemes: Schemes, calendar: Calendar, matching: Matching, seed: int
) -> None:
    dice = single(seed, 6)
    for country, scheme in _running(schemes):
        officer = cast.actors[country, Role.SCHEME_OFFICER]
        try:
            run = matching(officer, scheme.ref, calendar.now, seed)
        except InvalidError:
            continue
        seasons.review(sessions, cast, run, dice, at=calendar.moment(0, 10), endorsed=30, approved=16)
