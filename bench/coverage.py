"""Who has the skills that a job asks for: exact top of a whole pool by share covered, as the benchmark measures it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobility.matching.core.compiled import compiled
from mobility.matching.core.ties import vacancy_draw
from mobility.matching.facts import Demand
from mobility.matching.kernels.lists import Lists, empty_lists, merged, ranked
from mobility.matching.kernels.machine import (
    NONE,
    least_score,
    lowest_bit,
    offer,
    ranking_key,
    reaching,
)
from mobility.matching.scoring import features
from mobility.matching.scoring.attributes import GRADES
from mobility.matching.scoring.documents import FULL_SCORE
from mobility.matching.snapshots import BlockArrays, Snapshot

#: An essential skill weighs as much as so many optional ones.
ESSENTIAL_WEIGHS = 2
_LOWEST = np.uint64(1)
_WORD = 64


@compiled
def cover(chunk: BlockArrays, start: Any, skill: Any, credit: Any, alike: Any, draw: Any, lists: Lists) -> None:
    """Offer every worker of a chunk who has one of the skills that a vacancy asks for to its list.

    Parameters
    ----------
    scored : BlockArrays
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
        lists.length[v] = _collect(chunk.key, shares, draw[v], heap, lists.length[v])


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


def best_covered(sources: Sequence[Snapshot], demand: Demand, keep: int, seed: int) -> Lists:
    """Return the workers who cover most of what each vacancy asks for.

    Parameters
    ----------
    sources : sequence of Snapshot
        Parts of the pool.
    demand : Demand of n_vacancies
        Only its skills and keys are read.
    keep : int
        Workers wanted of each vacancy.
    seed : int
        Of the lottery among equal shares.

    Returns
    -------
    Lists
        Ranking keys, best first; the score in them is the share covered, 1 to 10,000. Who covers nothing is left out.

    Raises
    ------
    ValueError
        If ``keep`` is negative or vocabularies differ.
    """
    if keep < 0:
        raise ValueError(f"keep is {keep}, expected 0 or more")
    if any(source.vocabulary != demand.vocabulary for source in sources):
        raise ValueError("pool and demand were built with different vocabularies")
    asked = features.all_asked(demand)
    start, skill = asked.indptr.astype(np.int64), asked.indices.astype(np.int32)
    credit, draw = coverage_credit(demand), vacancy_draw(seed, demand.key)
    alike = (credit[:, 1:] == credit[:, 1:2]).all(axis=1)
    room, parts = np.full(len(demand), keep), []
    for source in sources:
        lists = empty_lists(room)
        for chunk in source.blocks:
            cover(chunk, start, skill, credit, alike, draw, lists)
        parts.append(ranked(lists))
    return parts[0] if len(parts) == 1 else merged(parts, room)


def coverage_credit(demand: Demand) -> NDArray[np.int16]:
    """Return what each grade of each skill asked brings, shape (n_asked, 17), in the order of ``all_asked``.

    Weights are whole numbers by largest remainder, an essential skill's twice an optional one's, that sum to 10,000.
    """
    asked = features.all_asked(demand)
    row = np.repeat(np.arange(len(demand)), np.diff(asked.indptr))
    essential = np.repeat(np.arange(len(demand)), np.diff(demand.essential.indptr))
    cells = row * asked.shape[1] + asked.indices
    parts = np.ones(asked.nnz, dtype=np.int64)
    parts[np.searchsorted(cells, essential * asked.shape[1] + demand.essential.indices)] = ESSENTIAL_WEIGHS
    total = np.bincount(row, weights=parts, minlength=len(demand)).astype(np.int64)[row]
    weight, left = FULL_SCORE * parts // np.maximum(total, 1), FULL_SCORE * parts % np.maximum(total, 1)
    order = np.lexsort((np.arange(asked.nnz), -left, row))
    place = np.empty(asked.nnz, dtype=np.int64)
    place[order] = np.arange(asked.nnz) - asked.indptr[row[order]]
    short = FULL_SCORE - np.bincount(row, weights=weight, minlength=len(demand)).astype(np.int64)
    weight += place < short[row]
    grades, levels = np.arange(GRADES, dtype=np.int64), asked.data.astype(np.int64)[:, None]
    return features.level_credit(grades, levels, weight[:, None]).astype(np.int16)
