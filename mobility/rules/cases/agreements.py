"""Bilateral agreements: when they are in force and who bears which cost; no rows and no sentences."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum, auto

from mobility.rules.basics.findings import Finding, judge
from mobility.rules.basics.lifecycles import SYSTEM, Lifecycle, Transition, by
from mobility.rules.basics.permissions import Permission

SOURCE = "lifecycle:agreement"
#: ILO General principles and operational guidelines for fair recruitment (2019), general principle 7.
FAIR_RECRUITMENT = "ILO fair recruitment principle 7"
CODES = (
    "agreement_in_force.met",
    "agreement_in_force.not_met",
    "recruitment_cost.met",
    "recruitment_cost.on_worker",
)


class Side(StrEnum):
    """Which of the two governments of an agreement."""

    DESTINATION = auto()
    ORIGIN = auto()


class AgreementState(StrEnum):
    """Where an agreement stands; whether it is in force on a day is said by its dates too."""

    STANDING = auto()
    SUSPENDED = auto()
    ENDED = auto()


class AgreementEvent(StrEnum):
    """What may happen to an agreement."""

    SUSPEND = auto()
    RESUME = auto()
    END = auto()
    EXPIRE = auto()


_S, _E = AgreementState, AgreementEvent

LIFECYCLE: Lifecycle[AgreementState, AgreementEvent] = Lifecycle(
    _S.STANDING,
    (
        Transition(_S.STANDING, _E.SUSPEND, _S.SUSPENDED, **by(Permission.AGREEMENT_STEER)),
        Transition(_S.SUSPENDED, _E.RESUME, _S.STANDING, **by(Permission.AGREEMENT_STEER)),
        *(
            Transition(state, _E.END, _S.ENDED, **by(Permission.AGREEMENT_STEER))
            for state in (_S.STANDING, _S.SUSPENDED)
        ),
        *(Transition(state, _E.EXPIRE, _S.ENDED, **SYSTEM, guard="is_over") for state in (_S.STANDING, _S.SUSPENDED)),
    ),
)


class CostKind(StrEnum):
    """What somebody has to pay for between recruitment and return."""

    RECRUITMENT = auto()
    VISA = auto()
    PASSPORT = auto()
    MEDICAL = auto()
    TRAVEL_OUT = auto()
    TRAVEL_BACK = auto()
    HOUSING = auto()
    INSURANCE = auto()
    TRAINING = auto()


class CostBearer(StrEnum):
    """Who pays."""

    EMPLOYER = auto()
    WORKER = auto()
    DESTINATION = auto()
    ORIGIN = auto()
    SHARED = auto()


#: Costs that recruitment must not put on the worker, not even in part.
NEVER_ON_WORKER = frozenset({CostKind.RECRUITMENT, CostKind.VISA})


def is_over(valid_to: date | None, day: date) -> bool:
    """Whether an agreement's last day has gone by; one without an end goes on until it is ended."""
    return valid_to is not None and day > valid_to


def is_in_force(state: AgreementState, valid_from: date, valid_to: date | None, day: date) -> bool:
    """Whether an agreement holds on a day: neither suspended nor ended, and within its dates."""
    return state is AgreementState.STANDING and valid_from <= day and not is_over(valid_to, day)


def in_force_finding(
    state: AgreementState, valid_from: date, valid_to: date | None, day: date, *, source: str = SOURCE
) -> Finding:
    """Check that an agreement holds on a day."""
    return judge(
        "agreement_in_force",
        ok=is_in_force(state, valid_from, valid_to, day),
        source=source,
        day=day.isoformat(),
        start=valid_from.isoformat(),
        end=valid_to.isoformat() if valid_to else "",
    )


def cost_findings(costs: Mapping[CostKind, CostBearer], *, source: str = FAIR_RECRUITMENT) -> list[Finding]:
    """Check, cost by cost, that the worker bears none of those that recruitment must not put on them."""
    return [
        judge(
            "recruitment_cost",
            ok=kind not in NEVER_ON_WORKER or bearer not in {CostBearer.WORKER, CostBearer.SHARED},
            source=source,
            no="on_worker",
            cost=kind,
            bearer=bearer,
        )
        for kind, bearer in sorted(costs.items())
    ]
