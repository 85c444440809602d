"""Workers: their lifecycle from draft to return and the guards on it; no rows, no personal data, no sentences."""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum, auto

from mobility.errors import ConflictError, ForbiddenError, InvalidError
from mobility.rules.basics.findings import Finding, Verdict, judge, unknown
from mobility.rules.basics.lifecycles import SYSTEM, Lifecycle, Transition, Who, by, check_reason
from mobility.rules.basics.permissions import Permission
from mobility.rules.cases.consents import ConsentPurpose, ConsentRecord, consent_findings
from mobility.rules.cases.placements import ENDED, PlacementState

SOURCE = "lifecycle:worker"
CODES = (
    "identity_document.met",
    "identity_document.missing",
    "identity_document.invalid",
    "identity_zone.met",
    "identity_zone.overridden",
    "identity_zone.unreadable",
    "identity_zone.missing",
    "identity_duplicates.met",
    "identity_duplicates.overridden",
    "identity_duplicates.open",
    "worker.override_by_same_person",
    "worker.placement_open",
    "worker.review_date_missing",
    "worker.review_date_past",
)


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
_SELF = by(Permission.WORKER_EDIT)
_SCREENER_OR_SYSTEM = by(Permission.WORKER_MAKE_READY, or_system=True)
_OFFICERS = by(Permission.WORKER_MARK_INELIGIBLE)

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
        Transition(
            _S.DRAFT, _E.REGISTER, _S.REGISTERED, **by(Permission.WORKER_REGISTER), guard="registration_findings"
        ),
        Transition(
            _S.REGISTERED,
            _E.CHECK_IDENTITY,
            _S.IDENTITY_CHECKED,
            **by(Permission.WORKER_CONFIRM_IDENTITY),
            guard="identity_findings",
        ),
        Transition(_S.IDENTITY_CHECKED, _E.BEGIN_SCREENING, _S.SCREENING, **by(Permission.WORKER_CHECK)),
        Transition(_S.SCREENING, _E.MAKE_READY, _S.READY, **_SCREENER_OR_SYSTEM, guard="checks.check_findings"),
        Transition(_S.READY, _E.NEED_ACTION, _S.ACTION_NEEDED, **SYSTEM, guard="checks.needs_action"),
        Transition(_S.PROPOSED, _E.NEED_ACTION, _S.ACTION_NEEDED, **SYSTEM, guard="checks.needs_action"),
        Transition(_S.ACTION_NEEDED, _E.MAKE_READY, _S.READY, **_SCREENER_OR_SYSTEM, guard="checks.check_findings"),
        Transition(_S.READY, _E.PROPOSE, _S.PROPOSED, **SYSTEM),
        Transition(_S.PROPOSED, _E.RELEASE, _S.READY, **SYSTEM),
        Transition(_S.PROPOSED, _E.PLACE, _S.PLACED, **SYSTEM),
        Transition(_S.PLACED, _E.RELEASE, _S.READY, **SYSTEM, guard="check_placement_ended"),
        Transition(_S.PLACED, _E.DEPART, _S.ABROAD, **SYSTEM),
        Transition(_S.ABROAD, _E.RETURN, _S.RETURNED, **SYSTEM),
        Transition(_S.RETURNED, _E.MAKE_READY, _S.READY, **_SCREENER_OR_SYSTEM, guard="checks.check_findings"),
        *_leaving(_E.PAUSE, _S.PAUSED, _SELF, also=(), guard=None),
        *_leaving(_E.WITHDRAW, _S.WITHDRAWN, _SELF, also=(_S.PAUSED, _S.INELIGIBLE), guard=None),
        *_leaving(_E.MARK_INELIGIBLE, _S.INELIGIBLE, _OFFICERS, also=(_S.PAUSED,), guard="check_ineligibility"),
        Transition(_S.PAUSED, _E.RESUME, _S.REGISTERED, **_SELF, guard="registration_findings"),
        Transition(_S.WITHDRAWN, _E.RESUME, _S.REGISTERED, **_SELF, guard="registration_findings"),
        Transition(_S.INELIGIBLE, _E.REINSTATE, _S.REGISTERED, **_OFFICERS, guard="registration_findings"),
    ),
)

#: Consents without which nobody is on the register.
REGISTRATION_CONSENTS = (ConsentPurpose.REGISTRATION,)
#: States in which a match run may propose a worker.
MATCHABLE = frozenset({WorkerState.READY})


def registration_findings(consents: Collection[ConsentRecord], at: datetime, *, source: str = SOURCE) -> list[Finding]:
    """Check that the worker agrees to be on the register."""
    return consent_findings(REGISTRATION_CONSENTS, consents, at, source=source)


def identity_findings(
    *,
    document_valid: bool | None,
    zone_valid: bool | None,
    open_duplicates: int,
    overridden: bool = False,
    source: str = SOURCE,
) -> list[Finding]:
    """Check a worker's identity: a paper in force, a machine-readable zone that adds up, no open duplicate case.

    Parameters
    ----------
    document_valid : bool or None
        Whether a document is in force today; None if there is no document.
    zone_valid : bool or None
        Whether its machine-readable zone was read and agrees; None if it has none or was not read.
    open_duplicates : int
        Cases in which this may be a person already registered.
    overridden : bool
        Whether a second officer (see :func:`check_override`) vouched for the zone and the duplicates.
    """
    if document_valid is None:
        document = unknown("identity_document", source)
    else:
        document = judge("identity_document", ok=document_valid, source=source, no="invalid")
    zone = _vouched("identity_zone", ok=zone_valid, overridden=overridden, no="unreadable", source=source)
    duplicates = _vouched(
        "identity_duplicates",
        ok=open_duplicates == 0,
        overridden=overridden,
        no="open",
        source=source,
        cases=open_duplicates,
    )
    return [document, zone, duplicates]


def _vouched(rule: str, *, ok: bool | None, overridden: bool, no: str, source: str, **params: str | int) -> Finding:
    """Judge a fact that a second officer may vouch for."""
    if overridden and not ok:
        return Finding(rule, Verdict.PASS, f"{rule}.overridden", source, params)
    if ok is None:
        return Finding(rule, Verdict.UNKNOWN, f"{rule}.missing", source, params)
    return judge(rule, ok=ok, source=source, no=no, **params)


def check_override(first: int, second: int) -> None:
    """Refuse an override by the officer who made the check.

    Raises
    ------
    ForbiddenError
        ``worker.override_by_same_person``.
    """
    if first == second:
        raise ForbiddenError("worker.override_by_same_person")


def check_placement_ended(placement: PlacementState | None) -> None:
    """Refuse to free a worker whom a placement still binds.

    Raises
    ------
    ConflictError
        ``worker.placement_open``.
    """
    if placement is not None and placement not in ENDED:
        raise ConflictError("worker.placement_open")


def check_ineligibility(reason: str | None, review_on: date | None, today: date) -> None:
    """Refuse to shut a worker out without a reason and a day, from today on, on which it is looked at again.

    Raises
    ------
    InvalidError
        ``reason.missing``, ``worker.review_date_missing`` or ``worker.review_date_past``.
    """
    check_reason(reason)
    if review_on is None:
        raise InvalidError("worker.review_date_missing", field="review_on")
    if review_on < today:
        raise InvalidError("worker.review_date_past", field="review_on", review_on=review_on.isoformat())
