"""The scoring kernels in machine code: rules, coverage, points and the best of a list in one pass; integers only.

Serial and without the interpreter's lock: callers give slices of vacancies to threads. ``reference.py`` holds the same
in NumPy, and ``features.py`` the definition; all three must agree to the last bit.
"""

from typing import Any, NamedTuple

import numpy as np

from mobility.matching.attributes import FIRST_WEEK, LANGUAGES_FROM, MONTHS_AWAY, SEASONS
from mobility.matching.chunks import EVERYBODY, ChunkArrays
from mobility.matching.compile import SHARE_BITS, SHARE_MASK, Batch, Card, Points
from mobility.matching.features import FULL, NEUTRAL
from mobility.matching.machine import bits_in, compiled, inlined, least_score, lowest_bit, offer, ranking_key

_LOWEST = np.uint64(1)
#: Words whose workers are scored together.
_BLOCK = 16
_NONE, _TWICE = np.uint64(0), np.uint64(2)
_SHARE = np.uint32(SHARE_MASK)
_SHIFT_ONE, _SHIFT_TWO = np.uint32(SHARE_BITS), np.uint32(2 * SHARE_BITS)
_WORD = 64
_FEATURES = 12
_SEASONS_FULL = 3


class Room(NamedTuple):
    """Room for the workers of a block: local numbers, scores, and the features of one of them."""

    index: Any
    score: Any
    values: Any


@compiled
def _narrow(bits: Any, passed: Any, columns: Any, fits: Any, sole: Any) -> Any:
    """Fill the words of those who pass every rule and of those who miss exactly one; return how many they are."""
    everybody = bits[EVERYBODY]
    for i in range(fits.size):
        fits[i] = _NONE
        sole[i] = _NONE
    for j in range(columns.size):
        if columns[j] >= 0:
            row = bits[passed[columns[j]]]
            for i in range(fits.size):
                short = everybody[i] & ~row[i]
                sole[i] |= fits[i] & short
                fits[i] |= short
    found = 0
    for i in range(fits.size):
        one, two = fits[i], sole[i]
        fits[i] = everybody[i] & ~one
        sole[i] = one & ~two
        found += bits_in(fits[i]) + bits_in(sole[i])
    return found


@compiled
def _pass(bits: Any, passed: Any, columns: Any, fits: Any) -> Any:
    """Fill the words of those who pass every rule; return how many they are."""
    for i in range(fits.size):
        fits[i] = bits[EVERYBODY, i]
    for j in range(columns.size):
        if columns[j] >= 0:
            row = bits[passed[columns[j]]]
            for i in range(fits.size):
                fits[i] &= row[i]
    found = 0
    for i in range(fits.size):
        found += bits_in(fits[i])
    return found


@compiled
def _cover(chunk: ChunkArrays, batch: Batch, v: int, shares: Any) -> None:
    """Add up what every worker's skills bring."""
    shares[:] = batch.base[v]
    for j in range(batch.skill_start[v], batch.skill_start[v + 1]):
        skill, credit = batch.skill[j], batch.credit[j]
        for i in range(chunk.skill_start[skill], chunk.skill_start[skill + 1]):
            shares[chunk.skill_worker[i]] += credit[chunk.skill_grade[i]]


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
    values[0] = shares >> _SHIFT_TWO
    values[1] = (shares >> _SHIFT_ONE) & _SHARE
    values[2] = shares & _SHARE
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


@inlined
def _looked_up(
    record: Any, language: Any, unspoken: Any, spoken_points: Any, duration: Any, week: Any, seasons: Any
) -> Any:
    """Return what one worker's record brings: languages, months away, first week, seasons."""
    spoken = unspoken
    for number in range(language.shape[0]):
        spoken += language[number, record[LANGUAGES_FROM + number]]
    return spoken_points[spoken] + duration[record[MONTHS_AWAY]] + week[record[FIRST_WEEK]] + seasons[record[SEASONS]]


@inlined
def _wished(wants: Any, unstated: Any, at: Any, points: Any) -> Any:
    """Return what a wish brings to the worker at one place of two words."""
    return points[((wants >> at) & _LOWEST) * _TWICE + ((unstated >> at) & _LOWEST)]


