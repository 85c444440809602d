"""Background work: the runner, and one file a kind of job; each job calls one use case."""

from collections.abc import Mapping
from datetime import datetime

from mobility.db import SessionFactory, write_tx
from mobility.jobs import daily
from mobility.jobs.runner import Handler
from mobility.services.platform import jobs

#: Handlers of jobs that need nothing but the database.
KINDS_WITHOUT_CLUSTER: Mapping[str, Handler] = {daily.KIND: daily.take_new_days}


def housekeeping(sessions: SessionFactory, *, at: datetime) -> None:
    """Enqueue what is due once an hour; asked for again in the same hour, it changes nothing."""
    with write_tx(sessions) as session:
        for kind in KINDS_WITHOUT_CLUSTER:
            jobs.enqueue(session, kind, f"{kind}:{at:%Y-%m-%dT%H}", {}, at=at)
