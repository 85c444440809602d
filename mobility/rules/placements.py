"""Placements: from a signed contract to safe return; no rows and no sentences."""

from enum import StrEnum, auto

from mobility.rules.lifecycles import Lifecycle, Transition, who
from mobility.rules.organisations import OrganisationKind, Role


class PlacementState(StrEnum):
    """Where a placement stands."""

    CONTRACT_SIGNED = auto()
    REGISTERED = auto()
    VISA_ISSUED = auto()
    VISA_REFUSED = auto()
    CLEARED = auto()
    DEPARTED = auto()
    ARRIVED = auto()
    ACTIVE = auto()
    COMPLETED = auto()
    TRANSFERRED = auto()
    TERMINATED_EARLY = auto()
    ABSENT = auto()
    RETURNED = auto()
    CLOSED = auto()


class PlacementEvent(StrEnum):
    """What may happen to a placement."""

    REGISTER = auto()
    ISSUE_VISA = auto()
    REFUSE_VISA = auto()
    CLEAR = auto()
    DEPART = auto()
    ARRIVE = auto()
    START = auto()
    COMPLETE = auto()
    TRANSFER = auto()
    TERMINATE = auto()
    REPORT_ABSENCE = auto()
    FIND = auto()
    RETURN = auto()
    CLOSE = auto()


_S, _E = PlacementState, PlacementEvent
_DESTINATION = who(Role.SCHEME_OFFICER, Role.REVIEWER, at={OrganisationKind.DESTINATION_MINISTRY})
_ORIGIN = who(
    Role.SCHEME_OFFICER,
    Role.SCREENING_OFFICER,
    at={OrganisationKind.ORIGIN_MINISTRY, OrganisationKind.CONSULAR_POST},
)
_EMPLOYER = who(Role.EMPLOYER_ADMINISTRATOR, at={OrganisationKind.EMPLOYER})
_BOTH_SIDES = who(Role.WORKER, Role.EMPLOYER_ADMINISTRATOR, at={OrganisationKind.EMPLOYER})
_WORKER_OR_ORIGIN = who(
    Role.WORKER,
    Role.SCHEME_OFFICER,
    Role.REGISTRATION_OFFICER,
    Role.SCREENING_OFFICER,
    at={OrganisationKind.ORIGIN_MINISTRY, OrganisationKind.CONSULAR_POST},
)
_BEFORE_DEPARTURE = (_S.CONTRACT_SIGNED, _S.REGISTERED, _S.VISA_ISSUED, _S.CLEARED)

LIFECYCLE: Lifecycle[PlacementState, PlacementEvent] = Lifecycle(
    _S.CONTRACT_SIGNED,
    (
        Transition(_S.CONTRACT_SIGNED, _E.REGISTER, _S.REGISTERED, **_DESTINATION, guard="contract_findings"),
        Transition(_S.REGISTERED, _E.ISSUE_VISA, _S.VISA_ISSUED, **_DESTINATION),
        Transition(_S.REGISTERED, _E.REFUSE_VISA, _S.VISA_REFUSED, **_DESTINATION, guard="check_cause"),
        Transition(_S.VISA_ISSUED, _E.CLEAR, _S.CLEARED, **_ORIGIN, guard="clearance_findings"),
        Transition(_S.CLEARED, _E.DEPART, _S.DEPARTED, **_WORKER_OR_ORIGIN),
        Transition(_S.DEPARTED, _E.ARRIVE, _S.ARRIVED, **_BOTH_SIDES, guard="arrival_findings"),
        Transition(_S.ARRIVED, _E.START, _S.ACTIVE, **_BOTH_SIDES),
        Transition(_S.ACTIVE, _E.COMPLETE, _S.COMPLETED, **_BOTH_SIDES),
        Transition(_S.ACTIVE, _E.TRANSFER, _S.TRANSFERRED, **_DESTINATION),
        *(
            Transition(state, _E.TERMINATE, _S.TERMINATED_EARLY, **_BOTH_SIDES, guard="check_cause")
            for state in (*_BEFORE_DEPARTURE, _S.ARRIVED, _S.ACTIVE)
        ),
        *(
            Transition(state, _E.REPORT_ABSENCE, _S.ABSENT, **_EMPLOYER, guard="check_welfare_alert")
            for state in (_S.DEPARTED, _S.ARRIVED, _S.ACTIVE)
        ),
        Transition(_S.ABSENT, _E.FIND, _S.ACTIVE, **_DESTINATION),
        Transition(_S.ABSENT, _E.TERMINATE, _S.TERMINATED_EARLY, **_DESTINATION, guard="check_cause"),
        *(
            Transition(state, _E.RETURN, _S.RETURNED, **_WORKER_OR_ORIGIN)
            for state in (_S.COMPLETED, _S.TRANSFERRED, _S.TERMINATED_EARLY, _S.ABSENT)
        ),
        *(
            Transition(state, _E.CLOSE, _S.CLOSED, **_ORIGIN, guard="closing_findings")
            for state in (_S.RETURNED, _S.VISA_REFUSED, _S.TRANSFERRED, _S.TERMINATED_EARLY)
        ),
    ),
)
