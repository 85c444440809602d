"""Quotas: which ones an approval touches and how their counters move; the one UPDATE lives in services."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum, auto
from types import MappingProxyType

from mobility.errors import ConflictError, InvalidError, QuotaFullError
from mobility.rules.cases.shortages import within_region
from mobility.rules.cases.workers import Sex

CODES = (
    "quota.nothing_to_move",
    "quota.floor_above_total",
    "quota.negative_cap",
    "quota.cap_below_taken",
)


class QuotaDimension(StrEnum):
    """What a quota counts apart, beside its scheme and period; ``TOTAL`` counts everybody.

    ``SEX_FLOOR`` reserves units for one sex: its value names for whom, its cap is what remains to everybody
    else (see :func:`open_remainder`), so that it is counted and guarded like any other quota.
    """

    TOTAL = auto()
    ORIGIN = auto()
    SECTOR = auto()
    REGION = auto()
    EMPLOYER = auto()
    RETURNING = auto()
    SEX_FLOOR = auto()


#: What is known of the worker alone; everything else is known of the vacancy alone.
OF_WORKERS = frozenset({QuotaDimension.ORIGIN, QuotaDimension.RETURNING, QuotaDimension.SEX_FLOOR})


@dataclass(frozen=True, slots=True)
class QuotaCondition:
    """What else a quota asks: one of the ``values`` of a dimension, or with ``outside`` none of them."""

    dimension: QuotaDimension
    values: tuple[str, ...]
    outside: bool = False


@dataclass(frozen=True, slots=True)
class QuotaKey:
    """What a quota counts: its scheme (any id), its days, one value of a dimension, and further conditions.

    ``value`` is an origin's ISO 3166-1 code, a sector, an ISO 3166 region, an employer's reference,
    ``yes`` or ``no`` for returning workers, a sex; empty for the total. Several values are split by commas.
    """

    scheme: int | str
    period_from: date
    period_to: date
    dimension: QuotaDimension = QuotaDimension.TOTAL
    value: str = ""
    conditions: tuple[QuotaCondition, ...] = ()

    @property
    def values(self) -> tuple[str, ...]:
        """The values that it names, blanks cut off."""
        return tuple(part.strip() for part in self.value.split(",") if part.strip())


@dataclass(frozen=True, slots=True)
class QuotaFacts:
    """What the rules need to know of an approval; ``starts_on`` is the first day of work."""

    scheme: int | str
    starts_on: date
    origin: str
    sectors: frozenset[str]
    region: str
    employer: str
    returning: bool
    sex: Sex


_ORDER = {dimension: number for number, dimension in enumerate(QuotaDimension)}
_BETWEEN, _OUTSIDE, _IS = ";", "!=", "="


def write_conditions(conditions: Iterable[QuotaCondition]) -> str:
    """Return the one text of some conditions, equal for equal ones, such as ``origin=GT,HN;sector!=fishing``.

    Empty if there are none.
    """
    ordered = sorted(conditions, key=lambda each: (_ORDER[each.dimension], each.outside))
    parts = [
        f"{each.dimension}{_OUTSIDE if each.outside else _IS}{','.join(sorted(set(each.values)))}" for each in ordered
    ]
    return _BETWEEN.join(parts)


def read_conditions(text: str) -> tuple[QuotaCondition, ...]:
    """Return the conditions that :func:`write_conditions` wrote; raises ``ValueError`` for any other text."""
    found = []
    for part in text.split(_BETWEEN) if text else ():
        name, sign, values = part.partition(_IS)
        if not sign or not values:
            raise ValueError(f"not a condition of a quota: {part!r}")
        outside = name.endswith("!")
        found.append(QuotaCondition(QuotaDimension(name.removesuffix("!")), tuple(values.split(",")), outside=outside))
    return tuple(found)


def _named(dimension: QuotaDimension, value: str, facts: QuotaFacts) -> bool:
    """Whether facts carry one value of a dimension."""
    match dimension:
        case QuotaDimension.TOTAL:
            return True
        case QuotaDimension.ORIGIN:
            return facts.origin == value
        case QuotaDimension.SECTOR:
            return value in facts.sectors
        case QuotaDimension.REGION:
            return within_region(facts.region, value)
        case QuotaDimension.EMPLOYER:
            return facts.employer == value
        case QuotaDimension.RETURNING:
            return value == ("yes" if facts.returning else "no")
        case _:
            return facts.sex == value


def _fits(key: QuotaKey, facts: QuotaFacts, asked: Callable[[QuotaDimension], bool]) -> bool:
    """Whether facts meet the parts of a quota whose dimension is asked for."""
    if asked(key.dimension):
        named = any(_named(key.dimension, value, facts) for value in key.values or ("",))
        if named is (key.dimension is QuotaDimension.SEX_FLOOR):
            return False
    return all(
        any(_named(each.dimension, value, facts) for value in each.values) is not each.outside
        for each in key.conditions
        if asked(each.dimension)
    )


def fits_vacancy(key: QuotaKey, facts: QuotaFacts) -> bool:
    """Whether the vacancy's side of an approval belongs to a quota: scheme, first day, sector, region, employer."""
    if key.scheme != facts.scheme or not key.period_from <= facts.starts_on <= key.period_to:
        return False
    return _fits(key, facts, lambda dimension: dimension not in OF_WORKERS)


