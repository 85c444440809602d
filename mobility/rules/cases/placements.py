"""Placements: from a signed contract to safe return; no rows and no sentences."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum, auto

from mobility.errors import ConflictError, InvalidError
from mobility.rules.basics.dates import add_days
from mobility.rules.basics.findings import Finding, judge, unknown
from mobility.rules.basics.lifecycles import Lifecycle, Transition, by
from mobility.rules.basics.permissions import Permission

SOURCE = "lifecycle:placement"
CODES = (
    "contract_terms.met",
    "contract_terms.differ",
    "contract_terms.missing",
    "clearance.met",
    "clearance.not_done",
    "clearance.missing",
    "arrival_confirmed.met",
    "arrival_confirmed.missing",
    "placement_costs.met",
    "placement_costs.owed",
    "placement_grievances.met",
    "placement_grievances.open",
    "placement.cause_missing",
    "placement.no_welfare_alert",
)


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
_PROCESS, _CLEAR = by(Permission.PLACEMENT_PROCESS), by(Permission.PLACEMENT_CLEAR)
_REPORT, _CONFIRM = by(Permission.PLACEMENT_REPORT), by(Permission.PLACEMENT_CONFIRM)
_TRAVEL, _TERMINATE = by(Permission.PLACEMENT_TRAVEL), by(Permission.PLACEMENT_TERMINATE)
#: States in which a placement no longer binds its worker.
ENDED = frozenset({_S.VISA_REFUSED, _S.TERMINATED_EARLY, _S.RETURNED, _S.CLOSED})
_BEFORE_DEPARTURE = (_S.CONTRACT_SIGNED, _S.REGISTERED, _S.VISA_ISSUED, _S.CLEARED)

LIFECYCLE: Lifecycle[PlacementState, PlacementEvent] = Lifecycle(
    _S.CONTRACT_SIGNED,
    (
        Transition(_S.CONTRACT_SIGNED, _E.REGISTER, _S.REGISTERED, **_PROCESS, guard="contract_findings"),
        Transition(_S.REGISTERED, _E.ISSUE_VISA, _S.VISA_ISSUED, **_PROCESS),
        Transition(_S.REGISTERED, _E.REFUSE_VISA, _S.VISA_REFUSED, **_PROCESS, guard="check_cause"),
        Transition(_S.VISA_ISSUED, _E.CLEAR, _S.CLEARED, **_CLEAR, guard="clearance_findings"),
        Transition(_S.CLEARED, _E.DEPART, _S.DEPARTED, **_TRAVEL),
        Transition(_S.DEPARTED, _E.ARRIVE, _S.ARRIVED, **_CONFIRM, guard="arrival_findings"),
        Transition(_S.ARRIVED, _E.START, _S.ACTIVE, **_CONFIRM),
        Transition(_S.ACTIVE, _E.COMPLETE, _S.COMPLETED, **_CONFIRM),
        Transition(_S.ACTIVE, _E.TRANSFER, _S.TRANSFERRED, **_PROCESS),
        *(
            Transition(state, _E.TERMINATE, _S.TERMINATED_EARLY, **_TERMINATE, guard="check_cause")
            for state in (*_BEFORE_DEPARTURE, _S.ARRIVED, _S.ACTIVE)
        ),
        *(
            Transition(state, _E.REPORT_ABSENCE, _S.ABSENT, **_REPORT, guard="check_welfare_alert")
            for state in (_S.DEPARTED, _S.ARRIVED, _S.ACTIVE)
        ),
        Transition(_S.ABSENT, _E.FIND, _S.ACTIVE, **_PROCESS),
        Transition(_S.ABSENT, _E.TERMINATE, _S.TERMINATED_EARLY, **_TERMINATE, guard="check_cause"),
        *(
            Transition(state, _E.RETURN, _S.RETURNED, **_TRAVEL)
            for state in (_S.COMPLETED, _S.TRANSFERRED, _S.TERMINATED_EARLY, _S.ABSENT)
        ),
        *(
            Transition(state, _E.CLOSE, _S.CLOSED, **_CLEAR, guard="closing_findings")
            for state in (_S.RETURNED, _S.VISA_REFUSED, _S.TRANSFERRED, _S.TERMINATED_EARLY)
        ),
    ),
)


class Cause(StrEnum):
    """Why a placement ended before its time or a visa was refused."""

    WORKER_LEFT = auto()
    EMPLOYER_ENDED = auto()
    BY_AGREEMENT = auto()
    TERMS_BROKEN = auto()
    ABUSE = auto()
    INJURY_OR_ILLNESS = auto()
    FAMILY_EMERGENCY = auto()
    DISASTER = auto()
    VISA_PAPERS = auto()
    VISA_GROUNDS = auto()
    DEATH = auto()


class Clearance(StrEnum):
    """What must be in order before somebody leaves."""

    ORIENTATION = auto()
    INSURANCE = auto()
    CONTRACT_IN_OWN_LANGUAGE = auto()


#: Days after departure without a confirmation from both sides, after which the consular post is alerted.
ARRIVAL_DAYS = 3


def contract_findings(
    certified: Mapping[str, str | int], contract: Mapping[str, str | int], *, source: str = SOURCE
) -> list[Finding]:
    """Compare a contract with the certified order, term by term.

    A term that the contract leaves out is unknown; one that differs fails, for better or worse, since a
    changed term has to be certified anew. A term that only the contract has differs from none.
    """
    findings = []
    for term in sorted({*certified, *contract}):
        if term not in contract:
            findings.append(unknown("contract_terms", source, term=term, certified=certified[term]))
        else:
            findings.append(
                judge(
                    "contract_terms",
                    ok=term in certified and certified[term] == contract[term],
                    source=source,
                    no="differ",
                    term=term,
                    certified=certified.get(term, ""),
                    contract=contract[term],
                )
            )
    return findings


def clearance_findings(
    done: Mapping[Clearance, bool], papers: Finding | None, *, source: str = SOURCE
) -> list[Finding]:
    """Check what must be in order before departure; ``papers`` is what ``documents.validity_finding`` found."""
    findings = [
        judge("clearance", ok=done[item], source=source, no="not_done", item=item)
        if item in done
        else unknown("clearance", source, item=item)
        for item in Clearance
    ]
    return [*findings, papers if papers is not None else unknown("clearance", source, item="papers")]


def arrival_findings(*, by_worker: bool, by_employer: bool, source: str = SOURCE) -> list[Finding]:
    """Check that both sides say that the worker arrived; silence is unknown, not a fail."""
    said = {"worker": by_worker, "employer": by_employer}
    return [
        judge("arrival_confirmed", ok=True, source=source, side=side)
        if confirmed
        else unknown("arrival_confirmed", source, side=side)
        for side, confirmed in said.items()
    ]


def is_arrival_alert_due(
    departed_on: date, today: date, *, by_worker: bool, by_employer: bool, days: int = ARRIVAL_DAYS
) -> bool:
    """Whether the consular post is to be alerted: time is up and at least one side is silent."""
    return today > add_days(departed_on, days) and not (by_worker and by_employer)


def check_cause(cause: Cause | None) -> None:
    """Refuse to end a placement early, or to refuse a visa, without a coded cause (``placement.cause_missing``)."""
    if cause is None:
        raise InvalidError("placement.cause_missing", field="cause")


def check_welfare_alert(alerted_on: date | None, today: date) -> None:
    """Refuse to record an absence before somebody was sent to look whether the worker is well.

    Raises
    ------
    ConflictError
        ``placement.no_welfare_alert``.
    """
    if alerted_on is None or alerted_on > today:
        raise ConflictError("placement.no_welfare_alert")


def closing_findings(*, costs_owed: int, open_grievances: int, source: str = SOURCE) -> list[Finding]:
    """Check that nothing is owed to the worker and no grievance is open."""
    return [
        judge("placement_costs", ok=costs_owed == 0, source=source, no="owed", items=costs_owed),
        judge("placement_grievances", ok=open_grievances == 0, source=source, no="open", cases=open_grievances),
    ]
