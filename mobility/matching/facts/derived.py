"""Facts about a worker that depend on the vacancy (age on its first day, stays in its country); no rules, no scores."""

from collections.abc import Callable, Container, Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple, cast

import numpy as np

from mobility.matching.core.arrays import Whole
from mobility.matching.facts.columns import AnyColumn, DerivedColumn, FactColumn, fact_column, facts_at
from mobility.matching.facts.demand import Demand, VacancyFacts
from mobility.matching.facts.pool import Pool
from mobility.rules.basics.dates import Period, add_days, add_months, age_on, months_within
from mobility.rules.law.facts import Facts, FactValue

START, COUNTRY = "vacancy.start", "vacancy.country"
EXPERIENCE = "worker.experience_months"
_YEAR = 12


class Stay(NamedTuple):
    """A past stay abroad, both days included."""

    country: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a fact follows from one kept fact and the vacancy.

    Attributes
    ----------
    kept : str
        Fact that the pool keeps; not in the catalogue of what rules may name.
    vacancy : str
        Fact of the vacancy that it depends on.
    compute : callable
        From the kept value and what matters of the vacancy's, both known.
    matters : callable
        Reduces the vacancy's value to what matters, so that more vacancies share an answer.
    many : callable, optional
        The same as ``compute`` for whole columns: a whole number for each of the column's values.
    """

    kept: str
    vacancy: str
    compute: Callable[[Hashable, Hashable], FactValue]
    matters: Callable[[Hashable], Hashable] = lambda value: value
    many: Callable[[FactColumn, Hashable], Whole] | None = None


def _age(born: Hashable, start: Hashable) -> FactValue:
    return age_on(cast("date", born), cast("date", start))


def _ages(born: FactColumn, start: Hashable) -> Whole:
    """Return ``age_on`` of every birth date."""
    year, month, day = _calendar(born)
    first = cast("date", start)
    return first.year - year - ((month > first.month) | ((month == first.month) & (day > first.day)))


@lru_cache(maxsize=8)
def _calendar(days: FactColumn) -> tuple[Whole, Whole, Whole]:
    """Return year, month and day of every date of a column."""
    parts = np.array(
        [(value.year, value.month, value.day) for value in cast("tuple[date, ...]", days.values)], np.int64
    )
    year, month, day = parts.reshape(-1, 3).T
    return year, month, day


def _year(day: Hashable) -> int:
    return cast("date", day).year


def _years_since(season_end: Hashable, year: Hashable) -> FactValue:
    return cast("int", year) - _year(season_end)


def _stays(stays: Hashable, country: Hashable) -> FactValue:
    return tuple(Period(stay.start, stay.end) for stay in cast("tuple[Stay, ...]", stays) if stay.country == country)


def _months_abroad(stays: Hashable, start: Hashable) -> FactValue:
    first = cast("date", start)
    window = Period(add_months(first, -_YEAR), add_days(first, -1))
    periods = (Period(stay.start, stay.end) for stay in cast("tuple[Stay, ...]", stays))
    return -(-months_within(periods, window) // 1)


#: Facts that the pool does not hold but that follow from what it keeps: birth dates, last seasons, stays abroad.
DERIVED: Mapping[str, Derivation] = MappingProxyType(
    {
        "worker.age": Derivation("worker.birth_date", START, _age, many=_ages),
        "worker.years_since_last_season": Derivation("worker.last_season_end", START, _years_since, _year),
        "worker.stays": Derivation("worker.stays_abroad", COUNTRY, _stays),
        "worker.months_abroad_last_12": Derivation("worker.stays_abroad", START, _months_abroad),
    }
)


def derived_column(pool: Pool, name: str, vacancy: VacancyFacts, group: int) -> AnyColumn | None:
    """Return a worker fact as a column for one vacancy.

    Parameters
    ----------
    pool : Pool
    name : str
        A ``worker.…`` fact of the catalogue.
    vacancy : mapping
        Facts of the vacancy.
    group : int
        Minor occupation group of the vacancy, for months of experience; -1 for none.

    Returns
    -------
    FactColumn, DerivedColumn or None
        None if the pool knows it of nobody; a column that the pool holds under the name itself comes first.
    """
    if name in pool.facts:
        return pool.facts[name]
    if name == EXPERIENCE:
        return _months(pool, group) if group >= 0 else None
    how, vacancy_value = DERIVED.get(name), depends_on(name, pool.facts, vacancy, group)
    if how is None or vacancy_value is None or how.kept not in pool.facts:
        return None
    kept = pool.facts[how.kept]
    if how.many is not None:
        return DerivedColumn(kept, _numbers(how.many(kept, vacancy_value)))
    derived = fact_column(cast("Hashable", how.compute(value, vacancy_value)) for value in kept.values)
    return DerivedColumn(kept, FactColumn(_or_unknown(derived.codes), derived.values))


def depends_on(name: str, fact_names: Container[str], vacancy: VacancyFacts, group: int) -> Hashable:
    """Return what of the vacancy the column of a worker fact depends on; equal answers mean equal columns.

    ``fact_names`` names the facts that the pool holds itself.
    """
    if name in fact_names:
        return None
    if name == EXPERIENCE:
        return group
    how = DERIVED.get(name)
    vacancy_value = None if how is None else vacancy.get(how.vacancy)
    return None if how is None or vacancy_value is None else how.matters(vacancy_value)


def pair_facts(pool: Pool, worker: int, demand: Demand, vacancy: int) -> Facts:
    """Return all facts of one pair that rules may read, as ``rulesets.evaluate`` takes them.

    Parameters
    ----------
    pool, demand : Pool, Demand
    worker, vacancy : int
        Row numbers.

    Returns
    -------
    mapping of str to value
        Facts of the vacancy and of the worker, derived ones included, kept ones that no rule may name left out.
    """
    vacancy_facts = demand.facts[vacancy]
    kept = {how.kept for how in DERIVED.values()}
    facts = {name: value for name, value in facts_at(pool.facts, worker).items() if name not in kept}
    one = pool.take(np.array([worker]))
    for name in (EXPERIENCE, *DERIVED):
        column = derived_column(one, name, vacancy_facts, int(demand.group[vacancy]))
        if column is not None:
            facts[name] = column.value_at(0)
    return cast("Facts", {**vacancy_facts, **facts})


def _months(pool: Pool, group: int) -> FactColumn:
    months = pool.profile.experience[:, [group]].toarray()[:, 0]
    values, codes = np.unique(months, return_inverse=True)
    return FactColumn(codes.astype(np.int32), tuple(values.tolist()))


def _numbers(values: Whole) -> FactColumn:
    """Return a column of whole numbers with a last row for no value."""
    distinct, codes = np.unique(values, return_inverse=True)
    return FactColumn(_or_unknown(codes), tuple(distinct.tolist()))


def _or_unknown(codes: Whole) -> Whole:
    """Add a last row that is not known."""
    return np.append(codes, -1).astype(np.int32)
