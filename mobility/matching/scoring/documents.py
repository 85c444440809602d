"""What a scorecard looks like as JSON, checked strictly.

A document is ``{"format": 2, "id", "features", "pairs", "calibration", "source"}``; the last three may be absent, and
without ``"format"`` it is of the first format, whose features have weights only. Every number is whole.

A feature is ``{"name", "reason"}`` and one of

- ``"weight": points``: a straight line from 0 at value 0 to ``points`` at value 1000, rounded down;
- ``"line": [[0, 0], [value, points], …, [1000, points]]``: straight lines between knots, rounded down;
- ``"steps": [[value, points], …]``: 0, then ``points`` from each ``value`` on.

A pair is ``{"first", "second", "first_from": [value, …], "second_from": [value, …], "points": [[…], …], "reason"}``:
each list of values cuts 0 to 1000 into one bin more than it has entries, and ``points`` has a row for each bin of the
first feature and a column for each bin of the second.

A calibration is ``{"score": [points, …], "chance": [ten-thousandths, …], "reason"}``.
"""

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, NoReturn

from mobility.errors import InvalidError
from mobility.matching.core.canonical import canonical
from mobility.matching.scoring.features import FEATURES, FULL

#: The score of a pair that meets every feature in full.
FULL_SCORE = 10_000
#: The newest format that this program reads and the one that it writes.
FORMAT = 2
#: Every code with which a document is refused.
CODES = (
    "scorecard.malformed",
    "scorecard.version",
    "scorecard.features",
    "scorecard.negative",
    "scorecard.range",
    "scorecard.order",
    "scorecard.pair",
    "scorecard.calibration",
    "scorecard.sum",
    "scorecard.altered",
)
#: Bins are numbered in one byte.
_MOST_BINS = 256
_LONGEST_NAME = 80
_SHOWN = 200
_FORMS = ("weight", "line", "steps")
_PAIR_KEYS = {"first", "second", "first_from", "second_from", "points", "reason"}

Document = Mapping[str, Any]


class CheckedFeature(NamedTuple):
    """A feature whose points are known not to fall: knots (value, points) from value 0 to 1000."""

    name: str
    knots: tuple[tuple[int, int], ...]
    reason: str

    @property
    def full(self) -> int:
        """Points of the feature met in full."""
        return self.knots[-1][1]


class CheckedPair(NamedTuple):
    """A pair line whose points are known not to fall in either direction."""

    first: str
    second: str
    first_from: tuple[int, ...]
    second_from: tuple[int, ...]
    points: tuple[tuple[int, ...], ...]
    reason: str


class CheckedDocument(NamedTuple):
    """A document that keeps every promise of a scorecard."""

    id: str
    features: tuple[CheckedFeature, ...]
    pairs: tuple[CheckedPair, ...]
    calibration: Document | None


def checked(document: Document) -> CheckedDocument:
    """Check a document; see ``scorecard.scorecard_from`` for what it refuses."""
    version = _version(document)
    optional = {"pairs", "calibration", "source"} if version > 1 else set()
    _keys(document, "document", {"id", "features"}, optional | {"format"})
    _origin(document)
    features, pairs = _features(document, version), _pairs(document)
    total = sum(row.full for row in features) + sum(pair.points[-1][-1] for pair in pairs)
    if total != FULL_SCORE:
        _refuse("sum", "weight" if version == 1 else "features", found=total, expected=FULL_SCORE)
    calibration = document.get("calibration")
    if calibration is not None:
        _calibration(calibration)
    return CheckedDocument(document["id"], features, pairs, calibration)


def _origin(document: Document) -> None:
    """Refuse an id or a source that is no text, or no name."""
    if not isinstance(document["id"], str) or not 0 < len(document["id"]) <= _LONGEST_NAME:
        _refuse("malformed", "id")
    if not isinstance(document.get("source", ""), str):
        _refuse("malformed", "source")


def _features(document: Document, version: int) -> tuple[CheckedFeature, ...]:
    forms = _FORMS if version > 1 else _FORMS[:1]
    features = tuple(_feature(row, f"features[{n}]", forms) for n, row in enumerate(_list(document, "features")))
    _names(features)
    return features


def _pairs(document: Document) -> tuple[CheckedPair, ...]:
    rows = _list(document, "pairs") if "pairs" in document else []
    pairs = tuple(_pair(row, f"pairs[{n}]") for n, row in enumerate(rows))
    if len({frozenset((pair.first, pair.second)) for pair in pairs}) != len(pairs):
        _refuse("pair", "pairs")
    return pairs


def sealed(document: Document, digest: str) -> str:
    """Return the canonical text of a file that holds a document and its hash."""
    return canonical({"scorecard": document, "sha256": digest}) + "\n"


def parsed(text: str) -> tuple[Document, str]:
    """Return the document and the hash that a file's text holds; ``scorecard.malformed`` if it does not."""
    try:
        file = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidError("scorecard.malformed", field="file") from error
    _keys(file, "file", {"scorecard", "sha256"}, set())
    if not isinstance(file["sha256"], str):
        _refuse("malformed", "sha256")
    return file["scorecard"], file["sha256"]


def _refuse(code: str, field: str, **params: str | int) -> NoReturn:
    raise InvalidError(f"scorecard.{code}", field=field, **params)


def _version(document: Any) -> int:
    if not isinstance(document, Mapping):
        _refuse("malformed", "document")
    version = document.get("format", 1)
    if type(version) is not int or not 1 <= version <= FORMAT:
        _refuse("version", "format", found=str(version)[:_SHOWN], expected=FORMAT)
    return version


