"""Background work: the runner, and one file a kind of job; each job calls one use case."""

from collections.abc import Mapping
from datetime import datetime

from mobility.db import SessionFactory, write_tx
from mobility.jobs import expiry
from mobility.jobs.runner import Handler
from mobility.services import jobs

#: Handlers of jobs that need nothing but the database.
KINDS_WITHOUT_CLUSTER: Mapping[str, Handler] = {expiry.KIND: expiry.expire}


def housekeeping(sessions: SessionFactory, *, at: datetime) -> None:
    """Enqueue what is due once a day; asked for again on the same day, it changes nothing."""
    with write_tx(sessions) as session:
        jobs.enqueue(session, expiry.KIND, f"{expiry.KIND}:{at.date()}", {}, at=at)
