"""Counts of rules in machine code: who is left after each, whom one alone keeps out; bitsets only."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobility.matching.core.compiled import compiled
from mobility.matching.kernels.machine import NONE, bits_in
from mobility.matching.snapshots.blocks import EVERYBODY, BlockArrays


@compiled
def count(block: BlockArrays, columns: NDArray[np.int32], blocking: Any, counts: Any) -> None:
    """Add a block to the counts of waterfalls; rows that begin as the row before are not counted again so far.

    Parameters
    ----------
    block : BlockArrays
    columns : ndarray of int32, shape (v, n_rules)
        Columns of all rules; -1 for none.
    blocking : ndarray of bool, shape (v, n_rules)
    counts : PassCounts
        Changed in place.
    """
    bits, everybody, rules = block.bits, block.bits[EVERYBODY], columns.shape[1]
    # How things stand after each rule: who is left, who fails one, who fails two, who fails none for certain.
    steps = np.empty((rules + 1, 4, everybody.size), np.uint64)
    through = np.zeros(rules + 1, np.int64)
    once = np.empty(everybody.size, np.uint64)
    _begin(everybody, steps[0])
    through[0] = _size(everybody)
    for v in range(columns.shape[0]):
        for j in range(_alike(columns, blocking, v), rules):
            _copy(steps[j], steps[j + 1])
            through[j + 1] = through[j]
            if columns[v, j] >= 0 and blocking[v, j]:
                passed, unknown = bits[block.passed[columns[v, j]]], bits[block.unknown[columns[v, j]]]
                through[j + 1] = _narrow_by(everybody, passed, unknown, steps[j + 1])
        for j in range(rules):
            counts.left[v, j] += through[j + 1]
        counts.eligible[v] += through[rules]
        counts.unclear[v] += _size(steps[rules, 3]) - through[rules]
        _missed_once(steps[rules], once)
        _sole(bits, block.passed, columns[v], blocking[v], once, counts.sole[v])


@compiled
def add_sizes(block: BlockArrays, columns: NDArray[np.int32], passed: Any, unknown: Any) -> None:
    """Add how many workers of a block pass each rule by itself, and of how many a fact is missing.

    Parameters
    ----------
    block : BlockArrays
    columns : ndarray of int32, shape (n_columns,)
    passed, unknown : ndarray of int64, shape (n_columns,)
        Changed in place.
    """
    for j in range(columns.size):
        passed[j] += _size(block.bits[block.passed[columns[j]]])
        unknown[j] += _size(block.bits[block.unknown[columns[j]]])


@compiled
def reach(block: BlockArrays, columns: NDArray[np.int32], reached: NDArray[np.uint64]) -> None:
    """Add to a set whoever passes every rule of at least one vacancy.

    Parameters
    ----------
    block : BlockArrays
    columns : ndarray of int32, shape (v, n_rules)
        Columns of the blocking rules; -1 for none.
    reached : ndarray of uint64, shape (n_words,)
        Changed in place.
    """
    left = np.empty_like(reached)
    for v in range(columns.shape[0]):
        left[:] = block.bits[EVERYBODY]
        for j in range(columns.shape[1]):
            if columns[v, j] >= 0:
                passed = block.bits[block.passed[columns[v, j]]]
                for i in range(left.size):
                    left[i] &= passed[i]
        for i in range(left.size):
            reached[i] |= left[i]


@compiled
def _alike(columns: Any, blocking: Any, v: int) -> int:
    """Return how many rules a row has in common with the row before, from the first."""
    j = 0
    if v > 0:
        while j < columns.shape[1] and columns[v, j] == columns[v - 1, j] and blocking[v, j] == blocking[v - 1, j]:
            j += 1
    return j


@compiled
def _begin(everybody: Any, step: Any) -> None:
    """Set down how things stand before any rule."""
    for i in range(everybody.size):
        step[0, i], step[1, i], step[2, i], step[3, i] = everybody[i], NONE, NONE, everybody[i]


@compiled
def _copy(before: Any, after: Any) -> None:
    for row in range(before.shape[0]):
        for i in range(before.shape[1]):
            after[row, i] = before[row, i]


@compiled
def _missed_once(step: Any, once: Any) -> None:
    """Fill the set of those who fail exactly one rule."""
    for i in range(once.size):
        once[i] = step[1, i] & ~step[2, i]


@compiled
def _size(words: Any) -> int:
    total = 0
    for i in range(words.size):
        total += bits_in(words[i])
    return total


@compiled
def _narrow_by(everybody: Any, passed: Any, unknown: Any, step: Any) -> int:
    """Let one rule narrow the sets; return how many are left."""
    left, short, twice, clear = step[0], step[1], step[2], step[3]
    through = 0
    for i in range(left.size):
        missed = everybody[i] & ~passed[i]
        twice[i] |= short[i] & missed
        short[i] |= missed
        clear[i] &= passed[i] | unknown[i]
        left[i] &= passed[i]
        through += bits_in(left[i])
    return through


@compiled
def _sole(bits: Any, passed: Any, columns: Any, blocking: Any, once: Any, sole: Any) -> None:
    """Count for each rule those who miss nothing but it."""
    for j in range(columns.size):
        if columns[j] >= 0 and blocking[j]:
            row = bits[passed[columns[j]]]
            total = 0
            for i in range(once.size):
                total += bits_in(once[i] & ~row[i])
            sole[j] += total
