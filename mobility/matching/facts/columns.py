"""Facts of workers, each a code into its distinct values; read by eligibility only, never by features."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mobility.matching.core.arrays import Rows, Whole, whole

#: One answer a value or a row.
Answers: TypeAlias = NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class FactColumn:
    """One fact of every worker.

    Attributes
    ----------
    codes : ndarray of int32, shape (n_rows,)
        Index into ``values``; -1 where the fact is not known.
    values : tuple
        The distinct values, as ``rulesets.evaluate`` takes them (int, date, str, Cefr, frozenset of str, …).
    """

    codes: Whole
    values: tuple[Hashable, ...]

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: Rows) -> "FactColumn":
        """Return the given rows, in that order."""
        return FactColumn(self.codes[rows], self.values)

    def value_at(self, row: int) -> Hashable:
        """Return the value of one row, None if not known."""
        code = int(self.codes[row])
        return None if code < 0 else self.values[code]

    def spread(self, answers: Answers) -> Answers:
        """Return each row's answer, shape (n_rows,), from one for each value and, last, one for no value."""
        return answers[self.codes]


@dataclass(frozen=True, slots=True, eq=False)
class DerivedColumn:
    """A fact that follows from another one, kept for each distinct value of that one instead of for each row.

    Attributes
    ----------
    base : FactColumn
        What it follows from.
    derived : FactColumn
        One row for each value of ``base`` and a last one for no value.
    """

    base: FactColumn
    derived: FactColumn

    def __len__(self) -> int:
        return len(self.base)

    @property
    def codes(self) -> Whole:
        """Index into ``values`` of each row; -1 where the fact is not known."""
        return self.derived.codes[self.base.codes]

    @property
    def values(self) -> tuple[Hashable, ...]:
        """The distinct values."""
        return self.derived.values

    def value_at(self, row: int) -> Hashable:
        """Return the value of one row, None if not known."""
        return self.derived.value_at(int(self.base.codes[row]))

    def spread(self, answers: Answers) -> Answers:
        """Return each row's answer, as ``FactColumn.spread`` does."""
        return self.base.spread(answers[self.derived.codes])


#: A column of either kind.
AnyColumn: TypeAlias = FactColumn | DerivedColumn
FactTable: TypeAlias = Mapping[str, FactColumn]


def fact_column(values: Iterable[Hashable]) -> FactColumn:
    """Build a column from one value a row; None is not known.

    Parameters
    ----------
    values : iterable of hashable or None
        In row order.

    Returns
    -------
    FactColumn
        ``values`` in the order of first appearance.

    Notes
    -----
    Equal values of different types (``1``, ``True``) would fall together: a column holds one type.
    """
    place: dict[Hashable, int] = {}
    codes = [-1 if value is None else place.setdefault(value, len(place)) for value in values]
    return FactColumn(np.array(codes, dtype=np.int32), tuple(place))


def coded_column(codes: ArrayLike, values: Iterable[Hashable]) -> FactColumn:
    """Build a column from codes that a caller has already, such as a factorised database column.

    Raises
    ------
    ValueError
        If a code points beyond ``values`` or a value stands twice.
    """
    distinct = tuple(values)
    if len(set(distinct)) != len(distinct):
        raise ValueError("a fact's distinct values hold one twice")
    numbers = np.asarray(codes)
    return FactColumn(whole("codes", numbers, (len(numbers),), np.int32, low=-1, high=len(distinct) - 1), distinct)


def facts_at(table: FactTable, row: int) -> dict[str, Hashable]:
    """Return one row of a fact table by name, None where not known."""
    return {name: column.value_at(row) for name, column in table.items()}
