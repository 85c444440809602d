"""The convex problem behind the ranker: pairs of decisions, penalised loss, its minimum, gains of pairs of features."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import block_diag, csr_array, hstack
from scipy.special import expit

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: Decisions may say that chance decides less than the prior's scale lets it, not that the experts err as a whole: below
#: this, some decisions taken at random would dissolve the prior.
_LEAST_SCALE = 1.0


class DecisionPairs(NamedTuple):
    """Pairs of decisions of one list: a favourable one and another.

    Attributes
    ----------
    better, worse : ndarray of int64, shape (n_pairs,)
        Rows of the two decisions.
    weight : float
        Decisions divided by pairs, at most 1: pairs of one list depend on each other, and a hundred of them tell no
        more than the decisions that they are made of.
    """

    better: Whole
    worse: Whole
    weight: float

    def differences(self, score: Floats) -> Floats:
        """Return by how much the better one of each pair scores more, shape (n_pairs,)."""
        return score[self.better] - score[self.worse]


def decision_pairs(favourable: Flags, lists: Whole, rng: np.random.Generator, most: int = 30) -> DecisionPairs:
    """Pair favourable decisions with others of the same list.

    Parameters
    ----------
    favourable : ndarray of bool, shape (n_decisions,)
    lists : ndarray of int64, shape (n_decisions,)
        Number of the list (vacancy and day) that each decision belongs to.
    rng : numpy.random.Generator
        Draws the pairs of a list that has more than are taken.
    most : int
        Pairs taken from a list; a list with more decisions than that gives one for each decision.

    Returns
    -------
    DecisionPairs
        Empty where no list has both kinds of decision.
    """
    better: list[Whole] = [np.empty(0, np.int64)]
    worse: list[Whole] = [np.empty(0, np.int64)]
    order = np.argsort(lists, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(lists[order])) + 1):
        good, bad = rows[favourable[rows]], rows[~favourable[rows]]
        count, cap = len(good) * len(bad), max(most, len(rows))
        drawn = np.arange(count) if count <= cap else rng.choice(count, cap, replace=False)
        if count:
            better.append(good[drawn // len(bad)])
            worse.append(bad[drawn % len(bad)])
    one, other = np.concatenate(better), np.concatenate(worse)
    return DecisionPairs(one, other, min(1.0, len(favourable) / max(len(one), 1)))


def time_folds(lists: Whole, count: int) -> Iterator[tuple[Whole, Whole]]:
    """Yield rows to learn from and later rows to judge by, whole lists only, in order of their first row.

    Parameters
    ----------
    lists : ndarray of int64, shape (n_decisions,)
        Rows in order of time.
    count : int
        Folds; each learns from all that came before it. Fewer where there are fewer than ``count + 1`` lists.
    """
    _, first, number = np.unique(lists, return_index=True, return_inverse=True)
    when = np.argsort(np.argsort(first, kind="stable"), kind="stable")[number]
    bounds = np.unique(np.linspace(0, len(first), count + 2).astype(np.int64))[1:]
    for start, stop in pairwise(bounds.tolist()):
        yield np.flatnonzero(when < start), np.flatnonzero((when >= start) & (when < stop))


@dataclass(frozen=True, eq=False)
class Design:
    """Columns of the problem: steps rise to levels, levels meet rows.

    Attributes
    ----------
    rows : csr_array of shape (n_decisions, n_levels)
    rise : csr_array of shape (n_levels, n_steps)
    centre : ndarray of shape (n_steps,)
        What the steps are drawn to, up to one common scale.
    free : ndarray of bool, shape (n_steps,)
        Steps that may be negative.
    """

    rows: csr_array
    rise: csr_array
    centre: Floats
    free: Flags

    @cached_property
    def back(self) -> csr_array:
        """Transpose of ``rows``, made once."""
        return csr_array(self.rows.T)

    def score(self, steps: Floats) -> Floats:
        """Return the score of each row, shape (n_decisions,)."""
        score: Floats = self.rows @ (self.rise @ steps)
        return score

    def take(self, rows: Whole) -> "Design":
        """Return the design of some rows."""
        return Design(csr_array(self.rows[rows]), self.rise, self.centre, self.free)


def side_by_side(parts: Sequence[Design]) -> Design:
    """Return one design that has the columns of several."""
    return Design(
        csr_array(hstack([part.rows for part in parts], format="csr")),
        csr_array(block_diag([part.rise for part in parts], format="csr")),
        np.concatenate([part.centre for part in parts]),
        np.concatenate([part.free for part in parts]),
    )


class Solution(NamedTuple):
    """Steps at the minimum, the scale that the prior was given, and iterations taken."""

    steps: Floats
    scale: float
    iterations: int


def mean_loss(differences: Floats) -> float:
    """Return the mean logistic loss of pairs: log 2 for an order that tells nothing."""
    return float(np.logaddexp(0, -differences).mean())


def solve(design: Design, pairs: DecisionPairs, strength: float, *, max_iter: int = 300) -> Solution:
    """Find the steps that order pairs best while they stay near the prior.

    Parameters
    ----------
    design : Design
    pairs : DecisionPairs
    strength : float
        Ridge penalty, in decisions.
    max_iter : int
        Iterations of L-BFGS-B.

    Returns
    -------
    Solution

    Notes
    -----
    Minimises ``weight * sum log(1 + exp(-d)) + strength / 2 * |w - a w0|^2`` over steps ``w`` (at least 0 unless free)
    and one scale ``a >= 1``, ``d`` being the differences of pairs. The problem is convex in both. The scale is not
    penalised: experts say which feature counts how much, not how far reviewers let chance decide, and a prior of the
    small scale would otherwise hold every step down before the decisions had their say.
    """
    drop, count = csr_array(design.rise.T), design.rows.shape[0]

    def loss(unknown: Floats) -> tuple[float, Floats]:
        steps, scale = unknown[:-1], unknown[-1]
        differences = pairs.differences(design.score(steps))
        off = steps - scale * design.centre
        row = _pull(pairs, differences, count)
        slope = drop @ (design.back @ row) + strength * off
        value = pairs.weight * np.logaddexp(0, -differences).sum() + strength / 2 * off @ off
        return float(value), np.append(slope, -strength * off @ design.centre)

    bounds = [(None if free else 0.0, None) for free in design.free.tolist()] + [(_LEAST_SCALE, None)]
    options = {"maxiter": max_iter, "maxfun": 2 * max_iter}
    start = np.append(design.centre, 1.0)
    minimum = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B", options=options)
    return Solution(minimum.x[:-1], float(minimum.x[-1]), max(int(minimum.nit), 1))


def _pull(pairs: DecisionPairs, differences: Floats, count: int) -> Floats:
    """Return the slope of the loss by the score of each row."""
    pull = -pairs.weight * expit(-differences)
    return _summed(pairs.better, pull, count) - _summed(pairs.worse, pull, count)


def _summed(group: Whole, value: Floats, count: int) -> Floats:
    """Return the sum of the values of each group."""
    return np.bincount(group, value, count).astype(np.float64)


def corner_gain(
    first: Whole, second: Whole, shape: tuple[int, int], pairs: DecisionPairs, differences: Floats, strength: float
) -> float:
    """Return how much the best single corner of a grid would lower the loss, in log-likelihood of decisions.

    Parameters
    ----------
    first, second : ndarray of int64, shape (n_decisions,)
        Bins of two features.
    shape : (int, int)
        Bins of each.
    pairs : DecisionPairs
    differences : ndarray of shape (n_pairs,)
        Under the additive model.
    strength : float

    Returns
    -------
    float
        The greatest ``g^2 / (2 (h + strength))`` over corners whose slope ``g`` points up, ``h`` being the curvature;
        0 if none does. A corner is the set of rows in at least bin ``i`` of one and ``j`` of the other feature.
    """
    cell, size = first * shape[1] + second, shape[0] * shape[1]
    slope = _summed(cell, _pull(pairs, differences, len(first)), size)
    heavy = pairs.weight * expit(differences) * expit(-differences)
    both = np.minimum(first[pairs.better], first[pairs.worse]) * shape[1]
    both += np.minimum(second[pairs.better], second[pairs.worse])
    bend = _summed(cell[pairs.better], heavy, size) + _summed(cell[pairs.worse], heavy, size)
    bend -= 2 * _summed(both, heavy, size)
    up = np.maximum(-_corners(slope.reshape(shape)), 0)
    gains = up**2 / (2 * (np.maximum(_corners(bend.reshape(shape)), 0) + strength))
    return float(gains.max(initial=0.0))


def _corners(grid: Floats) -> Floats:
    """Return the sum of each corner of a grid, without those that are whole rows or columns."""
    summed: Floats = np.flip(np.cumsum(np.cumsum(np.flip(grid), axis=0), axis=1))
    return summed[1:, 1:]
