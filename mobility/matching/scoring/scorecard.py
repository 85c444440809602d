"""Points for features and for pairs of features: an additive score, its parts and its calibration; no fitting."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobility.errors import InvalidError
from mobility.matching.core.canonical import canonical_hash
from mobility.matching.scoring.documents import (
    FULL_SCORE,
    CheckedFeature,
    CheckedPair,
    checked,
    parsed,
    sealed,
)
from mobility.matching.scoring.features import FEATURES, FULL

#: Stands between the two features in the name of a pair line.
TOGETHER = "*"


@dataclass(frozen=True, slots=True)
class Weight:
    """Points of a feature that is met in full, and why so many."""

    feature: str
    points: int
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class PairTerm:
    """Points for two features met together, beyond what each brings alone.

    Attributes
    ----------
    first, second : int
        Rows of the two features in ``FEATURES``.
    first_bin, second_bin : ndarray of uint8, shape (1001,)
        Bin of each value of either feature, never falling.
    points : ndarray of int16, shape (n_first_bins, n_second_bins)
        Points by bins, 0 in the lowest corner, falling in neither direction.
    reason : str
    """

    first: int
    second: int
    first_bin: NDArray[np.uint8]
    second_bin: NDArray[np.uint8]
    points: NDArray[np.int16]
    reason: str

    @property
    def name(self) -> str:
        """Name of the line: both features with ``TOGETHER`` between them."""
        names = tuple(FEATURES)
        return f"{names[self.first]}{TOGETHER}{names[self.second]}"

    @property
    def full(self) -> int:
        """Points where both features are met in full."""
        return int(self.points[-1, -1])


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """How likely a favourable decision is, by score: straight lines between knots.

    Attributes
    ----------
    score : ndarray of int64, shape (n_knots,)
        Rising, 0 to 10,000.
    chance : ndarray of int64, shape (n_knots,)
        Ten-thousandths, never falling.
    reason : str
        On what decisions it was found, and how well it held.
    """

    score: NDArray[np.int64]
    chance: NDArray[np.int64]
    reason: str

    def probability(self, score: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
        """Return the probability of a favourable decision for each score, in [0, 1]; same shape."""
        return np.interp(score, self.score, self.chance) / FULL_SCORE


@dataclass(frozen=True, slots=True)
class Scorecard:
    """An additive score: points by value of each feature and of some pairs, never falling, together ``FULL_SCORE``.

    Attributes
    ----------
    id : str
        Name of the scorecard.
    sha256 : str
        Hash of the canonical JSON; stored with every run. Two scorecards of one hash are equal.
    weights : tuple of Weight
        Points of each feature met in full, in the order of ``FEATURES``.
    tables : ndarray of int16, shape (n_features, 1001)
        Points by value, 0 at value 0, never falling.
    pairs : tuple of PairTerm
    calibration : Calibration or None
        None where no decisions were there to calibrate with.
    document : mapping
        What it was read from; ``scorecard_from(card.document)`` gives it again.
    """

    id: str
    sha256: str
    weights: tuple[Weight, ...] = field(compare=False)
    tables: NDArray[np.int16] = field(compare=False, repr=False)
    pairs: tuple[PairTerm, ...] = field(compare=False, repr=False)
    calibration: Calibration | None = field(compare=False, repr=False)
    document: Mapping[str, Any] = field(compare=False, repr=False)

    @property
    def points(self) -> NDArray[np.int64]:
        """Points of each feature met in full, shape (n_features,)."""
        return np.array([weight.points for weight in self.weights], dtype=np.int64)

    @property
    def lines(self) -> tuple[str, ...]:
        """Names of the columns of ``contributions``: the features, then the pairs."""
        return (*FEATURES, *(pair.name for pair in self.pairs))

    @property
    def full(self) -> NDArray[np.int64]:
        """Points that each line brings at most, shape (n_lines,); they sum to 10,000."""
        return np.append(self.points, np.array([pair.full for pair in self.pairs], dtype=np.int64))

    def contributions(self, values: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
        """Return the points that each line brings.

        Parameters
        ----------
        values : ndarray of shape (n_pairs, n_features)
            Feature values, 0 to 1000.

        Returns
        -------
        ndarray of int32, shape (n_pairs, n_lines)
            Columns as in ``lines``; a row's sum is the pair's score, 0 to 10,000, to the last point.

        Raises
        ------
        ValueError
            If a value lies outside 0 to 1000: the table has no point for it.
        """
        if values.size and (int(values.min()) < 0 or int(values.max()) > FULL):
            raise ValueError(f"feature values run from 0 to {FULL}; found {values.min()} to {values.max()}")
        points = np.empty((len(values), len(FEATURES) + len(self.pairs)), dtype=np.int32)
        for column, table in enumerate(self.tables):
            points[:, column] = table[values[:, column]]
        for column, pair in enumerate(self.pairs, start=len(FEATURES)):
            row, across = pair.first_bin[values[:, pair.first]], pair.second_bin[values[:, pair.second]]
            points[:, column] = pair.points[row, across]
        return points

    def text(self) -> str:
        """Return the scorecard as a file's text: its document and its hash; ``read_scorecard`` reads it."""
        return sealed(self.document, self.sha256)


