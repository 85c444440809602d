"""The scoring kernels in machine code: coverage, points and the best of each list, chunk by chunk; integers only.

Serial and without the interpreter's lock: callers give slices of vacancies to threads. ``reference.py`` holds the same
in NumPy, and ``features.py`` the definition; all three must agree to the last bit.
"""

from typing import Any, NamedTuple

import numpy as np

from mobility.matching.core.compiled import compiled, inlined
from mobility.matching.kernels.machine import (
    SPARE,
    least_score,
    members,
    offer,
    ranking_key,
)
from mobility.matching.kernels.passing import drop, let_pass, narrow
from mobility.matching.kernels.prospects import SECOND, SHARE, THIRD, THIS_WISH, by_skills, drop_hopeless
from mobility.matching.kernels.tables import ESSENTIAL, EVIDENCE, LANGUAGE, OPTIONAL, Batch, Card, Points
from mobility.matching.scoring.attributes import FIRST_WEEK, LANGUAGES_FROM, MONTHS_AWAY, SEASONS
from mobility.matching.scoring.features import FULL, NEUTRAL
from mobility.matching.snapshots.blocks import ChunkArrays

_LOWEST = np.uint64(1)
_TWICE = np.uint64(2)
_WORD = 64
_FEATURES = 12
_SEASONS_FULL = 3


class Room(NamedTuple):
    """Room for the workers of a chunk: local numbers, scores, and the features of one of them."""

    index: Any
    score: Any
    values: Any


@compiled
def _cover(chunk: ChunkArrays, batch: Batch, v: int, shares: Any) -> None:
    """Add up what every worker's skills bring."""
    shares[:] = batch.base[v]
    for j in range(batch.skill_start[v], batch.skill_start[v + 1]):
        skill, credit = batch.skill[j], batch.credit[j]
        first, last = np.int64(chunk.skill_start[skill]), np.int64(chunk.skill_start[skill + 1])
        workers, grades = chunk.skill_worker[first:last], chunk.skill_grade[first:last]
        for i in range(workers.size):
            shares[workers[i]] += credit[grades[i]]


@compiled
def _spread(chunk: ChunkArrays, group: int, work: Any) -> None:
    """Put down every worker's months and recency in a group."""
    if group >= 0:
        for i in range(chunk.work_start[group], chunk.work_start[group + 1]):
            work[chunk.work_worker[i]] = chunk.work_code[i]


@compiled
def _clear(chunk: ChunkArrays, group: int, work: Any) -> None:
    if group >= 0:
        for i in range(chunk.work_start[group], chunk.work_start[group + 1]):
            work[chunk.work_worker[i]] = 0


@compiled
def _wish_value(wishes: Any, wants: int, unstated: int, i: int) -> Any:
    """Return the value of a wish for one worker."""
    word, place = i // _WORD, np.uint64(i % _WORD)
    if (wishes[wants, word] >> place) & _LOWEST:
        return FULL
    return NEUTRAL if (wishes[unstated, word] >> place) & _LOWEST else 0


@compiled
def _language_value(record: Any, batch: Batch, v: int, i: int) -> Any:
    if not batch.languages_asked[v]:
        return FULL
    total = 0
    for number in range(batch.language.shape[1]):
        total += batch.language[v, number, record[i, LANGUAGES_FROM + number]]
    return total


@compiled
def _values(chunk: ChunkArrays, batch: Batch, v: int, i: int, shares: int, work: int, values: Any) -> None:
    """Look up the twelve features of one pair."""
    values[0] = shares >> THIRD
    values[1] = (shares >> SECOND) & SHARE
    values[2] = shares & SHARE
    values[3] = batch.worked[v, work, 0]
    values[4] = batch.worked[v, work, 1]
    values[5] = _language_value(chunk.record, batch, v, i)
    values[6] = _wish_value(chunk.wishes, batch.wish[v, 0], batch.wish[v, 1], i)
    values[7] = _wish_value(chunk.wishes, batch.wish[v, 2], batch.wish[v, 3], i)
    values[8] = batch.duration[v, chunk.record[i, MONTHS_AWAY]]
    pay = chunk.pay[i]
    own = (pay & 255) == 0 or (pay >> 8) == batch.currency[v]
    values[9] = batch.pay[v, pay & 255] if own else NEUTRAL
    values[10] = batch.week[v, chunk.record[i, FIRST_WEEK]]
    values[11] = FULL * min(chunk.record[i, SEASONS], _SEASONS_FULL) // _SEASONS_FULL


