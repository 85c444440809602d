"""One condition's verdict on many workers: asked once for each distinct value, by the rules' own code; no rule sets.

The answer for a pool and the answer for a person are therefore one definition; a test compares them all the same.
"""

from bisect import bisect_left
from collections.abc import Callable, Hashable, Mapping
from datetime import date
from enum import IntEnum
from functools import lru_cache
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from mobility.matching.core.arrays import Flags
from mobility.matching.facts.columns import AnyColumn
from mobility.rules.basics.dates import Period, overlap_days
from mobility.rules.basics.findings import Verdict
from mobility.rules.law.conditions import Condition, Logic
from mobility.rules.law.durations import END, START, STAYS, StayCap, Window
from mobility.rules.law.facts import Facts

#: One verdict a worker (last axis), as ``Mark``.
Marks: TypeAlias = NDArray[np.int8]


class Mark(IntEnum):
    """A verdict as a number: the worst of several is their minimum."""

    FAIL = -1
    UNKNOWN = 0
    PASS = 1


_MARK_OF = {Verdict.FAIL: Mark.FAIL, Verdict.UNKNOWN: Mark.UNKNOWN, Verdict.PASS: Mark.PASS}
_SHORTEST_MONTH = 28


def marks_by_value(
    condition: Condition, of_vacancy: Mapping[str, Hashable], columns: Mapping[str, AnyColumn | None], size: int
) -> Marks:
    """Apply a condition to every worker.

    Parameters
    ----------
    condition : Condition
    of_vacancy : mapping
        What the condition reads of the vacancy.
    columns : mapping of str to FactColumn, DerivedColumn or None
        What it reads of the workers; None where nothing is known of anybody.
    size : int
        Number of workers.

    Returns
    -------
    ndarray of int8, shape (size,)
        ``Mark`` values.

    Notes
    -----
    Conditions made of others follow Kleene's logic: all is the minimum, any the maximum, not the negative.
    """
    logic: Logic[Marks] = Logic(
        ask=lambda part: marks_by_value(part, of_vacancy, columns, size),
        every=lambda marks: np.min(np.stack(marks), axis=0),
        some=lambda marks: np.max(np.stack(marks), axis=0),
        negated=np.negative,
    )
    combined = condition.by_parts(logic)
    return _simple(condition, of_vacancy, columns, size) if combined is None else combined


def _simple(
    condition: Condition, of_vacancy: Mapping[str, Hashable], columns: Mapping[str, AnyColumn | None], size: int
) -> Marks:
    """Apply a condition that is not made of others."""

    def ask(values: Mapping[str, Hashable]) -> Mark:
        return _MARK_OF[condition.apply(cast("Facts", {**of_vacancy, **values})).verdict]

    by_name = {name: columns.get(name) for name in sorted(condition.fields)}
    known = {name: column for name, column in by_name.items() if column is not None}
    if not known:
        return np.full(size, ask({}), dtype=np.int8)
    if len(known) == 1:
        ((name, column),) = known.items()
        answers = _by_value(condition, of_vacancy, column, lambda value: ask({name: value}))
        return column.spread(answers)
    first, combination = _combinations(list(known.values()), size)
    verdicts = [ask({name: column.value_at(row) for name, column in known.items()}) for row in first]
    return np.array(verdicts, dtype=np.int8)[combination]


def _by_value(
    condition: Condition, of_vacancy: Mapping[str, Hashable], column: AnyColumn, ask: Callable[[Hashable], Mark]
) -> Marks:
    """Answer for each value of one column and, last, for no value."""
    values = column.values
    answers = np.full(len(values) + 1, Mark.PASS, dtype=np.int8)
    answers[-1] = ask(None)
    if condition.changes_once and values:
        order = sorted(range(len(values)), key=cast("Any", values.__getitem__))
        last = ask(values[order[-1]])
        split = bisect_left(order, 1, key=lambda code: int(ask(values[code]) is last))
        answers[:-1] = last
        answers[order[:split]] = ask(values[order[0]])
        return answers
    left = list(range(len(values)))
    if isinstance(condition, StayCap) and STAYS in condition.fields and of_vacancy.get(START) and of_vacancy.get(END):
        here = Period(cast("date", of_vacancy[START]), cast("date", of_vacancy[END]))
        left = np.flatnonzero(~_far_below(condition, here, column)).tolist()
    for code in left:
        answers[code] = ask(values[code])
    return answers


def _far_below(cap: StayCap, here: Period, stays: AnyColumn) -> Flags:
    """Tell for each value whether its stays are so short that no window can hold more months than the cap.

    No month is shorter than 28 days; counting months exactly takes a thousand times longer.
    """
    most = cap.max_months * _SHORTEST_MONTH
    days = _days_by_year(stays)
    years = {*days, *range(here.start.year, here.end.year + 1)}
    nothing = np.zeros(len(stays.values), dtype=np.int64)
    a_year = [days.get(year, nothing) + overlap_days(here, _year(year)) for year in years]
    within: Flags = (np.max(a_year, axis=0) if cap.window is Window.CALENDAR_YEAR else np.sum(a_year, axis=0)) <= most
    return within


@lru_cache(maxsize=8)
def _days_by_year(stays: AnyColumn) -> dict[int, NDArray[np.int64]]:
    """Return for each year the days of each value's stays, overlaps counted twice: never too few."""
    days: dict[int, NDArray[np.int64]] = {}
    for code, value in enumerate(stays.values):
        for stay in cast("tuple[Period, ...]", value):
            for year in range(stay.start.year, stay.end.year + 1):
                counted = days.setdefault(year, np.zeros(len(stays.values), dtype=np.int64))
                counted[code] += overlap_days(stay, _year(year))
    return days


def _year(year: int) -> Period:
    return Period(date(year, 1, 1), date(year, 12, 31))


def _combinations(columns: list[AnyColumn], size: int) -> tuple[list[int], NDArray[np.int64]]:
    """Return one row for each distinct combination of values, and the combination of each row."""
    number = np.zeros(size, dtype=np.int64)
    first = np.zeros(min(size, 1), dtype=np.int64)
    for column in columns:
        _, first, number = np.unique(
            number * (len(column.values) + 1) + column.codes + 1, return_index=True, return_inverse=True
        )
    return first.tolist(), number.astype(np.int64)
