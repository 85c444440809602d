"""The one way to read the groups by which fairness is measured: whole runs, for the system alone."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from mobility.models.workers.fairness_groups import FairnessGroup
from mobility.queries.pools.worker_rows import batches
from mobility.rules.basics.permissions import Permission
from mobility.security.actors import Actor
from mobility.security.policy import require

#: Stands for a worker of whom nothing was recorded.
UNRECORDED = "unrecorded"
#: What runs are measured by, in the order of the report.
GROUPINGS = ("sex", "age", "origin", "displaced", "returning")
_COLUMNS = sa.select(
    FairnessGroup.worker_id,
    FairnessGroup.sex,
    FairnessGroup.age_band,
    FairnessGroup.origin,
    FairnessGroup.displaced,
    FairnessGroup.worked_before,
)
#: Workers whose groups are read at once.
_AT_ONCE = 20_000


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
        select = _COLUMNS.where(FairnessGroup.worker_id.in_(some))
        for worker_id, sex, band, origin, displaced, returning in session.execute(select):
            found[worker_id] = (sex.value, band, origin, _yes(displaced), _yes(returning))
    nothing = (UNRECORDED,) * len(GROUPINGS)
    rows = [found.get(worker, nothing) for worker in workers]
    return {name: [row[column] for row in rows] for column, name in enumerate(GROUPINGS)}


class Coded(NamedTuple):
    """The group of each worker as a number into ``names``; int16 of shape (n_workers,)."""

    names: tuple[str, ...]
    code: NDArray[np.int16]


def codes_of(session: Session, actor: Actor, workers: NDArray[np.int64]) -> dict[str, Coded]:
    """Return the same for a whole pool, small enough to be kept: ids ascending, a number for each group.

    Raises
    ------
    ForbiddenError
        The actor is a person.
    """
    require(actor, Permission.FAIRNESS_MEASURE)
    codes = {name: np.zeros(len(workers), np.int16) for name in GROUPINGS}
    names: dict[str, dict[str, int]] = {name: {UNRECORDED: 0} for name in GROUPINGS}
    for first in range(0, len(workers), _AT_ONCE):
        some = workers[first : first + _AT_ONCE]
        inside = FairnessGroup.worker_id.between(int(some[0]), int(some[-1]))
        rows = session.execute(_COLUMNS.where(inside).order_by(FairnessGroup.worker_id)).all()
        ids = np.array([row[0] for row in rows], np.int64)
        mine = np.isin(ids, some)
        place = first + np.searchsorted(some, ids[mine])
        for column, name in enumerate(GROUPINGS, start=1):
            known = names[name]
            told = [known.setdefault(_word(row[column]), len(known)) for row in rows]
            codes[name][place] = np.array(told, np.int16)[mine]
    return {name: Coded(tuple(names[name]), codes[name]) for name in GROUPINGS}


def _word(value: object) -> str:
    return _yes(value) if isinstance(value, bool) else str(value)


def _yes(flag: bool) -> str:  # noqa: FBT001  a plain converter
    return "yes" if flag else "no"
