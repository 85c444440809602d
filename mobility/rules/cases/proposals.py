"""Match proposals: who decides in which order, and the guards of four eyes; no rows and no sentences."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto
from types import MappingProxyType

from mobility.errors import ConflictError, ForbiddenError, InvalidError
from mobility.rules.basics.lifecycles import SYSTEM, Lifecycle, Transition, by
from mobility.rules.basics.permissions import Permission
from mobility.rules.cases.placements import ENDED, PlacementState
from mobility.rules.cases.schemes import ReviewOrder

CODES = (
    "proposal.endorser_approves",
    "proposal.not_endorsed",
    "proposal.same_organisation",
    "proposal.reason_missing",
    "proposal.reason_not_for_event",
    "proposal.other_accepted",
    "proposal.over",
)


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


class EndReason(StrEnum):
    """Coded reasons for which open proposals end without a decision on them."""

    VACANCY_WITHDRAWN = auto()
    VACANCY_REVOKED = auto()
    VACANCY_CHANGED = auto()
    VACANCY_OVER = auto()
    EMPLOYER_DEBARRED = auto()
    WORKER_PAUSED = auto()
    WORKER_WITHDREW = auto()
    WORKER_INELIGIBLE = auto()
    CONSENT_WITHDRAWN = auto()
    CHECK_FAILED = auto()
    SCHEME_CLOSED = auto()
    AGREEMENT_ENDED = auto()
    RULES_CHANGED = auto()
    WAIVER_OVER = auto()
    NEW_RUN = auto()
    TIME_OVER = auto()


_S, _E = ProposalState, ProposalEvent

#: Decisions against the worker: each needs a reason, and each may be appealed.
ADVERSE: frozenset[ProposalEvent] = frozenset({_E.NOT_ENDORSE, _E.REFUSE, _E.NOT_SELECT})
#: States in which those decisions leave a proposal.
ADVERSE_STATES: frozenset[ProposalState] = frozenset({_S.NOT_ENDORSED, _S.REFUSED, _S.NOT_SELECTED})
#: States in which somebody still has to act; time or a change elsewhere may close them.
OPEN_STATES: tuple[ProposalState, ...] = (_S.GENERATED, _S.ENDORSED, _S.APPROVED, _S.ACCEPTED, _S.SELECTED)

_ANSWER, _SELECT = by(Permission.PROPOSAL_ANSWER), by(Permission.PROPOSAL_SELECT)
_DECIDE_APPEAL = by(Permission.APPEAL_DECIDE)

Row = Transition[ProposalState, ProposalEvent]


def _approval(before: ProposalState) -> tuple[Row, ...]:
    return (
        Transition(before, _E.APPROVE, _S.APPROVED, **by(Permission.PROPOSAL_APPROVE), guard="check_approver"),
        Transition(before, _E.REFUSE, _S.REFUSED, **by(Permission.PROPOSAL_REFUSE), guard="check_reason"),
    )


def _answer(before: ProposalState) -> tuple[Row, ...]:
    return (
        Transition(before, _E.ACCEPT, _S.ACCEPTED, **_ANSWER, guard="check_acceptance"),
        Transition(before, _E.DECLINE, _S.DECLINED, **_ANSWER),
    )


def _selection(before: ProposalState) -> tuple[Row, ...]:
    return (
        Transition(before, _E.SELECT, _S.SELECTED, **_SELECT),
        Transition(before, _E.NOT_SELECT, _S.NOT_SELECTED, **_SELECT, guard="check_reason"),
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
            Transition(_S.GENERATED, _E.ENDORSE, _S.ENDORSED, **by(Permission.PROPOSAL_ENDORSE)),
            Transition(
                _S.GENERATED,
                _E.NOT_ENDORSE,
                _S.NOT_ENDORSED,
                **by(Permission.PROPOSAL_NOT_ENDORSE),
                guard="check_reason",
            ),
            *_middle(order),
            *(
                Transition(
                    state, _E.APPEAL, _S.APPEALED, **by(Permission.PROPOSAL_APPEAL), guard="appeals.check_in_time"
                )
                for state in sorted(ADVERSE_STATES)
            ),
            Transition(_S.APPEALED, _E.UPHOLD, _S.UPHELD, **_DECIDE_APPEAL, guard="check_reason"),
            Transition(_S.APPEALED, _E.OVERTURN, _S.OVERTURNED, **_DECIDE_APPEAL, guard="check_reason"),
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


#: Open states in which the worker has said yes; a worker has at most one proposal in them. Once placed, the placement
#: binds, and only until it ends: last season's leaves the worker free for the next.
_ACCEPTED_STATES: Mapping[ReviewOrder, frozenset[ProposalState]] = MappingProxyType(
    {
        ReviewOrder.GOVERNMENTS_FIRST: frozenset({_S.ACCEPTED, _S.SELECTED}),
        ReviewOrder.EMPLOYER_FIRST: frozenset({_S.ACCEPTED}),
    }
)
_R = ReasonCode
_AGAINST = (
    _R.RULE_NOT_MET,
    _R.PAPER_MISSING,
    _R.PAPER_EXPIRED,
    _R.IDENTITY_IN_DOUBT,
    _R.SKILLS_BELOW_NEED,
    _R.EXPERIENCE_BELOW_NEED,
    _R.LANGUAGE_BELOW_NEED,
    _R.DATES_DO_NOT_FIT,
    _R.TERMS_CHANGED,
    _R.WORKER_UNREACHABLE,
)
_IN_FAVOUR = (_R.MEETS_NEED, _R.OVERRIDES_RANKING)

#: Reasons that may be given for each event; an event without an entry takes none.
REASONS_FOR: Mapping[ProposalEvent, tuple[ReasonCode, ...]] = MappingProxyType(
    {
        _E.ENDORSE: _IN_FAVOUR,
        _E.NOT_ENDORSE: (*_AGAINST, _R.PROTECTION_CONCERN, _R.SAFEGUARD_LIMIT, _R.BETTER_PLACED_ELSEWHERE),
        _E.APPROVE: _IN_FAVOUR,
        _E.REFUSE: (*_AGAINST, _R.QUOTA_FULL, _R.BETTER_PLACED_ELSEWHERE),
        _E.DECLINE: (_R.PAY_TOO_LOW, _R.FAMILY_REASONS, _R.OTHER_WORK, _R.DATES_DO_NOT_FIT, _R.NO_REASON_GIVEN),
        _E.SELECT: _IN_FAVOUR,
        _E.NOT_SELECT: (
            _R.SKILLS_BELOW_NEED,
            _R.EXPERIENCE_BELOW_NEED,
            _R.LANGUAGE_BELOW_NEED,
            _R.DATES_DO_NOT_FIT,
            _R.POSITIONS_FILLED,
            _R.WORKER_UNREACHABLE,
        ),
        _E.UPHOLD: (*_AGAINST, _R.PROTECTION_CONCERN, _R.SAFEGUARD_LIMIT, _R.QUOTA_FULL, _R.POSITIONS_FILLED),
        _E.OVERTURN: (_R.MEETS_NEED, _R.RULE_NOT_MET),
    }
)


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who decided, and for which organisation."""

    user: int
    organisation: int


