"""Vacancies: their lifecycle and what a ministry must see before it certifies one; no rows and no sentences."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum, auto
from typing import Any

from mobility.errors import InvalidError
from mobility.rules.basics.dates import months_spanned
from mobility.rules.basics.findings import Finding, judge, unknown
from mobility.rules.basics.lifecycles import SYSTEM, Lifecycle, Transition, by
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.places import day_in
from mobility.rules.basics.wages import hourly
from mobility.rules.cases.agreements import FAIR_RECRUITMENT
from mobility.rules.cases.employers import EmployerState, may_recruit
from mobility.rules.cases.schemes import SchemeState
from mobility.rules.cases.shortages import Declaration, cover_findings
from mobility.rules.law.facts import WAGE_FLOOR_PREFIX, FactValue

SOURCE = "lifecycle:vacancy"
CODES = (
    "vacancy_period.met",
    "vacancy_period.reversed",
    "vacancy_period.past",
    "vacancy_positions.met",
    "vacancy_positions.not_positive",
    "vacancy_certified.met",
    "vacancy_certified.not_positive",
    "vacancy_certified.more_than_asked",
    "vacancy_hours.met",
    "vacancy_hours.out_of_range",
    "vacancy_pay.met",
    "vacancy_pay.not_positive",
    "zero_fees.met",
    "zero_fees.charged",
    "employer_verified.met",
    "employer_verified.not_verified",
    "scheme_active.met",
    "scheme_active.not_active",
    "wage_floor.missing",
    "vacancy.deficiency_missing",
)


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
    AMEND = auto()
    EXPIRE = auto()
    WITHDRAW = auto()
    REVOKE = auto()


_S, _E = VacancyState, VacancyEvent
_SUBMIT, _CERTIFY = by(Permission.VACANCY_SUBMIT), by(Permission.VACANCY_CERTIFY)
_ATTEST, _OPEN = by(Permission.VACANCY_ATTEST), by(Permission.VACANCY_OPEN, or_system=True)
_WITHDRAW, _REVOKE = by(Permission.VACANCY_WITHDRAW), by(Permission.VACANCY_REVOKE)
_UNDECIDED = (_S.SUBMITTED, _S.DEFICIENT)
_GRANTED = (_S.CERTIFIED, _S.PARTIALLY_CERTIFIED)
#: States of vacancies that somebody still works on or that wait for workers.
LIVE_STATES = (*_UNDECIDED, *_GRANTED, _S.ATTESTED, _S.OPEN)

LIFECYCLE: Lifecycle[VacancyState, VacancyEvent] = Lifecycle(
    _S.DRAFT,
    (
        Transition(_S.DRAFT, _E.SUBMIT, _S.SUBMITTED, **_SUBMIT, guard="submission_findings"),
        Transition(_S.SUBMITTED, _E.FIND_DEFICIENT, _S.DEFICIENT, **_CERTIFY, guard="check_deficiencies"),
        Transition(_S.DEFICIENT, _E.SUBMIT, _S.SUBMITTED, **_SUBMIT, guard="submission_findings"),
        Transition(_S.SUBMITTED, _E.CERTIFY, _S.CERTIFIED, **_CERTIFY, guard="certification_findings"),
        Transition(
            _S.SUBMITTED, _E.CERTIFY_PARTIALLY, _S.PARTIALLY_CERTIFIED, **_CERTIFY, guard="certification_findings"
        ),
        Transition(_S.SUBMITTED, _E.REFUSE, _S.REFUSED, **_CERTIFY, guard="check_deficiencies"),
        *(Transition(state, _E.ATTEST, _S.ATTESTED, **_ATTEST, guard="attestation_findings") for state in _GRANTED),
        Transition(_S.ATTESTED, _E.OPEN, _S.OPEN, **_OPEN, guard="opening_findings"),
        Transition(_S.OPEN, _E.FILL, _S.FILLED, **SYSTEM, guard="is_filled"),
        Transition(_S.FILLED, _E.REOPEN, _S.OPEN, **SYSTEM, guard="is_reopened"),
        *(
            Transition(state, _E.AMEND, _S.SUBMITTED, **by(Permission.VACANCY_EDIT), guard="submission_findings")
            for state in (*_GRANTED, _S.ATTESTED, _S.OPEN)
        ),
        *(Transition(state, _E.EXPIRE, _S.EXPIRED, **SYSTEM, guard="is_over") for state in LIVE_STATES),
        *(Transition(state, _E.WITHDRAW, _S.WITHDRAWN, **_WITHDRAW) for state in (_S.DRAFT, *LIVE_STATES)),
        *(
            Transition(state, _E.REVOKE, _S.REVOKED, **_REVOKE, guard="check_deficiencies")
            for state in (*_GRANTED, _S.ATTESTED, _S.OPEN, _S.FILLED)
        ),
    ),
)


_HOURS_A_WEEK = 168
FULL_TIME_HOURS = 35
#: Columns that are facts of the same name.
_AS_THEY_ARE = (
    "currency",
    "housing_free",
    "transport_paid",
    "insurance",
    "worker_fees",
    "guarantee_share",
    "positions",
)
#: Columns of a vacancy from which its facts follow.
ORDER_COLUMNS = (
    "country",
    "region",
    "starts_on",
    "ends_on",
    "submitted_at",
    "hours_week",
    "pay",
    "pay_period",
    *_AS_THEY_ARE,
)


#: What only says in other words what the work is; certification and people's answers do not rest on it.
_WORDS = frozenset({"title", "duties"})


def matters(changed: Collection[str], positions: int, after: int) -> bool:
    """Whether changed terms send a certified vacancy back; fewer positions, and other words for it, do not.

    Parameters
    ----------
    changed : collection of str
        Names of the columns and parts that become others.
    positions, after : int
        Positions asked for, before and after.
    """
    return after > positions or bool(set(changed) - _WORDS - {"positions"})


class Deficiency(StrEnum):
    """Coded reasons for which a vacancy goes back, is refused or is revoked."""

    SHORTAGE_NOT_COVERED = auto()
    PAY_BELOW_FLOOR = auto()
    FEES_CHARGED = auto()
    TERMS_INCOMPLETE = auto()
    HOURS_UNCLEAR = auto()
    HOUSING_UNFIT = auto()
    INSURANCE_MISSING = auto()
    REQUIREMENTS_UNFOUNDED = auto()
    DATES_UNFOUNDED = auto()
    EMPLOYER_NOT_VERIFIED = auto()
    RECRUITER_UNKNOWN = auto()
    TERMS_BROKEN = auto()


@dataclass(frozen=True, slots=True)
class Terms:
    """What the rules need to know of a vacancy; pay in its own currency and period, fees as charged to a worker."""

    occupation: str
    region: str
    starts_on: date
    ends_on: date
    positions: int
    hours_week: Decimal
    pay: Decimal
    worker_fees: Decimal = Decimal(0)


def pay_hourly(order: Mapping[str, Any]) -> Decimal:
    """Return what the pay of a job order comes to per hour; ``order`` holds its columns by name."""
    return hourly(order["pay"], order["pay_period"], order["hours_week"])


def vacancy_facts(
    order: Mapping[str, Any], *, floors: Mapping[str, Decimal], agreement_names_occupation: bool
) -> dict[str, FactValue]:
    """Return what the rules of a scheme may ask of a vacancy, whoever asks: certification, a match run, a page.

    Parameters
    ----------
    order : mapping of str to value
        ``ORDER_COLUMNS`` of the vacancy, and its occupation's code and sector as ``occupation`` and ``sector``.
    floors : mapping of str to Decimal
        Hourly floors that it is held to, by name.
    agreement_names_occupation : bool
        Whether every agreement in force of its scheme names health workers.

    Returns
    -------
    dict of str to value
        By name of the fact. What is not known is None: the region of a worksite that is only placed in a country, and
        the day of submission of what nobody has submitted.
    """
    submitted = order["submitted_at"]
    facts: dict[str, FactValue] = {
        "occupation": order["occupation"],
        "country": order["country"],
        "region": order["region"] if "-" in order["region"] else None,
        "sector": order["sector"],
        "start": order["starts_on"],
        "end": order["ends_on"],
        "months": months_spanned(order["starts_on"], order["ends_on"]),
        "filed_on": day_in(order["country"], submitted) if submitted else None,
        "hours_week": order["hours_week"],
        "full_time": order["hours_week"] >= FULL_TIME_HOURS,
        "pay_hourly": pay_hourly(order),
        **{name: order[name] for name in _AS_THEY_ARE},
        "agreement_names_occupation": agreement_names_occupation,
    }
    known = {f"vacancy.{name}": value for name, value in facts.items()}
    return known | {f"{WAGE_FLOOR_PREFIX}{name}": Decimal(amount) for name, amount in floors.items()}


def is_over(ends_on: date, today: date) -> bool:
    """Whether the last day of work has gone by."""
    return today > ends_on


def is_filled(certified: int, filled: int) -> bool:
    """Whether every certified position is taken."""
    return filled >= certified


def is_reopened(certified: int, filled: int) -> bool:
    """Whether a filled vacancy has a free position again."""
    return not is_filled(certified, filled)


def check_deficiencies(deficiencies: Collection[Deficiency]) -> None:
    """Refuse to send back, refuse or revoke a vacancy without a coded reason.

    Raises
    ------
    InvalidError
        ``vacancy.deficiency_missing``.
    """
    if not deficiencies:
        raise InvalidError("vacancy.deficiency_missing", field="deficiencies")


def _fees(terms: Terms) -> Finding:
    return judge(
        "zero_fees", ok=terms.worker_fees <= 0, source=FAIR_RECRUITMENT, no="charged", amount=str(terms.worker_fees)
    )


def _employer(state: EmployerState, source: str) -> Finding:
    return judge("employer_verified", ok=may_recruit(state), source=source, no="not_verified", state=state)


def _scheme(state: SchemeState, source: str) -> Finding:
    return judge("scheme_active", ok=state is SchemeState.ACTIVE, source=source, no="not_active", state=state)


def _period(terms: Terms, today: date, source: str) -> Finding:
    reversed_ = terms.ends_on <= terms.starts_on
    return judge(
        "vacancy_period",
        ok=not reversed_ and not is_over(terms.ends_on, today),
        source=source,
        no="reversed" if reversed_ else "past",
        start=terms.starts_on.isoformat(),
        end=terms.ends_on.isoformat(),
    )


def submission_findings(terms: Terms, *, today: date, source: str = SOURCE) -> list[Finding]:
    """Check that a job order is whole and free of fees before a ministry spends time on it."""
    return [
        _period(terms, today, source),
        judge("vacancy_positions", ok=terms.positions > 0, source=source, no="not_positive", positions=terms.positions),
        judge(
            "vacancy_hours",
            ok=0 < terms.hours_week <= _HOURS_A_WEEK,
            source=source,
            no="out_of_range",
            hours=str(terms.hours_week),
        ),
        judge("vacancy_pay", ok=terms.pay > 0, source=source, no="not_positive", pay=str(terms.pay)),
        _fees(terms),
    ]


def certification_findings(
    terms: Terms,
    certified: int,
    *,
    employer: EmployerState,
    shortage: Declaration | None,
    scheme: SchemeState,
    wage: Finding | None,
    today: date,
    source: str = SOURCE,
) -> list[Finding]:
    """Check everything that a ministry answers for when it certifies a vacancy.

    Parameters
    ----------
    terms : Terms
        The vacancy as submitted.
    certified : int
        Positions to be certified; fewer than asked is a partial certification.
    employer : EmployerState
        Of the employer, who must be verified.
    shortage : Declaration or None
        The shortage that the vacancy names; its ``certified`` counts other vacancies only.
    scheme : SchemeState
        Of the scheme, which must be active.
    wage : Finding or None
        What ``wages.wage_floor`` found; None if nobody looked, which is unknown.
    today : date
        Day of certification.

    Returns
    -------
    list of Finding
        One for each condition, passes included, so that the page can show the whole list.
    """
    more = certified > terms.positions
    return [
        _employer(employer, source),
        _scheme(scheme, source),
        _period(terms, today, source),
        *cover_findings(
            shortage,
            occupation=terms.occupation,
            region=terms.region,
            start=terms.starts_on,
            end=terms.ends_on,
            positions=certified,
            source=source,
        ),
        wage if wage is not None else unknown("wage_floor", source),
        _fees(terms),
        judge(
            "vacancy_certified",
            ok=0 < certified <= terms.positions,
            source=source,
            no="more_than_asked" if more else "not_positive",
            certified=certified,
            positions=terms.positions,
        ),
    ]


def certification_event(certified: int, positions: int) -> VacancyEvent:
    """Return which of the two certifications a number of positions is."""
    return _E.CERTIFY if certified >= positions else _E.CERTIFY_PARTIALLY


def attestation_findings(
    terms: Terms, *, employer: EmployerState, scheme: SchemeState, today: date, source: str = SOURCE
) -> list[Finding]:
    """Check what the origin's post answers for: a verified employer, a scheme in force, work that is ahead, no fee."""
    return [_employer(employer, source), _scheme(scheme, source), _period(terms, today, source), _fees(terms)]


def opening_findings(
    terms: Terms, *, employer: EmployerState, scheme: SchemeState, today: date, source: str = SOURCE
) -> list[Finding]:
    """Check that workers may be proposed from now on."""
    return [_employer(employer, source), _scheme(scheme, source), _period(terms, today, source)]
