"""One condition's verdict on many workers: asked once for each distinct value, by the rules' own code; no rule sets.

The answer for a pool and the answer for a person are therefore one definition; a test compares them all the same.
"""

from bisect import bisect_left
from collections.abc import Callable, Hashable, Mapping
from enum import IntEnum
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from mobility.matching.columns import FactColumn
from mobility.rules.conditions import Condition
from mobility.rules.durations import END, START, STAYS, NoLaterThan, StayCap, ValidBeyondEnd, Window
from mobility.rules.facts import Facts
from mobility.rules.findings import Verdict

#: One verdict a worker (last axis), as ``Mark``.
Marks: TypeAlias = NDArray[np.int8]


class Mark(IntEnum):
    """A verdict as a number: the worst of several is their minimum."""

    FAIL = -1
    UNKNOWN = 0
    PASS = 1


_MARK_OF = {Verdict.FAIL: Mark.FAIL, Verdict.UNKNOWN: Mark.UNKNOWN, Verdict.PASS: Mark.PASS}
#: Conditions whose answer changes at most once as their one worker fact grows.
_ORDERED = (ValidBeyondEnd, NoLaterThan)
_SHORTEST_MONTH = 28


def marks_by_value(
    condition: Condition, given: Mapping[str, Hashable], columns: Mapping[str, FactColumn | None], size: int
) -> Marks:
    """Apply a condition to every worker.

    Parameters
    ----------
    condition : Condition
    given : mapping
        What the condition reads of the vacancy.
    columns : mapping of str to FactColumn or None
        What it reads of the workers; None where nothing is known of anybody.
    size : int
        Number of workers.

    Returns
    -------
    ndarray of int8, shape (size,)
        ``Mark`` values.
    """
    known = {name: column for name, column in columns.items() if column is not None}

    def ask(values: Mapping[str, Hashable]) -> Mark:
        return _answer(condition, cast("Facts", {**given, **values}))

    if not known:
        return np.full(size, ask({}), dtype=np.int8)
    if len(known) == 1:
        ((name, column),) = known.items()
        return _single(column, lambda value: ask({name: value}), ordered=isinstance(condition, _ORDERED))
    first, combination = _combinations(list(known.values()), size)
    answers = [ask({name: column.value_at(row) for name, column in known.items()}) for row in first]
    return np.array(answers, dtype=np.int8)[combination]


def _answer(condition: Condition, facts: Facts) -> Mark:
    if isinstance(condition, StayCap) and _far_below(condition, facts):
        return Mark.PASS
    return _MARK_OF[condition.apply(facts).verdict]


def _far_below(cap: StayCap, facts: Facts) -> bool:
    """Tell whether all stays together are so short that no window can hold more months than the cap.

    No month is shorter than 28 days; counting months exactly takes a hundred times longer.
    """
    stays, start, end = cast("Any", [facts.get(name) for name in (STAYS, START, END)])
    if cap.window is Window.STAY or stays is None or start is None or end is None:
        return False
    days = (end - start).days + 1 + sum(stay.days for stay in stays)
    return bool(days <= cap.max_months * _SHORTEST_MONTH)


def _single(column: FactColumn, ask: Callable[[Hashable], Mark], *, ordered: bool) -> Marks:
    """Answer for each value of one column; by bisection where the answer changes at most once."""
    values = column.values
    answers = np.empty(len(values) + 1, dtype=np.int8)
    answers[-1] = ask(None)
    if ordered and values:
        order = sorted(range(len(values)), key=cast("Any", values.__getitem__))
        last = ask(values[order[-1]])
        split = bisect_left(order, 1, key=lambda code: int(ask(values[code]) is last))
        answers[:-1] = last
        answers[order[:split]] = ask(values[order[0]])
    else:
        answers[:-1] = [ask(value) for value in values]
    marks: Marks = answers[column.codes]
    return marks


def _combinations(columns: list[FactColumn], size: int) -> tuple[list[int], NDArray[np.int64]]:
    """Return one row for each distinct combination of values, and the combination of each row."""
    number = np.zeros(size, dtype=np.int64)
    first = np.zeros(min(size, 1), dtype=np.int64)
    for column in columns:
        _, first, number = np.unique(
            number * (len(column.values) + 1) + column.codes + 1, return_index=True, return_inverse=True
        )
    return first.tolist(), number.astype(np.int64)