def fits_worker(key: QuotaKey, facts: QuotaFacts) -> bool:
    """Whether the worker's side of an approval belongs to a quota: origin, earlier seasons, a declared floor."""
    return _fits(key, facts, lambda dimension: dimension in OF_WORKERS)


def touches(key: QuotaKey, facts: QuotaFacts) -> bool:
    """Whether an approval takes a unit of a quota: it does if it meets everything that the quota names.

    Those for whom a floor reserves units take none of its open remainder; everybody else does.
    """
    return fits_vacancy(key, facts) and fits_worker(key, facts)


def touched(keys: Iterable[QuotaKey], facts: QuotaFacts) -> tuple[QuotaKey, ...]:
    """Return the quotas of which an approval takes a unit each, in an order that is the same for everybody.

    Services update quotas in this order, so that two approvals at once never wait for each other in a ring.
    """
    mine = (key for key in keys if touches(key, facts))
    return tuple(
        sorted(
            mine,
            key=lambda key: (
                key.dimension,
                key.value,
                write_conditions(key.conditions),
                key.period_from,
                key.period_to,
            ),
        )
    )


def open_remainder(total: int, floor: int) -> int:
    """Return what a floor leaves to everybody else: the cap of its ``SEX_FLOOR`` quota.

    Raises
    ------
    InvalidError
        ``quota.negative_cap`` or ``quota.floor_above_total``.
    """
    if total < 0 or floor < 0:
        raise InvalidError("quota.negative_cap", field="cap")
    if floor > total:
        raise InvalidError("quota.floor_above_total", field="cap", floor=floor, total=total)
    return total - floor


class QuotaMove(StrEnum):
    """What happens to one unit."""

    HOLD = auto()
    COMMIT = auto()
    TAKE = auto()
    USE = auto()
    RELEASE_HELD = auto()
    RELEASE_COMMITTED = auto()


@dataclass(frozen=True, slots=True)
class Counters:
    """A quota's cap and counters, in units (one person each).

    ``held`` by open offers, ``committed`` by approvals, ``used`` by people who arrived; these three never
    exceed the cap together. ``released`` counts the units that came back, and only grows.
    """

    cap: int
    held: int = 0
    committed: int = 0
    used: int = 0
    released: int = 0

    @property
    def taken(self) -> int:
        """Units that nobody else can have."""
        return self.held + self.committed + self.used

    @property
    def free(self) -> int:
        """Units that are left."""
        return self.cap - self.taken


#: What each move adds to held, committed, used and released.
DELTAS: Mapping[QuotaMove, tuple[int, int, int, int]] = MappingProxyType(
    {
        QuotaMove.HOLD: (1, 0, 0, 0),
        QuotaMove.COMMIT: (-1, 1, 0, 0),
        QuotaMove.TAKE: (0, 1, 0, 0),
        QuotaMove.USE: (0, -1, 1, 0),
        QuotaMove.RELEASE_HELD: (-1, 0, 0, 1),
        QuotaMove.RELEASE_COMMITTED: (0, -1, 0, 1),
    }
)


def move(counters: Counters, what: QuotaMove, *, quota: str = "", units: int = 1) -> Counters:
    """Return the counters after a move; all or nothing.

    Parameters
    ----------
    counters : Counters
        Before the move; unchanged.
    what : QuotaMove
        The move.
    quota : str
        Public reference, named if it is full.
    units : int
        How many units move at once, at least 1.

    Raises
    ------
    QuotaFullError
        If fewer units than that are left.
    ConflictError
        ``quota.nothing_to_move`` if there are not so many to commit, use or release.
    """
    if units < 1:
        raise ValueError("at least one unit moves")
    held, committed, used, released = (delta * units for delta in DELTAS[what])
    after = replace(
        counters,
        held=counters.held + held,
        committed=counters.committed + committed,
        used=counters.used + used,
        released=counters.released + released,
    )
    if min(after.held, after.committed, after.used) < 0:
        raise ConflictError("quota.nothing_to_move")
    if after.taken > counters.taken and after.free < 0:
        raise QuotaFullError(quota)
    return after


def check_cap(counters: Counters, cap: int) -> None:
    """Refuse a new cap below zero or below what is taken (``quota.negative_cap``, ``quota.cap_below_taken``)."""
    if cap < 0:
        raise InvalidError("quota.negative_cap", field="cap")
    if cap < counters.taken:
        raise InvalidError("quota.cap_below_taken", field="cap", taken=counters.taken)
