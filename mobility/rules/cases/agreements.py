"""Bilateral agreements: when they are in force and who bears which cost; no rows and no sentences."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum, auto

from mobility.rules.basics.findings import Finding, judge

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


def is_in_force(valid_from: date, valid_to: date | None, day: date) -> bool:
    """Whether an agreement holds on a day; without an end it holds until ended."""
    return valid_from <= day and (valid_to is None or day <= valid_to)


def in_force_finding(valid_from: date, valid_to: date | None, day: date, *, source: str = SOURCE) -> Finding:
    """Check that an agreement holds on a day."""
    return judge(
        "agreement_in_force",
        ok=is_in_force(valid_from, valid_to, day),
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
