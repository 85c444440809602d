"""The steps of a fit: choose a penalty by later lists, solve, take in the pairs of features that pay; arrays only."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mobility.matching.learning.design import corner_rises, one_hot
from mobility.matching.learning.problem import (
    DecisionPairs,
    Design,
    Solution,
    corner_gain,
    decision_pairs,
    mean_loss,
    side_by_side,
    solve,
    time_folds,
)

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

#: Penalties that are tried, by the number of decisions from which on they are: with few, only those near the prior.
SCHEDULE: tuple[tuple[int, tuple[float, ...]], ...] = (
    (0, (300.0,)),
    (500, (100.0, 30.0, 10.0)),
    (1500, (30.0, 10.0, 3.0)),
)
FOLDS = 3


class Decided(NamedTuple):
    """Decisions as a fit sees them.

    Attributes
    ----------
    design : Design
        Curves, and places where they are taken into account.
    bins : ndarray of int64, shape (n_decisions, n_features)
        Bins of each feature in a pair.
    counts : sequence of int, length n_features
        Number of those bins.
    favourable : ndarray of bool, shape (n_decisions,)
    lists : ndarray of int64, shape (n_decisions,)
    """

    design: Design
    bins: Whole
    counts: Sequence[int]
    favourable: NDArray[np.bool_]
    lists: Whole

    def pairs(self, seed: int, rows: Whole | None = None) -> DecisionPairs:
        """Return the decisions of some rows (all if None) in pairs, drawn by the seed."""
        chosen = slice(None) if rows is None else rows
        return decision_pairs(self.favourable[chosen], self.lists[chosen], np.random.default_rng(seed))


class Wanted(NamedTuple):
    """What the caller asks of a fit; as the parameters of ``ScorecardRanker``."""

    pairs: Sequence[tuple[int, int]]
    most_pairs: int
    least_gain: float
    strength: float | None
    max_iter: int
    seed: int


class Learned(NamedTuple):
    """A solution, whose design holds curves, then places, then the grids of ``pairs``."""

    solution: Solution
    levels: Floats
    pairs: tuple[tuple[int, int], ...]
    strength: float


def learn(decided: Decided, wanted: Wanted) -> Learned | None:
    """Fit; None if no list has both a favourable and another decision, so that the prior stands."""
    pairs = decided.pairs(wanted.seed)
    if not len(pairs.better):
        return None
    strength = wanted.strength or chosen_strength(decided, wanted)
    design = decided.design
    solution = solve(design, pairs, strength, max_iter=wanted.max_iter)
    chosen = promising_pairs(decided, wanted, pairs, solution, strength)
    if chosen:
        design = side_by_side([design, *(_grid_design(decided, pair) for pair in chosen)])
        solution = solve(design, pairs, strength, max_iter=wanted.max_iter)
    return Learned(solution, design.rise @ solution.steps, chosen, strength)


def chosen_strength(decided: Decided, wanted: Wanted) -> float:
    """Return the penalty under which earlier lists tell most of later ones; the strongest allowed if none can say.

    Only penalties that ``SCHEDULE`` allows for so many decisions are tried: a handful of lists picks at random.
    """
    tried = next(value for least, value in reversed(SCHEDULE) if least <= len(decided.lists))
    folds = []
    for before, after in time_folds(decided.lists, FOLDS):
        learned, judged = decided.pairs(wanted.seed, before), decided.pairs(wanted.seed, after)
        if len(learned.better) and len(judged.better):
            folds.append((decided.design.take(before), learned, decided.design.take(after), judged))
    if not folds:
        return tried[0]
    losses = []
    for strength in tried:
        lost = 0.0
        for design, learned, later, judged in folds:
            steps = solve(design, learned, strength, max_iter=wanted.max_iter).steps
            lost += mean_loss(judged.differences(later.score(steps))) * len(judged.better)
        losses.append(lost)
    return tried[int(np.argmin(losses))]


def promising_pairs(
    decided: Decided, wanted: Wanted, pairs: DecisionPairs, solution: Solution, strength: float
) -> tuple[tuple[int, int], ...]:
    """Return the declared pairs of features whose best corner gains most over the additive model, best first."""
    differences = pairs.differences(decided.design.score(solution.steps))
    gains = []
    for first, second in wanted.pairs:
        shape = (decided.counts[first], decided.counts[second])
        bins = decided.bins[:, first], decided.bins[:, second]
        gains.append(corner_gain(*bins, shape, pairs, differences, strength))
    order = np.argsort(-np.array(gains), kind="stable")[: wanted.most_pairs].tolist()
    return tuple(tuple(wanted.pairs[number]) for number in order if gains[number] >= wanted.least_gain)


def _grid_design(decided: Decided, pair: tuple[int, int]) -> Design:
    """Return the columns of one pair of features: bounded corners, drawn to nothing."""
    rows, columns = decided.counts[pair[0]], decided.counts[pair[1]]
    cell = decided.bins[:, pair[0]] * columns + decided.bins[:, pair[1]]
    rise = corner_rises(rows, columns)
    steps = rise.shape[1]
    return Design(one_hot(cell, rows * columns), rise, np.zeros(steps), np.zeros(steps, dtype=bool))
