"""Schemes: their kinds, lifecycle and two governments' signatures; no rules of law (see rulesets)."""

from enum import StrEnum, auto

from mobility.rules.lifecycles import Lifecycle, Transition, who
from mobility.rules.organisations import OrganisationKind, Role


class SchemeKind(StrEnum):
    """What kind of pathway a scheme is."""

    SEASONAL = auto()
    TEMPORARY = auto()
    CIRCULAR = auto()
    SKILLED = auto()
    FAMILY = auto()
    DISASTER_RESPONSE = auto()


class ReviewOrder(StrEnum):
    """Whether the employer selects after both governments and the worker, or before the destination decides."""

    GOVERNMENTS_FIRST = auto()
    EMPLOYER_FIRST = auto()


class SchemeState(StrEnum):
    """Where a scheme stands."""

    DRAFT = auto()
    SUBMITTED = auto()
    APPROVED_BY_DESTINATION = auto()
    APPROVED_BY_ORIGIN = auto()
    APPROVED = auto()
    ACTIVE = auto()
    SUSPENDED = auto()
    CLOSED = auto()


class SchemeEvent(StrEnum):
    """What may happen to a scheme."""

    SUBMIT = auto()
    APPROVE_AS_DESTINATION = auto()
    APPROVE_AS_ORIGIN = auto()
    ACTIVATE = auto()
    SUSPEND = auto()
    RESUME = auto()
    CLOSE = auto()
    RETURN_TO_DRAFT = auto()


_S, _E = SchemeState, SchemeEvent
_DESTINATION = who(Role.SCHEME_OFFICER, at={OrganisationKind.DESTINATION_MINISTRY})
_ORIGIN = who(Role.SCHEME_OFFICER, at={OrganisationKind.ORIGIN_MINISTRY})
_EITHER = who(Role.SCHEME_OFFICER, at={OrganisationKind.DESTINATION_MINISTRY, OrganisationKind.ORIGIN_MINISTRY})

LIFECYCLE: Lifecycle[SchemeState, SchemeEvent] = Lifecycle(
    _S.DRAFT,
    (
        Transition(_S.DRAFT, _E.SUBMIT, _S.SUBMITTED, **_EITHER, guard="submission_findings"),
        *(
            Transition(before, event, after, **signer, guard="check_signer")
            for before, event, after, signer in (
                (_S.SUBMITTED, _E.APPROVE_AS_DESTINATION, _S.APPROVED_BY_DESTINATION, _DESTINATION),
                (_S.SUBMITTED, _E.APPROVE_AS_ORIGIN, _S.APPROVED_BY_ORIGIN, _ORIGIN),
                (_S.APPROVED_BY_DESTINATION, _E.APPROVE_AS_ORIGIN, _S.APPROVED, _ORIGIN),
                (_S.APPROVED_BY_ORIGIN, _E.APPROVE_AS_DESTINATION, _S.APPROVED, _DESTINATION),
            )
        ),
        *(
            Transition(state, _E.RETURN_TO_DRAFT, _S.DRAFT, **_EITHER)
            for state in (_S.SUBMITTED, _S.APPROVED_BY_DESTINATION, _S.APPROVED_BY_ORIGIN, _S.APPROVED)
        ),
        Transition(_S.APPROVED, _E.ACTIVATE, _S.ACTIVE, **_EITHER, guard="activation_findings"),
        Transition(_S.ACTIVE, _E.SUSPEND, _S.SUSPENDED, **_EITHER),
        Transition(_S.SUSPENDED, _E.RESUME, _S.ACTIVE, **_EITHER, guard="activation_findings"),
        Transition(_S.ACTIVE, _E.CLOSE, _S.CLOSED, **_EITHER),
        Transition(_S.SUSPENDED, _E.CLOSE, _S.CLOSED, **_EITHER),
    ),
)
