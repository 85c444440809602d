"""Appeals against adverse decisions: time limit and independence; no rows and no sentences."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum, auto

from mobility.errors import ForbiddenError, InvalidError
from mobility.rules.basics.lifecycles import Lifecycle, Transition, by
from mobility.rules.basics.permissions import Permission

CODES = ("appeal.too_late", "appeal.not_independent")

#: Days after a decision within which it may be appealed, unless the scheme's rules say otherwise.
APPEAL_DAYS = 30


class AppealState(StrEnum):
    """Where an appeal stands."""

    OPEN = auto()
    UPHELD = auto()
    OVERTURNED = auto()


class AppealEvent(StrEnum):
    """How an appeal may end; "uphold" keeps the decision that was appealed against."""

    UPHOLD = auto()
    OVERTURN = auto()


_OVERSIGHT = by(Permission.APPEAL_DECIDE)

LIFECYCLE: Lifecycle[AppealState, AppealEvent] = Lifecycle(
    AppealState.OPEN,
    (
        Transition(AppealState.OPEN, AppealEvent.UPHOLD, AppealState.UPHELD, **_OVERSIGHT, guard="check_independence"),
        Transition(
            AppealState.OPEN, AppealEvent.OVERTURN, AppealState.OVERTURNED, **_OVERSIGHT, guard="check_independence"
        ),
    ),
)


def last_day(decided_at: datetime, days: int = APPEAL_DAYS) -> datetime:
    """Return the last moment at which an appeal may be filed."""
    return decided_at + timedelta(days=days)


def check_in_time(decided_at: datetime, at: datetime, *, days: int = APPEAL_DAYS) -> None:
    """Refuse an appeal filed too late.

    Raises
    ------
    InvalidError
        ``appeal.too_late``, with the last day.
    """
    if at > last_day(decided_at, days):
        raise InvalidError("appeal.too_late", last_day=last_day(decided_at, days).date().isoformat())


def check_independence(
    decider: int, organisation: int, *, users: Collection[int], organisations: Collection[int]
) -> None:
    """Refuse an appeals officer who, or whose organisation, took part in the decisions appealed against.

    Parameters
    ----------
    decider, organisation : int
        Who would decide the appeal, and for whom.
    users, organisations : collection of int
        Everybody who decided on the proposal so far, and their organisations.

    Raises
    ------
    ForbiddenError
        ``appeal.not_independent``.
    """
    if decider in users or organisation in organisations:
        raise ForbiddenError("appeal.not_independent")
