"""The packed form of a worker: its layout, packing one, unpacking many at once; touches no database."""

import json
import struct
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mobility.data.reference import LANGUAGES
from mobility.matching.facts import Stay
from mobility.rules.basics.dates import add_days, add_months
from mobility.rules.basics.skills import STRENGTH
from mobility.rules.cases.checks import CheckKind, CheckResult
from mobility.rules.cases.consents import ConsentPurpose
from mobility.rules.cases.documents import TRAVEL_KINDS
from mobility.rules.cases.workers import WorkerState

#: First byte of each record. Whoever changes anything of the layout counts it up: vectors of another version are made
#: anew from the tables when a run reads them, and for good by `mobility match vectors rebuild`.
VERSION = 1

#: One skill: number (the database's key of it), level, rank of evidence from 1.
SKILL = np.dtype([("skill", "<u4"), ("level", "u1"), ("evidence", "u1")])
#: One minor occupation group worked in: months, last day (ordinal; 0 where unknown).
GROUP = np.dtype([("group", "<u2"), ("months", "<u4"), ("last", "<i4")])
#: One check: kind, day it was made, last day on which it counts (0: it says nothing). The later one decides.
CHECK = np.dtype([("kind", "u1"), ("checked", "<i4"), ("until", "<i4")])
#: One consent to matching: given, withdrawn, in microseconds since 1970.
CONSENT = np.dtype([("given", "<i8"), ("withdrawn", "<i8")])
#: Parts of varying length behind the fixed one, in this order; those without a type here are JSON.
PARTS = ("groups", "checks", "consents", "nationalities", "destinations", "sectors", "licences", "stays")
NUMERIC: Mapping[str, np.dtype[Any]] = {"groups": GROUP, "checks": CHECK, "consents": CONSENT}
#: The fixed part. Days are proleptic ordinals, 0 where unknown; flags 0 and 1; other unknowns as in ``UNKNOWN``.
FIXED = np.dtype(
    [
        ("version", "u1"),
        ("state", "u1"),
        ("origin", "S2"),
        ("born", "<i4"),
        ("residence", "S2"),
        ("region", "S6"),
        ("displaced", "u1"),
        ("reads", "u1"),
        ("education", "<i2"),
        ("start", "<i4"),
        ("months_away", "<i2"),
        ("pay_floor", "<i8"),
        ("pay_currency", "S3"),
        ("languages", "u1", (len(LANGUAGES),)),
        ("document", "<i4"),
        ("months_total", "<i4"),
        ("seasons", "<u2"),
        ("returned", "<u2"),
        ("last_returned", "i1"),
        ("last_season_end", "<i4"),
        ("sizes", "<u2", (len(PARTS),)),
        ("reserved", "V7"),
    ]
)
#: Records are padded to whole words of this many bytes, so that those of many workers can be read word by word.
WORD = 8
UNKNOWN = {"education": -1, "pay_floor": -1, "languages": 255, "last_returned": -1}
STATES = tuple(WorkerState)
KINDS = tuple(CheckKind)
NEVER = 2**63 - 1
MINOR_GROUP = 3
_STATE = {state: place for place, state in enumerate(STATES)}
_KIND = {kind: place for place, kind in enumerate(KINDS)}
_GOOD = frozenset({CheckResult.PASSED, CheckResult.WAIVED})
_FIXED = struct.Struct(f"<BB2si2s6sBBhihq3s{len(LANGUAGES)}BiiHHbi{len(PARTS)}H7x")
_SKILL, _GROUP, _CHECK, _CONSENT = (struct.Struct(form) for form in ("<IBB", "<HIi", "<Bii", "<qq"))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLACES = 4

Row = Mapping[Any, Any]
Bytes = NDArray[np.uint8]
Whole = NDArray[np.int64]


class Packed(NamedTuple):
    """A worker's skills and record."""

    skills: bytes
    record: bytes


