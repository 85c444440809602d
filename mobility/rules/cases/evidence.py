"""What a piece of evidence for a shortage must hold: a figure in its unit within reason, a period, a date; no rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum, auto
from types import MappingProxyType

from mobility.errors import InvalidError
from mobility.rules.basics.dates import add_months
from mobility.rules.cases.shortages import EvidenceKind

CODES = (
    "evidence.figure_missing",
    "evidence.figure_unwanted",
    "evidence.figure_implausible",
    "evidence.statement_missing",
    "evidence.period_missing",
    "evidence.period_reversed",
    "evidence.period_too_long",
    "evidence.period_not_over",
    "evidence.date_ahead",
    "evidence.too_old",
)

#: Months after which a piece of evidence says nothing about today.
OLDEST_MONTHS = 36
#: Months that a figure may speak of at most.
LONGEST_MONTHS = 60


class UnitKind(StrEnum):
    """What a figure counts."""

    PERCENT = auto()
    PERCENT_A_YEAR = auto()
    PERSONS = auto()
    NONE = auto()


@dataclass(frozen=True, slots=True)
class Measure:
    """What a kind of evidence is measured in, and between which bounds a figure can be true.

    Attributes
    ----------
    unit : UnitKind
        ``NONE`` for a reference to a document: it has no figure, and says in words what the document holds.
    least, most : Decimal
        Figures outside are slips of the hand (a share given as a fraction, a rate of another unit).
    """

    unit: UnitKind
    least: Decimal = Decimal(0)
    most: Decimal = Decimal(0)

    @property
    def has_figure(self) -> bool:
        """Whether this kind is a figure at all."""
        return self.unit is not UnitKind.NONE


#: The highest vacancy rates of national surveys stay below 20 percent, unemployment rates of countries below 70.
MEASURES: Mapping[EvidenceKind, Measure] = MappingProxyType(
    {
        EvidenceKind.VACANCY_RATE: Measure(UnitKind.PERCENT, Decimal(0), Decimal(60)),
        EvidenceKind.UNEMPLOYMENT: Measure(UnitKind.PERCENT, Decimal(0), Decimal(70)),
        EvidenceKind.WAGE_GROWTH: Measure(UnitKind.PERCENT_A_YEAR, Decimal(-50), Decimal(100)),
        EvidenceKind.LABOUR_MARKET_TEST: Measure(UnitKind.PERSONS, Decimal(0), Decimal(1_000_000)),
        EvidenceKind.PLAN_REFERENCE: Measure(UnitKind.NONE),
        EvidenceKind.DISASTER_REFERENCE: Measure(UnitKind.NONE),
    }
)


@dataclass(frozen=True, slots=True)
class EvidenceFacts:
    """What the checks look at; ``period`` is what the figure speaks of, ``observed_on`` the date of the source."""

    kind: EvidenceKind
    figure: Decimal | None
    statement: str | None
    observed_on: date
    period_from: date | None = None
    period_to: date | None = None


def check_evidence(piece: EvidenceFacts, *, today: date) -> None:
    """Refuse a piece of evidence that cannot support a declaration.

    Raises
    ------
    InvalidError
        One of ``CODES`` with the field at fault and the bounds: a figure missing, out of its kind's bounds or given
        where a document counts; a document without a word on what it says; a period missing, reversed, too long or
        not over when the figure was published; a date that is ahead or too long ago.
    """
    _check_figure(piece)
    _check_period(piece)
    if piece.observed_on > today:
        raise InvalidError("evidence.date_ahead", field="evidence_date", day=today.isoformat())
    if is_stale(piece.observed_on, today=today):
        raise InvalidError("evidence.too_old", field="evidence_date", months=OLDEST_MONTHS)


def is_stale(observed_on: date, *, today: date) -> bool:
    """Tell whether evidence of that date is too old to support a declaration today."""
    return add_months(observed_on, OLDEST_MONTHS) < today


def _check_figure(piece: EvidenceFacts) -> None:
    measure = MEASURES[piece.kind]
    if not measure.has_figure:
        if piece.figure is not None:
            raise InvalidError("evidence.figure_unwanted", field="evidence_figure")
        if not (piece.statement or "").strip():
            raise InvalidError("evidence.statement_missing", field="evidence_statement")
        return
    if piece.figure is None:
        raise InvalidError("evidence.figure_missing", field="evidence_figure")
    if not measure.least <= piece.figure <= measure.most:
        raise InvalidError(
            "evidence.figure_implausible", field="evidence_figure", least=str(measure.least), most=str(measure.most)
        )


def _check_period(piece: EvidenceFacts) -> None:
    start, end = piece.period_from, piece.period_to
    if start is None or end is None:
        if MEASURES[piece.kind].has_figure or start != end:
            raise InvalidError(
                "evidence.period_missing", field="evidence_period_to" if start else "evidence_period_from"
            )
        return
    if end < start:
        raise InvalidError("evidence.period_reversed", field="evidence_period_to")
    if add_months(start, LONGEST_MONTHS) < end:
        raise InvalidError("evidence.period_too_long", field="evidence_period_to", months=LONGEST_MONTHS)
    if end > piece.observed_on and MEASURES[piece.kind].has_figure:
        raise InvalidError("evidence.period_not_over", field="evidence_period_to")