def accepted_states(order: ReviewOrder) -> frozenset[ProposalState]:
    """Return the open states in which the worker has said yes, under a scheme's review order."""
    return _ACCEPTED_STATES[order]


def is_over(expires_at: datetime, at: datetime) -> bool:
    """Whether a proposal's time has run out; it is open up to, not at, its expiry."""
    return at >= expires_at


def check_in_time(expires_at: datetime, at: datetime) -> None:
    """Refuse a decision on a proposal whose time has run out (``ConflictError``, ``proposal.over``)."""
    if is_over(expires_at, at):
        raise ConflictError("proposal.over", at=expires_at)


def check_approver(endorser: Signatory | None, approver: Signatory) -> None:
    """Four eyes: whoever endorsed may not approve, nor may anybody else of the endorsing organisation.

    Raises
    ------
    ForbiddenError
        ``proposal.endorser_approves``, ``proposal.same_organisation``; ``proposal.not_endorsed`` if nobody
        endorsed.
    """
    if endorser is None:
        raise ForbiddenError("proposal.not_endorsed")
    if endorser.user == approver.user:
        raise ForbiddenError("proposal.endorser_approves")
    if endorser.organisation == approver.organisation:
        raise ForbiddenError("proposal.same_organisation")


def needs_reason(event: ProposalEvent) -> bool:
    """Whether an event must carry a coded reason: those against the worker, and the outcome of an appeal."""
    return event in ADVERSE or event in {_E.UPHOLD, _E.OVERTURN}


def check_reason(event: ProposalEvent, reason: ReasonCode | None) -> None:
    """Refuse an adverse decision without a reason, and any reason that does not belong to the event.

    Raises
    ------
    InvalidError
        ``proposal.reason_missing`` or ``proposal.reason_not_for_event``.
    """
    if reason is None:
        if needs_reason(event):
            raise InvalidError("proposal.reason_missing", field="reason", event=event)
    elif reason not in REASONS_FOR.get(event, ()):
        raise InvalidError("proposal.reason_not_for_event", field="reason", event=event, reason=reason)


def check_acceptance(
    others: Collection[tuple[ReviewOrder, ProposalState]], placements: Collection[PlacementState] = ()
) -> None:
    """Refuse a second yes: a worker has one active accepted proposal or placement.

    Parameters
    ----------
    others : collection of (ReviewOrder, ProposalState)
        The worker's other proposals, each with the review order of its scheme.
    placements : collection of PlacementState
        The worker's placements; those that have ended bind no more.

    Raises
    ------
    ConflictError
        ``proposal.other_accepted``.
    """
    accepted = any(state in _ACCEPTED_STATES[order] for order, state in others)
    if accepted or any(state not in ENDED for state in placements):
        raise ConflictError("proposal.other_accepted")


def is_told(reason: EndReason, state: ProposalState) -> bool:
    """Whether people are told that a proposal in this state ended.

    A later run replaces what nobody decided on, and proposals that nobody looked at in time end silently.
    """
    if reason is EndReason.NEW_RUN:
        return False
    return reason is not EndReason.TIME_OVER or state is not ProposalState.GENERATED
