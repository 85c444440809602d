"""What a pass over a pool fills: the best ranking keys of each vacancy, and counts; merging them, no scoring."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mobility.matching.core.arrays import Whole

Keys = NDArray[np.uint64]


class Lists(NamedTuple):
    """The best keys of v vacancies.

    Attributes
    ----------
    keys : ndarray of uint64, shape (n_places,)
        Ranking keys; those of vacancy i stand from ``start[i]``, in no order, ``length[i]`` of them.
    start : ndarray of int64, shape (v + 1,)
        Where the keys of each vacancy begin, and where the room for them ends.
    length : ndarray of int64, shape (v,)
        Keys in the list.
    """

    keys: Keys
    start: NDArray[np.int64]
    length: NDArray[np.int64]


class PassCounts(NamedTuple):
    """How the rules of v vacancies narrow a pool, up to r rules each.

    Attributes
    ----------
    left, sole : ndarray of int64, shape (v, r)
        As in ``Waterfall``.
    eligible, unclear : ndarray of int64, shape (v,)
        As in ``Waterfall``.
    """

    left: NDArray[np.int64]
    sole: NDArray[np.int64]
    eligible: NDArray[np.int64]
    unclear: NDArray[np.int64]


def empty_lists(most: Whole) -> Lists:
    """Return lists with room for so many keys each; ``most`` of shape (v,), at least 0."""
    start = np.concatenate([[0], np.cumsum(most)]).astype(np.int64)
    return Lists(np.zeros(int(start[-1]), np.uint64), start, np.zeros(len(most), np.int64))


def no_counts(vacancies: int, rules: int) -> PassCounts:
    """Return counts of nobody."""
    each, both = (vacancies,), (vacancies, rules)
    return PassCounts(
        np.zeros(both, np.int64), np.zeros(both, np.int64), np.zeros(each, np.int64), np.zeros(each, np.int64)
    )


def ranked(lists: Lists) -> Lists:
    """Return the same lists best first and without spare room."""
    row = np.repeat(np.arange(len(lists.length)), np.diff(lists.start))
    place = np.arange(len(row)) - lists.start[row]
    kept = place < lists.length[row]
    keys, row = lists.keys[kept], row[kept]
    order = np.lexsort((~keys, row))
    return Lists(keys[order], np.concatenate([[0], np.cumsum(lists.length)]), lists.length.copy())


def merged(parts: Sequence[Lists], most: Whole) -> Lists:
    """Return the best of lists that parts of a pool gave for the same vacancies.

    Parameters
    ----------
    parts : sequence of Lists
        As ``ranked`` returns them, one for each part of the pool, for the same v vacancies.
    most : ndarray of int, shape (v,)
        Keys wanted of each vacancy.

    Returns
    -------
    Lists
        Best first: the same as one pass over the whole pool gives, whatever the parts and their order.
    """
    rows = [np.repeat(np.arange(len(most)), part.length) for part in parts]
    row, keys = np.concatenate([*rows, np.empty(0, np.intp)]), np.concatenate([*(p.keys for p in parts), _NO_KEYS])
    order = np.lexsort((~keys, row))
    row, keys = row[order], keys[order]
    length = np.minimum(np.bincount(row, minlength=len(most)), most)
    place = np.arange(len(row)) - np.searchsorted(row, row)
    kept = place < np.asarray(most)[row]
    return Lists(keys[kept], np.concatenate([[0], np.cumsum(length)]).astype(np.int64), length.astype(np.int64))


def rows_of(lists: Lists) -> NDArray[np.intp]:
    """Return the vacancy of each key of lists without spare room, shape (n_keys,)."""
    return np.repeat(np.arange(len(lists.length)), lists.length)


_NO_KEYS = np.empty(0, np.uint64)
