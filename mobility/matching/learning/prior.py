"""What a ranker is drawn to before decisions speak: a scorecard, points for a unit, or nothing; no fitting."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobility.matching.scoring.features import FULL
from mobility.matching.scoring.scorecard import Scorecard

Floats = NDArray[np.float64]
#: Log-odds between one who meets nothing and one who meets everything, before decisions say how far chance decides.
SLOPE = 8.0


@dataclass(frozen=True, eq=False)
class Prior:
    """Points by value of each feature, either for a unit or in a table.

    Attributes
    ----------
    weights : ndarray of shape (n_features,)
        Points for a unit, at least 0; with tables, points of a feature met in full.
    tables : ndarray of shape (n_features, 1001) or None
        Points by whole value.
    """

    weights: Floats
    tables: NDArray[np.int16] | None = None

    def score(self, values: Floats) -> Floats:
        """Return the points of each row of ``values`` (n_rows, n_features), shape (n_rows,)."""
        if self.tables is None:
            return np.asarray(values @ self.weights)
        whole = np.clip(np.round(values), 0, FULL).astype(np.int64)
        return np.sum([table[column] for table, column in zip(self.tables, whole.T, strict=True)], axis=0, dtype=float)

    def knots(self, seen: Sequence[Floats]) -> list[Floats]:
        """Return knots that span every value for which the prior has points, those found among them."""
        if self.tables is None:
            return list(seen)
        return [np.unique(np.concatenate([[0.0, FULL], knots[(knots >= 0) & (knots <= FULL)]])) for knots in seen]

    def steps(self, knots: Sequence[Floats]) -> Floats:
        """Return the rise of the prior from knot to knot, all features one after another, together ``SLOPE``."""
        levels = [self._levels(column, at) for column, at in enumerate(knots)]
        steps = np.concatenate([np.diff(level) for level in levels])
        total = float(np.abs(steps).sum())
        return steps * (SLOPE / total) if total > 0 else steps

    def _levels(self, column: int, at: Floats) -> Floats:
        if self.tables is None:
            return np.asarray(self.weights[column] * at)
        line, table = self.weights[column] * at / FULL, np.interp(at, np.arange(FULL + 1), self.tables[column])
        straight = bool((np.abs(line - table) < 1).all())  # a weight's points, before they were rounded down
        return line if straight else table


def prior_of(prior: Any, count: int) -> Prior:
    """Return the prior that an estimator was given, for so many features.

    Raises
    ------
    ValueError
        If it has another length, a negative entry, nothing positive, or pair lines.
    """
    if prior is None:
        return Prior(np.zeros(count))
    if isinstance(prior, Scorecard):
        if prior.pairs:
            raise ValueError("a prior has no pair lines; draw to the experts' scorecard, not to a learned one")
        weights, tables = prior.points.astype(np.float64), prior.tables
    else:
        weights, tables = np.asarray(prior, dtype=np.float64), None
    if weights.shape != (count,) or not (weights >= 0).all() or weights.sum() <= 0:
        raise ValueError(f"the prior needs {count} points, none negative and one positive")
    return Prior(weights, tables)