def pack(worker: Row, parts: Mapping[str, Sequence[Row]]) -> Packed:
    """Pack one worker.

    Parameters
    ----------
    worker : mapping
        Columns of the worker's row.
    parts : mapping of str to sequence of mapping
        Rows in the order of their keys: ``skills`` (skill_id, level, evidence), ``languages``, ``employments`` (with
        the occupation's code), ``licences``, ``documents``, ``checks``, ``consents``.

    Raises
    ------
    ValueError
        Something does not fit into the layout; the message names the field, never what stands in it.
    """
    rest = _varying(worker, parts)
    try:
        fixed = _FIXED.pack(
            VERSION,
            _STATE[worker["state"]],
            _code(worker["origin_country"], 2),
            _day(worker["born_on"]),
            _code(worker["residence_country"], 2),
            _code(worker["residence_region"], 6),
            worker["displaced_by"] is not None,
            worker["reads_and_writes"],
            _or(worker["education_years"], UNKNOWN["education"]),
            _day(worker["earliest_start"]),
            worker["months_away_max"],
            _scaled(worker["pay_floor_hourly"]),
            _code(worker["pay_floor_currency"], 3),
            *_spoken(parts["languages"]),
            _day(_travels_until(parts["documents"])),
            *_history(parts["employments"]),
            *map(len, rest),
        )
    except struct.error as error:
        raise ValueError(f"a worker does not fit into a record: {error}") from None
    record = b"".join((fixed, *rest))
    return Packed(_skills(parts["skills"]), record + bytes(-len(record) % WORD))


def _skills(rows: Sequence[Row]) -> bytes:
    skills = sorted((row["skill_id"], row["level"], STRENGTH[row["evidence"]] + 1) for row in rows)
    return b"".join(_SKILL.pack(*skill) for skill in skills)


def _spoken(rows: Sequence[Row]) -> list[int]:
    spoken = {row["language"]: row["level"] for row in rows}
    return [spoken.get(name, UNKNOWN["languages"]) for name in LANGUAGES]


def _travels_until(rows: Sequence[Row]) -> date | None:
    return max((row["expires_on"] for row in rows if row["kind"] in TRAVEL_KINDS), default=None)


def _history(rows: Sequence[Row]) -> tuple[int, ...]:
    """Return months of work, seasons, returns on time, and of the last season whether it was one and when it ended."""
    months = sum(row["months"] for row in rows)
    seasons = sorted((row for row in rows if row["scheme_kind"]), key=lambda row: row["ended_on"] or date.min)
    if not seasons:
        return months, 0, 0, UNKNOWN["last_returned"], 0
    last, returned = seasons[-1], sum(1 for season in seasons if season["returned_on_time"])
    on_time = _or(last["returned_on_time"], UNKNOWN["last_returned"])
    return months, len(seasons), returned, on_time, _day(last["ended_on"])


def _varying(worker: Row, parts: Mapping[str, Sequence[Row]]) -> list[bytes]:
    """Return the parts of varying length, in the order of ``PARTS``."""
    return [
        _groups(parts["employments"]),
        _checks(parts["checks"]),
        b"".join(
            _CONSENT.pack(_moment(row["given_at"]), _moment(row["withdrawn_at"]))
            for row in parts["consents"]
            if row["purpose"] is ConsentPurpose.MATCHING
        ),
        _text(tuple(sorted(set(worker["nationalities"])))),
        _text(tuple(worker["destinations"])),
        _text(tuple(worker["sectors"])),
        _text(tuple(sorted((row["code"], _day(row["expires_on"])) for row in parts["licences"]))),
        _stays(worker["origin_country"], parts["employments"]),
    ]


def _groups(employments: Iterable[Row]) -> bytes:
    months: dict[int, int] = {}
    last: dict[int, int] = {}
    for row in employments:
        code = row["code"][:MINOR_GROUP]
        if len(code) == MINOR_GROUP:
            months[int(code)] = months.get(int(code), 0) + row["months"]
            last[int(code)] = max(last.get(int(code), 0), _day(row["ended_on"]))
    return b"".join(_GROUP.pack(group, total, last[group]) for group, total in sorted(months.items()))


