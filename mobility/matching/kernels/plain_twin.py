"""The scoring kernels in plain NumPy: the same answers as ``kernel.py``, slower; for places without numba."""

import numpy as np
from numpy.typing import NDArray

from mobility.matching.core.arrays import Rows
from mobility.matching.core.bitsets import Words, contains, members
from mobility.matching.core.bitsets import count as size_of
from mobility.matching.core.ties import ranking_keys, scramble
from mobility.matching.kernels.lists import Counts, Lists
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
from mobility.matching.snapshots.blocks import EVERYBODY, ChunkArrays

_NOBODY, _ALL = np.uint64(0), np.uint64(2**64 - 1)


def select(
    chunk: ChunkArrays,
    batch: Batch,
    card: Card,
    points: Points,
    columns: NDArray[np.int32],
    eligible: Lists,
    near: Lists,
) -> None:
    """Offer every worker of a chunk who passes, or misses one rule of, each vacancy; see ``kernel.select``."""
    select_new(chunk, batch, card, points, columns, columns[:0], eligible, near)


def select_new(
    chunk: ChunkArrays,
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
        fits, once = narrow(chunk, columns[v])
        if len(former):
            fits = fits & ~narrow(chunk, former[v])[0]
        for lists, words in ((eligible, fits), (near, once)):
            room = slice(int(lists.start[v]), int(lists.start[v + 1]))
            worker = members(words, len(chunk.key)) if room.stop > room.start else np.empty(0, np.intp)
            if len(worker):
                values = _values(chunk, batch, v, worker)
                keys = ranking_keys(scores(card, values), scramble(chunk.key[worker].astype(np.uint64) ^ batch.draw[v]))
                _keep(lists, v, room, keys)


def narrow(chunk: ChunkArrays, columns: NDArray[np.int32]) -> tuple[Words, Words]:
    """Return who passes every rule of a vacancy and who misses exactly one, each of shape (n_words,)."""
    everybody = chunk.bits[EVERYBODY]
    short, twice = np.zeros_like(everybody), np.zeros_like(everybody)
    for column in columns[columns >= 0]:
        missed = everybody & ~chunk.bits[chunk.passed[column]]
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


def pair_values(chunk: ChunkArrays, batch: Batch, vacancy: Rows, worker: Rows, values: NDArray[np.int16]) -> None:
    """Fill the features of some pairs; see ``kernel.pair_values``."""
    for v in np.unique(vacancy).tolist():
        mine = vacancy == v
        values[mine] = _values(chunk, batch, v, worker[mine])


def count(chunk: ChunkArrays, columns: NDArray[np.int32], blocking: NDArray[np.bool_], counts: Counts) -> None:
    """Add a chunk to the counts of the vacancies' waterfalls; see ``counting.count``."""
    everybody = chunk.bits[EVERYBODY]
    for v in range(len(columns)):
        left, clear = everybody, everybody
        through = int(size_of(everybody))
        _, once = narrow(chunk, np.where(blocking[v], columns[v], -1))
        for j in range(columns.shape[1]):
            if columns[v, j] >= 0 and blocking[v, j]:
                passed, unknown = chunk.bits[chunk.passed[columns[v, j]]], chunk.bits[chunk.unknown[columns[v, j]]]
                left, clear = left & passed, clear & (passed | unknown)
                through = int(size_of(left))
                counts.sole[v, j] += int(size_of(once & ~passed))
            counts.left[v, j] += through
        counts.eligible[v] += through
        counts.unclear[v] += int(size_of(clear)) - through


def add_sizes(
    chunk: ChunkArrays, columns: NDArray[np.int32], passed: NDArray[np.int64], unknown: NDArray[np.int64]
) -> None:
    """Add how many workers pass each rule by itself, and of how many a fact is missing; see ``counting.add_sizes``."""
    passed += size_of(chunk.bits[chunk.passed[columns]])
    unknown += size_of(chunk.bits[chunk.unknown[columns]])


def reach(chunk: ChunkArrays, columns: NDArray[np.int32], reached: NDArray[np.uint64]) -> None:
    """Add to a set whoever passes every rule of at least one vacancy; see ``counting.reach``."""
    for asked in columns:
        passed = chunk.bits[chunk.passed[asked[asked >= 0]]]
        reached |= chunk.bits[EVERYBODY] & np.bitwise_and.reduce(passed, axis=0, initial=_ALL)


def _keep(lists: Lists, v: int, room: slice, keys: NDArray[np.uint64]) -> None:
    held = lists.keys[room.start : room.start + int(lists.held[v])]
    both = np.sort(np.concatenate([held, keys]))[::-1][: room.stop - room.start]
    lists.keys[room.start : room.start + len(both)] = both
    lists.held[v] = len(both)


def _values(chunk: ChunkArrays, batch: Batch, v: int, worker: Rows) -> NDArray[np.int16]:
    """Return the features of some workers of a chunk for one vacancy."""
    shares, record = _shares(chunk, batch, v)[worker].astype(np.int64), chunk.record[worker]
    work = _work(chunk, int(batch.group[v]))[worker]
    tongues = np.arange(batch.language.shape[1])
    spoken = batch.language[v][tongues, record[:, LANGUAGES_FROM:]].sum(axis=1, dtype=np.int64)
    wants_country, no_country, wants_sector, no_sector = batch.wish[v].tolist()
    values = np.empty((len(worker), len(FEATURES)), dtype=np.int16)
    values[:, ESSENTIAL] = shares >> 2 * SHARE_BITS
    values[:, OPTIONAL] = shares >> SHARE_BITS & SHARE_MASK
    values[:, EVIDENCE] = shares & SHARE_MASK
    values[:, list(BY_WORK)] = batch.by_work[v][:, work].T
    values[:, LANGUAGE] = spoken if batch.languages_asked[v] else FULL
    values[:, DESTINATION] = _wish(chunk.wishes, wants_country, no_country, worker)
    values[:, SECTOR] = _wish(chunk.wishes, wants_sector, no_sector, worker)
    values[:, list(BY_RECORD)] = batch.by_record[v][np.arange(len(BY_RECORD)), record[:, list(RECORD_BYTES)]]
    values[:, PAY] = pay_values(batch, np.array([v]), chunk.pay[worker].astype(np.int64))
    return values


def _shares(chunk: ChunkArrays, batch: Batch, v: int) -> NDArray[np.uint32]:
    shares = np.full(len(chunk.key), batch.base[v], dtype=np.uint32)
    for j in range(int(batch.skill_start[v]), int(batch.skill_start[v + 1])):
        skill = int(batch.skill[j])
        part = slice(int(chunk.skill_start[skill]), int(chunk.skill_start[skill + 1]))
        shares[chunk.skill_worker[part]] += batch.credit[j][chunk.skill_grade[part]]
    return shares


def _work(chunk: ChunkArrays, group: int) -> NDArray[np.uint8]:
    work = np.zeros(len(chunk.key), dtype=np.uint8)
    if group >= 0:
        part = slice(int(chunk.work_start[group]), int(chunk.work_start[group + 1]))
        work[chunk.work_worker[part]] = chunk.work_code[part]
    return work


def _wish(wishes: Words, wants: int, unstated: int, worker: Rows) -> NDArray[np.int64]:
    neutral = np.where(contains(wishes[unstated], worker), NEUTRAL, 0)
    return np.where(contains(wishes[wants], worker), FULL, neutral)
