"""Shares of skills in machine code: adding up postings and keeping the best, nothing else; integers only."""

from typing import Any

import numpy as np

from mobility.matching.chunks import ChunkArrays
from mobility.matching.lists import Lists
from mobility.matching.machine import compiled, least_score, offer, ranking_key

_ROW = 64


@compiled
def cover(chunk: ChunkArrays, start: Any, skill: Any, credit: Any, draw: Any, lists: Lists) -> None:
    """Offer every worker of a chunk who has one of the skills that a vacancy asks for to its list.

    Parameters
    ----------
    chunk : ChunkArrays
    start : ndarray of int64, shape (v + 1,)
        Where the skills of each vacancy begin.
    skill : ndarray of int32, shape (n_asked,)
    credit : ndarray of int16, shape (n_asked, 17)
        What each grade brings; those of a vacancy sum to at most 10,000.
    draw : ndarray of uint64, shape (v,)
        What each vacancy adds to the lottery.
    lists : Lists
        Best so far; changed in place.
    """
    rows = np.empty((chunk.bits.shape[1], _ROW), np.int16)
    shares = rows.reshape(rows.size)
    for v in range(draw.size):
        heap = lists.keys[lists.start[v] : lists.start[v + 1]]
        if heap.size == 0:
            continue
        shares[:] = 0
        for j in range(start[v], start[v + 1]):
            first, last = np.int64(chunk.skill_start[skill[j]]), np.int64(chunk.skill_start[skill[j] + 1])
            _add(chunk.skill_worker[first:last], chunk.skill_grade[first:last], credit[j], shares)
        lists.held[v] = _collect(chunk, rows, draw[v], heap, lists.held[v])


@compiled
def _add(workers: Any, grades: Any, credit: Any, shares: Any) -> None:
    """Add what a skill brings to everybody who has it; where all grades bring the same, they are not read."""
    lowest, same = credit[1], True
    for grade in range(2, credit.size):
        same &= credit[grade] == lowest
    if same:
        for i in range(workers.size):
            shares[workers[i]] += lowest
    else:
        for i in range(workers.size):
            shares[workers[i]] += credit[grades[i]]


@compiled
def _collect(chunk: ChunkArrays, rows: Any, draw: Any, heap: Any, held: Any) -> Any:
    """Keep the best shares; a row of 64 that holds none is passed over in one step."""
    least = np.int16(max(least_score(heap, held), 1))
    for row in range(rows.shape[0]):
        above = np.int16(0)
        for i in range(_ROW):
            above |= np.int16(least - np.int16(1) - rows[row, i])
        if above >= 0:
            continue
        for i in range(_ROW):
            if rows[row, i] >= least:
                worker = chunk.key[row * _ROW + i]
                held = offer(heap, held, ranking_key(rows[row, i], worker, draw))
                least = np.int16(max(least_score(heap, held), 1))
    return held
