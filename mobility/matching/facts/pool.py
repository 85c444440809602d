"""The workers of a match run as arrays; building and checking them, no scoring and no database."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import TypedDict, Unpack

import numpy as np
from numpy.typing import ArrayLike, DTypeLike
from scipy.sparse import csr_array

from mobility.matching.core.arrays import (
    NO_ENTRIES,
    Entries,
    Flags,
    Rows,
    Whole,
    same_length,
    table,
    unique_keys,
    whole,
)
from mobility.matching.core.vocabulary import Vocabulary
from mobility.matching.facts.columns import FactColumn, FactTable
from mobility.rules.law.rulesets import Rule

#: Number of ranks of evidence: claimed 1, attested 2, tested 3, credential 4.
EVIDENCE_RANKS = 4
#: Number of skill levels: basic 1 to expert 4.
SKILL_LEVELS = 4
#: Highest language level: C2.
LANGUAGE_LEVELS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """What may move a worker's score; one row a worker. Nothing protected is here, and features see nothing else.

    Attributes
    ----------
    skills : csr_array of int8, shape (n_workers, n_skills)
        Level 1 (basic) to 4 (expert).
    evidence : csr_array of int8, shape (n_workers, n_skills)
        Same cells as ``skills``: 1 claimed, 2 attested, 3 tested, 4 credential.
    experience : csr_array of int32, shape (n_workers, n_groups)
        Months worked in each minor occupation group.
    last_worked : csr_array of int32, shape (n_workers, n_groups)
        Last day worked in the group, as proleptic ordinal; nothing where unknown.
    languages : ndarray of int8, shape (n_workers, n_languages)
        CEFR level, 0 (none) to 6 (C2).
    earliest_start : ndarray of int32, shape (n_workers,)
        First day free, as proleptic ordinal; 0 for at once.
    destinations : csr_array of int8, shape (n_workers, n_countries)
        1 for each country that the worker wants to go to; an empty row states no wish.
    sectors : csr_array of int8, shape (n_workers, n_sectors)
        1 for each sector that the worker wants to work in; an empty row states no wish.
    months_away : ndarray of int16, shape (n_workers, 2)
        Fewest and most months away; 0 where not stated.
    pay_floor : ndarray of int64, shape (n_workers,)
        Least pay that the worker wants, cents an hour; 0 where not stated.
    pay_currency : ndarray of int16, shape (n_workers,)
        Currency of ``pay_floor``; -1 where not stated.
    returned_on_time : ndarray of int16, shape (n_workers,)
        Seasons after which the worker returned on time.
    """

    skills: csr_array
    evidence: csr_array
    experience: csr_array
    last_worked: csr_array
    languages: Whole
    earliest_start: Whole
    destinations: csr_array
    sectors: csr_array
    months_away: Whole
    pay_floor: Whole
    pay_currency: Whole
    returned_on_time: Whole

    def take(self, rows: Rows) -> "Profile":
        """Return the given rows, in that order."""
        return Profile(**{part.name: getattr(self, part.name)[rows] for part in fields(self)})


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Workers that a match run considers; row i of every array is the same worker.

    Attributes
    ----------
    vocabulary : Vocabulary
        Names of the columns.
    key : ndarray of int64, shape (n_workers,)
        Opaque and unique, such as the database key; the only thing that results carry.
    profile : Profile
        What may move the score.
    facts : mapping of str to FactColumn
        What rules may read (``worker.…``): eligibility only.
    waived : mapping of str to ndarray of int64
        Keys of the workers whom an authority freed from a rule, by the rule's id; they need not be of this pool.
    """

    vocabulary: Vocabulary
    key: Whole
    profile: Profile
    facts: FactTable = field(default_factory=dict)
    waived: Mapping[str, Whole] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.key)

    def freed(self, rule: Rule) -> Flags:
        """Tell who is freed from a rule, shape (n_workers,); nobody from a rule that nobody may waive."""
        if rule.waiver is None or rule.id not in self.waived:
            return np.zeros(len(self), np.bool_)
        return np.isin(self.key, self.waived[rule.id])

    def take(self, rows: Rows) -> "Pool":
        """Return the given rows, in that order."""
        facts = {name: column.take(rows) for name, column in self.facts.items()}
        return replace(self, key=self.key[rows], profile=self.profile.take(rows), facts=facts)


