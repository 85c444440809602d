"""How good a ranking is: NDCG, paired intervals, the promotion gate; figures in, verdicts out, no fitting."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

Floats = NDArray[np.float64]


def ndcg(score: ArrayLike, relevance: ArrayLike, k: int = 10) -> Floats:
    """Normalised discounted cumulative gain of each list.

    Parameters
    ----------
    score : array_like of shape (n_lists, n_workers)
        Higher first; among equals the earlier column goes first.
    relevance : array_like of shape (n_lists, n_workers)
        Grades, at least 0.
    k : int
        Places that count, at least 1.

    Returns
    -------
    ndarray of shape (n_lists,)
        In [0, 1]; 1 where no worker of the list is relevant, as no order of it is wrong.

    Notes
    -----
    Gain ``2**grade - 1``, discount ``1 / log2(1 + place)``. Järvelin and Kekäläinen (2002), Cumulated gain-based
    evaluation of IR techniques, ACM TOIS 20(4).
    """
    scores, grades = np.atleast_2d(np.asarray(score, np.float64)), np.atleast_2d(np.asarray(relevance, np.float64))
    if scores.shape != grades.shape or k < 1:
        raise ValueError(f"scores {scores.shape} and grades {grades.shape} need one shape, and k at least 1")
    gain = np.exp2(grades) - 1
    most = min(k, gain.shape[1])
    discount = 1 / np.log2(np.arange(2, most + 2))
    order = np.argsort(-scores, axis=1, kind="stable")[:, :most]
    reached = np.take_along_axis(gain, order, axis=1) @ discount
    ideal = -np.sort(-gain, axis=1)[:, :most] @ discount
    return np.divide(reached, ideal, out=np.ones(len(gain)), where=ideal > 0)


class Interval(NamedTuple):
    """A mean and the bounds of its interval."""

    mean: float
    low: float
    high: float


def interval(differences: ArrayLike, level: float = 0.95) -> Interval:
    """Mean of paired differences with its Student interval.

    Parameters
    ----------
    differences : array_like of shape (n,)
        At least two.
    level : float
        Share of intervals that hold the true mean.

    Raises
    ------
    ValueError
        If there are fewer than two differences or one is not finite: there is no interval of that.
    """
    values = np.asarray(differences, np.float64)
    if len(values) < 2 or not np.isfinite(values).all():  # noqa: PLR2004
        raise ValueError("an interval needs at least two finite differences")
    mean = float(values.mean())
    half = float(student.ppf((1 + level) / 2, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return Interval(mean, mean - half, mean + half)


#: How far below the active version a new one may lie at worst: the greatest loss that its interval may hold.
MARGIN = 0.005


class Promotion(NamedTuple):
    """Whether a new version may be proposed to the officer who approves it, and on what figures."""

    proposed: bool
    challenger: float
    active: float
    difference: Interval


def promotion(challenger: ArrayLike, active: ArrayLike, *, margin: float = MARGIN) -> Promotion:
    """Compare two versions on the same held-out lists.

    Parameters
    ----------
    challenger, active : array_like of shape (n_lists,)
        NDCG of each list under either version; lists that neither was learned from.
    margin : float
        Loss that the interval of the difference may hold at most.

    Returns
    -------
    Promotion
        ``proposed`` only if the interval of paired differences neither reaches below ``-margin`` nor lies wholly below
        0. Few lists make a wide interval, and no proposal. Proposing is not promoting: a named officer approves, in
        a service; nothing here changes what a run uses.

    Raises
    ------
    ValueError
        If the lists differ in number, are fewer than two, or a figure is not finite.
    """
    new, old = np.asarray(challenger, np.float64), np.asarray(active, np.float64)
    if new.shape != old.shape or new.ndim != 1:
        raise ValueError(f"both versions need the same lists; they have {new.shape} and {old.shape}")
    difference = interval(new - old)
    proposed = difference.low >= -margin and difference.high >= 0
    return Promotion(bool(proposed), float(new.mean()), float(old.mean()), difference)
