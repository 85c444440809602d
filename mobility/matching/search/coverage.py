"""Who has the skills that a job asks for: exact top of a whole pool by share covered; no rules, no other points."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mobility.matching.core.ties import vacancy_draw
from mobility.matching.facts.demand import Demand
from mobility.matching.kernels.engines import Kernel, engine
from mobility.matching.kernels.lists import Lists, empty_lists, merged, ranked
from mobility.matching.scoring import features
from mobility.matching.scoring.attributes import GRADES
from mobility.matching.scoring.documents import FULL_SCORE
from mobility.matching.snapshots.snapshot import Snapshot

#: An essential skill weighs as much as so many optional ones.
ESSENTIAL_WEIGHS = 2


def best_covered(
    sources: Sequence[Snapshot], demand: Demand, keep: int, seed: int, kernel: Kernel = Kernel.AUTO
) -> Lists:
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
    kernel : Kernel

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
        for chunk in source.chunks:
            engine(kernel).cover(chunk, start, skill, credit, alike, draw, lists)
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
