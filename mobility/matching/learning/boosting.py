"""An additive gradient boosting as tables: the challenger that scores as fast as a scorecard; compiling, no fitting."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.utils.validation import check_array, check_is_fitted

from mobility.matching.learning.rounding import Curve, step_document
from mobility.matching.scoring.features import FEATURES, FULL
from mobility.matching.scoring.scorecard import Scorecard, scorecard_from

Floats = NDArray[np.float64]
_BINARY = 2


@dataclass(frozen=True, slots=True, eq=False)
class CompiledBoosting:
    """Log-odds by bins of each feature; their sum and ``baseline`` is the model's decision.

    Attributes
    ----------
    baseline : float
    thresholds : tuple of ndarray, length n_features
        Strictly rising; a value is in the bin after every threshold that it exceeds.
    levels : tuple of ndarray, length n_features
        Log-odds of each bin, one more than thresholds.
    """

    baseline: float
    thresholds: tuple[Floats, ...]
    levels: tuple[Floats, ...]

    def bins(self, X: ArrayLike) -> NDArray[np.int64]:
        """Return the bin of each value, shape (n_pairs, n_features); NaN is refused by ``ValueError``."""
        values = check_array(X, dtype=np.float64)
        if values.shape[1] != len(self.thresholds):
            raise ValueError(f"the model has {len(self.thresholds)} features; X has {values.shape[1]}")
        columns = zip(self.thresholds, values.T, strict=True)
        return np.column_stack([np.searchsorted(at, column, side="left") for at, column in columns])

    def decision_function(self, X: ArrayLike) -> Floats:
        """Return the log-odds of the greater label, shape (n_pairs,), as the model itself would."""
        odds = np.full(len(np.asarray(X)), self.baseline)
        for level, column in zip(self.levels, self.bins(X).T, strict=True):
            odds += level[column]
        return odds

    def scorecard(self, name: str, reason: str) -> Scorecard:
        """Return the tables as whole points, together 10,000.

        Parameters
        ----------
        name : str
            Id of the new scorecard.
        reason : str
            Why the points are what they are, such as the data cut.

        Returns
        -------
        Scorecard
            Step tables, rounded down: a line is off by less than one point, and by more only where the model was not
            monotone within rounding.

        Raises
        ------
        ValueError
            If the features are not those of a scorecard, a level falls, or none rises.
        """
        if len(self.levels) != len(FEATURES):
            raise ValueError(f"a scorecard has {len(FEATURES)} features; the model has {len(self.levels)}")
        whole = np.arange(FULL + 1, dtype=np.float64)
        curves = []
        for at, level in zip(self.thresholds, self.levels, strict=True):
            table = level[np.searchsorted(at, whole, side="left")]
            if (np.diff(table) < 0).any():
                raise ValueError("a level falls; fit with monotonic_cst of 1 for every feature")
            curves.append(Curve(whole, table - table[0]))
        return scorecard_from(step_document(name, curves, reason))


def compile_hgb(model: HistGradientBoostingClassifier) -> CompiledBoosting:
    """Turn a fitted additive histogram gradient boosting into tables, exactly.

    Parameters
    ----------
    model : HistGradientBoostingClassifier
        Fitted on two labels with ``interaction_cst="no_interactions"`` and without categorical features.

    Returns
    -------
    CompiledBoosting
        Its decisions differ from the model's by the rounding of sums only, below 1e-5.

    Raises
    ------
    ValueError
        If the model has more than two labels, a categorical feature, or a tree that uses two features.

    Notes
    -----
    Each tree of such a model is a step function of one feature; steps of one feature add up over the union of their
    thresholds. Reads the trees' nodes, which scikit-learn keeps private: tests compare decisions, so that a change
    there is noticed.
    """
    check_is_fitted(model)
    if len(model.classes_) != _BINARY:
        raise ValueError(f"the model tells {len(model.classes_)} labels apart; a ranking needs two")
    trees: list[list[Any]] = [[] for _ in range(model.n_features_in_)]
    for (tree,) in model._predictors:  # noqa: SLF001
        nodes = tree.nodes
        used = np.unique(nodes["feature_idx"][nodes["is_leaf"] == 0])
        if len(used) > 1 or nodes["is_categorical"].any():
            raise ValueError("a tree uses several or categorical features; fit with interaction_cst='no_interactions'")
        trees[int(used[0]) if len(used) else 0].append(nodes)
    thresholds = tuple(_thresholds(nodes) for nodes in trees)
    levels = tuple(_levels(nodes, at) for nodes, at in zip(trees, thresholds, strict=True))
    return CompiledBoosting(float(np.ravel(model._baseline_prediction)[0]), thresholds, levels)  # noqa: SLF001


def _thresholds(trees: Sequence[Any]) -> Floats:
    splits = [nodes["num_threshold"][nodes["is_leaf"] == 0] for nodes in trees]
    return np.unique(np.concatenate([np.empty(0), *splits]))


def _levels(trees: Sequence[Any], thresholds: Floats) -> Floats:
    """Return the sum of the trees in each bin; a threshold itself lies in the bin that it closes."""
    inside = np.append(thresholds, np.inf)
    total = np.zeros(len(inside))
    for nodes in trees:
        total += _walked(nodes, inside)
    return total


def _walked(nodes: Any, values: Floats) -> Floats:
    """Return the leaf value that each of the values reaches in a tree of one feature."""
    at = np.zeros(len(values), dtype=np.int64)
    while not (leaf := nodes["is_leaf"][at].astype(bool)).all():
        left = values <= nodes["num_threshold"][at]
        at = np.where(leaf, at, np.where(left, nodes["left"][at], nodes["right"][at]))
    values_there: Floats = nodes["value"][at].astype(np.float64)
    return values_there
