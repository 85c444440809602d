"""The scoring kernels in machine code: who passes, what skills bring, points and the best of each list; integers only.

Serial and without the interpreter's lock: callers give slices of vacancies to threads. ``plain_twin.py`` holds the same
in NumPy, and ``features.py`` the definition; all three must agree to the last bit.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mobility.matching.core.arrays import Rows
from mobility.matching.core.bitsets import Words
from mobility.matching.core.compiled import compiled, inlined
from mobility.matching.kernels.lists import Keys, Lists
from mobility.matching.kernels.machine import (
    SPARE,
    least_score,
    members,
    offer,
    ranking_key,
)
from mobility.matching.kernels.sets import (
    SECOND,
    SHARE,
    THIRD,
    THIS_WISH,
    by_skills,
    drop,
    drop_below_bound,
    let_pass,
    narrow,
)
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
    Batch,
    Card,
    Points,
)
from mobility.matching.scoring.attributes import LANGUAGES_FROM
from mobility.matching.scoring.features import FEATURES, FULL, NEUTRAL
from mobility.matching.snapshots.blocks import BlockArrays

_LOWEST = np.uint64(1)
_TWICE = np.uint64(2)
_WORD = 64
_FEATURES = len(FEATURES)
_BY_WORK, _BY_RECORD = len(BY_WORK), len(BY_RECORD)

Columns = NDArray[np.int32]
Values = NDArray[np.int16]


class Scratch(NamedTuple):
    """Arrays that a kernel writes to while it goes through the workers of a block, n of them in w words.

    Attributes
    ----------
    fits, sole : ndarray of uint64, shape (w,)
        Who passes every rule of a vacancy, and who misses exactly one.
    shares : ndarray of uint32, shape (64 * w,)
        What each worker's skills bring: three shares of ten bits.
    work : ndarray of uint8, shape (64 * w,)
        Months and recency of each in the vacancy's group; all 0 between vacancies.
    rows : ndarray of uint32, shape (64 * w + SPARE,)
        Workers still looked at.
    score : ndarray of int32, shape (64 * w + SPARE,)
        Points so far of those in ``rows``.
    values : ndarray of int16, shape (n_features,)
        Features of one worker.
    """

    fits: Words
    sole: Words
    shares: NDArray[np.uint32]
    work: NDArray[np.uint8]
    rows: NDArray[np.uint32]
    score: NDArray[np.int32]
    values: Values


@compiled
def _scratch(words: int) -> Scratch:
    size = words * _WORD
    return Scratch(
        np.empty(words, np.uint64), np.empty(words, np.uint64), np.empty(size, np.uint32), np.zeros(size, np.uint8),
        np.empty(size + SPARE, np.uint32), np.empty(size + SPARE, np.int32), np.empty(_FEATURES, np.int16),
    )  # fmt: skip


@compiled
def _cover(block: BlockArrays, batch: Batch, v: int, shares: NDArray[np.uint32]) -> None:
    """Add up what every worker's skills bring."""
    shares[:] = batch.base[v]
    for j in range(batch.skill_start[v], batch.skill_start[v + 1]):
        skill, credit = batch.skill[j], batch.credit[j]
        first, last = np.int64(block.skill_start[skill]), np.int64(block.skill_start[skill + 1])
        workers, grades = block.skill_worker[first:last], block.skill_grade[first:last]
        for i in range(workers.size):
            shares[workers[i]] += credit[grades[i]]


@compiled
def _spread(block: BlockArrays, group: int, work: NDArray[np.uint8]) -> None:
    """Put down every worker's months and recency in a group."""
    if group >= 0:
        for i in range(block.work_start[group], block.work_start[group + 1]):
            work[block.work_worker[i]] = block.work_code[i]


@compiled
def _clear(block: BlockArrays, group: int, work: NDArray[np.uint8]) -> None:
    if group >= 0:
        for i in range(block.work_start[group], block.work_start[group + 1]):
            work[block.work_worker[i]] = 0


@compiled
def _wish_value(wishes: Words, wants: int, unstated: int, i: int) -> int:
    """Return the value of a wish for one worker."""
    word, place = i // _WORD, np.uint64(i % _WORD)
    if (wishes[wants, word] >> place) & _LOWEST:
        return FULL
    return NEUTRAL if (wishes[unstated, word] >> place) & _LOWEST else 0


@compiled
def _language_value(record: NDArray[np.uint8], batch: Batch, v: int, i: int) -> int:
    if not batch.languages_asked[v]:
        return FULL
    total = 0
    for number in range(batch.language.shape[1]):
        total += batch.language[v, number, record[i, LANGUAGES_FROM + number]]
    return total


