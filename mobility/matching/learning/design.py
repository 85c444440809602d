"""Knots of features, bins of pairs, and the sparse designs on them; arrays only, no fitting."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import block_diag, csr_array

Floats = NDArray[np.float64]
Knots = Sequence[Floats]

#: Features with at most so many values have a knot at each of them, and so a table without any smoothing.
FEW = 24


def knots_of(values: Floats, top: Floats, count: int = 12) -> list[Floats]:
    """Return the knots of each feature.

    Parameters
    ----------
    values : ndarray of shape (n_rows, n_features)
        A sample of all whom the ranking will meet.
    top : ndarray of shape (n_top, n_features)
        Those of them who stand high: lists are decided there, where quantiles of all have no resolution.
    count : int
        Quantiles of each sample.

    Returns
    -------
    list of ndarray, length n_features
        Strictly rising, from the least to the greatest value; a single knot where a feature has one value.
    """
    share = np.linspace(0, 1, count + 1)[1:-1]
    knots = []
    for column, high in zip(values.T, top.T, strict=True):
        distinct = np.unique(np.concatenate([column, high]))
        if len(distinct) > FEW:
            inner = np.concatenate([np.quantile(part, share, method="higher") for part in (column, high)])
            distinct = np.unique(np.concatenate([distinct[[0, -1]], inner]))
        knots.append(distinct)
    return knots


def thresholds_of(column: Floats, count: int = 6) -> Floats:
    """Return the values from which the bins of a feature in a pair start, strictly rising; none if it is constant."""
    inner = np.unique(np.quantile(column, np.linspace(0, 1, count + 1)[1:-1], method="higher"))
    kept: Floats = inner[inner > column.min()]
    return kept


def ramps(values: Floats, knots: Knots) -> csr_array:
    """Return how near each value is to the knots around it: level ``u`` at the knots gives ``ramps @ u``.

    Parameters
    ----------
    values : ndarray of shape (n_rows, n_features)
        Beyond the outermost knots, the outermost knot holds.
    knots : sequence of ndarray, length n_features

    Returns
    -------
    csr_array of shape (n_rows, n_knots)
        Knots of all features one after another; each row sums to the number of features.
    """
    rows, count = values.shape
    column = np.empty((rows, 2 * count), dtype=np.int32)
    near = np.empty((rows, 2 * count))
    first = 0
    for number, at in enumerate(knots):
        left = np.clip(np.searchsorted(at, values[:, number], side="right") - 1, 0, max(len(at) - 2, 0))
        right = np.minimum(left + 1, len(at) - 1)
        width = np.where(right > left, at[right] - at[left], 1.0)
        part = np.clip((values[:, number] - at[left]) / width, 0, 1)
        column[:, 2 * number], column[:, 2 * number + 1] = first + left, first + right
        near[:, 2 * number], near[:, 2 * number + 1] = 1 - part, part
        first += len(at)
    pointer = np.arange(0, 2 * count * rows + 1, 2 * count)
    return csr_array((near.ravel(), column.ravel(), pointer), shape=(rows, first))


def one_hot(column: NDArray[np.int64], count: int) -> csr_array:
    """Return a matrix with a single 1 in each row, in the given column; shape (n_rows, count)."""
    return csr_array((np.ones(len(column)), column, np.arange(len(column) + 1)), shape=(len(column), count))


def bins_of(column: Floats, thresholds: Floats) -> NDArray[np.int64]:
    """Return the bin of each value: how many thresholds it reaches."""
    bins: NDArray[np.int64] = np.searchsorted(thresholds, column, side="right").astype(np.int64)
    return bins


def rises(sizes: Sequence[int]) -> csr_array:
    """Return the matrix that sums steps up to levels, a block for each feature of so many knots; first levels are 0."""
    return csr_array(block_diag([csr_array(np.tri(size, size - 1, -1)) for size in sizes], format="csr"))


def corner_rises(rows: int, columns: int) -> csr_array:
    """Return the matrix that sums corner steps up to the levels of a grid; its lowest row and column are 0."""
    return csr_array(np.kron(np.tri(rows, rows - 1, -1), np.tri(columns, columns - 1, -1)))
