"""Points for features: an additive score and its parts; loading, hashing and scoring, no fitting."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobility.errors import InvalidError
from mobility.matching.features import FEATURES, FULL

#: The score of a pair that meets every feature in full.
FULL_SCORE = 10_000


@dataclass(frozen=True, slots=True)
class Weight:
    """Points of a feature that is met in full, and why so many."""

    feature: str
    points: int
    reason: str


@dataclass(frozen=True, slots=True)
class Scorecard:
    """An additive score: one weight for each feature, in the order of ``FEATURES``, summing to ``FULL_SCORE``.

    Attributes
    ----------
    id : str
        Name of the scorecard.
    weights : tuple of Weight
        All at least 0.
    sha256 : str
        Hash of the canonical JSON; stored with every run.
    """

    id: str
    weights: tuple[Weight, ...]
    sha256: str

    @property
    def points(self) -> NDArray[np.int64]:
        """Points of each feature met in full, shape (n_features,)."""
        return np.array([weight.points for weight in self.weights], dtype=np.int64)

    def contributions(self, values: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
        """Return the points that each feature brings.

        Parameters
        ----------
        values : ndarray of shape (n_pairs, n_features)
            Feature values, 0 to 1000.

        Returns
        -------
        ndarray of int32, shape (n_pairs, n_features)
            ``weight * value // 1000``; a row's sum is the pair's score, 0 to 10,000, to the last point.
        """
        return (self.points * values // FULL).astype(np.int32)


def scorecard_from(document: Mapping[str, Any]) -> Scorecard:
    """Check a scorecard document and hash it.

    Parameters
    ----------
    document : mapping
        ``{"id": str, "features": [{"name": str, "weight": int, "reason": str}, …]}``.

    Returns
    -------
    Scorecard

    Raises
    ------
    InvalidError
        ``scorecard.malformed``, ``scorecard.features`` (one is missing, unknown or named twice), ``scorecard.negative``
        or ``scorecard.sum`` (weights do not sum to 10,000).
    """
    try:
        rows = [Weight(str(row["name"]), row["weight"], str(row["reason"])) for row in document["features"]]
        name = str(document["id"])
    except (KeyError, TypeError) as error:
        raise InvalidError("scorecard.malformed", field="features") from error
    if sorted(row.feature for row in rows) != sorted(FEATURES):
        wrong = sorted({row.feature for row in rows} ^ set(FEATURES)) or ["twice"]
        raise InvalidError("scorecard.features", field="features", names=", ".join(wrong)[:200])
    if any(type(row.points) is not int or row.points < 0 for row in rows):
        raise InvalidError("scorecard.negative", field="weight")
    total = sum(row.points for row in rows)
    if total != FULL_SCORE:
        raise InvalidError("scorecard.sum", field="weight", found=total, expected=FULL_SCORE)
    order = list(FEATURES)
    weights = tuple(sorted(rows, key=lambda row: order.index(row.feature)))
    return Scorecard(name, weights, canonical_hash(document))


def scorecard_of(name: str, points: Sequence[int], reason: str) -> Scorecard:
    """Return the scorecard with these points, in the order of ``FEATURES``, all for one reason (such as a fit)."""
    features = [
        {"name": feature, "weight": int(weight), "reason": reason}
        for feature, weight in zip(FEATURES, points, strict=True)
    ]
    return scorecard_from({"id": name, "features": features})


def canonical_hash(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a document's canonical JSON (sorted keys, no spaces, UTF-8) in hexadecimal."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


@cache
def expert_scorecard() -> Scorecard:
    """Return the scorecard that experts wrote, used until decisions are there to learn from."""
    return scorecard_from(json.loads(files("mobility.data").joinpath("scorecard.json").read_text(encoding="utf-8")))
