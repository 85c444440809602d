"""Employers: vetting, suspension and debarment; no rows and no sentences."""

from enum import StrEnum, auto

from mobility.rules.lifecycles import Lifecycle, Transition, who
from mobility.rules.organisations import OrganisationKind, Role


class EmployerState(StrEnum):
    """Where an employer stands with the destination ministry."""

    REGISTERED = auto()
    VETTING = auto()
    VERIFIED = auto()
    SUSPENDED = auto()
    DEBARRED = auto()


class EmployerEvent(StrEnum):
    """What may happen to an employer."""

    BEGIN_VETTING = auto()
    RETURN_TO_REGISTERED = auto()
    VERIFY = auto()
    SUSPEND = auto()
    REINSTATE = auto()
    DEBAR = auto()


_S, _E = EmployerState, EmployerEvent
_MINISTRY = who(Role.SCHEME_OFFICER, at={OrganisationKind.DESTINATION_MINISTRY})

LIFECYCLE: Lifecycle[EmployerState, EmployerEvent] = Lifecycle(
    _S.REGISTERED,
    (
        Transition(_S.REGISTERED, _E.BEGIN_VETTING, _S.VETTING, **_MINISTRY),
        Transition(_S.VETTING, _E.RETURN_TO_REGISTERED, _S.REGISTERED, **_MINISTRY, guard="check_reason"),
        Transition(_S.VETTING, _E.VERIFY, _S.VERIFIED, **_MINISTRY, guard="vetting_findings"),
        Transition(_S.VERIFIED, _E.SUSPEND, _S.SUSPENDED, **_MINISTRY, guard="check_reason"),
        Transition(_S.SUSPENDED, _E.REINSTATE, _S.VERIFIED, **_MINISTRY, guard="vetting_findings"),
        Transition(_S.SUSPENDED, _E.DEBAR, _S.DEBARRED, **_MINISTRY, guard="check_reason"),
    ),
)
