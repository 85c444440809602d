"""Words for placements and appeals: their states, and what stands in the way of their steps."""

from collections.abc import Mapping
from enum import Enum

from mobility.rules.cases.appeals import AppealState
from mobility.rules.cases.placements import PlacementState
from mobility.wording.texts import Text
from mobility.wording.texts import marked as _l

_PLACEMENTS: Mapping[Enum, Text] = {
    PlacementState.CONTRACT_SIGNED: _l("Contract signed"),
    PlacementState.REGISTERED: _l("Contract registered"),
    PlacementState.VISA_ISSUED: _l("Visa issued"),
    PlacementState.VISA_REFUSED: _l("Visa refused"),
    PlacementState.CLEARED: _l("Cleared to leave"),
    PlacementState.DEPARTED: _l("On the way"),
    PlacementState.ARRIVED: _l("Arrival confirmed"),
    PlacementState.ACTIVE: _l("At work"),
    PlacementState.COMPLETED: _l("Work completed"),
    PlacementState.TRANSFERRED: _l("Moved to another employer"),
    PlacementState.TERMINATED_EARLY: _l("Ended early"),
    PlacementState.ABSENT: _l("Whereabouts not known"),
    PlacementState.RETURNED: _l("Returned"),
    PlacementState.CLOSED: _l("Case closed"),
}

_APPEALS: Mapping[Enum, Text] = {
    AppealState.OPEN: _l("Appeal open"),
    AppealState.UPHELD: _l("Decision upheld"),
    AppealState.OVERTURNED: _l("Decision overturned"),
}

#: Two tables, so that members with equal values stay apart.
LABELS = (_PLACEMENTS, _APPEALS)

SENTENCES: Mapping[str, Text] = {
    "appeal.not_independent": _l("Whoever took part in a decision cannot decide the appeal against it."),
    "appeal.too_late": _l("The last day for an appeal was %(last_day)s."),
    "arrival_confirmed.met": _l("The arrival is confirmed."),
    "arrival_confirmed.missing": _l("Worker and employer have to confirm the arrival; one of them has not yet."),
    "clearance.met": _l("It is in order for the departure."),
    "clearance.missing": _l("Something that is needed before the departure is not on file yet."),
    "clearance.not_done": _l("Something that is needed before the departure is not in order."),
    "contract_terms.differ": _l("A term of the contract differs from the certified vacancy."),
    "contract_terms.met": _l("The term of the contract is as certified."),
    "contract_terms.missing": _l("The contract leaves out a term of the certified vacancy."),
    "placement.cause_missing": _l("Choose why it ended."),
    "placement.no_welfare_alert": _l("First ask somebody to see whether the person is well."),
    "placement_costs.met": _l("Nothing is owed to the worker."),
    "placement_costs.owed": _l("Costs still owed to the worker: %(items)s."),
    "placement_grievances.met": _l("No grievance is open."),
    "placement_grievances.open": _l("Grievances still open: %(cases)s."),
}
