"""What a quota may name, and which quotas contradict one another; counting is elsewhere."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import NamedTuple

from mobility.data import reference
from mobility.errors import InvalidError
from mobility.rules.basics.references import Prefix, parse_reference
from mobility.rules.cases.workers import Sex
from mobility.rules.quotas.counters import QuotaCondition, QuotaDimension, write_conditions

CODES = (
    "period_reversed",
    "quota.negative_cap",
    "quota.value_missing",
    "quota.value_unasked",
    "quota.value_too_long",
    "quota.unknown_code",
    "quota.dimension_twice",
    "quota.not_a_condition",
    "quota.twice",
    "quota.periods_overlap",
    "quota.origin_outside",
)
LONGEST_VALUE = 40
LONGEST_CONDITIONS = 500
#: What can be asked beside a quota's dimension; sex is asked by a declared floor alone.
CONDITIONS = (
    QuotaDimension.ORIGIN,
    QuotaDimension.SECTOR,
    QuotaDimension.REGION,
    QuotaDimension.EMPLOYER,
    QuotaDimension.RETURNING,
)


class Named(NamedTuple):
    """What a quota counts, in which period, and how many."""

    period_from: date
    period_to: date
    cap: int
    dimension: QuotaDimension
    value: str
    conditions: tuple[QuotaCondition, ...]


def _countries() -> set[str]:
    return {country.code for country in reference.countries()}


#: The codes of each dimension that has a list of them.
_CODES: Mapping[QuotaDimension, Callable[[], set[str]]] = {
    QuotaDimension.ORIGIN: _countries,
    QuotaDimension.SECTOR: lambda: {sector.slug for sector in reference.sectors()},
    QuotaDimension.REGION: lambda: {region.code for region in reference.regions()} | _countries(),
    QuotaDimension.RETURNING: lambda: {"yes", "no"},
    QuotaDimension.SEX_FLOOR: lambda: {sex.value for sex in Sex},
}


def is_known(dimension: QuotaDimension, code: str) -> bool:
    """Whether a code belongs to what a dimension counts; an employer's reference must only be well formed."""
    if dimension is QuotaDimension.EMPLOYER:
        return _is_employer(code)
    return dimension in _CODES and code in _CODES[dimension]()


def _is_employer(code: str) -> bool:
    try:
        return parse_reference(code, Prefix.EMPLOYER) == code
    except InvalidError:
        return False


def check_named(quota: Named, origins: Collection[str]) -> None:
    """Refuse a quota that names what there is not, or what contradicts itself.

    Parameters
    ----------
    quota : Named
    origins : collection of str
        Countries whose ministries are parties to the scheme, ISO 3166-1: an origin's quota must name one of them.

    Raises
    ------
    InvalidError
        One of ``CODES``, with what is wrong.
    """
    if quota.period_to < quota.period_from:
        raise InvalidError("period_reversed", field="period_to")
    if quota.cap < 0:
        raise InvalidError("quota.negative_cap", field="cap")
    _check_value(quota)
    if len(quota.value) > LONGEST_VALUE or len(write_conditions(quota.conditions)) > LONGEST_CONDITIONS:
        raise InvalidError("quota.value_too_long", field="cap")
    _check_conditions(quota)
    for countries in _origins_asked(quota):
        check_origins(countries, origins)


def _values(quota: Named) -> tuple[str, ...]:
    return tuple(value.strip() for value in quota.value.split(",")) if quota.value else ()


def _check_value(quota: Named) -> None:
    """Refuse a value of a quota on the whole, and one of any other that its dimension does not know."""
    if quota.dimension is not QuotaDimension.TOTAL:
        _check_values(quota.dimension, _values(quota))
    elif quota.value:
        raise InvalidError("quota.value_unasked", field="cap")


def _origins_asked(quota: Named) -> list[Sequence[str]]:
    """Return each list of countries of which people must come for the quota to count them."""
    conditions = [each for each in quota.conditions if each.dimension is QuotaDimension.ORIGIN and not each.outside]
    own = [_values(quota)] if quota.dimension is QuotaDimension.ORIGIN else []
    return [*own, *(each.values for each in conditions)]


def check_origins(countries: Sequence[str], origins: Collection[str]) -> None:
    """Refuse countries of which none takes part (``quota.origin_outside``) or one is unknown."""
    _check_values(QuotaDimension.ORIGIN, countries)
    if not set(origins).intersection(countries):
        raise InvalidError("quota.origin_outside", field="cap", country=",".join(countries))


def _check_values(dimension: QuotaDimension, values: Sequence[str]) -> None:
    if not values:
        raise InvalidError("quota.value_missing", field="cap")
    for value in values:
        if not is_known(dimension, value):
            raise InvalidError("quota.unknown_code", field="cap", value=value[:LONGEST_VALUE])


def _check_conditions(quota: Named) -> None:
    seen = {quota.dimension}
    for each in quota.conditions:
        if each.dimension not in CONDITIONS:
            raise InvalidError("quota.not_a_condition", field="cap")
        if each.dimension in seen:
            raise InvalidError("quota.dimension_twice", field="cap")
        seen.add(each.dimension)
        _check_values(each.dimension, each.values)


def check_periods(quotas: Sequence[tuple[str, date, date]]) -> None:
    """Refuse two quotas for the same thing whose periods meet.

    Parameters
    ----------
    quotas : sequence of (str, date, date)
        What each counts, as one text, with its first and last day.

    Raises
    ------
    InvalidError
        ``quota.twice`` for equal periods, ``quota.periods_overlap`` with the days that both claim.
    """
    for (one, start, end), (other, begins, ends) in combinations(quotas, 2):
        if one != other or begins > end or start > ends:
            continue
        if (start, end) == (begins, ends):
            raise InvalidError("quota.twice", field="cap")
        both = {"start": max(start, begins).isoformat(), "end": min(end, ends).isoformat()}
        raise InvalidError("quota.periods_overlap", field="period_to", **both)
