"""What one step less strict is for each kind of value, as a simulation asks of each rule."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, cast

from mobility.rules.basics.dates import SeasonDay, add_months
from mobility.rules.basics.languages import Cefr
from mobility.rules.law.facts import Fact, FactKind
from mobility.rules.law.parameters import Step

#: One step of a whole number is one (a year of age or of school, a season), of months of experience a quarter.
MONTHS_STEP = 3
#: One step of an amount is five in a hundred.
AMOUNT_STEP = Decimal("0.05")
#: One step of a season or of a notice is a week.
WEEK = 7
_CENT = Decimal("0.01")
#: No season is longer than this once it is loosened: beyond, nothing is left of it.
_LONGEST_SEASON = 365 - 2 * WEEK
_LEAP_YEAR = 2000


def fewer(step: int = 1, *, least: int = 0) -> Step:
    """Return the step of a whole number that is asked for at least."""
    return lambda value, _known: max(value - step, least)


def more(step: int = 1, *, most: int) -> Step:
    """Return the step of a whole number that is allowed at most."""
    return lambda value, _known: min(value + step, most)


def lower_bound(limit: Any, known: Fact | None) -> Any:
    """Return the lower bound of a fact's values one step lower."""
    return _moved(limit, cast("Fact", known), -1)


def upper_bound(limit: Any, known: Fact | None) -> Any:
    """Return the upper bound of a fact's values one step higher."""
    return _moved(limit, cast("Fact", known), 1)


def _moved(limit: Any, known: Fact, sign: int) -> Any:
    """Move a bound by one step: a month for a date, a quarter for months of experience, one, or a share of it."""
    if known.kind is FactKind.DATE:
        return add_months(cast("date", limit), sign)
    if known.kind is FactKind.INTEGER:
        return limit + sign * (MONTHS_STEP if "experience_months" in known.name else 1)
    return limit + sign * max(_cents(abs(limit) * AMOUNT_STEP), _CENT)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)


def lower_level(level: Any, _known: Fact | None) -> Cefr:
    """Return the next level below, A1 at least."""
    return Cefr(max(level - 1, Cefr.A1))


def lower_amounts(amounts: Any, _known: Fact | None) -> dict[str, Decimal]:
    """Return amounts one step lower."""
    return {name: _lower(amount) for name, amount in amounts.items()}


def _lower(amount: Decimal) -> Decimal:
    """Return an amount one step lower, but never nothing: a floor of nothing is none."""
    less = amount - max(_cents(amount * AMOUNT_STEP), _CENT)
    return less if less > 0 else amount


def longer_season(opens: SeasonDay, closes: SeasonDay) -> tuple[SeasonDay, SeasonDay]:
    """Return a season that opens a week earlier and closes a week later; the same if that were a whole year."""
    first, last = (day.in_year(_LEAP_YEAR) for day in (opens, closes))
    if (last - first).days % 366 > _LONGEST_SEASON:
        return opens, closes
    earlier, later = first - timedelta(days=WEEK), last + timedelta(days=WEEK)
    return SeasonDay(earlier.month, earlier.day), SeasonDay(later.month, later.day)


def looser_part(part: Any, _known: Fact | None) -> Any:
    """Return a condition inside another one as it is one step looser; as it is if there is no step."""
    return None if part is None else part.loosened() or part


def looser_parts(parts: Any, known: Fact | None) -> Any:
    """Return several conditions, each as ``looser_part`` gives it."""
    return tuple(looser_part(part, known) for part in parts)
