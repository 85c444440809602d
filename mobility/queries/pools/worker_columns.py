"""Unpacked records as the columns of a pool; every step works on all workers at once. Touches no database."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mobility.data.reference import LANGUAGES
from mobility.matching.core import Entries, Vocabulary
from mobility.matching.facts import FactColumn, Pool, pool_from_columns
from mobility.queries.pools.worker_records import KINDS, SKILL, UNKNOWN, Blobs, Records, stays_of, unpack
from mobility.rules.basics.languages import Cefr

Whole = NDArray[np.int64]
#: A range of values no wider than so many times their number is numbered by a table, a wider one by sorting.
_WIDE = 16
#: Ten-thousandths, in which pay floors are kept, in a hundredth, in which pools count.
_TO_HUNDREDTHS = 100


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """What ``pool_from_columns`` takes, of some workers; rows of entries count from their first worker."""

    key: Whole
    facts: Mapping[str, FactColumn]
    skills: Entries
    evidence: ArrayLike
    experience: Entries
    last_worked: Entries
    languages: NDArray[Any]
    earliest_start: NDArray[Any]
    destinations: Entries
    sectors: Entries
    months_away: NDArray[Any]
    pay_floor: NDArray[Any]
    pay_currency: NDArray[Any]
    returned_on_time: NDArray[Any]

    def pool(self, words: Vocabulary) -> Pool:
        """Return them as a pool."""
        return pool_from_columns(words, **{part.name: getattr(self, part.name) for part in fields(self)})


class ColumnReader:
    """Turns packed workers into columns.

    Parameters
    ----------
    words : Vocabulary
        Names of the pool's columns.
    skill_columns : ndarray of int64
        Column of each skill by its number in the vectors; -1 where the vocabulary does not have it.
    on : date
        Day on which checks and licences must count.
    """

    def __init__(self, words: Vocabulary, skill_columns: Whole, on: date) -> None:
        self.words, self.skill_columns, self.on = words, skill_columns, on
        self._groups = np.full(1000, -1)
        for column, code in enumerate(words.groups):
            self._groups[int(code)] = column
        self._names = {
            name: {code: column for column, code in enumerate(getattr(words, name))}
            for name in ("countries", "sectors", "currencies")
        }

    def read(self, key: Whole, skills: Blobs, records: Blobs) -> Columns:
        """Unpack the workers with these keys; their records must be whole."""
        found = unpack(records)
        fixed = found.fixed
        cells, evidence = self._skills(skills)
        experience, last_worked = self._history(found)
        floor, currency = self._pay(fixed)
        return Columns(
            key=key,
            facts=self._facts(found),
            skills=cells,
            evidence=evidence,
            experience=experience,
            last_worked=last_worked,
            languages=self._languages(fixed),
            earliest_start=fixed["start"],
            destinations=_wishes(found, "destinations", self._names["countries"]),
            sectors=_wishes(found, "sectors", self._names["sectors"]),
            months_away=np.stack((np.zeros_like(fixed["months_away"]), fixed["months_away"]), axis=1),
            pay_floor=floor,
            pay_currency=currency,
            returned_on_time=fixed["returned"],
        )

    def _skills(self, skills: Blobs) -> tuple[Entries, NDArray[Any]]:
        cells = skills.cells(SKILL)
        row = np.repeat(np.arange(len(skills.length)), skills.length // SKILL.itemsize)
        number = cells["skill"]
        column = self.skill_columns[np.minimum(number, len(self.skill_columns) - 1)]
        known = (number < len(self.skill_columns)) & (column >= 0) & (cells["level"] > 0)
        if not known.all():
            row, column, cells = row[known], column[known], cells[known]
        return Entries(row, column, cells["level"]), cells["evidence"]

    def _history(self, found: Records) -> tuple[Entries, Entries]:
        row, cell = found.numbers("groups")
        column = self._groups[cell["group"]]
        worked = (column >= 0) & (cell["months"] > 0)
        dated = (column >= 0) & (cell["last"] > 0)
        return (
            Entries(row[worked], column[worked], cell["months"][worked]),
            Entries(row[dated], column[dated], cell["last"][dated]),
        )

    def _languages(self, fixed: NDArray[Any]) -> NDArray[Any]:
        levels = np.zeros((len(fixed), len(self.words.languages)), np.uint8)
        for column, name in enumerate(self.words.languages):
            if name in LANGUAGES:
                told = fixed["languages"][:, LANGUAGES.index(name)]
                levels[:, column] = np.where(told == UNKNOWN["languages"], 0, told)
        return levels

    def _pay(self, fixed: NDArray[Any]) -> tuple[Whole, Whole]:
        codes, values = numbered(_as_numbers(fixed["pay_currency"]))
        names = [_text(value, fixed["pay_currency"].itemsize) for value in values]
        known = np.array([self._names["currencies"].get(name, -1) for name in names], np.int64)
        currency = known[codes] if len(codes) else np.zeros(0, np.int64)
        stated = (fixed["pay_floor"] != UNKNOWN["pay_floor"]) & (currency >= 0)
        return np.where(stated, -(-fixed["pay_floor"] // _TO_HUNDREDTHS), 0), np.where(stated, currency, -1)

    def _facts(self, found: Records) -> dict[str, FactColumn]:
        fixed = found.fixed
        facts = {
            "birth_date": _dates(fixed["born"]),
            "nationalities": _sets(found, "nationalities"),
            "residence_country": _codes(fixed["residence"]),
            "residence_region": _codes(fixed["region"], empty=None),
            "displaced": _flags(fixed["displaced"]),
            "education_years": _numbers(fixed["education"], none=UNKNOWN["education"]),
            "reads_and_writes": _flags(fixed["reads"]),
            "earliest_start": _dates(fixed["start"]),
            **{
                f"language.{name}": _numbers(fixed["languages"][:, column], none=UNKNOWN["languages"], of=Cefr)
                for column, name in enumerate(LANGUAGES)
            },
            "experience_months_total": _numbers(fixed["months_total"]),
            "seasons_completed": _numbers(fixed["seasons"]),
            "last_returned_on_time": _flags(fixed["last_returned"]),
            "last_season_end": _dates(fixed["last_season_end"]),
            "stays_abroad": _meaning(*found.texts("stays"), stays_of),
            "document_valid_until": _dates(fixed["document"]),
            "licences": _meaning(*found.texts("licences"), self._held),
            **self._checks(found),
        }
        return {f"worker.{name}": column for name, column in facts.items()}

    def _held(self, licences: Iterable[tuple[str, int]]) -> frozenset[str]:
        return frozenset(code for code, last in licences if not last or last >= self.on.toordinal())

    def _checks(self, found: Records) -> dict[str, FactColumn]:
        row, cell = found.numbers("checks")
        made = cell["checked"] <= self.on.toordinal()
        until = np.zeros((len(KINDS), len(found.fixed)), np.int64)
        until[cell["kind"][made], row[made]] = cell["until"][made]  # of several the last one stays: it decides
        return {f"check.{kind}_valid_until": _dates(until[place]) for place, kind in enumerate(KINDS)}


def joined(parts: Sequence[Columns]) -> Columns:
    """Put the columns of consecutive workers together."""
    if len(parts) == 1:
        return parts[0]
    first = np.cumsum([0, *(len(part.key) for part in parts)])
    whole: dict[str, Any] = {}
    for name in (part.name for part in fields(Columns)):
        values = [getattr(part, name) for part in parts]
        if name == "facts":
            whole[name] = {fact: joined_facts([each[fact] for each in values]) for fact in values[0]}
        elif isinstance(values[0], Entries):
            whole[name] = _joined_entries(values, first)
        else:
            whole[name] = np.concatenate(values)
    return Columns(**whole)


def _joined_entries(parts: Sequence[Entries], first: NDArray[np.int64]) -> Entries:
    """Put entries together; the workers of each part begin at its number in ``first``."""
    row = np.concatenate([part.row + begin for part, begin in zip(parts, first, strict=False)])
    column, value = (np.concatenate([part[place] for part in parts]) for place in (1, 2))
    return Entries(row, column, value)


def joined_facts(parts: Sequence[FactColumn]) -> FactColumn:
    """Put columns one after another; at least one is needed."""
    place: dict[Hashable, int] = {}
    codes = []
    for part in parts:
        moved = np.array([*(place.setdefault(value, len(place)) for value in part.values), -1], np.int32)
        codes.append(moved[part.codes])
    return FactColumn(np.concatenate(codes), tuple(place))


def numbered(values: NDArray[Any]) -> tuple[NDArray[np.int32], list[int]]:
    """Number distinct whole numbers in the order of their first appearance.

    Parameters
    ----------
    values : ndarray of int, shape (n,)

    Returns
    -------
    codes : ndarray of int32, shape (n,)
    found : list of int
        The values; ``found[codes[i]] == values[i]``.
    """
    count = len(values)
    if count == 0:
        return np.zeros(0, np.int32), []
    low, high = int(values.min()), int(values.max())
    if high - low > _WIDE * count:
        unique, first, inverse = np.unique(values, return_index=True, return_inverse=True)
        order = np.argsort(first)
        place = np.empty(len(order), np.int32)
        place[order] = np.arange(len(order), dtype=np.int32)
        return place[inverse], unique[order].tolist()
    shifted = values.astype(np.int64) - low
    begin = np.full(high - low + 1, count)
    begin[shifted[::-1]] = np.arange(count - 1, -1, -1)  # of several writes the last one stays
    present = np.flatnonzero(begin < count)
    order = present[np.argsort(begin[present])]
    place = np.empty(len(begin), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    return place[shifted], (order + low).tolist()


def _numbers(
    values: NDArray[Any], *, none: int | None = None, of: Callable[[int], Hashable] = lambda value: value
) -> FactColumn:
    codes, found = numbered(values)
    return _meaning(codes, found, lambda value: None if value == none else of(value))


def _dates(days: NDArray[Any]) -> FactColumn:
    return _numbers(days, none=0, of=date.fromordinal)


def _flags(values: NDArray[Any]) -> FactColumn:
    return _numbers(values, none=UNKNOWN["last_returned"], of=bool)


def _as_numbers(codes: NDArray[Any]) -> NDArray[np.uint64]:
    """Return codes of at most eight bytes as numbers, so that they are numbered fast."""
    wide = np.zeros((len(codes), 8), np.uint8)
    wide[:, : codes.itemsize] = np.ascontiguousarray(codes).view(np.uint8).reshape(len(codes), codes.itemsize)
    return wide.view("<u8")[:, 0]


def _text(number: int, width: int) -> str:
    return number.to_bytes(8, "little")[:width].rstrip(b"\0").decode("ascii")


def _codes(codes: NDArray[Any], *, empty: str | None = "") -> FactColumn:
    places, found = numbered(_as_numbers(codes))
    return _meaning(places, found, lambda value: _text(value, codes.itemsize) or empty)


def _sets(found: Records, part: str) -> FactColumn:
    return _meaning(*found.texts(part), lambda names: frozenset(names) or None)


def _meaning(codes: NDArray[np.int32], found: Sequence[Any], meaning: Callable[[Any], Hashable]) -> FactColumn:
    """Return a column of what codes mean; of two codes that mean the same, one remains, and None is not known."""
    place: dict[Hashable, int] = {}
    meanings = (meaning(value) for value in found)
    moved = [-1 if value is None else place.setdefault(value, len(place)) for value in meanings]
    return FactColumn(np.array(moved, np.int32)[codes] if len(codes) else codes, tuple(place))


def _wishes(found: Records, part: str, columns: Mapping[str, int]) -> Entries:
    codes, lists = found.texts(part)
    known = [[columns[name] for name in names if name in columns] for names in lists]
    count = np.array([len(each) for each in known], np.int64)
    flat = np.array([column for each in known for column in each], np.int64)
    begin = np.cumsum(count) - count
    if not len(codes):
        return Entries(codes, codes, codes)
    many = count[codes]
    row = np.repeat(np.arange(len(codes)), many)
    step = np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)
    return Entries(row, flat[begin[codes[row]] + step], np.ones(len(row), np.int8))
