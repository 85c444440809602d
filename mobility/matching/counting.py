"""Counts of rules in machine code: who is left after each, whom one alone keeps out; bitsets only."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobility.matching.chunks import EVERYBODY, ChunkArrays
from mobility.matching.machine import bits_in, compiled

_NONE = np.uint64(0)


@compiled
def count(chunk: ChunkArrays, columns: NDArray[np.int32], blocking: Any, counts: Any) -> None:
    """Add a chunk to the counts of the vacancies' waterfalls.

    Parameters
    ----------
    chunk : ChunkArrays
    columns : ndarray of int32, shape (v, n_rules)
        Columns of all rules; -1 for none.
    blocking : ndarray of bool, shape (v, n_rules)
    counts : Counts
        Changed in place.
    """
    bits, everybody = chunk.bits, chunk.bits[EVERYBODY]
    left, short = np.empty_like(everybody), np.empty_like(everybody)
    twice, clear = np.empty_like(everybody), np.empty_like(everybody)
    for v in range(columns.shape[0]):
        left[:], clear[:], short[:], twice[:] = everybody, everybody, _NONE, _NONE
        through = 0
        for i in range(left.size):
            through += bits_in(left[i])
        for j in range(columns.shape[1]):
            if columns[v, j] >= 0 and blocking[v, j]:
                passed, unknown = bits[chunk.passed[columns[v, j]]], bits[chunk.unknown[columns[v, j]]]
                through = _fall(everybody, passed, unknown, left, short, twice, clear)
            counts.left[v, j] += through
        counts.eligible[v] += through
        failing_none = 0
        for i in range(left.size):
            failing_none += bits_in(clear[i])
            twice[i] = short[i] & ~twice[i]
        counts.unclear[v] += failing_none - through
        _sole(bits, chunk.passed, columns[v], blocking[v], twice, counts.sole[v])


@compiled
def reach(chunk: ChunkArrays, columns: NDArray[np.int32], reached: NDArray[np.uint64]) -> None:
    """Add to a set whoever passes every rule of at least one vacancy.

    Parameters
    ----------
    chunk : ChunkArrays
    columns : ndarray of int32, shape (v, n_rules)
        Columns of the blocking rules; -1 for none.
    reached : ndarray of uint64, shape (n_words,)
        Changed in place.
    """
    left = np.empty_like(reached)
    for v in range(columns.shape[0]):
        left[:] = chunk.bits[EVERYBODY]
        for j in range(columns.shape[1]):
            if columns[v, j] >= 0:
                passed = chunk.bits[chunk.passed[columns[v, j]]]
                for i in range(left.size):
                    left[i] &= passed[i]
        for i in range(left.size):
            reached[i] |= left[i]


@compiled
def _fall(everybody: Any, passed: Any, unknown: Any, left: Any, short: Any, twice: Any, clear: Any) -> int:
    """Let one rule narrow the sets; return how many are left."""
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
            found = 0
            for i in range(once.size):
                found += bits_in(once[i] & ~row[i])
            sole[j] += found
