"""From points to chances: isotonic or Platt on decisions not learned from, reliability, calibration error."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.isotonic import IsotonicRegression

from mobility.matching.learning.problem import time_folds
from mobility.matching.scoring.documents import FORMAT, FULL_SCORE
from mobility.matching.scoring.scorecard import Calibration, Scorecard, scorecard_from

Floats = NDArray[np.float64]
#: Decisions from which on the chances take a free form; with fewer, a logistic curve.
ISOTONIC_FROM = 1000
_FOLDS = 4
_BINS = 10
_PLATT_KNOTS = np.linspace(0, FULL_SCORE, 41)


class Reliability(NamedTuple):
    """What was foretold and what came, by bins of about equally many decisions.

    Attributes
    ----------
    foretold, came : ndarray of shape (n_bins,)
        Mean chance, and share of favourable decisions.
    size : ndarray of int64, shape (n_bins,)
        Decisions in each bin.
    error : float
        Expected calibration error: mean distance of the two, weighted by size.
    """

    foretold: Floats
    came: Floats
    size: NDArray[np.int64]
    error: float


class Calibrated(NamedTuple):
    """A calibration learned from all decisions given, and how one learned from earlier lists held on later ones."""

    calibration: Calibration
    method: str
    held_out: Reliability


def reliability(chance: ArrayLike, favourable: ArrayLike, bins: int = _BINS) -> Reliability:
    """Compare chances with decisions.

    Parameters
    ----------
    chance : array_like of shape (n_decisions,)
        In [0, 1].
    favourable : array_like of bool, shape (n_decisions,)
    bins : int
        Of about equally many decisions; equal chances stay together.

    Returns
    -------
    Reliability

    Raises
    ------
    ValueError
        If there is nothing to compare.

    Notes
    -----
    Naeini, Cooper and Hauskrecht (2015), Obtaining well calibrated probabilities using Bayesian binning, AAAI; with
    bins of equal count.
    """
    foretold, came = np.asarray(chance, np.float64), np.asarray(favourable, np.float64)
    if not len(foretold) or foretold.shape != came.shape:
        raise ValueError("reliability needs as many chances as decisions, and at least one")
    edges = np.unique(np.quantile(foretold, np.linspace(0, 1, bins + 1)[1:-1]))
    number = np.searchsorted(edges, foretold, side="left")
    _, number = np.unique(number, return_inverse=True)
    count = np.bincount(number)
    mean, share = np.bincount(number, foretold) / count, np.bincount(number, came) / count
    return Reliability(mean, share, count.astype(np.int64), float(count @ np.abs(mean - share) / len(foretold)))


def calibrate(score: ArrayLike, favourable: ArrayLike, lists: ArrayLike, *, method: str | None = None) -> Calibrated:
    """Learn how likely a favourable decision is, by score.

    Parameters
    ----------
    score : array_like of int, shape (n_decisions,)
        Points under the scorecard, 0 to 10,000, of decisions that it was not learned from; rows in order of time.
    favourable : array_like of bool, shape (n_decisions,)
    lists : array_like of int, shape (n_decisions,)
        Number of the list of each.
    method : {"isotonic", "platt"}, optional
        By default isotonic from ``ISOTONIC_FROM`` decisions on, where its steps have enough to rest on.

    Returns
    -------
    Calibrated

    Raises
    ------
    ValueError
        If all decisions are alike, there are fewer than two lists, or the method is unknown.
    """
    points, labels = np.asarray(score, np.int64), np.asarray(favourable, bool)
    groups = np.unique(np.asarray(lists), return_inverse=True)[1].astype(np.int64)
    if labels.all() or not labels.any() or len(np.unique(groups)) < 2:  # noqa: PLR2004
        raise ValueError("a calibration needs favourable and other decisions, from at least two lists")
    chosen = method or ("isotonic" if len(labels) >= ISOTONIC_FROM else "platt")
    foretold, came = [], []
    for before, after in time_folds(groups, _FOLDS):
        foretold.append(_learned(points[before], labels[before], chosen).probability(points[after]))
        came.append(labels[after])
    later = reliability(np.concatenate(foretold), np.concatenate(came))
    reason = f"{chosen}, {len(labels)} decisions of {len(np.unique(groups))} lists, calibration error {later.error:.4f}"
    calibration = _learned(points, labels, chosen, reason)
    return Calibrated(calibration, chosen, later)


def with_calibration(card: Scorecard, calibration: Calibration) -> Scorecard:
    """Return the scorecard with a calibration in its document, and so with another hash."""
    part = {
        "score": calibration.score.tolist(),
        "chance": calibration.chance.tolist(),
        "reason": calibration.reason,
    }
    return scorecard_from({**card.document, "format": FORMAT, "calibration": part})


def _learned(points: NDArray[np.int64], labels: NDArray[np.bool_], method: str, reason: str = "") -> Calibration:
    if method == "isotonic":
        fitted = IsotonicRegression(y_min=0, y_max=1).fit(points, labels)
        at, chance = fitted.X_thresholds_, fitted.y_thresholds_
    elif method == "platt":
        slope, shift = _platt(points / FULL_SCORE, labels)
        at, chance = _PLATT_KNOTS, expit(slope * _PLATT_KNOTS / FULL_SCORE + shift)
    else:
        raise ValueError(f"unknown method {method!r}; choose isotonic or platt")
    whole, first = np.unique(np.round(at).astype(np.int64), return_index=True)
    rising = np.maximum.accumulate(np.round(chance[first] * FULL_SCORE).astype(np.int64))
    return Calibration(whole, rising, reason)


def _platt(points: Floats, labels: NDArray[np.bool_]) -> tuple[float, float]:
    """Return slope, at least 0, and shift of a logistic curve, by smoothed labels.

    Platt (1999), Probabilistic outputs for support vector machines, Advances in Large Margin Classifiers.
    """
    count = np.array([(~labels).sum(), labels.sum()])
    aim = np.where(labels, (count[1] + 1) / (count[1] + 2), 1 / (count[0] + 2))

    def loss(unknown: Floats) -> tuple[float, Floats]:
        odds = unknown[0] * points + unknown[1]
        off = expit(odds) - aim
        return float((np.logaddexp(0, odds) - aim * odds).sum()), np.array([off @ points, off.sum()])

    minimum = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=[(0.0, None), (None, None)])
    return float(minimum.x[0]), float(minimum.x[1])
