"""Shares of skills in machine code: adding up postings and keeping the best, nothing else; integers only."""

from typing import Any

import numpy as np

from mobility.matching.kernels.lists import Lists
from mobility.matching.kernels.machine import (
    NONE,
    compiled,
    least_score,
    lowest_bit,
    offer,
    ranking_key,
    reaching,
)
from mobility.matching.snapshots.blocks import ChunkArrays

_LOWEST = np.uint64(1)
_WORD = 64


@compiled
def cover(chunk: ChunkArrays, start: Any, skill: Any, credit: Any, alike: Any, draw: Any, lists: Lists) -> None:
    """Offer every worker of a chunk who has one of the skills that a vacancy asks for to its list.

    Parameters
    ----------
    chunk : ChunkArrays
    start : ndarray of int64, shape (v + 1,)
        Where the skills of each vacancy begin.
    skill : ndarray of int32, shape (n_asked,)
    credit : ndarray of int16, shape (n_asked, 17)
        What each grade brings; those of a vacancy sum to at most 10,000.
    alike : ndarray of bool, shape (n_asked,)
        Where all grades bring the same: they are not read then.
    draw : ndarray of uint64, shape (v,)
        What each vacancy adds to the lottery.
    lists : Lists
        Best so far; changed in place.
    """
    shares = np.empty(chunk.bits.shape[1] * _WORD, np.int16)
    for v in range(draw.size):
        heap = lists.keys[lists.start[v] : lists.start[v + 1]]
        if heap.size == 0:
            continue
        shares[:] = 0
        for j in range(start[v], start[v + 1]):
            first, last = np.uint64(chunk.skill_start[skill[j]]), np.uint64(chunk.skill_start[skill[j] + 1])
            if alike[j]:
                _add(chunk.skill_worker, first, last, credit[j, 1], shares)
            else:
                _add_graded(chunk.skill_worker, chunk.skill_grade, first, last, credit[j], shares)
        lists.held[v] = _collect(chunk.key, shares, draw[v], heap, lists.held[v])


@compiled
def _add(workers: Any, first: Any, last: Any, brings: Any, shares: Any) -> None:
    """Add what a skill brings to everybody who has it."""
    for i in range(first, last):
        shares[workers[i]] += brings


@compiled
def _add_graded(workers: Any, grades: Any, first: Any, last: Any, credit: Any, shares: Any) -> None:
    """Add what their grades of a skill bring to those who have it."""
    for i in range(first, last):
        shares[workers[i]] += credit[grades[i]]


@compiled
def _collect(keys: Any, shares: Any, draw: Any, heap: Any, held: Any) -> Any:
    """Keep the best shares; 64 of whom none reaches the least are passed over in one step."""
    least = max(least_score(heap, held), 1)
    for first in range(0, shares.size, _WORD):
        word = reaching(shares, first, least)
        while word != NONE:
            i = first + np.int64(lowest_bit(word))
            word &= word - _LOWEST
            held = offer(heap, held, ranking_key(shares[i], keys[i], draw))
        least = max(least_score(heap, held), 1)
    return held