@compiled
def _pair_points(card: Card, values: Any) -> Any:
    """Return what the pair terms bring to twelve values."""
    score = 0
    for p in range(card.first.size):
        one, other = card.first_bin[p, values[card.first[p]]], card.second_bin[p, values[card.second[p]]]
        score += card.pair_points[p, one, other]
    return score


@compiled
def _add_skills(tables: Any, early: Any, shares: Any, work: Any, bar: Any, found: Any, index: Any, score: Any) -> Any:
    """Score some workers by skills, months and recency, and keep those who reach a bar; return how many they are.

    Here and below each is written before it is known whether it stays: a branch that nobody can foresee costs more
    than a write.
    """
    essential, optional, evidence, kept = tables[ESSENTIAL], tables[OPTIONAL], tables[EVIDENCE], 0
    for n in range(found):
        i = index[n]
        total = by_skills(essential, optional, evidence, shares[i]) + early[work[i]]
        index[kept], score[kept] = i, total
        kept += total >= bar
    return kept


@inlined
def _wished(wants: Any, unstated: Any, i: Any, points: Any) -> Any:
    """Return what a wish brings to one worker."""
    place, at = i // _WORD, np.uint64(i % _WORD)
    return points[((wants[place] >> at) & _LOWEST) * _TWICE + ((unstated[place] >> at) & _LOWEST)]


@compiled
def _add_wishes(wishes: Any, wish: Any, points: Any, bar: Any, found: Any, index: Any, score: Any) -> Any:
    """Add what their wishes bring to the scores of some workers, and keep those who reach a bar."""
    country, no_country, sector, no_sector = wishes[wish[0]], wishes[wish[1]], wishes[wish[2]], wishes[wish[3]]
    by_country, by_sector = points
    kept = 0
    for n in range(found):
        i = index[n]
        total = score[n] + _wished(country, no_country, i, by_country) + _wished(sector, no_sector, i, by_sector)
        index[kept], score[kept] = i, total
        kept += total >= bar
    return kept


@compiled
def _add_languages(
    record: Any, language: Any, unspoken: Any, points: Any, bar: Any, found: Any, index: Any, score: Any
) -> Any:
    """Add what their languages bring to the scores of some workers, and keep those who reach a bar."""
    kept = 0
    for n in range(found):
        i, spoken = index[n], unspoken
        for number in range(language.shape[0]):
            spoken += language[number, record[i, LANGUAGES_FROM + number]]
        total = score[n] + points[spoken]
        index[kept], score[kept] = i, total
        kept += total >= bar
    return kept


@compiled
def _add_terms(record: Any, pays: Any, tables: Any, currency: Any, bar: Any, found: Any, index: Any, score: Any) -> Any:
    """Add what months away, first week, seasons and pay bring to some workers, and keep those who reach a bar."""
    duration, week, seasons, pay, other_pay = tables
    other, kept = other_pay[0], 0
    for n in range(found):
        i = index[n]
        floor = pays[i]
        own = ((floor & 255) == 0) | ((floor >> 8) == currency)
        total = score[n] + other + (pay[floor & 255] - other) * own
        total += duration[record[i, MONTHS_AWAY]] + week[record[i, FIRST_WEEK]] + seasons[record[i, SEASONS]]
        index[kept], score[kept] = i, total
        kept += total >= bar
    return kept


@compiled
def _score(
    chunk: ChunkArrays, batch: Batch, card: Card, points: Points, v: Any, least: Any, words: Any, shares: Any,
    work: Any, room: Room,
) -> Any:  # fmt: skip
    """Score those of a set who can reach a list without pair terms; return how many they are.

    What is still to be added is at most ``rest`` at first, and only what pairs bring at last.
    """
    base, wish, index, score, rest = batch.base[v], batch.wish[v], room.index, room.score, points.rest[v]
    wished, tables = (points.country, points.sector), card.points
    always = by_skills(tables[ESSENTIAL], tables[OPTIONAL], tables[EVIDENCE], base) + points.worked[v, 0]
    drop_hopeless(chunk.wishes, wish, wished, always + rest - least, shares, base, work, words)
    found = members(words, index)
    found = _add_skills(tables, points.worked[v], shares, work, least - rest, found, index, score)
    rest -= points.country[THIS_WISH] + points.sector[THIS_WISH]
    found = _add_wishes(chunk.wishes, wish, wished, least - rest, found, index, score)
    unspoken = 0 if batch.languages_asked[v] else FULL
    rest -= points.spoken[v]
    spoken = tables[LANGUAGE]
    found = _add_languages(chunk.record, batch.language[v], unspoken, spoken, least - rest, found, index, score)
    terms = (points.duration[v], points.week[v], points.seasons, points.pay[v], points.other_pay)
    bar = least - points.pairs[0]
    return _add_terms(chunk.record, chunk.pay, terms, batch.currency[v], bar, found, index, score)