@inlined
def _by_skills(essential: Any, optional: Any, evidence: Any, share: Any) -> Any:
    """Return what three shares bring."""
    return essential[share >> _SHIFT_TWO] + optional[(share >> _SHIFT_ONE) & _SHARE] + evidence[share & _SHARE]


@compiled
def _hopeful(
    words: Any, first: int, last: int, shares: Any, work: Any, card: Card, early: Any, bar: Any, index: Any, score: Any
) -> Any:
    """Put down every worker of some words whose skills, months and recency reach a bar; return how many they are.

    Each is written before it is known whether it stays: a branch that nobody can foresee costs more than a write.
    """
    essential, optional, evidence = card.points[0], card.points[1], card.points[2]
    found = 0
    for place in range(first, last):
        word = words[place]
        while word != _NONE:
            i = place * _WORD + np.int64(lowest_bit(word))
            word &= word - _LOWEST
            index[found] = i
            score[found] = _by_skills(essential, optional, evidence, shares[i]) + early[work[i]]
            found += score[found] >= bar
    return found


@compiled
def _complete(chunk: ChunkArrays, batch: Batch, card: Card, points: Points, v: Any, index: Any, score: Any) -> None:
    """Add what everything else brings to the scores of some workers."""
    spoken, language, duration, week = card.points[5], batch.language[v], points.duration[v], points.week[v]
    pay, currency, wish = points.pay[v], batch.currency[v], batch.wish[v]
    country, no_country = chunk.wishes[wish[0]], chunk.wishes[wish[1]]
    sector, no_sector = chunk.wishes[wish[2]], chunk.wishes[wish[3]]
    unspoken, other = 0 if batch.languages_asked[v] else FULL, points.other_pay[0]
    for n in range(index.size):
        i = index[n]
        at, place = np.uint64(i) & np.uint64(_WORD - 1), i // _WORD
        floor = chunk.pay[i]
        own = ((floor & 255) == 0) | ((floor >> 8) == currency)
        score[n] += (
            other
            + (pay[floor & 255] - other) * own
            + _looked_up(chunk.record[i], language, unspoken, spoken, duration, week, points.seasons)
            + _wished(country[place], no_country[place], at, points.country)
            + _wished(sector[place], no_sector[place], at, points.sector)
        )


@compiled
def _walk(
    chunk: ChunkArrays, batch: Batch, card: Card, points: Points, v: Any, words: Any, shares: Any, work: Any,
    room: Room, heap: Any, held: Any,
) -> Any:  # fmt: skip
    """Score every worker of a set and keep the best; return how many are kept."""
    least, index, score = least_score(heap, held), room.index, room.score
    for first in range(0, words.size, _BLOCK):
        last = min(first + _BLOCK, words.size)
        found = _hopeful(words, first, last, shares, work, card, points.worked[v], least - points.rest[v], index, score)
        _complete(chunk, batch, card, points, v, index[:found], score[:found])
        for n in range(found):
            i, total = index[n], score[n]
            if card.first.size and total + points.pairs[0] >= least:
                _values(chunk, batch, v, i, shares[i], work[i], room.values)
                total += _pair_points(card, room.values)
            if total >= least:
                held = offer(heap, held, ranking_key(total, chunk.key[i], batch.draw[v]))
                least = least_score(heap, held)
    return held


@compiled
def _drop(bits: Any, passed: Any, columns: Any, fits: Any, former: Any) -> Any:
    """Take those out of a set who pass other rules; return how many are left."""
    _pass(bits, passed, columns, former)
    left = 0
    for i in range(fits.size):
        fits[i] &= ~former[i]
        left += bits_in(fits[i])
    return left


@compiled
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
    size = _BLOCK * _WORD + 1
    room = Room(np.empty(size, np.int64), np.empty(size, np.int64), np.empty(_FEATURES, np.int16))
    for v in range(columns.shape[0]):
        best = eligible.keys[eligible.start[v] : eligible.start[v + 1]]
        close = near.keys[near.start[v] : near.start[v + 1]]
        if close.size:
            found = _narrow(chunk.bits, chunk.passed, columns[v], fits, sole)
        else:
            found = _pass(chunk.bits, chunk.passed, columns[v], fits)
            if former.shape[0]:
                found = _drop(chunk.bits, chunk.passed, former[v], fits, sole)
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
