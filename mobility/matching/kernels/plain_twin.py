"""The scoring kernels in plain NumPy: the same answers as ``kernel.py``, slower; for places without numba."""

import numpy as np
from numpy.typing import NDArray

from mobility.matching.core.arrays import Rows
from mobility.matching.core.bitsets import Words, contains, members
from mobility.matching.core.bitsets import count as size_of
from mobility.matching.core.ties import ranking_keys, scramble
from mobility.matching.kernels.lists import Lists, PassCounts
from mobility.matching.kernels.tables import (
    BY_RECORD,
    BY_WORK,
    DESTINATION,
    ESSENTIAL,
    EVIDENCE,
    LANGUAGE,
    OPTIONAL,
    PAY,
    RECORD_BYTES,
    SECTOR,
    SHARE_BITS,
    SHARE_MASK,
    Batch,
    Card,
    Points,
    pay_values,
)
from mobility.matching.scoring.attributes import LANGUAGES_FROM
from mobility.matching.scoring.features import FEATURES, FULL, NEUTRAL
from mobility.matching.snapshots.blocks import EVERYBODY, BlockArrays

_NOBODY, _ALL = np.uint64(0), np.uint64(2**64 - 1)


def select(
    block: BlockArrays,
    batch: Batch,
    card: Card,
    points: Points,
    columns: NDArray[np.int32],
    eligible: Lists,
    near: Lists,
) -> None:
    """Offer every worker of a block who passes, or misses one rule of, each vacancy; see ``kernel.select``."""
    select_new(block, batch, card, points, columns, columns[:0], eligible, near)


def select_new(
    block: BlockArrays,
    batch: Batch,
    card: Card,
    points: Points,
    columns: NDArray[np.int32],
    former: NDArray[np.int32],
    eligible: Lists,
    near: Lists,
) -> None:
    """Do as ``select``, leaving out those who passed other rules already; see ``kernel.select_new``."""
    del points
    for v in range(len(columns)):
        fits, once = narrow(block, columns[v])
        if len(former):
            fits = fits & ~narrow(block, former[v])[0]
        for lists, words in ((eligible, fits), (near, once)):
            own = slice(int(lists.start[v]), int(lists.start[v + 1]))
            worker = members(words, len(block.key)) if own.stop > own.start else np.empty(0, np.intp)
            if len(worker):
                values = _values(block, batch, v, worker)
                keys = ranking_keys(scores(card, values), scramble(block.key[worker].astype(np.uint64) ^ batch.draw[v]))
                _keep(lists, v, own, keys)


def narrow(block: BlockArrays, columns: NDArray[np.int32]) -> tuple[Words, Words]:
    """Return who passes every rule of a vacancy and who misses exactly one, each of shape (n_words,)."""
    everybody = block.bits[EVERYBODY]
    short, twice = np.zeros_like(everybody), np.zeros_like(everybody)
    for column in columns[columns >= 0]:
        missed = everybody & ~block.bits[block.passed[column]]
        twice |= short & missed
        short |= missed
    return everybody & ~short, short & ~twice


def scores(card: Card, values: NDArray[np.int16]) -> NDArray[np.int64]:
    """Return the score of each row of values, shape (n_pairs,)."""
    total = card.points[np.arange(len(FEATURES)), values].sum(axis=1, dtype=np.int64)
    for p in range(len(card.first)):
        one, other = card.first_bin[p, values[:, card.first[p]]], card.second_bin[p, values[:, card.second[p]]]
        total += card.pair_points[p, one, other]
    return total


def pair_values(block: BlockArrays, batch: Batch, vacancy: Rows, worker: Rows, values: NDArray[np.int16]) -> None:
    """Fill the features of some pairs; see ``kernel.pair_values``."""
    for v in np.unique(vacancy).tolist():
        mine = vacancy == v
        values[mine] = _values(block, batch, v, worker[mine])


