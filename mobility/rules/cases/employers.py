"""Employers: vetting, suspension and debarment; no rows and no sentences."""

from collections.abc import Mapping
from enum import StrEnum, auto
from types import MappingProxyType

from mobility.rules.basics.findings import Finding, judge, unknown
from mobility.rules.basics.lifecycles import Lifecycle, Transition, by
from mobility.rules.basics.permissions import Permission

SOURCE = "lifecycle:employer"
CODES = (
    "employer_registration.met",
    "employer_registration.none",
    "employer_vetting.met",
    "employer_vetting.failed",
    "employer_vetting.missing",
    "employer_compliance.met",
    "employer_compliance.open",
)


class EmployerState(StrEnum):
    """Where an employer stands with the destination ministry."""

    REGISTERED = auto()
    VETTING = auto()
    VERIFIED = auto()
    SUSPENDED = auto()
    DEBARRED = auto()


class EmployerEvent(StrEnum):
    """What may happen to an employer."""

    BEGIN_VETTING = auto()
    RETURN_TO_REGISTERED = auto()
    VERIFY = auto()
    SUSPEND = auto()
    REINSTATE = auto()
    DEBAR = auto()


_S, _E = EmployerState, EmployerEvent
_MINISTRY = by(Permission.EMPLOYER_VET)

LIFECYCLE: Lifecycle[EmployerState, EmployerEvent] = Lifecycle(
    _S.REGISTERED,
    (
        Transition(_S.REGISTERED, _E.BEGIN_VETTING, _S.VETTING, **_MINISTRY),
        Transition(_S.VETTING, _E.RETURN_TO_REGISTERED, _S.REGISTERED, **_MINISTRY, guard="lifecycles.check_reason"),
        Transition(_S.VETTING, _E.VERIFY, _S.VERIFIED, **_MINISTRY, guard="vetting_findings"),
        Transition(_S.VERIFIED, _E.SUSPEND, _S.SUSPENDED, **_MINISTRY, guard="lifecycles.check_reason"),
        Transition(_S.SUSPENDED, _E.REINSTATE, _S.VERIFIED, **_MINISTRY, guard="vetting_findings"),
        Transition(_S.SUSPENDED, _E.DEBAR, _S.DEBARRED, **_MINISTRY, guard="lifecycles.check_reason"),
    ),
)


class VettingItem(StrEnum):
    """What a ministry looks at before it verifies an employer."""

    LEGAL_EXISTENCE = auto()
    SOLVENCY = auto()
    WAGE_RECORD = auto()
    HOUSING = auto()
    RECRUITER_CHAIN = auto()


#: Items without which nobody is verified; housing and recruiters are looked at where there are any.
REQUIRED_ITEMS = (VettingItem.LEGAL_EXISTENCE, VettingItem.SOLVENCY, VettingItem.WAGE_RECORD)
NO_ITEMS: Mapping[VettingItem, bool] = MappingProxyType({})


def may_recruit(state: EmployerState) -> bool:
    """Whether vacancies and proposals of an employer in this state may move on; otherwise they are frozen."""
    return state is EmployerState.VERIFIED


def vetting_findings(
    registration_number: str,
    items: Mapping[VettingItem, bool] = NO_ITEMS,
    *,
    open_events: int = 0,
    source: str = SOURCE,
) -> list[Finding]:
    """Check what was looked at: an item not yet looked at is unknown, a compliance event still open fails.

    Parameters
    ----------
    registration_number : str
        As in the destination's register of companies.
    items : mapping of VettingItem to bool
        Outcome of each item that was looked at.
    open_events : int
        Compliance events without a resolution.
    """
    findings = [judge("employer_registration", ok=bool(registration_number.strip()), source=source, no="none")]
    for item in dict.fromkeys((*REQUIRED_ITEMS, *items)):
        outcome = items.get(item)
        if outcome is None:
            findings.append(unknown("employer_vetting", source, item=item))
        else:
            findings.append(judge("employer_vetting", ok=outcome, source=source, no="failed", item=item))
    findings.append(judge("employer_compliance", ok=open_events == 0, source=source, no="open", events=open_events))
    return findings
