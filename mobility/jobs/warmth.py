"""The search for concepts kept warm by a thread of each serving process: no request makes or loads an index."""

import fcntl
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock, Thread

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from mobility.db import SessionFactory, read_tx
from mobility.errors import MobilityError
from mobility.services.concepts.search import ConceptShelf, shelf
from mobility.settings import Settings

#: Seconds between two looks at whether what is searched has changed.
PAUSE = 30
#: What makes an index: a process of its own, since it takes the tools of learning and a whole processor.
MAKE = (sys.executable, "-m", "mobility", "taxonomy", "index")
_LOG = logging.getLogger(__name__)


def keep_warm(settings: Settings, sessions: SessionFactory) -> None:
    """Begin to keep the search of an installation warm, in this process and in those that it forks."""
    indexes = shelf(settings.instance_dir, semantic=settings.semantic)
    indexes.keep_warm()
    _Warmer(indexes, sessions, settings.instance_dir).begin()


class _Warmer:
    """The thread of one process.

    A server may fork after it began (gunicorn with ``preload``), and threads do not come along. So no fork happens in
    the middle of a look, and each child begins anew, with the indexes that were there and with its own connections.
    """

    def __init__(self, indexes: ConceptShelf, sessions: SessionFactory, folder: Path) -> None:
        self._indexes, self._sessions, self._folder = indexes, sessions, folder
        self._looking = Lock()

    def begin(self) -> None:
        """Start the thread, here and in each child."""
        os.register_at_fork(
            before=self._looking.acquire, after_in_parent=self._looking.release, after_in_child=self._begin_again
        )
        self._start()

    def _start(self) -> None:
        Thread(target=self._rounds, daemon=True, name="warmth").start()

    def _begin_again(self) -> None:
        self._looking.release()
        if isinstance(engine := self._sessions.kw.get("bind"), sa.Engine):
            engine.dispose(close=False)
        self._start()

    def _rounds(self) -> None:
        while True:
            warm(self._indexes, self._sessions, self._folder, looking=self._looking)
            time.sleep(PAUSE)


def warm(indexes: ConceptShelf, sessions: SessionFactory, folder: Path, *, looking: Lock) -> None:
    """Bring the indexes up to date once; a failure is logged, and the site serves without search."""
    try:
        if not _taken(indexes, sessions, looking):
            with _turn(folder):
                if not _taken(indexes, sessions, looking):
                    subprocess.run(MAKE, check=False, capture_output=True)  # noqa: S603  our own command
            with looking, read_tx(sessions) as session:
                indexes.refresh(session)
    except (MobilityError, SQLAlchemyError, OSError) as error:
        _LOG.warning("the search could not be made ready: %s", type(error).__name__)
    finally:
        indexes.tried()


def _taken(indexes: ConceptShelf, sessions: SessionFactory, looking: Lock) -> bool:
    with looking, read_tx(sessions) as session:
        return indexes.take(session)


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """Let one process of an installation make indexes at a time: the others then find them made.

    A child that is forked meanwhile must not hold the lock too, as it would one of ``flock``.
    """
    with (folder / "index.lock").open("ab") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        yield
