"""Workers: their lifecycle from draft to return and the guards on it; no rows, no personal data, no sentences."""

from enum import StrEnum, auto

from mobility.rules.lifecycles import SYSTEM, Lifecycle, Transition, Who, who
from mobility.rules.organisations import OrganisationKind, Role


class Sex(StrEnum):
    """As in the travel document; used to measure fairness and for declared floors, never to rank."""

    FEMALE = auto()
    MALE = auto()
    UNSPECIFIED = auto()


class WorkerState(StrEnum):
    """Where a worker stands."""

    DRAFT = auto()
    REGISTERED = auto()
    IDENTITY_CHECKED = auto()
    SCREENING = auto()
    READY = auto()
    ACTION_NEEDED = auto()
    PROPOSED = auto()
    PLACED = auto()
    ABROAD = auto()
    RETURNED = auto()
    PAUSED = auto()
    WITHDRAWN = auto()
    INELIGIBLE = auto()


class WorkerEvent(StrEnum):
    """What may happen to a worker's file."""

    REGISTER = auto()
    CHECK_IDENTITY = auto()
    BEGIN_SCREENING = auto()
    MAKE_READY = auto()
    NEED_ACTION = auto()
    PROPOSE = auto()
    RELEASE = auto()
    PLACE = auto()
    DEPART = auto()
    RETURN = auto()
    PAUSE = auto()
    RESUME = auto()
    WITHDRAW = auto()
    MARK_INELIGIBLE = auto()
    REINSTATE = auto()


_S, _E = WorkerState, WorkerEvent
_POST = {OrganisationKind.CONSULAR_POST}
_SELF = who(Role.WORKER, Role.REGISTRATION_OFFICER)
_REGISTRAR = who(Role.REGISTRATION_OFFICER, at=_POST)
_SCREENER = who(Role.SCREENING_OFFICER, at=_POST)
_SCREENER_OR_SYSTEM = who(Role.SCREENING_OFFICER, at=_POST, or_system=True)
_OFFICERS = who(
    Role.REGISTRATION_OFFICER,
    Role.SCREENING_OFFICER,
    Role.SCHEME_OFFICER,
    at=_POST | {OrganisationKind.ORIGIN_MINISTRY},
)

#: States from which a worker may pause, withdraw or be found ineligible; the last two bind a placement.
_FREE = (
    _S.DRAFT,
    _S.REGISTERED,
    _S.IDENTITY_CHECKED,
    _S.SCREENING,
    _S.READY,
    _S.ACTION_NEEDED,
    _S.PROPOSED,
    _S.RETURNED,
)
_BOUND = (_S.PLACED, _S.ABROAD)


def _leaving(
    event: WorkerEvent, target: WorkerState, by: Who, *, also: tuple[WorkerState, ...], guard: str | None
) -> tuple[Transition[WorkerState, WorkerEvent], ...]:
    """Rows for an event that may come in any state; where a placement binds, it must have ended first."""
    free = tuple(Transition(state, event, target, **by, guard=guard) for state in (*_FREE, *also))
    return free + tuple(Transition(state, event, target, **by, guard="check_placement_ended") for state in _BOUND)


LIFECYCLE: Lifecycle[WorkerState, WorkerEvent] = Lifecycle(
    _S.DRAFT,
    (
        Transition(_S.DRAFT, _E.REGISTER, _S.REGISTERED, **_SELF, guard="registration_findings"),
        Transition(_S.REGISTERED, _E.CHECK_IDENTITY, _S.IDENTITY_CHECKED, **_REGISTRAR, guard="identity_findings"),
        Transition(_S.IDENTITY_CHECKED, _E.BEGIN_SCREENING, _S.SCREENING, **_SCREENER),
        Transition(_S.SCREENING, _E.MAKE_READY, _S.READY, **_SCREENER_OR_SYSTEM, guard="readiness_findings"),
        Transition(_S.READY, _E.NEED_ACTION, _S.ACTION_NEEDED, **SYSTEM, guard="needs_action"),
        Transition(_S.ACTION_NEEDED, _E.MAKE_READY, _S.READY, **_SCREENER_OR_SYSTEM, guard="readiness_findings"),
        Transition(_S.READY, _E.PROPOSE, _S.PROPOSED, **SYSTEM),
        Transition(_S.PROPOSED, _E.RELEASE, _S.READY, **SYSTEM),
        Transition(_S.PROPOSED, _E.PLACE, _S.PLACED, **SYSTEM),
        Transition(_S.PLACED, _E.RELEASE, _S.READY, **SYSTEM, guard="check_placement_ended"),
        Transition(_S.PLACED, _E.DEPART, _S.ABROAD, **SYSTEM),
        Transition(_S.ABROAD, _E.RETURN, _S.RETURNED, **SYSTEM),
        Transition(_S.RETURNED, _E.MAKE_READY, _S.READY, **_SCREENER_OR_SYSTEM, guard="readiness_findings"),
        *_leaving(_E.PAUSE, _S.PAUSED, _SELF, also=(), guard=None),
        *_leaving(_E.WITHDRAW, _S.WITHDRAWN, _SELF, also=(_S.PAUSED, _S.INELIGIBLE), guard=None),
        *_leaving(_E.MARK_INELIGIBLE, _S.INELIGIBLE, _OFFICERS, also=(_S.PAUSED,), guard="check_ineligibility"),
        Transition(_S.PAUSED, _E.RESUME, _S.REGISTERED, **_SELF, guard="registration_findings"),
        Transition(_S.WITHDRAWN, _E.REGISTER, _S.REGISTERED, **_SELF, guard="registration_findings"),
        Transition(_S.INELIGIBLE, _E.REINSTATE, _S.REGISTERED, **_OFFICERS, guard="registration_findings"),
    ),
)
