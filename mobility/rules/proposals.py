"""Match proposals: who decides in which order, and the guards of four eyes; no rows and no sentences."""

from collections.abc import Mapping
from enum import StrEnum, auto
from types import MappingProxyType

from mobility.rules.lifecycles import SYSTEM, Lifecycle, Transition, who
from mobility.rules.organisations import OrganisationKind, Role
from mobility.rules.schemes import ReviewOrder


class ProposalState(StrEnum):
    """Where a proposal stands."""

    GENERATED = auto()
    ENDORSED = auto()
    NOT_ENDORSED = auto()
    APPROVED = auto()
    REFUSED = auto()
    ACCEPTED = auto()
    DECLINED = auto()
    SELECTED = auto()
    NOT_SELECTED = auto()
    PLACED = auto()
    APPEALED = auto()
    UPHELD = auto()
    OVERTURNED = auto()
    EXPIRED = auto()
    SUPERSEDED = auto()


class ProposalEvent(StrEnum):
    """What may happen to a proposal."""

    ENDORSE = auto()
    NOT_ENDORSE = auto()
    APPROVE = auto()
    REFUSE = auto()
    ACCEPT = auto()
    DECLINE = auto()
    SELECT = auto()
    NOT_SELECT = auto()
    PLACE = auto()
    APPEAL = auto()
    UPHOLD = auto()
    OVERTURN = auto()
    EXPIRE = auto()
    SUPERSEDE = auto()


class ReasonCode(StrEnum):
    """Coded reasons for a decision; the worker reads them in their own language."""

    RULE_NOT_MET = auto()
    PAPER_MISSING = auto()
    PAPER_EXPIRED = auto()
    IDENTITY_IN_DOUBT = auto()
    SKILLS_BELOW_NEED = auto()
    EXPERIENCE_BELOW_NEED = auto()
    LANGUAGE_BELOW_NEED = auto()
    DATES_DO_NOT_FIT = auto()
    BETTER_PLACED_ELSEWHERE = auto()
    PROTECTION_CONCERN = auto()
    SAFEGUARD_LIMIT = auto()
    QUOTA_FULL = auto()
    TERMS_CHANGED = auto()
    WORKER_UNREACHABLE = auto()
    POSITIONS_FILLED = auto()
    PAY_TOO_LOW = auto()
    FAMILY_REASONS = auto()
    OTHER_WORK = auto()
    NO_REASON_GIVEN = auto()
    MEETS_NEED = auto()
    OVERRIDES_RANKING = auto()


_S, _E = ProposalState, ProposalEvent

#: Decisions against the worker: each needs a reason, and each may be appealed.
ADVERSE: frozenset[ProposalEvent] = frozenset({_E.NOT_ENDORSE, _E.REFUSE, _E.NOT_SELECT})
#: States in which those decisions leave a proposal.
ADVERSE_STATES: frozenset[ProposalState] = frozenset({_S.NOT_ENDORSED, _S.REFUSED, _S.NOT_SELECTED})
#: States in which somebody still has to act; time or a change elsewhere may close them.
OPEN_STATES: tuple[ProposalState, ...] = (_S.GENERATED, _S.ENDORSED, _S.APPROVED, _S.ACCEPTED, _S.SELECTED)

_ORIGIN = who(Role.REVIEWER, at={OrganisationKind.ORIGIN_MINISTRY})
_DESTINATION = who(Role.REVIEWER, at={OrganisationKind.DESTINATION_MINISTRY})
_WORKER = who(Role.WORKER)
_EMPLOYER = who(Role.EMPLOYER_ADMINISTRATOR, Role.RECRUITER, at={OrganisationKind.EMPLOYER})
_OVERSIGHT = who(Role.APPEALS_OFFICER, at={OrganisationKind.OVERSIGHT_BODY})

Row = Transition[ProposalState, ProposalEvent]


def _approval(before: ProposalState) -> tuple[Row, ...]:
    return (
        Transition(before, _E.APPROVE, _S.APPROVED, **_DESTINATION, guard="check_approver"),
        Transition(before, _E.REFUSE, _S.REFUSED, **_DESTINATION, guard="check_reason"),
    )


def _answer(before: ProposalState) -> tuple[Row, ...]:
    return (
        Transition(before, _E.ACCEPT, _S.ACCEPTED, **_WORKER, guard="check_acceptance"),
        Transition(before, _E.DECLINE, _S.DECLINED, **_WORKER),
    )


def _selection(before: ProposalState) -> tuple[Row, ...]:
    return (
        Transition(before, _E.SELECT, _S.SELECTED, **_EMPLOYER),
        Transition(before, _E.NOT_SELECT, _S.NOT_SELECTED, **_EMPLOYER, guard="check_reason"),
    )


def _middle(order: ReviewOrder) -> tuple[Row, ...]:
    """Rows from endorsed to placed."""
    if order is ReviewOrder.GOVERNMENTS_FIRST:
        last = _S.SELECTED
        rows = _approval(_S.ENDORSED) + _answer(_S.APPROVED) + _selection(_S.ACCEPTED)
    else:
        last = _S.ACCEPTED
        rows = _selection(_S.ENDORSED) + _approval(_S.SELECTED) + _answer(_S.APPROVED)
    return (*rows, Transition(last, _E.PLACE, _S.PLACED, **SYSTEM))


def _table(order: ReviewOrder) -> Lifecycle[ProposalState, ProposalEvent]:
    return Lifecycle(
        _S.GENERATED,
        (
            Transition(_S.GENERATED, _E.ENDORSE, _S.ENDORSED, **_ORIGIN),
            Transition(_S.GENERATED, _E.NOT_ENDORSE, _S.NOT_ENDORSED, **_ORIGIN, guard="check_reason"),
            *_middle(order),
            *(
                Transition(state, _E.APPEAL, _S.APPEALED, **_WORKER, guard="check_appeal_in_time")
                for state in sorted(ADVERSE_STATES)
            ),
            Transition(_S.APPEALED, _E.UPHOLD, _S.UPHELD, **_OVERSIGHT, guard="check_reason"),
            Transition(_S.APPEALED, _E.OVERTURN, _S.OVERTURNED, **_OVERSIGHT, guard="check_reason"),
            *(Transition(state, _E.EXPIRE, _S.EXPIRED, **SYSTEM, guard="is_over") for state in OPEN_STATES),
            *(Transition(state, _E.SUPERSEDE, _S.SUPERSEDED, **SYSTEM) for state in OPEN_STATES),
        ),
    )


_TABLES: Mapping[ReviewOrder, Lifecycle[ProposalState, ProposalEvent]] = MappingProxyType(
    {order: _table(order) for order in ReviewOrder}
)

#: The usual order: both governments, then the worker, then the employer.
LIFECYCLE = _TABLES[ReviewOrder.GOVERNMENTS_FIRST]


def lifecycle(order: ReviewOrder) -> Lifecycle[ProposalState, ProposalEvent]:
    """Return the table for a scheme's review order."""
    return _TABLES[order]
