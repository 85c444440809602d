"""Snapshot folders of an installation: one a scheme, brought up to date for a run, shared by its job runners."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from mobility.db import SessionFactory, read_tx, write_tx
from mobility.errors import ConflictError
from mobility.matching.facts import Pool
from mobility.matching.snapshots import MANIFEST, Manifest, SnapshotError, Stamp, opened, read_manifest, refresh, store
from mobility.queries.pools import pools
from mobility.queries.pools.arrow_source import arrow_source
from mobility.queries.pools.worker_vectors import Source, changed_since, watermark
from mobility.services.match_runs import match_runs
from mobility.services.match_runs.steps import Brief, Cut, Keys, Progress, lay_out

#: Folder of the installation in which the snapshots stand.
FOLDER = "snapshots"
_LOCK = ".preparing"


class SnapshotElsewhereError(ConflictError):
    """The run works from a snapshot that is not in this folder: another machine made it, or it was taken away."""


def prepare(
    sessions: SessionFactory, asked: Brief, root: Path, *, at: datetime, progress: Progress | None = None
) -> Cut:
    """Return a run's workers laid out in the scheme's folder, which the first job of a run brings up to date.

    The run is bound to that snapshot: its other jobs read the same, whichever runner has them.

    Raises
    ------
    SnapshotElsewhereError
        ``match_run.snapshot_elsewhere``.
    SnapshotError
        The folder cannot be read or written; the former snapshot stays as it was.
    """
    folder = root / f"scheme-{asked.scheme}"
    with _alone(folder):
        with read_tx(sessions) as session:
            bound = match_runs.snapshot_of(session, asked.ref)
        if bound is None:
            with read_tx(sessions) as session:
                mark = watermark(session)
            with sessions() as session, arrow_source(session) as source:
                made = _up_to_date(session, asked, folder, mark, source, progress)
            with write_tx(sessions) as session:
                bound = match_runs.bind_snapshot(session, asked.ref, made.id, mark, at=at)
        if bound.id != _id_in(folder):
            raise SnapshotElsewhereError("match_run.snapshot_elsewhere")
    return Cut(asked, folder, bound.watermark)


def _up_to_date(
    session: Session, asked: Brief, folder: Path, mark: int, source: Source | None, progress: Progress | None
) -> Manifest:
    """Build anew what differs from the database: chunks of people who changed, came or left, else everything."""
    card = asked.terms.scorecard.sha256
    stamp = Stamp(mark, rule_set=asked.ref, scorecard=card)
    former = _former(folder, asked, mark)
    if former is None:
        return store(folder, lay_out(session, asked, source=source, progress=progress), stamp)
    before, keys = former
    dirty = np.union1d(changed_since(session, before.stamp.watermark), np.setxor1d(keys, asked.workers))

    def load(first: int, last: int) -> Pool:
        some = asked.workers[np.searchsorted(asked.workers, first) : np.searchsorted(asked.workers, last, "right")]
        day, waived = asked.terms.on, asked.waived
        return pools.pool(session, before.vocabulary, some.tolist(), on=day, waived=waived, source=source)

    return refresh(folder, load, asked.rules, dirty.tolist(), stamp, implied=asked.terms.implied)


def _former(folder: Path, asked: Brief, mark: int) -> tuple[Manifest, Keys] | None:
    """Return the snapshot that is there and whom it holds, if it answers the same questions on the same day."""
    try:
        found = read_manifest(folder)
        fits = (
            found.vocabulary == asked.demand.vocabulary
            and found.epoch == asked.terms.on.toordinal()
            and found.stamp.watermark <= mark  # else the database is an older one, restored from a backup
            and set(found.columns) == set(asked.rules.columns)
            and len(found.blocks) > 0
        )
        return (found, np.concatenate([block.key for block in opened(folder).blocks])) if fits else None
    except SnapshotError:  # none yet, of another version, or damaged
        _clear(folder)
        return None


def _clear(folder: Path) -> None:
    """Take away what cannot be read: a chunk that is built again would be taken for the damaged file of its name."""
    for file in (folder / MANIFEST, *folder.glob("*.block"), *folder.glob("*.chunk")):  # so were they called before
        file.unlink(missing_ok=True)


def _id_in(folder: Path) -> str:
    try:
        return read_manifest(folder).id
    except SnapshotError:
        return ""


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process prepare a folder at a time; the kernel frees a dead one's lock."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