def _checks(checks: Iterable[Row]) -> bytes:
    """Return the checks so ordered that of those made by a day the last of a kind is the one that decides."""
    rising = sorted(
        checks,
        key=lambda row: (
            row["result"] is not CheckResult.PENDING,
            row["checked_on"],
            row["result"] is CheckResult.FAILED,
            row["valid_until"] or date.max,
        ),
    )
    return b"".join(
        _CHECK.pack(
            _KIND[row["kind"]],
            _day(row["checked_on"]),
            _day(row["valid_until"] or date.max) if row["result"] in _GOOD else 0,
        )
        for row in rising
    )


def _stays(origin: str, employments: Iterable[Row]) -> bytes:
    """Return the stays abroad that a history tells of; JSON's null if one of them has no date."""
    abroad = [row for row in employments if row["country"] != origin and row["months"]]
    if any(row["ended_on"] is None for row in abroad):
        return b"null"
    return _text(
        tuple(
            sorted(
                (
                    add_days(add_months(row["ended_on"], -row["months"]), 1).toordinal(),
                    _day(row["ended_on"]),
                    row["country"],
                )
                for row in abroad
            )
        )
    )


@lru_cache(4096)
def _text(values: tuple[Hashable, ...]) -> bytes:
    return json.dumps(values, separators=(",", ":")).encode() if values else b""


def _day(day: date | None) -> int:
    return day.toordinal() if day else 0


def _moment(moment: datetime | None) -> int:
    return NEVER if moment is None else (moment - _EPOCH) // timedelta(microseconds=1)


def _scaled(amount: Decimal | None) -> int:
    return UNKNOWN["pay_floor"] if amount is None else int(amount.scaleb(_PLACES))


