"""Match runs: their lifecycle, their stored parts, where scorecards come from."""

from enum import StrEnum, auto

from mobility.rules.basics.lifecycles import SYSTEM, Lifecycle, Transition, by
from mobility.rules.basics.permissions import Permission


class MatchRunState(StrEnum):
    """Where a match run stands."""

    QUEUED = auto()
    RUNNING = auto()
    FINISHED = auto()
    FAILED = auto()
    CANCELLED = auto()


class MatchRunEvent(StrEnum):
    """What may happen to a match run."""

    START = auto()
    FINISH = auto()
    FAIL = auto()
    CANCEL = auto()


class PartKind(StrEnum):
    """What a stored part of a run holds."""

    INPUT = auto()
    SCORED = auto()
    MARGINS = auto()


class ScorecardOrigin(StrEnum):
    """Where the points of a scorecard come from."""

    EXPERTS = auto()
    LEARNED = auto()


_S, _E = MatchRunState, MatchRunEvent
_OFFICER = by(Permission.MATCH_RUN_CANCEL)

LIFECYCLE: Lifecycle[MatchRunState, MatchRunEvent] = Lifecycle(
    _S.QUEUED,
    (
        Transition(_S.QUEUED, _E.START, _S.RUNNING, **SYSTEM),
        Transition(_S.QUEUED, _E.FAIL, _S.FAILED, **SYSTEM),
        Transition(_S.QUEUED, _E.CANCEL, _S.CANCELLED, **_OFFICER),
        Transition(_S.RUNNING, _E.FINISH, _S.FINISHED, **SYSTEM),
        Transition(_S.RUNNING, _E.FAIL, _S.FAILED, **SYSTEM),
        Transition(_S.RUNNING, _E.CANCEL, _S.CANCELLED, **_OFFICER),
    ),
)

#: States of runs that may still write proposals.
UNDER_WAY = (_S.QUEUED, _S.RUNNING)
