"""The process that works on jobs: claims one after another, keeps its lease alive, stops cleanly; knows no kind."""

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from mobility.db import SessionFactory, write_tx
from mobility.errors import MobilityError
from mobility.rules.cases.jobs import JobState
from mobility.services.platform import jobs
from mobility.services.platform.jobs import Held, LeaseLostError

Clock = Callable[[], datetime]
_BEATS_A_LEASE = 3
#: Seconds between two looks at an empty queue.
PAUSE = 0.2
_TOKEN_BYTES = 16

_log = structlog.get_logger(__name__)


class NotYetError(MobilityError):
    """A job cannot begin before others have ended; it goes back into the queue and loses no attempt."""


class JobOutcome(Enum):
    """What became of one look at the queue."""

    EMPTY = auto()
    DONE = auto()
    FAILED = auto()
    LOST = auto()
    NOT_YET = auto()


@dataclass
class Work:
    """A job in the hands of a handler: what it is asked to do, and the only way to store its result."""

    job: Held
    sessions: SessionFactory
    clock: Clock
    lease_seconds: int
    _lost: threading.Event = field(default_factory=threading.Event)

    def beat(self, done: int | None = None, total: int | None = None, stage: str | None = None) -> None:
        """Tell how far the job is.

        Raises
        ------
        LeaseLostError
            The job is cancelled, or belongs to another by now.
        """
        at, seconds = self.clock(), self.lease_seconds
        with write_tx(self.sessions) as session:
            jobs.report(session, self.job, at=at, seconds=seconds, done=done, total=total, stage=stage)

    @contextmanager
    def result(self) -> Iterator[Session]:
        """Open the transaction in which the result is stored and the job ends: both, or neither.

        Raises
        ------
        LeaseLostError
            Nothing of the result was stored.
        """
        with write_tx(self.sessions) as session:
            yield session
            jobs.finish(session, self.job, at=self.clock())

    def keep_alive(self, stop: threading.Event) -> None:
        """Extend the lease until told to stop or until it is lost."""
        while not stop.wait(self.lease_seconds / _BEATS_A_LEASE):
            try:
                self.beat()
            except LeaseLostError:
                self._lost.set()
                return
            except OperationalError:  # the database is busy or away: the next beat may get through
                continue


Handler = Callable[[Work], None]


class Runner:
    """Works on jobs of the kinds it has handlers for; several on one database share the work.

    Parameters
    ----------
    sessions : SessionFactory
    handlers : mapping of str to callable
        By kind of job; a handler stores its result through ``Work.result``.
    clock : callable
    lease_seconds : int
        A runner silent for so long loses its job.
    """

    def __init__(
        self, sessions: SessionFactory, handlers: Mapping[str, Handler], clock: Clock, *, lease_seconds: int = 60
    ) -> None:
        self.sessions = sessions
        self.handlers = handlers
        self.clock = clock
        self.lease_seconds = lease_seconds
        self.stopping = threading.Event()

    def stop(self) -> None:
        """Claim no further job; the one in hand is finished."""
        self.stopping.set()

    def once(self) -> JobOutcome:
        """Work on one job, if one is due."""
        lease = secrets.token_hex(_TOKEN_BYTES)
        with write_tx(self.sessions) as session:
            held = jobs.claim(session, lease, at=self.clock(), seconds=self.lease_seconds, kinds=tuple(self.handlers))
        if held is None:
            return JobOutcome.EMPTY
        work = Work(held, self.sessions, self.clock, self.lease_seconds)
        with self._alive(work):
            return self._handle(work)

    def until_empty(self, *, seen: Callable[[JobOutcome], object] = lambda _: None) -> None:
        """Work until no job is left, those in others' hands included."""
        while not self.stopping.is_set():
            outcome = self.once()
            seen(outcome)
            if outcome is JobOutcome.EMPTY:
                with self.sessions() as session:
                    if not jobs.waiting(session, tuple(self.handlers)):
                        return
                self.stopping.wait(PAUSE)

    def forever(self, *, each_hour: Callable[[], object] = lambda: None) -> None:
        """Work until told to stop; ``each_hour`` is called when a new hour has begun."""
        hour = _hour(self.clock())
        while not self.stopping.is_set():
            if _hour(self.clock()) != hour:
                hour = _hour(self.clock())
                each_hour()
            if self.once() is JobOutcome.EMPTY:
                self.stopping.wait(PAUSE)

    @contextmanager
    def _alive(self, work: Work) -> Iterator[None]:
        stop = threading.Event()
        heart = threading.Thread(target=work.keep_alive, args=(stop,), name="heartbeat", daemon=True)
        heart.start()
        try:
            yield
        finally:
            stop.set()
            heart.join()

    def _handle(self, work: Work) -> JobOutcome:
        job = work.job
        try:
            self.handlers[job.kind](work)
        except LeaseLostError as error:
            _log.warning("job lost", job=job.ref, kind=job.kind, code=error.code)
            return JobOutcome.LOST
        except NotYetError:
            return self._give_back(work)
        except Exception as error:  # noqa: BLE001  whatever a job does, its runner goes on
            return self._failed(work, code_of(error))
        return JobOutcome.DONE

    def _give_back(self, work: Work) -> JobOutcome:
        try:
            with write_tx(self.sessions) as session:
                jobs.release(session, work.job, at=self.clock(), pause=timedelta(seconds=PAUSE))
        except LeaseLostError:
            return JobOutcome.LOST
        return JobOutcome.NOT_YET

    def _failed(self, work: Work, code: str) -> JobOutcome:
        job = work.job
        try:
            with write_tx(self.sessions) as session:
                state = jobs.fail(session, job, code, at=self.clock())
        except LeaseLostError:
            return JobOutcome.LOST
        told = _log.error if state is JobState.DEAD else _log.warning
        told("job failed", job=job.ref, kind=job.kind, code=code, attempts=job.attempts, state=state.value)
        return JobOutcome.FAILED


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def code_of(error: Exception) -> str:
    """Return what an error is, never what it says: messages may hold data."""
    code = getattr(error, "code", None)
    name = type(error).__name__
    return f"{name}:{code}" if isinstance(error, MobilityError) and code else name
