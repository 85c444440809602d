"""Showing a worker: the only way from a row to a page, and the record of it that leaves before the page does."""

from typing import Any

from flask import Flask, g, request

from mobility.db import write_tx
from mobility.models.workers.workers import Worker
from mobility.security import readings
from mobility.security.keyring import keyring_of
from mobility.security.projections import LINE, project_worker, unsealed
from mobility.security.readings import Shown
from mobility.security.worker_views import WorkerView
from mobility.views.frame.browser_session import BEFORE_LEAVING, db_session, request_time
from mobility.views.frame.identity import current_actor
from mobility.views.frame.installation import installation


def shown(worker: Worker, **options: Any) -> WorkerView:
    """Return what the actor may read of a worker, noted as read; ``options`` are those of ``project_worker``."""
    view = project_worker(current_actor(), worker, keyring_of(db_session()), **options)
    _noted().append(Shown(worker.id, unsealed(view)))
    return view


def lines(workers: list[Worker]) -> list[WorkerView]:
    """Return the lines of a list; whoever reads no name in it reads nobody's file."""
    actor, keyring = current_actor(), keyring_of(db_session())
    views = [project_worker(actor, worker, keyring, only=LINE) for worker in workers]
    _noted().extend(
        Shown(worker.id, names) for worker, view in zip(workers, views, strict=True) if (names := unsealed(view))
    )
    return views


def _noted() -> list[Shown]:
    if "readings" not in g:
        g.readings = []
    noted: list[Shown] = g.readings
    return noted


def write_readings() -> None:
    """Record what the request showed, in a transaction of its own after the request's; without it no page leaves."""
    noted: list[Shown] = g.pop("readings", [])
    if not noted:
        return
    with write_tx(installation().sessions) as own:
        page, number = request.endpoint or "", g.get("request_id", "")
        readings.record(own, current_actor(), noted, page=page, request_id=number, at=request_time())


def init(app: Flask) -> None:
    """Wire the record into the application: it is written after the request's transaction, before its answer."""
    app.extensions[BEFORE_LEAVING].append(write_readings)