def _keys(row: Any, field: str, needed: set[str], optional: set[str]) -> None:
    """Refuse a row that is no object, lacks a key or has one that means nothing here."""
    if not isinstance(row, Mapping):
        _refuse("malformed", field)
    wrong = (needed - set(row)) | (set(row) - needed - optional)
    if wrong:
        _refuse("malformed", field, names=", ".join(sorted(map(str, wrong)))[:_SHOWN])


def _list(row: Document, key: str) -> Sequence[Any]:
    values = row[key]
    if not isinstance(values, list | tuple):
        _refuse("malformed", key)
    return values


def _names(features: Sequence[CheckedFeature]) -> None:
    named = [row.name for row in features]
    if sorted(named) != sorted(FEATURES):
        wrong = sorted(set(named) ^ set(FEATURES)) or sorted({name for name in named if named.count(name) > 1})
        _refuse("features", "features", names=", ".join(wrong)[:_SHOWN])


def _feature(row: Any, field: str, forms: Sequence[str]) -> CheckedFeature:
    form = next((name for name in forms if isinstance(row, Mapping) and name in row), forms[0])
    _keys(row, field, {"name", "reason", form}, set())
    if not isinstance(row["name"], str) or not isinstance(row["reason"], str):
        _refuse("malformed", field)
    if form == "weight":
        weight = row["weight"]
        if type(weight) is not int or weight < 0:
            _refuse("negative", f"{field}.weight", names=row["name"][:_SHOWN])
        knots = [(0, 0), (FULL, weight)]
    else:
        knots = _knots(row[form], form, f"{field}.{form}")
    if knots[-1][1] > FULL_SCORE:
        _refuse("range", f"{field}.{form}", most=FULL_SCORE)
    return CheckedFeature(row["name"], tuple(knots), row["reason"])


def _knots(written: Any, form: str, field: str) -> list[tuple[int, int]]:
    """Return the knots of a line or of steps, from (0, 0) to value 1000."""
    if not isinstance(written, list | tuple) or any(not _is_couple(knot) for knot in written):
        _refuse("malformed", field)
    knots = [(value, points) for value, points in written]
    _whole([number for knot in knots for number in knot], field, FULL_SCORE)
    if form == "steps":
        knots = _from_steps(knots, field)
    if not _is_line(knots):
        _refuse("order", field)
    return knots


def _is_line(knots: Sequence[tuple[int, int]]) -> bool:
    """Tell whether knots run from (0, 0) to value 1000 and never fall."""
    values, points = [value for value, _ in knots], [brought for _, brought in knots]
    whole = list(knots[:1]) == [(0, 0)] and values[-1:] == [FULL]
    return whole and _rising(values, 0) and points == sorted(points)


def _is_couple(knot: Any) -> bool:
    return isinstance(knot, list | tuple) and len(knot) == len(("value", "points"))


def _from_steps(steps: Sequence[tuple[int, int]], field: str) -> list[tuple[int, int]]:
    if not _rising([value for value, _ in steps], 1):
        _refuse("order", field)
    points = {0: 0}
    before = 0
    for value, brought in steps:
        points |= {value - 1: before, value: brought}
        before = brought
    points[FULL] = before
    return list(points.items())


def _pair(row: Any, field: str) -> CheckedPair:
    _keys(row, field, _PAIR_KEYS, set())
    first, second = row["first"], row["second"]
    if not isinstance(row["reason"], str) or not isinstance(first, str) or not isinstance(second, str):
        _refuse("malformed", field)
    if first not in FEATURES or second not in FEATURES or first == second:
        _refuse("pair", field, names=f"{first}, {second}"[:_SHOWN])
    for key in ("first_from", "second_from"):
        _whole(_list(row, key), f"{field}.{key}", FULL)
        if not _rising(row[key], 1) or len(row[key]) >= _MOST_BINS:
            _refuse("order", f"{field}.{key}")
    points = _grid(row, field)
    return CheckedPair(first, second, tuple(row["first_from"]), tuple(row["second_from"]), points, row["reason"])


def _grid(row: Document, field: str) -> tuple[tuple[int, ...], ...]:
    """Return the points of a pair by bins, which have the right number and fall in neither direction."""
    rows, width = _list(row, "points"), len(row["second_from"]) + 1
    if len(rows) != len(row["first_from"]) + 1:
        _refuse("malformed", f"{field}.points", found=len(rows), expected=len(row["first_from"]) + 1)
    for line in rows:
        if not isinstance(line, list | tuple) or len(line) != width:
            _refuse("malformed", f"{field}.points", expected=width)
        _whole(line, f"{field}.points", FULL_SCORE)
    columns = list(zip(*rows, strict=True))
    if rows[0][0] != 0 or any(list(line) != sorted(line) for line in (*rows, *columns)):
        _refuse("order", f"{field}.points")
    return tuple(tuple(line) for line in rows)


def _calibration(row: Any) -> None:
    _keys(row, "calibration", {"score", "chance", "reason"}, set())
    if not isinstance(row["reason"], str):
        _refuse("malformed", "calibration.reason")
    for key in ("score", "chance"):
        _whole(_list(row, key), f"calibration.{key}", FULL_SCORE)
    score, chance = list(row["score"]), list(row["chance"])
    if not score or len(score) != len(chance) or not _rising(score, 0) or chance != sorted(chance):
        _refuse("calibration", "calibration")


def _whole(numbers: Sequence[Any], field: str, most: int) -> None:
    if any(type(number) is not int for number in numbers):
        _refuse("malformed", field)
    if any(not 0 <= number <= most for number in numbers):
        _refuse("range", field, most=most)


def _rising(values: Sequence[int], least: int) -> bool:
    """Tell whether values strictly rise, the first from ``least`` on."""
    return all(value >= least for value in values[:1]) and all(left < right for left, right in pairwise(values))