def count(block: BlockArrays, columns: NDArray[np.int32], blocking: NDArray[np.bool_], counts: PassCounts) -> None:
    """Add a block to the counts of the vacancies' waterfalls; see ``counting.count``."""
    everybody = block.bits[EVERYBODY]
    for v in range(len(columns)):
        left, clear = everybody, everybody
        through = int(size_of(everybody))
        _, once = narrow(block, np.where(blocking[v], columns[v], -1))
        for j in range(columns.shape[1]):
            if columns[v, j] >= 0 and blocking[v, j]:
                passed, unknown = block.bits[block.passed[columns[v, j]]], block.bits[block.unknown[columns[v, j]]]
                left, clear = left & passed, clear & (passed | unknown)
                through = int(size_of(left))
                counts.sole[v, j] += int(size_of(once & ~passed))
            counts.left[v, j] += through
        counts.eligible[v] += through
        counts.unclear[v] += int(size_of(clear)) - through


def add_sizes(
    block: BlockArrays, columns: NDArray[np.int32], passed: NDArray[np.int64], unknown: NDArray[np.int64]
) -> None:
    """Add how many workers pass each rule by itself, and of how many a fact is missing; see ``counting.add_sizes``."""
    passed += size_of(block.bits[block.passed[columns]])
    unknown += size_of(block.bits[block.unknown[columns]])


def reach(block: BlockArrays, columns: NDArray[np.int32], reached: NDArray[np.uint64]) -> None:
    """Add to a set whoever passes every rule of at least one vacancy; see ``counting.reach``."""
    for row in columns:
        passed = block.bits[block.passed[row[row >= 0]]]
        reached |= block.bits[EVERYBODY] & np.bitwise_and.reduce(passed, axis=0, initial=_ALL)


def _keep(lists: Lists, v: int, own: slice, keys: NDArray[np.uint64]) -> None:
    former = lists.keys[own.start : own.start + int(lists.length[v])]
    both = np.sort(np.concatenate([former, keys]))[::-1][: own.stop - own.start]
    lists.keys[own.start : own.start + len(both)] = both
    lists.length[v] = len(both)


def _values(block: BlockArrays, batch: Batch, v: int, worker: Rows) -> NDArray[np.int16]:
    """Return the features of some workers of a block for one vacancy."""
    shares, record = _shares(block, batch, v)[worker].astype(np.int64), block.record[worker]
    work = _work(block, int(batch.group[v]))[worker]
    tongues = np.arange(batch.language.shape[1])
    spoken = batch.language[v][tongues, record[:, LANGUAGES_FROM:]].sum(axis=1, dtype=np.int64)
    wants_country, no_country, wants_sector, no_sector = batch.wish[v].tolist()
    values = np.empty((len(worker), len(FEATURES)), dtype=np.int16)
    values[:, ESSENTIAL] = shares >> 2 * SHARE_BITS
    values[:, OPTIONAL] = shares >> SHARE_BITS & SHARE_MASK
    values[:, EVIDENCE] = shares & SHARE_MASK
    values[:, list(BY_WORK)] = batch.by_work[v][:, work].T
    values[:, LANGUAGE] = spoken if batch.languages_asked[v] else FULL
    values[:, DESTINATION] = _wish(block.wishes, wants_country, no_country, worker)
    values[:, SECTOR] = _wish(block.wishes, wants_sector, no_sector, worker)
    values[:, list(BY_RECORD)] = batch.by_record[v][np.arange(len(BY_RECORD)), record[:, list(RECORD_BYTES)]]
    values[:, PAY] = pay_values(batch, np.array([v]), block.pay[worker].astype(np.int64))
    return values


def _shares(block: BlockArrays, batch: Batch, v: int) -> NDArray[np.uint32]:
    shares = np.full(len(block.key), batch.base[v], dtype=np.uint32)
    for j in range(int(batch.skill_start[v]), int(batch.skill_start[v + 1])):
        skill = int(batch.skill[j])
        part = slice(int(block.skill_start[skill]), int(block.skill_start[skill + 1]))
        shares[block.skill_worker[part]] += batch.credit[j][block.skill_grade[part]]
    return shares


def _work(block: BlockArrays, group: int) -> NDArray[np.uint8]:
    work = np.zeros(len(block.key), dtype=np.uint8)
    if group >= 0:
        part = slice(int(block.work_start[group]), int(block.work_start[group + 1]))
        work[block.work_worker[part]] = block.work_code[part]
    return work


def _wish(wishes: Words, wants: int, unstated: int, worker: Rows) -> NDArray[np.int64]:
    neutral = np.where(contains(wishes[unstated], worker), NEUTRAL, 0)
    return np.where(contains(wishes[wants], worker), FULL, neutral)