@compiled
def _walk(
    chunk: ChunkArrays, batch: Batch, card: Card, points: Points, v: Any, words: Any, shares: Any, work: Any,
    room: Room, heap: Any, held: Any,
) -> Any:  # fmt: skip
    """Score every worker of a set who can reach a list and keep the best; return how many are kept."""
    least, index, score = least_score(heap, held), room.index, room.score
    for n in range(_score(chunk, batch, card, points, v, least, words, shares, work, room)):
        i, total = index[n], score[n]
        if total + points.pairs[0] < least:  # it has risen since they were scored
            continue
        if card.first.size:
            _values(chunk, batch, v, i, shares[i], work[i], room.values)
            total += _pair_points(card, room.values)
        if total >= least:
            held = offer(heap, held, ranking_key(total, chunk.key[i], batch.draw[v]))
            least = least_score(heap, held)
    return held


def select(
    chunk: ChunkArrays, batch: Batch, card: Card, points: Points, columns: Any, eligible: Any, near: Any
) -> None:
    """Offer every worker of a chunk who passes (or misses one rule of) each vacancy to its lists.

    Parameters
    ----------
    chunk, batch, card, points : ChunkArrays, Batch, Card, Points
    columns : ndarray of int32, shape (v, n_rules)
        Columns of the blocking rules; -1 for none.
    eligible, near : Lists
        Best so far; changed in place. A list without room is left alone.
    """
    select_new(chunk, batch, card, points, columns, columns[:0], eligible, near)


@compiled
def select_new(
    chunk: ChunkArrays, batch: Batch, card: Card, points: Points, columns: Any, former: Any, eligible: Any, near: Any
) -> None:
    """Do as ``select``, leaving out those who passed other rules already: ``former``, as ``columns``, or no rows."""
    fits, sole = np.empty(chunk.bits.shape[1], np.uint64), np.empty(chunk.bits.shape[1], np.uint64)
    shares, work = np.empty(fits.size * _WORD, np.uint32), np.zeros(fits.size * _WORD, np.uint8)
    size = fits.size * _WORD + SPARE
    room = Room(np.empty(size, np.uint32), np.empty(size, np.int32), np.empty(_FEATURES, np.int16))
    for v in range(columns.shape[0]):
        best = eligible.keys[eligible.start[v] : eligible.start[v + 1]]
        close = near.keys[near.start[v] : near.start[v + 1]]
        if close.size:
            found = narrow(chunk.bits, chunk.passed, columns[v], fits, sole)
        else:
            found = let_pass(chunk.bits, chunk.passed, columns[v], fits)
            if former.shape[0]:
                found = drop(chunk.bits, chunk.passed, former[v], fits, sole)
        if found == 0 or best.size + close.size == 0:
            continue
        _cover(chunk, batch, v, shares)
        _spread(chunk, batch.group[v], work)
        if best.size:
            eligible.held[v] = _walk(chunk, batch, card, points, v, fits, shares, work, room, best, eligible.held[v])
        if close.size:
            near.held[v] = _walk(chunk, batch, card, points, v, sole, shares, work, room, close, near.held[v])
        _clear(chunk, batch.group[v], work)


@compiled
def pair_values(chunk: ChunkArrays, batch: Batch, vacancy: Any, worker: Any, values: Any) -> None:
    """Fill the features of some pairs.

    Parameters
    ----------
    chunk, batch : ChunkArrays, Batch
    vacancy, worker : ndarray of int64, shape (n_pairs,)
        Rows of the batch, ascending, and local numbers of the chunk.
    values : ndarray of int16, shape (n_pairs, n_features)
        Filled.
    """
    size = chunk.bits.shape[1] * _WORD
    shares, work = np.empty(size, np.uint32), np.zeros(size, np.uint8)
    done = -1
    for pair in range(vacancy.size):
        v = vacancy[pair]
        if v != done:
            if done >= 0:
                _clear(chunk, batch.group[done], work)
            _cover(chunk, batch, v, shares)
            _spread(chunk, batch.group[v], work)
            done = v
        i = worker[pair]
        _values(chunk, batch, v, i, shares[i], work[i], values[pair])