@compiled
def _values(
    block: BlockArrays, batch: Batch, v: int, i: int, shares: np.uint32, work: np.uint8, values: Values
) -> None:
    """Look up every feature of one pair."""
    values[ESSENTIAL] = shares >> THIRD
    values[OPTIONAL] = (shares >> SECOND) & SHARE
    values[EVIDENCE] = shares & SHARE
    for number in range(_BY_WORK):
        values[BY_WORK[number]] = batch.by_work[v, number, work]
    values[LANGUAGE] = _language_value(block.record, batch, v, i)
    values[DESTINATION] = _wish_value(block.wishes, batch.wish[v, 0], batch.wish[v, 1], i)
    values[SECTOR] = _wish_value(block.wishes, batch.wish[v, 2], batch.wish[v, 3], i)
    for number in range(_BY_RECORD):
        values[BY_RECORD[number]] = batch.by_record[v, number, block.record[i, RECORD_BYTES[number]]]
    pay = block.pay[i]
    own = (pay & 255) == 0 or (pay >> 8) == batch.currency[v]
    values[PAY] = batch.pay[v, pay & 255] if own else NEUTRAL


@compiled
def _pair_points(card: Card, values: Values) -> int:
    """Return what the pair lines bring to the values of one pair."""
    score = 0
    for p in range(card.first.size):
        one, other = card.first_bin[p, values[card.first[p]]], card.second_bin[p, values[card.second[p]]]
        score += card.pair_points[p, one, other]
    return score


@compiled
def _add_skills(tables: Values, by_work: Values, bar: int, count: int, scratch: Scratch) -> int:
    """Score some workers by skills, months and recency, and keep those who reach a bar; return how many they are.

    Here and below each is written before it is known whether it stays: a branch that nobody can foresee costs more
    than a write.
    """
    essential, optional, evidence, kept = tables[ESSENTIAL], tables[OPTIONAL], tables[EVIDENCE], 0
    shares, work, rows, score = scratch.shares, scratch.work, scratch.rows, scratch.score
    for n in range(count):
        i = rows[n]
        total = by_skills(essential, optional, evidence, shares[i]) + by_work[work[i]]
        rows[kept], score[kept] = i, total
        kept += total >= bar
    return kept


@inlined
def _wished(wants: Words, unstated: Words, i: int, points: Values) -> np.int16:
    """Return what a wish brings to one worker."""
    place, at = i // _WORD, np.uint64(i % _WORD)
    return points[((wants[place] >> at) & _LOWEST) * _TWICE + ((unstated[place] >> at) & _LOWEST)]


@compiled
def _add_wishes(
    wishes: Words, wish: Columns, points: tuple[Values, Values], bar: int, count: int, scratch: Scratch
) -> int:
    """Add what their wishes bring to the scores of some workers, and keep those who reach a bar."""
    country, no_country, sector, no_sector = wishes[wish[0]], wishes[wish[1]], wishes[wish[2]], wishes[wish[3]]
    by_country, by_sector = points
    rows, score, kept = scratch.rows, scratch.score, 0
    for n in range(count):
        i = rows[n]
        total = score[n] + _wished(country, no_country, i, by_country) + _wished(sector, no_sector, i, by_sector)
        rows[kept], score[kept] = i, total
        kept += total >= bar
    return kept


@compiled
def _add_languages(
    record: NDArray[np.uint8], language: Values, unspoken: int, points: Values, bar: int, count: int, scratch: Scratch
) -> int:
    """Add what their languages bring to the scores of some workers, and keep those who reach a bar."""
    rows, score, kept = scratch.rows, scratch.score, 0
    for n in range(count):
        i, spoken = rows[n], unspoken
        for number in range(language.shape[0]):
            spoken += language[number, record[i, LANGUAGES_FROM + number]]
        total = score[n] + points[spoken]
        rows[kept], score[kept] = i, total
        kept += total >= bar
    return kept


@compiled
def _add_rest(block: BlockArrays, batch: Batch, points: Points, v: int, bar: int, count: int, scratch: Scratch) -> int:
    """Add what pay floors and bytes of their records bring to some workers, and keep those who reach a bar."""
    record, pays, currency = block.record, block.pay, batch.currency[v]
    by_record, pay, other = points.by_record[v], points.pay[v], points.other_pay[0]
    rows, score, kept = scratch.rows, scratch.score, 0
    for n in range(count):
        i = rows[n]
        floor = pays[i]
        own = ((floor & 255) == 0) | ((floor >> 8) == currency)
        total = score[n] + other + (pay[floor & 255] - other) * own
        for number in range(_BY_RECORD):
            total += by_record[number, record[i, RECORD_BYTES[number]]]
        rows[kept], score[kept] = i, total
        kept += total >= bar
    return kept


