"""How tight the labour market of an occupation is: a weighted mean of published figures, every part shown; no rows.

The composite suggests where to look. It declares nothing, and no rule and no score reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum, auto
from types import MappingProxyType

from mobility.errors import InvalidError

CODES = ("tightness.weights_not_whole", "tightness.weight_out_of_bounds", "tightness.weight_unknown")

#: What all weights add up to.
WHOLE = 100
#: Least weight, of ``WHOLE``, that must be covered by figures for a composite to be told at all.
LEAST_COVERED = 50
#: From here on the composite reads as tight, or as balanced.
TIGHT, BALANCED = Decimal(60), Decimal(40)
_TENTH = Decimal("0.1")


class IndicatorKind(StrEnum):
    """A published figure on the labour market of an occupation."""

    VACANCY_RATE = auto()
    UNEMPLOYMENT = auto()
    WAGE_GROWTH = auto()
    DAYS_TO_FILL = auto()


class ReadingKind(StrEnum):
    """What a composite says in a word."""

    TIGHT = auto()
    BALANCED = auto()
    SLACK = auto()
    NOT_ENOUGH = auto()


@dataclass(frozen=True, slots=True)
class Scale:
    """Between which figures an indicator goes from 0 (slack) to 100 (tight), and what can be true at all.

    Attributes
    ----------
    slack, tight : Decimal
        Figures at and beyond which the market counts as wholly slack or wholly tight; ``tight`` may be the lower one.
    least, most : Decimal
        Figures outside are refused on import.
    """

    slack: Decimal
    tight: Decimal
    least: Decimal
    most: Decimal


#: Percent, percent, percent a year, days. The ends are conventions of this product, shown beside every composite;
#: they are not thresholds of any law.
SCALES: Mapping[IndicatorKind, Scale] = MappingProxyType(
    {
        IndicatorKind.VACANCY_RATE: Scale(Decimal(0), Decimal(8), Decimal(0), Decimal(60)),
        IndicatorKind.UNEMPLOYMENT: Scale(Decimal(12), Decimal(2), Decimal(0), Decimal(70)),
        IndicatorKind.WAGE_GROWTH: Scale(Decimal(0), Decimal(10), Decimal(-50), Decimal(100)),
        IndicatorKind.DAYS_TO_FILL: Scale(Decimal(15), Decimal(90), Decimal(0), Decimal(3660)),
    }
)

#: Used until a ministry states its own: every indicator counts the same.
EQUAL_WEIGHTS: Mapping[IndicatorKind, int] = MappingProxyType(dict.fromkeys(IndicatorKind, WHOLE // len(IndicatorKind)))


@dataclass(frozen=True, slots=True)
class Component:
    """One indicator's part: its figure, where that lies on its scale (0 to 100), its weight, and the points it brings.

    ``figure``, ``place`` and ``points`` are None where no figure is known.
    """

    indicator: IndicatorKind
    weight: int
    figure: Decimal | None = None
    place: Decimal | None = None
    points: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Composite:
    """The indicator and its parts; ``score`` is the exact sum of the parts' points, None if too little is known."""

    score: Decimal | None
    reading: ReadingKind
    covered: int
    components: tuple[Component, ...]

    @property
    def missing(self) -> tuple[IndicatorKind, ...]:
        """Indicators that have a weight and no figure."""
        return tuple(part.indicator for part in self.components if part.weight and part.figure is None)


def check_weights(weights: Mapping[IndicatorKind, int]) -> None:
    """Refuse weights that are not shares of one whole.

    Raises
    ------
    InvalidError
        ``tightness.weight_unknown`` if an indicator is left out, ``tightness.weight_out_of_bounds`` below 0 or above
        100, ``tightness.weights_not_whole`` if they do not add up to 100.
    """
    for indicator in IndicatorKind:
        if indicator not in weights:
            raise InvalidError("tightness.weight_unknown", field=indicator.value)
        if not 0 <= weights[indicator] <= WHOLE:
            raise InvalidError("tightness.weight_out_of_bounds", field=indicator.value, most=WHOLE)
    total = sum(weights[indicator] for indicator in IndicatorKind)
    if total != WHOLE:
        raise InvalidError("tightness.weights_not_whole", field=IndicatorKind.VACANCY_RATE.value, total=total)


def place_on_scale(indicator: IndicatorKind, figure: Decimal) -> Decimal:
    """Return where a figure lies between slack (0) and tight (100), to one decimal; beyond the ends it stays there."""
    scale = SCALES[indicator]
    share = (figure - scale.slack) / (scale.tight - scale.slack)
    return (min(max(share, Decimal(0)), Decimal(1)) * 100).quantize(_TENTH, ROUND_HALF_UP)


def composite(figures: Mapping[IndicatorKind, Decimal], weights: Mapping[IndicatorKind, int]) -> Composite:
    """Return the weighted mean of the figures that are known, with every part of it.

    Parameters
    ----------
    figures : mapping of IndicatorKind to Decimal
        Those that are known, in the unit of their scale.
    weights : mapping of IndicatorKind to int
        Shares of 100 for every indicator.

    Returns
    -------
    Composite
        Points are the place on the scale times the indicator's share of the weights that are covered, rounded to one
        decimal; the score is their sum, so that what is shown adds up. Below ``LEAST_COVERED`` there is no score.

    Raises
    ------
    InvalidError
        See ``check_weights``.
    """
    check_weights(weights)
    covered = sum(weights[indicator] for indicator in figures)
    enough = covered >= LEAST_COVERED
    parts = tuple(_component(indicator, figures, weights[indicator], covered) for indicator in IndicatorKind)
    score = sum((part.points for part in parts if part.points is not None), Decimal(0)) if enough else None
    return Composite(score, _reading(score), covered, parts)


def _component(
    indicator: IndicatorKind, figures: Mapping[IndicatorKind, Decimal], weight: int, covered: int
) -> Component:
    if indicator not in figures:
        return Component(indicator, weight)
    place = place_on_scale(indicator, figures[indicator])
    points = (place * weight / covered).quantize(_TENTH, ROUND_HALF_UP) if covered else Decimal(0)
    return Component(indicator, weight, figures[indicator], place, points)


def _reading(score: Decimal | None) -> ReadingKind:
    if score is None:
        return ReadingKind.NOT_ENOUGH
    if score >= TIGHT:
        return ReadingKind.TIGHT
    return ReadingKind.BALANCED if score >= BALANCED else ReadingKind.SLACK
