"""Facts as columns (numbers, codes, sets), each row known or unknown; read by eligibility only, never by features."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

import numpy as np
from scipy.sparse import csr_array

from mobility.matching.arrays import Entries, Flags, Rows, Whole, table

#: One fact of one person or vacancy, as rules know it; None is unknown.
FactValue: TypeAlias = int | bool | str | date | AbstractSet[str] | None


@dataclass(frozen=True, slots=True, eq=False)
class NumberColumn:
    """Numbers, dates (proleptic ordinal days) or yes/no (0, 1).

    Attributes
    ----------
    values : ndarray of int64, shape (n_rows,)
        The number; 0 where unknown.
    known : ndarray of bool, shape (n_rows,)
    kind : type
        ``int``, ``bool`` or ``date``: what ``value_at`` gives back.
    """

    values: Whole
    known: Flags
    kind: type = int

    def take(self, rows: Rows) -> "NumberColumn":
        """Return the given rows, in that order."""
        return NumberColumn(self.values[rows], self.known[rows], self.kind)

    def value_at(self, row: int) -> FactValue:
        """Return one row as rules know it."""
        if not self.known[row]:
            return None
        number = int(self.values[row])
        return date.fromordinal(number) if self.kind is date else self.kind(number)


@dataclass(frozen=True, slots=True, eq=False)
class CodeColumn:
    """One code out of a list.

    Attributes
    ----------
    codes : ndarray of int32, shape (n_rows,)
        Index into ``words``; -1 where unknown.
    words : tuple of str
        The codes that occur, sorted.
    """

    codes: Whole
    words: tuple[str, ...]

    @property
    def known(self) -> Flags:
        """Which rows are known, shape (n_rows,)."""
        known: Flags = self.codes >= 0
        return known

    def take(self, rows: Rows) -> "CodeColumn":
        """Return the given rows, in that order."""
        return CodeColumn(self.codes[rows], self.words)

    def value_at(self, row: int) -> FactValue:
        """Return one row as rules know it."""
        code = int(self.codes[row])
        return None if code < 0 else self.words[code]


@dataclass(frozen=True, slots=True, eq=False)
class SetColumn:
    """A set of codes.

    Attributes
    ----------
    members : csr_array of int8, shape (n_rows, n_words)
        1 where the row's set holds the word.
    known : ndarray of bool, shape (n_rows,)
        False where the set is unknown; a known set may be empty.
    words : tuple of str
        The codes that occur, sorted.
    """

    members: csr_array
    known: Flags
    words: tuple[str, ...]

    def take(self, rows: Rows) -> "SetColumn":
        """Return the given rows, in that order."""
        return SetColumn(self.members[rows], self.known[rows], self.words)

    def value_at(self, row: int) -> FactValue:
        """Return one row as rules know it."""
        if not self.known[row]:
            return None
        start, end = self.members.indptr[row], self.members.indptr[row + 1]
        return frozenset(self.words[column] for column in self.members.indices[start:end])


FactColumn: TypeAlias = NumberColumn | CodeColumn | SetColumn
FactTable: TypeAlias = Mapping[str, FactColumn]


def fact_column(values: Iterable[FactValue], kind: type | None = None) -> FactColumn:
    """Build the column that fits the values: numbers, codes or sets.

    Parameters
    ----------
    values : iterable of int, bool, date, str, set of str or None
        One value a row, all of one kind; None is unknown.
    kind : type, optional
        ``int``, ``bool``, ``date``, ``str`` or ``frozenset``; told from the first known value by default
        (``int`` when no row is known).

    Returns
    -------
    NumberColumn, CodeColumn or SetColumn

    Raises
    ------
    TypeError
        If a value is of another kind than the column; the message gives the row and no value.
    """
    rows = list(values)
    chosen = kind or next((_kind_of(value) for value in rows if value is not None), int)
    for number, value in enumerate(rows):
        if value is not None and _kind_of(value) is not chosen:
            raise TypeError(f"row {number} is a {type(value).__name__}, expected {chosen.__name__}")
    if chosen is str:
        return _code_column(rows)
    if chosen is frozenset:
        return _set_column(rows)
    known = np.fromiter((value is not None for value in rows), dtype=np.bool_, count=len(rows))
    numbers = (value.toordinal() if isinstance(value, date) else value or 0 for value in rows)
    return NumberColumn(np.fromiter(numbers, dtype=np.int64, count=len(rows)), known, chosen)


def _kind_of(value: FactValue) -> type:
    if isinstance(value, AbstractSet):
        return frozenset
    return next((kind for kind in (bool, int, str, date) if isinstance(value, kind)), type(value))


def _code_column(rows: Sequence[FactValue]) -> CodeColumn:
    words = tuple(sorted({str(value) for value in rows if value is not None}))
    place = {word: index for index, word in enumerate(words)}
    codes = (-1 if value is None else place[str(value)] for value in rows)
    return CodeColumn(np.fromiter(codes, dtype=np.int32, count=len(rows)), words)


def _set_column(rows: Sequence[FactValue]) -> SetColumn:
    sets = [value if isinstance(value, AbstractSet) else frozenset[str]() for value in rows]
    words = tuple(sorted(frozenset().union(*sets))) if sets else ()
    place = {word: index for index, word in enumerate(words)}
    cells = [(number, place[word]) for number, members in enumerate(sets) for word in members]
    row, column = np.array(cells, dtype=np.int64).reshape(-1, 2).T
    known = np.fromiter((value is not None for value in rows), dtype=np.bool_, count=len(rows))
    entries = Entries(row, column, np.ones(len(cells), dtype=np.int8))
    return SetColumn(table("set", entries, (len(rows), len(words)), np.int8), known, words)


def facts_at(table: FactTable, row: int) -> dict[str, FactValue]:
    """Return one row of a fact table as the mapping that ``rulesets.evaluate`` reads."""
    return {name: column.value_at(row) for name, column in table.items()}
