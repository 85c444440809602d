"""Vacancies: their lifecycle and what a ministry must see before it certifies one; no rows and no sentences."""

from enum import StrEnum, auto

from mobility.rules.lifecycles import SYSTEM, Lifecycle, Transition, who
from mobility.rules.organisations import OrganisationKind, Role


class PayPeriod(StrEnum):
    """The time that a rate of pay is for."""

    HOUR = auto()
    DAY = auto()
    WEEK = auto()
    MONTH = auto()
    YEAR = auto()


class VacancyState(StrEnum):
    """Where a vacancy stands."""

    DRAFT = auto()
    SUBMITTED = auto()
    DEFICIENT = auto()
    CERTIFIED = auto()
    PARTIALLY_CERTIFIED = auto()
    REFUSED = auto()
    ATTESTED = auto()
    OPEN = auto()
    FILLED = auto()
    EXPIRED = auto()
    WITHDRAWN = auto()
    REVOKED = auto()


class VacancyEvent(StrEnum):
    """What may happen to a vacancy."""

    SUBMIT = auto()
    FIND_DEFICIENT = auto()
    CERTIFY = auto()
    CERTIFY_PARTIALLY = auto()
    REFUSE = auto()
    ATTEST = auto()
    OPEN = auto()
    FILL = auto()
    REOPEN = auto()
    EXPIRE = auto()
    WITHDRAW = auto()
    REVOKE = auto()


_S, _E = VacancyState, VacancyEvent
_EMPLOYER = who(Role.EMPLOYER_ADMINISTRATOR, Role.RECRUITER, at={OrganisationKind.EMPLOYER})
_MINISTRY = who(Role.SCHEME_OFFICER, at={OrganisationKind.DESTINATION_MINISTRY})
_POST = who(Role.REGISTRATION_OFFICER, Role.SCREENING_OFFICER, at={OrganisationKind.CONSULAR_POST})
_UNDECIDED = (_S.SUBMITTED, _S.DEFICIENT)
_GRANTED = (_S.CERTIFIED, _S.PARTIALLY_CERTIFIED)

LIFECYCLE: Lifecycle[VacancyState, VacancyEvent] = Lifecycle(
    _S.DRAFT,
    (
        Transition(_S.DRAFT, _E.SUBMIT, _S.SUBMITTED, **_EMPLOYER, guard="submission_findings"),
        Transition(_S.SUBMITTED, _E.FIND_DEFICIENT, _S.DEFICIENT, **_MINISTRY, guard="check_deficiencies"),
        Transition(_S.DEFICIENT, _E.SUBMIT, _S.SUBMITTED, **_EMPLOYER, guard="submission_findings"),
        Transition(_S.SUBMITTED, _E.CERTIFY, _S.CERTIFIED, **_MINISTRY, guard="certification_findings"),
        Transition(
            _S.SUBMITTED, _E.CERTIFY_PARTIALLY, _S.PARTIALLY_CERTIFIED, **_MINISTRY, guard="certification_findings"
        ),
        Transition(_S.SUBMITTED, _E.REFUSE, _S.REFUSED, **_MINISTRY, guard="check_deficiencies"),
        *(Transition(state, _E.ATTEST, _S.ATTESTED, **_POST, guard="attestation_findings") for state in _GRANTED),
        Transition(
            _S.ATTESTED,
            _E.OPEN,
            _S.OPEN,
            **who(Role.SCHEME_OFFICER, at={OrganisationKind.DESTINATION_MINISTRY}, or_system=True),
            guard="opening_findings",
        ),
        Transition(_S.OPEN, _E.FILL, _S.FILLED, **SYSTEM, guard="is_filled"),
        Transition(_S.FILLED, _E.REOPEN, _S.OPEN, **SYSTEM, guard="is_reopened"),
        *(
            Transition(state, _E.EXPIRE, _S.EXPIRED, **SYSTEM, guard="is_over")
            for state in (*_UNDECIDED, *_GRANTED, _S.ATTESTED, _S.OPEN)
        ),
        *(
            Transition(state, _E.WITHDRAW, _S.WITHDRAWN, **_EMPLOYER)
            for state in (_S.DRAFT, *_UNDECIDED, *_GRANTED, _S.ATTESTED, _S.OPEN)
        ),
        *(
            Transition(state, _E.REVOKE, _S.REVOKED, **_MINISTRY, guard="check_deficiencies")
            for state in (*_GRANTED, _S.ATTESTED, _S.OPEN, _S.FILLED)
        ),
    ),
)
