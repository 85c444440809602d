"""Declared shortages: their lifecycle and what a declaration must show; no rows and no sentences."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto

from mobility.errors import InvalidError
from mobility.rules.basics.dates import add_months
from mobility.rules.basics.findings import Finding, judge
from mobility.rules.basics.lifecycles import SYSTEM, Lifecycle, Transition, by
from mobility.rules.basics.permissions import Permission

SOURCE = "lifecycle:shortage"
CODES = (
    "shortage_evidence.met",
    "shortage_evidence.none",
    "shortage_headcount.met",
    "shortage_headcount.not_positive",
    "shortage_period.met",
    "shortage_period.reversed",
    "shortage_period.past",
    "shortage.review_not_ahead",
    "shortage.review_too_late",
    "shortage_match.met",
    "shortage_match.none",
    "shortage_match.not_in_force",
    "shortage_match.other_occupation",
    "shortage_match.other_region",
    "shortage_match.other_dates",
    "shortage_left.met",
    "shortage_left.too_few",
)


class ShortageState(StrEnum):
    """Where a declaration stands."""

    DRAFT = auto()
    DECLARED = auto()
    SUSPENDED = auto()
    EXPIRED = auto()


class ShortageEvent(StrEnum):
    """What may happen to a declaration."""

    DECLARE = auto()
    SUSPEND = auto()
    RESUME = auto()
    END = auto()
    EXPIRE = auto()


class EvidenceKind(StrEnum):
    """What a declaration rests on."""

    VACANCY_RATE = auto()
    UNEMPLOYMENT = auto()
    WAGE_GROWTH = auto()
    LABOUR_MARKET_TEST = auto()
    PLAN_REFERENCE = auto()
    DISASTER_REFERENCE = auto()


_S, _E = ShortageState, ShortageEvent

LIFECYCLE: Lifecycle[ShortageState, ShortageEvent] = Lifecycle(
    _S.DRAFT,
    (
        Transition(_S.DRAFT, _E.DECLARE, _S.DECLARED, **by(Permission.SHORTAGE_DECLARE), guard="declaration_findings"),
        Transition(_S.DECLARED, _E.SUSPEND, _S.SUSPENDED, **by(Permission.SHORTAGE_SUSPEND)),
        Transition(
            _S.SUSPENDED, _E.RESUME, _S.DECLARED, **by(Permission.SHORTAGE_SUSPEND), guard="declaration_findings"
        ),
        *(
            Transition(state, _E.END, _S.EXPIRED, **by(Permission.SHORTAGE_SUSPEND))
            for state in (_S.DRAFT, _S.DECLARED, _S.SUSPENDED)
        ),
        Transition(_S.DECLARED, _E.EXPIRE, _S.EXPIRED, **SYSTEM, guard="is_over"),
        Transition(_S.SUSPENDED, _E.EXPIRE, _S.EXPIRED, **SYSTEM, guard="is_over"),
    ),
)


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the rules need to know of a shortage.

    Attributes
    ----------
    occupation : str
        ISCO-08 code; a shorter code stands for its whole group.
    region : str
        ISO 3166-2 code, or ISO 3166-1 for a whole country.
    headcount : int
        People who are missing.
    certified : int
        Positions of vacancies already certified against it.
    """

    state: ShortageState
    occupation: str
    region: str
    valid_from: date
    valid_to: date
    headcount: int
    certified: int = 0

    @property
    def left(self) -> int:
        """Positions that may still be certified against it, never negative."""
        return max(0, self.headcount - self.certified)


def is_over(valid_to: date, today: date) -> bool:
    """Whether the last day has gone by."""
    return today > valid_to


#: Months after which somebody looks at a declaration again, at the latest.
REVIEW_MONTHS = 12
#: Months after a declaration when the first look is due.
FIRST_REVIEW_MONTHS = 6


def review_due(declared_on: date, last_next: date | None, valid_to: date) -> date:
    """Return the day on which a declaration is due for a look: as the last review set it, never after its end."""
    return min(last_next or add_months(declared_on, FIRST_REVIEW_MONTHS), valid_to)


def check_next_review(next_on: date, *, today: date) -> None:
    """Refuse a date for the next review that is not ahead, or more than a year ahead.

    Raises
    ------
    InvalidError
        ``shortage.review_not_ahead`` or ``shortage.review_too_late``.
    """
    if next_on <= today:
        raise InvalidError("shortage.review_not_ahead", field="next_on", day=today.isoformat())
    if next_on > add_months(today, REVIEW_MONTHS):
        raise InvalidError("shortage.review_too_late", field="next_on", months=REVIEW_MONTHS)


def within_region(region: str, area: str) -> bool:
    """Whether an ISO 3166 code names ``area`` or a part of it: US-FL lies within US-FL and US."""
    return region == area or region.startswith(f"{area}-")


def declaration_findings(
    declaration: Declaration, evidence: Collection[EvidenceKind], *, today: date, source: str = SOURCE
) -> list[Finding]:
    """Check that a shortage may be declared: evidence present, somebody missing, period in order and not past."""
    start, end = declaration.valid_from.isoformat(), declaration.valid_to.isoformat()
    reversed_ = declaration.valid_to < declaration.valid_from
    past = is_over(declaration.valid_to, today)
    return [
        judge("shortage_evidence", ok=bool(evidence), source=source, no="none", pieces=len(evidence)),
        judge(
            "shortage_headcount",
            ok=declaration.headcount > 0,
            source=source,
            no="not_positive",
            headcount=declaration.headcount,
        ),
        judge(
            "shortage_period",
            ok=not reversed_ and not past,
            source=source,
            no="reversed" if reversed_ else "past",
            start=start,
            end=end,
        ),
    ]


def _mismatch(shortage: Declaration | None, occupation: str, region: str, start: date, end: date) -> str:
    """Name what keeps a shortage from covering a need, or return an empty string."""
    if shortage is None:
        return "none"
    wrong = {
        "not_in_force": shortage.state is not ShortageState.DECLARED,
        "other_occupation": not occupation.startswith(shortage.occupation),
        "other_region": not within_region(region, shortage.region),
        "other_dates": start < shortage.valid_from or end > shortage.valid_to,
    }
    return next((name for name, is_wrong in wrong.items() if is_wrong), "")


def cover_findings(
    shortage: Declaration | None,
    *,
    occupation: str,
    region: str,
    start: date,
    end: date,
    positions: int,
    source: str = SOURCE,
) -> list[Finding]:
    """Check that a shortage in force covers a need's occupation, region and dates, with enough headcount left."""
    mismatch = _mismatch(shortage, occupation, region, start, end)
    left = shortage.left if shortage else 0
    return [
        judge(
            "shortage_match",
            ok=not mismatch,
            source=source,
            no=mismatch,
            occupation=occupation,
            region=region,
            start=start.isoformat(),
            end=end.isoformat(),
        ),
        judge("shortage_left", ok=positions <= left, source=source, no="too_few", left=left, positions=positions),
    ]
