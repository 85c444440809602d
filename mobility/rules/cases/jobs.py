"""Background jobs: lifecycle, retries and their pause; claiming rows belongs to the job runner."""

from enum import StrEnum, auto

from mobility.rules.basics.lifecycles import SYSTEM, Lifecycle, Transition, by
from mobility.rules.basics.permissions import Permission

#: Attempts after which a job waits for a person.
MAX_ATTEMPTS = 6
_FIRST_PAUSE_SECONDS = 2
_LONGEST_PAUSE_SECONDS = 3600


class JobState(StrEnum):
    """Where a job stands; a failed job waits for its next attempt, a dead one for a person."""

    QUEUED = auto()
    RUNNING = auto()
    DONE = auto()
    FAILED = auto()
    DEAD = auto()
    CANCELLED = auto()


class JobEvent(StrEnum):
    """What may happen to a job."""

    START = auto()
    FINISH = auto()
    FAIL = auto()
    RELEASE = auto()
    RETRY = auto()
    GIVE_UP = auto()
    CANCEL = auto()


_S, _E = JobState, JobEvent
_OPERATOR = by(Permission.JOB_STEER)
_OPERATOR_OR_SYSTEM = by(Permission.JOB_STEER, or_system=True)

LIFECYCLE: Lifecycle[JobState, JobEvent] = Lifecycle(
    _S.QUEUED,
    (
        Transition(_S.QUEUED, _E.START, _S.RUNNING, **SYSTEM),
        Transition(_S.RUNNING, _E.FINISH, _S.DONE, **SYSTEM),
        Transition(_S.RUNNING, _E.FAIL, _S.FAILED, **SYSTEM),
        Transition(_S.RUNNING, _E.RELEASE, _S.QUEUED, **SYSTEM),
        Transition(_S.RUNNING, _E.GIVE_UP, _S.DEAD, **SYSTEM, guard="is_exhausted"),
        Transition(_S.FAILED, _E.RETRY, _S.QUEUED, **_OPERATOR_OR_SYSTEM),
        Transition(_S.FAILED, _E.GIVE_UP, _S.DEAD, **SYSTEM, guard="is_exhausted"),
        Transition(_S.DEAD, _E.RETRY, _S.QUEUED, **_OPERATOR),
        *(Transition(state, _E.CANCEL, _S.CANCELLED, **_OPERATOR_OR_SYSTEM) for state in (_S.QUEUED, _S.FAILED)),
        Transition(_S.RUNNING, _E.CANCEL, _S.CANCELLED, **_OPERATOR_OR_SYSTEM),
    ),
)


def is_exhausted(attempts: int, limit: int = MAX_ATTEMPTS) -> bool:
    """Whether a job that failed so many times is dead until a person looks at it."""
    return attempts >= limit


def after_failure(attempts: int, limit: int = MAX_ATTEMPTS) -> JobEvent:
    """Return what follows a failed attempt: another one later, or giving up."""
    return _E.GIVE_UP if is_exhausted(attempts, limit) else _E.RETRY


def pause_seconds(attempts: int) -> int:
    """Return the pause before the next attempt: it doubles with each failure, up to an hour."""
    return min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS << max(0, min(attempts, 32) - 1))
