"""Checked construction of the arrays that pools and demands are made of; nothing here knows what they mean."""

from collections.abc import Sized
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray
from scipy.sparse import csr_array

#: Whole numbers of any width; the docstring of each function gives shape and unit.
Whole: TypeAlias = NDArray[np.integer[Any]]
#: Row numbers.
Rows: TypeAlias = NDArray[np.intp]
#: Flags.
Flags: TypeAlias = NDArray[np.bool_]


class Entries(NamedTuple):
    """Cells of a sparse table: ``value[i]`` stands at (``row[i]``, ``column[i]``)."""

    row: ArrayLike
    column: ArrayLike
    value: ArrayLike


#: A table without a single cell.
NO_ENTRIES = Entries((), (), ())


def whole(
    name: str, values: ArrayLike, shape: tuple[int, ...], dtype: DTypeLike, *, low: int = 0, high: int | None = None
) -> Whole:
    """Return ``values`` as a read-only whole-number array after checking shape and range.

    Parameters
    ----------
    name : str
        What the values are, for the error message.
    values : array_like of int
        The values; booleans are taken as 0 and 1.
    shape : tuple of int
        Expected shape.
    dtype : dtype
        Integer type of the result.
    low, high : int, optional
        Smallest and greatest value allowed, both inclusive; ``high`` defaults to the greatest that fits.

    Returns
    -------
    ndarray of ``shape``

    Raises
    ------
    ValueError
        If the shape differs, a value is not whole (NaN included), or one is out of range; names the first offender.
    """
    array = np.asarray(values)
    if array.size == 0 and array.ndim == 1:
        array = array.astype(np.int64).reshape(0, *shape[1:])
    if array.shape != shape:
        raise ValueError(f"{name} has shape {array.shape}, expected {shape}")
    if array.dtype.kind == "f" and not np.array_equal(array, np.floor(array)):
        raise ValueError(f"{name} holds a value that is not a whole number")
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{name} must be numbers, not {array.dtype}")
    limit = np.iinfo(np.dtype(dtype)).max if high is None else high
    wrong = np.argwhere((array < low) | (array > limit))
    if len(wrong):
        at = tuple(int(i) for i in wrong[0])
        raise ValueError(f"{name}{list(at)} is {array[at]}, expected {low} to {limit}")
    result: Whole = np.array(array, dtype=dtype, order="C")
    result.flags.writeable = False
    return result


def table(
    name: str, entries: Entries, shape: tuple[int, int], dtype: DTypeLike, *, low: int = 1, high: int | None = None
) -> csr_array:
    """Build a sparse table; where a cell is given twice, the greater value stands.

    Parameters
    ----------
    name : str
        What the cells are, for the error message.
    entries : Entries
        Rows, columns and values, each of shape (n_entries,).
    shape : tuple of int
        Rows and columns of the table.
    dtype : dtype
        Integer type of the cells.
    low, high : int, optional
        Smallest and greatest value allowed.

    Returns
    -------
    csr_array of ``shape``
        Canonical: columns sorted within rows, no duplicates, no stored zero.

    Raises
    ------
    ValueError
        If a row, column or value is out of range, or the three differ in length.
    """
    count = (len(np.asarray(entries.row)),)
    row = whole(f"{name} row", entries.row, count, np.int64, high=shape[0] - 1)
    column = whole(f"{name} column", entries.column, count, np.int64, high=shape[1] - 1)
    value = whole(f"{name} value", entries.value, count, dtype, low=low, high=high)
    cell = row * max(shape[1], 1) + column
    order = np.lexsort((value, cell))
    last = np.ones(len(order), dtype=np.bool_)
    last[:-1] = cell[order][1:] != cell[order][:-1]
    kept = order[last]
    pointer = np.zeros(shape[0] + 1, dtype=np.int64)
    np.cumsum(np.bincount(row[kept], minlength=shape[0]), out=pointer[1:])
    return csr_array((value[kept], column[kept], pointer), shape=shape)


def lookup(cells: csr_array, row: Whole, column: Whole) -> Whole:
    """Return ``cells[row, column]`` for many pairs; 0 where nothing is stored or the column is -1.

    Parameters
    ----------
    cells : csr_array of shape (n_rows, n_columns)
        Canonical sparse table.
    row, column : ndarray of shape (n_pairs,)
        Where to look; a negative column stands for none.

    Returns
    -------
    ndarray of shape (n_pairs,)
    """
    if cells.nnz == 0 or len(row) == 0:
        return np.zeros(len(row), dtype=cells.dtype)
    width = max(cells.shape[1], 1)
    owner = np.repeat(np.arange(cells.shape[0], dtype=np.int64), np.diff(cells.indptr))
    stored = owner * width + cells.indices
    wanted = row.astype(np.int64) * width + column
    place = np.minimum(np.searchsorted(stored, wanted), len(stored) - 1)
    present = (stored[place] == wanted) & (column >= 0)
    return np.where(present, cells.data[place], cells.dtype.type(0))


def unique_keys(key: ArrayLike) -> Whole:
    """Return row keys as int64 of shape (n_rows,); raises ValueError on a repeated or negative one."""
    count = len(np.asarray(key))
    keys = whole("key", key, (count,), np.int64)
    if len(np.unique(keys)) != count:
        raise ValueError("key stands twice")
    return keys


def same_length(name: str, values: Sized, length: int) -> None:
    """Raise ValueError unless ``values`` has ``length`` items."""
    if len(values) != length:
        raise ValueError(f"{name} has {len(values)} rows, expected {length}")
