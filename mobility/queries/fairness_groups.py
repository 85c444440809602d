"""The one way to read the groups by which fairness is measured: whole runs, for the system alone."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.models.fairness_groups import FairnessGroup
from mobility.queries.worker_rows import batches
from mobility.security.actors import Actor
from mobility.security.permissions import Permission
from mobility.security.policy import require

#: Stands for a worker of whom nothing was recorded.
UNRECORDED = "unrecorded"
#: What runs are measured by, in the order of the report.
GROUPINGS = ("sex", "age", "origin", "displaced", "returning")


def groups_of(session: Session, actor: Actor, workers: Sequence[int]) -> dict[str, list[str]]:
    """Return for each of ``GROUPINGS`` the group of each worker, in the order of the ids given.

    Raises
    ------
    ForbiddenError
        The actor is a person: people see what is counted, never whom.
    """
    require(actor, Permission.FAIRNESS_MEASURE)
    found: dict[int, tuple[str, ...]] = {}
    for some in batches(workers):
        select = sa.select(
            FairnessGroup.worker_id,
            FairnessGroup.sex,
            FairnessGroup.age_band,
            FairnessGroup.origin,
            FairnessGroup.displaced,
            FairnessGroup.worked_before,
        ).where(FairnessGroup.worker_id.in_(some))
        for worker_id, sex, band, origin, displaced, returning in session.execute(select):
            found[worker_id] = (sex.value, band, origin, _yes(displaced), _yes(returning))
    nothing = (UNRECORDED,) * len(GROUPINGS)
    rows = [found.get(worker, nothing) for worker in workers]
    return {name: [row[column] for row in rows] for column, name in enumerate(GROUPINGS)}


def _yes(flag: bool) -> str:  # noqa: FBT001  a plain converter
    return "yes" if flag else "no"
