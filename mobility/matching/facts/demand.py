"""The vacancies of a match run as arrays; building and checking them, no scoring and no database."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeAlias, TypedDict, Unpack

import numpy as np
from numpy.typing import ArrayLike, DTypeLike
from scipy.sparse import csr_array

from mobility.matching.core.arrays import (
    NO_ENTRIES,
    Entries,
    Rows,
    Whole,
    same_length,
    table,
    unique_keys,
    whole,
)
from mobility.matching.core.vocabulary import Vocabulary
from mobility.matching.facts.pool import LANGUAGE_LEVELS, SKILL_LEVELS

#: Facts of one vacancy by the name that rules use; absent or None is not known.
VacancyFacts: TypeAlias = Mapping[str, Hashable]


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """Vacancies that a match run fills; row i of every array is the same vacancy.

    Attributes
    ----------
    vocabulary : Vocabulary
        Names of the columns; equal to that of the pool.
    key : ndarray of int64, shape (n_vacancies,)
        Opaque and unique, such as the database key.
    group : ndarray of int32, shape (n_vacancies,)
        Minor occupation group; -1 for none.
    essential, optional : csr_array of int8, shape (n_vacancies, n_skills)
        Level asked, 1 to 4; no skill stands in both.
    languages : ndarray of int8, shape (n_vacancies, n_languages)
        CEFR level asked, 0 to 6.
    experience : ndarray of int32, shape (n_vacancies,)
        Months of experience in ``group`` asked.
    start, end : ndarray of int32, shape (n_vacancies,)
        First and last day, as proleptic ordinals.
    positions : ndarray of int32, shape (n_vacancies,)
        Positions still to fill.
    country, sector : ndarray of int16, shape (n_vacancies,)
        Column in the vocabulary; -1 for none.
    pay : ndarray of int64, shape (n_vacancies,)
        Cents an hour.
    currency : ndarray of int16, shape (n_vacancies,)
        Currency of ``pay``; -1 for none.
    scheme : ndarray of int32, shape (n_vacancies,)
        Index into the run's list of rule sets.
    facts : tuple of mapping, length n_vacancies
        What rules may read (``vacancy.…``), by name: eligibility only.
    """

    vocabulary: Vocabulary
    key: Whole
    group: Whole
    essential: csr_array
    optional: csr_array
    languages: Whole
    experience: Whole
    start: Whole
    end: Whole
    positions: Whole
    country: Whole
    sector: Whole
    pay: Whole
    currency: Whole
    scheme: Whole
    facts: tuple[VacancyFacts, ...]

    def __len__(self) -> int:
        return len(self.key)

    def take(self, rows: Rows) -> "Demand":
        """Return the given rows, in that order."""
        kept = ("vocabulary", "facts")
        parts = {part.name: getattr(self, part.name)[rows] for part in fields(self) if part.name not in kept}
        return Demand(vocabulary=self.vocabulary, facts=tuple(self.facts[row] for row in rows), **parts)


class DemandColumns(TypedDict, total=False):
    """What ``demand_from_columns`` takes besides keys, days, positions and facts; left out: nothing is asked.

    ``essential``, ``optional``: (vacancy row, skill column, level 1 to 4); a skill in both counts as essential.
    The others: dense, as in ``Demand``.
    """

    essential: Entries
    optional: Entries
    group: ArrayLike
    languages: ArrayLike
    experience: ArrayLike
    country: ArrayLike
    sector: ArrayLike
    pay: ArrayLike
    currency: ArrayLike
    scheme: ArrayLike


def demand_from_columns(
    vocabulary: Vocabulary,
    *,
    key: ArrayLike,
    start: ArrayLike,
    end: ArrayLike,
    positions: ArrayLike,
    facts: Sequence[VacancyFacts] | None = None,
    **columns: Unpack[DemandColumns],
) -> Demand:
    """Check the columns and put them together.

    Parameters
    ----------
    vocabulary : Vocabulary
        Names of the columns of the tables.
    key : array_like of int, shape (n_vacancies,)
        Unique row keys.
    start, end : array_like of int, shape (n_vacancies,)
        Ordinal days.
    positions : array_like of int, shape (n_vacancies,)
        Positions still to fill.
    facts : sequence of mapping, length n_vacancies, optional
        What rules may read of each vacancy; nothing is known by default.
    **columns
        See ``DemandColumns``.

    Returns
    -------
    Demand

    Raises
    ------
    ValueError
        If lengths differ, keys repeat, a vacancy ends before it starts or a value is out of range; the message names
        the column and the place.
    """
    keys = unique_keys(key)
    n = len(keys)
    first, last = whole("start", start, (n,), np.int32), whole("end", end, (n,), np.int32)
    if (last < first).any():
        raise ValueError(f"end[{int(np.argmax(last < first))}] is before start")
    vacancy_facts: tuple[VacancyFacts, ...] = tuple({} for _ in range(n)) if facts is None else tuple(facts)
    same_length("facts", vacancy_facts, n)
    left = whole("positions", positions, (n,), np.int32)
    return _demand(vocabulary, columns, key=keys, start=first, end=last, positions=left, facts=vacancy_facts)


def _demand(vocabulary: Vocabulary, columns: DemandColumns, *, key: Whole, **checked: Any) -> Demand:
    n = len(key)

    def dense(name: str, values: ArrayLike | None, dtype: DTypeLike, names: tuple[str, ...] | None = None) -> Whole:
        low, high = (0, None) if names is None else (-1, len(names) - 1)
        return whole(name, np.full(n, low) if values is None else values, (n,), dtype, low=low, high=high)

    shape = (n, len(vocabulary.languages))
    languages = columns.get("languages", np.zeros(shape, np.int8))
    essential, optional = _skills(vocabulary, n, columns)
    return Demand(
        vocabulary=vocabulary,
        key=key,
        group=dense("group", columns.get("group"), np.int32, vocabulary.groups),
        essential=essential,
        optional=optional,
        languages=whole("languages", languages, shape, np.int8, high=LANGUAGE_LEVELS),
        experience=dense("experience", columns.get("experience"), np.int32),
        country=dense("country", columns.get("country"), np.int16, vocabulary.countries),
        sector=dense("sector", columns.get("sector"), np.int16, vocabulary.sectors),
        pay=dense("pay", columns.get("pay"), np.int64),
        currency=dense("currency", columns.get("currency"), np.int16, vocabulary.currencies),
        scheme=dense("scheme", columns.get("scheme"), np.int32),
        **checked,
    )


def _skills(vocabulary: Vocabulary, n: int, columns: DemandColumns) -> tuple[csr_array, csr_array]:
    shape = (n, len(vocabulary.skills))
    essential = table("essential", columns.get("essential", NO_ENTRIES), shape, np.int8, high=SKILL_LEVELS)
    optional = table("optional", columns.get("optional", NO_ENTRIES), shape, np.int8, high=SKILL_LEVELS)
    only = optional - optional.multiply(essential > 0)
    only.eliminate_zeros()
    only.sort_indices()
    return essential, only.astype(np.int8)