class ProfileColumns(TypedDict, total=False):
    """What ``pool_from_columns`` takes besides key and facts; whatever is left out is unknown for everybody.

    ``skills``: (worker row, skill column, level 1 to 4). ``evidence``: rank 1 to 4 for each entry of ``skills``; where
    a skill stands twice, the better of each stands. ``experience``, ``last_worked``: (worker row, group column, months
    or ordinal day). ``destinations``, ``sectors``: (worker row, column, 1). The others: dense, as in ``Profile``.
    """

    skills: Entries
    evidence: ArrayLike
    experience: Entries
    last_worked: Entries
    languages: ArrayLike
    earliest_start: ArrayLike
    destinations: Entries
    sectors: Entries
    months_away: ArrayLike
    pay_floor: ArrayLike
    pay_currency: ArrayLike
    returned_on_time: ArrayLike


def pool_from_columns(
    vocabulary: Vocabulary,
    *,
    key: ArrayLike,
    facts: Mapping[str, FactColumn] = MappingProxyType({}),
    **columns: Unpack[ProfileColumns],
) -> Pool:
    """Check the columns and put them together.

    Parameters
    ----------
    vocabulary : Vocabulary
        Names of the columns of the tables.
    key : array_like of int, shape (n_workers,)
        Unique row keys.
    facts : mapping of str to FactColumn, optional
        Columns of length n_workers by the name that rules use.
    **columns
        See ``ProfileColumns``.

    Returns
    -------
    Pool

    Raises
    ------
    ValueError
        If lengths differ, keys repeat or a value is out of range; the message names the column and the place.
    """
    keys = unique_keys(key)
    for name, column in facts.items():
        same_length(name, column, len(keys))
    return Pool(vocabulary, keys, _profile(vocabulary, len(keys), columns), dict(facts))


def _profile(size: Vocabulary, n: int, columns: ProfileColumns) -> Profile:
    skills = columns.get("skills", NO_ENTRIES)
    evidence = columns.get("evidence", ())
    if len(np.asarray(evidence)) != len(np.asarray(skills.row)):
        raise ValueError("evidence needs one rank for each skill entry")
    vouched = Entries(skills.row, skills.column, evidence)
    wide, grouped, spoken = (n, len(size.skills)), (n, len(size.groups)), (n, len(size.languages))

    def dense(name: str, values: ArrayLike | None, shape: tuple[int, ...], dtype: DTypeLike, low: int = 0) -> Whole:
        limits = {"languages": LANGUAGE_LEVELS, "pay_currency": len(size.currencies) - 1}
        filled = np.full(shape, low) if values is None else values
        return whole(name, filled, shape, dtype, low=low, high=limits.get(name))

    return Profile(
        skills=table("skills", skills, wide, np.int8, high=SKILL_LEVELS),
        evidence=table("evidence", vouched, wide, np.int8, high=EVIDENCE_RANKS),
        experience=table("experience", columns.get("experience", NO_ENTRIES), grouped, np.int32),
        last_worked=table("last_worked", columns.get("last_worked", NO_ENTRIES), grouped, np.int32),
        languages=dense("languages", columns.get("languages"), spoken, np.int8),
        earliest_start=dense("earliest_start", columns.get("earliest_start"), (n,), np.int32),
        destinations=table(
            "destinations", columns.get("destinations", NO_ENTRIES), (n, len(size.countries)), np.int8, high=1
        ),
        sectors=table("sectors", columns.get("sectors", NO_ENTRIES), (n, len(size.sectors)), np.int8, high=1),
        months_away=dense("months_away", columns.get("months_away"), (n, 2), np.int16),
        pay_floor=dense("pay_floor", columns.get("pay_floor"), (n,), np.int64),
        pay_currency=dense("pay_currency", columns.get("pay_currency"), (n,), np.int16, -1),
        returned_on_time=dense("returned_on_time", columns.get("returned_on_time"), (n,), np.int16),
    )
