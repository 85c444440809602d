"""The search for concepts kept warm by a thread of the server, so that no request makes or loads an index."""

import logging
import subprocess
import sys
import time
from threading import Thread

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
    """Begin to keep the search of an installation warm, until this process ends."""
    indexes = shelf(settings.instance_dir, semantic=settings.semantic)
    indexes.keep_warm()
    Thread(target=_rounds, args=(indexes, sessions), daemon=True, name="warmth").start()


def _rounds(indexes: ConceptShelf, sessions: SessionFactory) -> None:
    while True:
        warm(indexes, sessions)
        time.sleep(PAUSE)


def warm(indexes: ConceptShelf, sessions: SessionFactory) -> None:
    """Bring the indexes up to date once; a failure is logged, and the site serves without search."""
    try:
        with read_tx(sessions) as session:
            stale = indexes.is_stale(session)
        if stale:
            subprocess.run(MAKE, check=False, capture_output=True)  # noqa: S603  our own command
            with read_tx(sessions) as session:
                indexes.refresh(session)
    except (MobilityError, SQLAlchemyError, OSError) as error:
        _LOG.warning("the search could not be made ready: %s", type(error).__name__)
    finally:
        indexes.tried()