def _or(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value


def _code(code: str | None, width: int) -> bytes:
    found = code or ""
    if len(found) > width or not found.isascii():
        raise ValueError(f"a code is not of {width} plain characters, as a record keeps them")
    return found.encode("ascii")


class Blobs(NamedTuple):
    """Many byte strings in one buffer: number i is ``data[start[i] : start[i] + length[i]]``."""

    data: Bytes
    start: Whole
    length: Whole

    @classmethod
    def of(cls, strings: Sequence[bytes]) -> "Blobs":
        """Join byte strings."""
        length = np.fromiter(map(len, strings), np.int64, len(strings))
        return cls(np.frombuffer(b"".join(strings), np.uint8), np.cumsum(length) - length, length)

    def take(self, rows: NDArray[Any]) -> "Blobs":
        """Return some of them, in the order of ``rows``; the buffer stays as it is."""
        return Blobs(self.data, self.start[rows], self.length[rows])

    def cells(self, kind: np.dtype[Any]) -> NDArray[Any]:
        """Return the cells of all of them, one after another; lengths and places must be multiples of a cell's."""
        size = kind.itemsize
        whole = self.data[: len(self.data) - len(self.data) % size].view(kind)
        count = self.length // size
        begin = np.cumsum(count) - count
        if np.array_equal(self.start, begin * size):
            return whole[: int(count.sum())]
        return whole[np.repeat(self.start // size - begin, count) + np.arange(int(count.sum()))]


class Cells(NamedTuple):
    """Rows of a numeric part of many workers: ``row`` is the place of the worker."""

    row: Whole
    cell: NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """Records of many workers, unpacked.

    Attributes
    ----------
    fixed : ndarray of ``FIXED``, shape (n_workers,)
    data : ndarray of uint8
        What the parts are read from.
    start : ndarray of int64, shape (n_workers, 8)
        Where each part of ``PARTS`` begins.
    """

    fixed: NDArray[Any]
    data: Bytes
    start: Whole

    def numbers(self, part: str) -> Cells:
        """Return the rows of a numeric part, those of a worker in the order in which they were packed."""
        kind, place = NUMERIC[part], PARTS.index(part)
        count = self.fixed["sizes"][:, place].astype(np.int64) // kind.itemsize
        row = np.repeat(np.arange(len(count)), count)
        first = np.repeat(np.cumsum(count) - count, count)
        at = self.start[row, place] + (np.arange(len(row)) - first) * kind.itemsize
        return Cells(row, self.data[at[:, None] + np.arange(kind.itemsize)].view(kind)[:, 0])

    def texts(self, part: str) -> tuple[NDArray[np.int32], list[Any]]:
        """Return a code for each worker, and what each code means, in the order of first appearance."""
        place = PARTS.index(part)
        codes, found = distinct(self.data, self.start[:, place], self.fixed["sizes"][:, place].astype(np.int64))
        return codes, [json.loads(text) if text else [] for text in found]


def is_whole(skills: Blobs, records: Blobs) -> NDArray[np.bool_]:
    """Tell of each worker whether the record is of this version and everything as long as it says.

    Others must be made anew from the tables.

    Returns
    -------
    ndarray of bool, shape (n_workers,)
    """
    whole = (skills.length % SKILL.itemsize == 0) & (skills.start % SKILL.itemsize == 0)
    whole &= (records.length >= FIXED.itemsize) & (records.length % WORD == 0) & (records.start % WORD == 0)
    fixed = _fixed(records.data, records.start[whole])
    size = FIXED.itemsize + fixed["sizes"].sum(axis=1, dtype=np.int64)
    fits = (fixed["version"] == VERSION) & (size + -size % WORD == records.length[whole])
    fits &= fixed["state"] < len(STATES)
    for part, kind in NUMERIC.items():
        fits &= fixed["sizes"][:, PARTS.index(part)] % kind.itemsize == 0
    whole[whole] = fits
    return whole


def unpack(records: Blobs) -> Records:
    """Read many records at once; all must be whole (``is_whole``)."""
    fixed = _fixed(records.data, records.start)
    before = np.cumsum(fixed["sizes"], axis=1, dtype=np.int64) - fixed["sizes"]
    return Records(fixed, records.data, records.start[:, None] + FIXED.itemsize + before)


def _fixed(data: Bytes, start: Whole) -> NDArray[Any]:
    if not len(start):
        return np.zeros(0, FIXED)
    words = data[: len(data) - len(data) % WORD].view("<u8")
    return words[(start // WORD)[:, None] + np.arange(FIXED.itemsize // WORD)].view(FIXED)[:, 0]


def distinct(data: Bytes, start: Whole, length: Whole) -> tuple[NDArray[np.int32], list[bytes]]:
    """Number the distinct ones among slices of a buffer.

    Parameters
    ----------
    data : ndarray of uint8
    start, length : ndarray of int64, shape (n,)

    Returns
    -------
    codes : ndarray of int32, shape (n,)
    values : list of bytes
        In the order of first appearance.
    """
    codes = np.zeros(len(start), np.int64)
    values: list[bytes] = []
    first: list[int] = []
    for size in np.unique(length).tolist():
        rows = np.flatnonzero(length == size)
        if size == 0:
            found, begin, inverse = [b""], np.zeros(1, np.intp), np.zeros(len(rows), np.intp)
        else:
            slices = np.ascontiguousarray(data[start[rows, None] + np.arange(size)])
            unique, begin, inverse = np.unique(slices.view(f"V{size}")[:, 0], return_index=True, return_inverse=True)
            found = [value.tobytes() for value in unique]
        codes[rows] = inverse + len(values)
        values += found
        first += rows[begin].tolist()
    order = np.argsort(np.array(first, np.int64), kind="stable")
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    return place[codes] if len(order) else np.zeros(0, np.int32), [values[number] for number in order]


def stays_of(told: list[list[Any]] | None) -> tuple[Stay, ...] | None:
    """Return stays abroad from their JSON."""
    if told is None:
        return None
    return tuple(Stay(country, date.fromordinal(first), date.fromordinal(last)) for first, last, country in told)