def scorecard_from(document: Mapping[str, Any]) -> Scorecard:
    """Check a scorecard document and hash it.

    Parameters
    ----------
    document : mapping
        ``{"id": str, "features": [{"name": str, "weight": int, "reason": str}, …]}``; with ``"format": 2`` a feature
        may have ``"steps"`` or ``"line"`` in place of ``"weight"``, and there may be ``"pairs"`` and a
        ``"calibration"``. The module ``scorecard_documents`` describes each form.

    Returns
    -------
    Scorecard

    Raises
    ------
    InvalidError
        ``scorecard.malformed`` (a part is missing, unknown or of another type), ``scorecard.version`` (another
        format), ``scorecard.features`` (one is missing, unknown or named twice), ``scorecard.negative``,
        ``scorecard.range``, ``scorecard.order`` (points fall, or thresholds do not rise), ``scorecard.pair`` (a
        feature with itself, or a pair twice), ``scorecard.calibration`` or ``scorecard.sum`` (points of a pair that
        meets everything are not 10,000); ``field`` says where.
    """
    parts = checked(document)
    order = tuple(FEATURES)
    rows = sorted(parts.features, key=lambda row: order.index(row.name))
    tables = np.stack([_table(row) for row in rows])
    tables.setflags(write=False)
    return Scorecard(
        parts.id,
        canonical_hash(document),
        tuple(Weight(row.name, row.full, row.reason) for row in rows),
        tables,
        tuple(_pair(row, order) for row in parts.pairs),
        _calibration(parts.calibration),
        document,
    )


def read_scorecard(text: str) -> Scorecard:
    """Read a saved scorecard.

    Parameters
    ----------
    text : str
        As ``Scorecard.text`` wrote it: ``{"scorecard": document, "sha256": str}``.

    Returns
    -------
    Scorecard

    Raises
    ------
    InvalidError
        ``scorecard.malformed`` for a truncated file, ``scorecard.altered`` if the hash is not the document's, and
        what ``scorecard_from`` raises.
    """
    document, digest = parsed(text)
    card = scorecard_from(document)
    if card.sha256 != digest:
        raise InvalidError("scorecard.altered", field="sha256", found=card.sha256, expected=digest[:64])
    return card


def scorecard_of(name: str, points: Sequence[int], reason: str) -> Scorecard:
    """Return the scorecard with these points, in the order of ``FEATURES``, all for one reason (such as a fit)."""
    features = [
        {"name": feature, "weight": int(weight), "reason": reason}
        for feature, weight in zip(FEATURES, points, strict=True)
    ]
    return scorecard_from({"id": name, "features": features})


@cache
def expert_scorecard() -> Scorecard:
    """Return the scorecard that experts wrote, used until decisions are there to learn from."""
    return scorecard_from(json.loads(files("mobility.data").joinpath("scorecard.json").read_text(encoding="utf-8")))


def _table(row: CheckedFeature) -> NDArray[np.int16]:
    """Return the points by value: straight lines between knots, rounded down."""
    start = np.array([knot for knot, _ in row.knots], dtype=np.int64)
    points = np.array([brought for _, brought in row.knots], dtype=np.int64)
    value = np.arange(FULL + 1, dtype=np.int64)
    left = np.minimum(np.searchsorted(start, value, side="right") - 1, len(start) - 2)
    width = start[left + 1] - start[left]
    table = points[left] + (points[left + 1] - points[left]) * (value - start[left]) // width
    return _held(table)


def _pair(row: CheckedPair, order: Sequence[str]) -> PairTerm:
    value = np.arange(FULL + 1)
    return PairTerm(
        order.index(row.first),
        order.index(row.second),
        np.searchsorted(np.array(row.first_from), value, side="right").astype(np.uint8),
        np.searchsorted(np.array(row.second_from), value, side="right").astype(np.uint8),
        _held(np.array(row.points, dtype=np.int64)),
        row.reason,
    )


def _held(points: NDArray[np.int64]) -> NDArray[np.int16]:
    """Return the points as int16, read only, having made sure that they fit."""
    whole = points.astype(np.int16)
    if not np.array_equal(whole, points) or whole.min() < 0 or whole.max() > FULL_SCORE:
        raise InvalidError("scorecard.range", field="points", most=FULL_SCORE)
    whole.setflags(write=False)
    return whole


def _calibration(row: Mapping[str, Any] | None) -> Calibration | None:
    if row is None:
        return None
    return Calibration(np.array(row["score"], np.int64), np.array(row["chance"], np.int64), row["reason"])
