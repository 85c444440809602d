"""Background work: the runner, and one file a kind of job; each job calls one use case."""

from collections.abc import Mapping
from datetime import datetime

from mobility.db import SessionFactory, write_tx
from mobility.jobs import carry_over, expiry
from mobility.jobs.runner import Handler
from mobility.services.platform import jobs

#: Handlers of jobs that need nothing but the database.
KINDS_WITHOUT_CLUSTER: Mapping[str, Handler] = {
    expiry.KIND: expiry.expire,
    carry_over.KIND: carry_over.carry_over,
}


def housekeeping(sessions: SessionFactory, *, at: datetime) -> None:
    """Enqueue what is due once a day; asked for again on the same day, it changes nothing."""
    with write_tx(sessions) as session:
        for kind in KINDS_WITHOUT_CLUSTER:
            jobs.enqueue(session, kind, f"{kind}:{at.date()}", {}, at=at)
