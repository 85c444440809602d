"""Loosening a rule by one step, as a simulation asks of each: what a step is for each operator; no people."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Any, cast

from mobility.rules.basics.dates import SeasonDay, add_months
from mobility.rules.basics.languages import Cefr
from mobility.rules.law.caps import Capped
from mobility.rules.law.combinations import AllOf, AnyOf, When
from mobility.rules.law.comparisons import AtLeastLevel, HighestOfFloors, Range
from mobility.rules.law.conditions import Condition, Limit
from mobility.rules.law.durations import History, NoticeDays, Season, StayCap, ValidBeyondEnd, Window
from mobility.rules.law.facts import FACTS, FactKind
from mobility.rules.law.rulesets import Rule

#: One step of a whole number is one (a year of age or of school, a season), of months of experience a quarter.
MONTHS_STEP = 3
#: One step of an amount is five in a hundred.
AMOUNT_STEP = Decimal("0.05")
#: One step of a season or of a notice is a week.
WEEK = 7
_CENT = Decimal("0.01")
#: No season is longer than this once it is loosened: beyond, nothing is left of it.
_LONGEST_SEASON = 365 - 2 * WEEK
_MOST_MONTHS, _MOST_NOTICE = 600, 3660
_LEAP_YEAR = 2000


def loosened(condition: Condition) -> Condition | None:
    """Return a condition that is one step less strict.

    Parameters
    ----------
    condition : Condition

    Returns
    -------
    Condition or None
        Whoever passed passes still. None where there is no next step: a list of codes has no order, a yes is a yes,
        and below A1 there is no level.
    """
    how = _STEPS.get(type(condition))
    return None if how is None else how(condition)


def each_loosened(rules: Sequence[Rule]) -> Iterator[tuple[Rule, tuple[Rule, ...]]]:
    """Yield each rule that has a next step as it would be then, with all rules then; the others stay as they are."""
    for place, rule in enumerate(rules):
        looser = loosened(rule.condition)
        if looser is not None:
            changed = replace(rule, condition=looser)
            yield changed, (*rules[:place], changed, *rules[place + 1 :])


def _range(asked: Range) -> Condition | None:
    known = FACTS[asked.field]
    least = None if asked.least is None else _moved(asked.least, known.name, known.kind, -1)
    most = None if asked.most is None else _moved(asked.most, known.name, known.kind, 1)
    return _if_other(asked, replace(asked, least=least, most=most))


def _moved(limit: Limit, name: str, kind: FactKind, sign: int) -> Limit:
    """Move a bound by one step: a month for a date, a quarter for months of experience, one, or a share of it."""
    if kind is FactKind.DATE:
        return add_months(cast("date", limit), sign)
    if kind is FactKind.INTEGER:
        return cast("int", limit) + sign * (MONTHS_STEP if "experience_months" in name else 1)
    amount = cast("Decimal", limit)
    return amount + sign * max(_cents(abs(amount) * AMOUNT_STEP), _CENT)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)


def _level(asked: AtLeastLevel) -> Condition | None:
    return replace(asked, level=Cefr(asked.level - 1)) if asked.level > Cefr.A1 else None


def _floors(asked: HighestOfFloors) -> Condition | None:
    lower = {name: _lower(amount) for name, amount in asked.amounts.items()}
    return replace(asked, amounts=lower) if lower != dict(asked.amounts) else None


def _lower(amount: Decimal) -> Decimal:
    """Return an amount one step lower, but never nothing: a floor of nothing is none."""
    less = amount - max(_cents(amount * AMOUNT_STEP), _CENT)
    return less if less > 0 else amount


def _beyond_end(asked: ValidBeyondEnd) -> Condition | None:
    if asked.months:
        return replace(asked, months=asked.months - 1)
    return replace(asked, days=max(asked.days - WEEK, 0)) if asked.days else None


def _stay(asked: StayCap) -> Condition | None:
    months = asked.max_months + 1
    if months > _MOST_MONTHS or (asked.window is Window.ROLLING and months >= asked.over):
        return None
    return replace(asked, max_months=months)


def _season(asked: Season) -> Condition | None:
    opens, closes = (day.in_year(_LEAP_YEAR) for day in (asked.opens, asked.closes))
    if (closes - opens).days % 366 > _LONGEST_SEASON:
        return None
    earlier, later = opens - timedelta(days=WEEK), closes + timedelta(days=WEEK)
    return replace(asked, opens=SeasonDay(earlier.month, earlier.day), closes=SeasonDay(later.month, later.day))


def _notice(asked: NoticeDays) -> Condition | None:
    most = None if asked.most is None else min(asked.most + WEEK, _MOST_NOTICE)
    return _if_other(asked, replace(asked, least=max(asked.least - WEEK, 0), most=most))


def _history(asked: History) -> Condition | None:
    years = None if asked.within_years is None else asked.within_years + 1
    fewer = replace(asked, min_seasons=max(asked.min_seasons - 1, 0), within_years=years)
    return _if_other(asked, fewer) if fewer.params() else None


def _all(asked: AllOf) -> Condition | None:
    return _if_other(asked, AllOf(tuple(loosened(part) or part for part in asked.of)))


def _any(asked: AnyOf) -> Condition | None:
    return _if_other(asked, AnyOf(tuple(loosened(part) or part for part in asked.of)))


def _when(asked: When) -> Condition | None:
    then = loosened(asked.then)
    return None if then is None else When(asked.condition, then)


def _capped(asked: Capped) -> Condition | None:
    cap = cast("StayCap | None", _stay(asked.cap)) or asked.cap
    inner = tuple(cast("StayCap | None", _stay(each)) or each for each in asked.sub_caps)
    return _if_other(asked, Capped(cap, inner, asked.exempt))


def _if_other(before: Condition, after: Condition) -> Condition | None:
    return None if before == after else after


#: What one step is, by operator; an operator that is not here has none.
_STEPS: Mapping[type[Condition], Callable[[Any], Condition | None]] = MappingProxyType(
    {
        Range: _range,
        AtLeastLevel: _level,
        HighestOfFloors: _floors,
        ValidBeyondEnd: _beyond_end,
        StayCap: _stay,
        Season: _season,
        NoticeDays: _notice,
        History: _history,
        AllOf: _all,
        AnyOf: _any,
        When: _when,
        Capped: _capped,
    }
)

#: The operators that have a next step.
STEPPED = frozenset(kind.operator for kind in _STEPS)
