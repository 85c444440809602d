"""Writing the groups by which fairness is measured, in the transaction that changes the worker; nothing else does."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.models.workers.fairness_groups import FairnessGroup
from mobility.models.workers.profiles import Employment
from mobility.models.workers.workers import Worker
from mobility.queries.place_days import seated_in
from mobility.queries.pools.worker_rows import batches
from mobility.rules.basics.dates import add_years, age_on
from mobility.rules.basics.places import Place
from mobility.rules.figures.fairness import BANDS, age_band


def write(session: Session, workers: Sequence[int], *, on: date) -> None:
    """Write what these workers (ids) count as on a day, from their files as they stand in the database now.

    Call it after a worker's sex, birth date, origin, displacement or history changed, in the same transaction.
    """
    session.flush()
    for some in batches(workers):
        there = dict(
            session.execute(
                sa.select(FairnessGroup.worker_id, FairnessGroup.id).where(FairnessGroup.worker_id.in_(some))
            ).all()
        )
        rows = _rows(session, some, on)
        new = [row for row in rows if row["worker_id"] not in there]
        if new:
            session.execute(sa.insert(FairnessGroup), new)
        if there:
            old = [{**row, "id": there[row["worker_id"]]} for row in rows if row["worker_id"] in there]
            session.execute(sa.update(FairnessGroup), old)


def on_new_day(session: Session, place: Place, day: date, *, at: datetime) -> int:  # noqa: ARG001  nothing is dated
    """Move everybody of the posts at a place who has had a birthday into the band of their age; return how many."""
    moved = 0
    for number, first in enumerate(BANDS):
        older = add_years(day, -BANDS[number + 1]) if number + 1 < len(BANDS) else date.min
        born = sa.select(Worker.id).where(Worker.born_on > older, Worker.post_id.in_(seated_in(place)))
        if first:
            born = born.where(Worker.born_on <= add_years(day, -first))
        change = (
            sa.update(FairnessGroup)
            .where(FairnessGroup.worker_id.in_(born), FairnessGroup.age_band != age_band(first))
            .values(age_band=age_band(first))
            .execution_options(synchronize_session=False)
        )
        moved += session.execute(change).rowcount  # type: ignore[attr-defined]
    return moved


def _rows(session: Session, workers: Sequence[int], on: date) -> list[dict[str, Any]]:
    seasons = sa.select(Employment.worker_id).where(
        Employment.worker_id.in_(workers), Employment.scheme_kind.is_not(None)
    )
    returning = set(session.scalars(seasons))
    columns = (Worker.id, Worker.sex, Worker.born_on, Worker.origin_country, Worker.displaced_by)
    return [
        {
            "worker_id": worker_id,
            "sex": sex,
            "age_band": age_band(age_on(born_on, on)),
            "origin": origin,
            "displaced": displaced_by is not None,
            "worked_before": worker_id in returning,
        }
        for worker_id, sex, born_on, origin, displaced_by in session.execute(
            sa.select(*columns).where(Worker.id.in_(workers)).order_by(Worker.id)
        )
    ]
