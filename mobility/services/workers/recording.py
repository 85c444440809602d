"""The one way to record that a worker's file changed: what is packed of it and the event are written together."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mobility.models.workers.workers import Worker
from mobility.security import audit
from mobility.security.actors import Actor
from mobility.services.workers import vectors


def record_change(session: Session, actor: Actor, action: str, worker: Worker, *, at: datetime, **facts: Any) -> None:
    """Bring a worker's vector up to date and append the event; call it last in a use case.

    ``facts`` are codes, references and figures, never personal data.
    """
    vectors.write(session, [worker.id])
    audit.record(session, actor, action, worker, at=at, **facts)