@compiled
def _score(
    block: BlockArrays, batch: Batch, card: Card, points: Points, v: int, least: int, words: Words, scratch: Scratch
) -> int:
    """Score those of a set who can reach a list without pair lines; return how many they are.

    What is still to be added is at most ``rest`` at first, and only what pairs bring at last.
    """
    base, wish, rest = batch.base[v], batch.wish[v], points.rest[v]
    wished, tables, by_work = (points.country, points.sector), card.points, points.by_work[v]
    always = by_skills(tables[ESSENTIAL], tables[OPTIONAL], tables[EVIDENCE], base) + by_work[0]
    drop_below_bound(block.wishes, wish, wished, always + rest - least, scratch.shares, base, scratch.work, words)
    count = members(words, scratch.rows)
    count = _add_skills(tables, by_work, least - rest, count, scratch)
    rest -= points.country[THIS_WISH] + points.sector[THIS_WISH]
    count = _add_wishes(block.wishes, wish, wished, least - rest, count, scratch)
    unspoken = 0 if batch.languages_asked[v] else FULL
    rest -= points.spoken[v]
    count = _add_languages(block.record, batch.language[v], unspoken, tables[LANGUAGE], least - rest, count, scratch)
    return _add_rest(block, batch, points, v, least - points.pairs[0], count, scratch)


@compiled
def _walk(
    block: BlockArrays, batch: Batch, card: Card, points: Points, v: int, words: Words, scratch: Scratch, heap: Keys,
    length: int,
) -> int:  # fmt: skip
    """Score every worker of a set who can reach a list and keep the best; return how many are kept."""
    least, rows, score = least_score(heap, length), scratch.rows, scratch.score
    for n in range(_score(block, batch, card, points, v, least, words, scratch)):
        i, total = rows[n], score[n]
        if total + points.pairs[0] < least:  # it has risen since they were scored
            continue
        if card.first.size:
            _values(block, batch, v, i, scratch.shares[i], scratch.work[i], scratch.values)
            total += _pair_points(card, scratch.values)
        if total >= least:
            length = offer(heap, length, ranking_key(total, block.key[i], batch.draw[v]))
            least = least_score(heap, length)
    return length


def select(
    block: BlockArrays, batch: Batch, card: Card, points: Points, columns: Columns, eligible: Lists, near: Lists
) -> None:
    """Offer every worker of a block who passes (or misses one rule of) each vacancy to its lists.

    Parameters
    ----------
    block, batch, card, points : BlockArrays, Batch, Card, Points
    columns : ndarray of int32, shape (v, n_rules)
        Columns of the blocking rules; -1 for none.
    eligible, near : Lists
        Best so far; changed in place. A list without room is left alone.
    """
    select_new(block, batch, card, points, columns, columns[:0], eligible, near)


@compiled
def select_new(
    block: BlockArrays, batch: Batch, card: Card, points: Points, columns: Columns, former: Columns, eligible: Lists,
    near: Lists,
) -> None:  # fmt: skip
    """Do as ``select``, leaving out those who passed other rules already: ``former``, as ``columns``, or no rows."""
    scratch = _scratch(block.bits.shape[1])
    fits, sole = scratch.fits, scratch.sole
    for v in range(columns.shape[0]):
        best = eligible.keys[eligible.start[v] : eligible.start[v + 1]]
        close = near.keys[near.start[v] : near.start[v + 1]]
        if close.size:
            count = narrow(block.bits, block.passed, columns[v], fits, sole)
        else:
            count = let_pass(block.bits, block.passed, columns[v], fits)
            if former.shape[0]:
                count = drop(block.bits, block.passed, former[v], fits, sole)
        if count == 0 or best.size + close.size == 0:
            continue
        _cover(block, batch, v, scratch.shares)
        _spread(block, batch.group[v], scratch.work)
        if best.size:
            eligible.length[v] = _walk(block, batch, card, points, v, fits, scratch, best, eligible.length[v])
        if close.size:
            near.length[v] = _walk(block, batch, card, points, v, sole, scratch, close, near.length[v])
        _clear(block, batch.group[v], scratch.work)


@compiled
def pair_values(block: BlockArrays, batch: Batch, vacancy: Rows, worker: Rows, values: Values) -> None:
    """Fill the features of some pairs.

    Parameters
    ----------
    block, batch : BlockArrays, Batch
    vacancy, worker : ndarray of int64, shape (n_pairs,)
        Rows of the batch, ascending, and local numbers of the block.
    values : ndarray of int16, shape (n_pairs, n_features)
        Filled.
    """
    scratch = _scratch(block.bits.shape[1])
    shares, work, done = scratch.shares, scratch.work, -1
    for pair in range(vacancy.size):
        v = vacancy[pair]
        if v != done:
            if done >= 0:
                _clear(block, batch.group[done], work)
            _cover(block, batch, v, shares)
            _spread(block, batch.group[v], work)
            done = v
        i = worker[pair]
        _values(block, batch, v, i, shares[i], work[i], values[pair])
