"""Rules asked by several vacancies are counted once: distinct rows of columns, in an order that shares beginnings."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mobility.matching.core.arrays import Flags, Rows


class DistinctRules(NamedTuple):
    """The distinct rows among what v vacancies ask.

    Attributes
    ----------
    columns : ndarray of int32, shape (d, r)
        A snapshot's columns; -1 for none. Rows that begin alike stand side by side.
    blocking : ndarray of bool, shape (d, r)
    of : ndarray of int, shape (v,)
        Which row each vacancy has.
    """

    columns: NDArray[np.int32]
    blocking: Flags
    of: Rows


def distinct(columns: NDArray[np.int32], blocking: Flags) -> DistinctRules:
    """Find the distinct rows of what vacancies ask.

    Parameters
    ----------
    columns : ndarray of int32, shape (v, r)
        -1 for none.
    blocking : ndarray of bool, shape (v, r)

    Returns
    -------
    DistinctRules
    """
    both = columns.astype(np.int64) * 2 + blocking
    rows, of = np.unique(both, axis=0, return_inverse=True)
    kept = rows >> 1
    return DistinctRules(np.ascontiguousarray(kept, np.int32), np.ascontiguousarray(rows & 1, np.bool_), of.reshape(-1))
