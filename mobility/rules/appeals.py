"""Appeals against adverse decisions: time limit and independence; no rows and no sentences."""

from enum import StrEnum, auto

from mobility.rules.lifecycles import Lifecycle, Transition, who
from mobility.rules.organisations import OrganisationKind, Role


class AppealState(StrEnum):
    """Where an appeal stands."""

    OPEN = auto()
    UPHELD = auto()
    OVERTURNED = auto()


class AppealEvent(StrEnum):
    """How an appeal may end; "uphold" keeps the decision that was appealed against."""

    UPHOLD = auto()
    OVERTURN = auto()


_OVERSIGHT = who(Role.APPEALS_OFFICER, at={OrganisationKind.OVERSIGHT_BODY})

LIFECYCLE: Lifecycle[AppealState, AppealEvent] = Lifecycle(
    AppealState.OPEN,
    (
        Transition(AppealState.OPEN, AppealEvent.UPHOLD, AppealState.UPHELD, **_OVERSIGHT, guard="check_independence"),
        Transition(
            AppealState.OPEN, AppealEvent.OVERTURN, AppealState.OVERTURNED, **_OVERSIGHT, guard="check_independence"
        ),
    ),
)
