"""The scoring kernels in machine code: rules, coverage, points and the best of a list in one pass; integers only.

Serial and without the interpreter's lock: callers give slices of vacancies to threads. ``reference.py`` holds the same
in NumPy, and ``features.py`` the definition; all three must agree to the last bit.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from mobility.matching.attributes import FIRST_WEEK, LANGUAGES_FROM, MONTHS_AWAY, SEASONS
from mobility.matching.chunks import EVERYBODY, ChunkArrays
from mobility.matching.compile import SHARE_BITS, SHARE_MASK, Batch, Card, Points
from mobility.matching.features import FULL, NEUTRAL
from mobility.matching.ties import FACTORS, LOTTERY_BITS, LOTTERY_MASK, SHIFT

Compiled = TypeVar("Compiled", bound=Callable[..., Any])

_MASK, _BITS, _SHIFT = np.uint64(LOTTERY_MASK), np.uint64(LOTTERY_BITS), np.uint64(SHIFT)
_ONE, _TWO = np.uint64(FACTORS[0]), np.uint64(FACTORS[1])
_LOWEST = np.uint64(1)
_NONE, _TWICE = np.uint64(0), np.uint64(2)
_SHARE = np.uint32(SHARE_MASK)
_SHIFT_ONE, _SHIFT_TWO = np.uint32(SHARE_BITS), np.uint32(2 * SHARE_BITS)
_WORD = 64
_FEATURES = 12
_SEASONS_FULL = 3


def _compiled(function: Compiled) -> Compiled:
    """Compile for machine speed, kept on disk where there is a place for it."""
    try:
        return njit(nogil=True, cache=True)(function)
    except RuntimeError:
        return njit(nogil=True)(function)


@intrinsic  # type: ignore[misc]
def _bits_in(context: Any, word: Any) -> Any:
    """Count the bits of a word by the processor's own instruction."""
    del context, word

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        del context, signature
        return builder.ctpop(args[0])

    return types.uint64(types.uint64), code


@intrinsic  # type: ignore[misc]
def _lowest_bit(context: Any, word: Any) -> Any:
    """Return the place of the lowest bit of a word that is not 0."""
    del context, word

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        zero_is_never_given = context.get_constant(types.boolean, 1)
        del signature
        return builder.cttz(args[0], zero_is_never_given)

    return types.uint64(types.uint64), code


@_compiled
def _narrow(bits: Any, passed: Any, columns: Any, fits: Any, sole: Any) -> int:
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
        found += _bits_in(fits[i]) + _bits_in(sole[i])
    return found


@_compiled
def _pass(bits: Any, passed: Any, columns: Any, fits: Any) -> int:
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
        found += _bits_in(fits[i])
    return found


@_compiled
def _cover(chunk: ChunkArrays, batch: Batch, v: int, shares: Any) -> None:
    """Add up what every worker's skills bring."""
    shares[:] = batch.base[v]
    for j in range(batch.skill_start[v], batch.skill_start[v + 1]):
        skill, credit = batch.skill[j], batch.credit[j]
        for i in range(chunk.skill_start[skill], chunk.skill_start[skill + 1]):
            shares[chunk.skill_worker[i]] += credit[chunk.skill_grade[i]]


@_compiled
def _spread(chunk: ChunkArrays, group: int, work: Any) -> None:
    """Put down every worker's months and recency in a group."""
    if group >= 0:
        for i in range(chunk.work_start[group], chunk.work_start[group + 1]):
            work[chunk.work_worker[i]] = chunk.work_code[i]


@_compiled
def _clear(chunk: ChunkArrays, group: int, work: Any) -> None:
    if group >= 0:
        for i in range(chunk.work_start[group], chunk.work_start[group + 1]):
            work[chunk.work_worker[i]] = 0


@_compiled
def _wish_value(wishes: Any, wants: int, unstated: int, i: int) -> int:
    """Return the value of a wish for one worker."""
    word, place = i // _WORD, np.uint64(i % _WORD)
    if (wishes[wants, word] >> place) & _LOWEST:
        return FULL
    return NEUTRAL if (wishes[unstated, word] >> place) & _LOWEST else 0


@_compiled
def _language_value(record: Any, batch: Batch, v: int, i: int) -> int:
    if not batch.languages_asked[v]:
        return FULL
    total = 0
    for number in range(batch.language.shape[1]):
        total += batch.language[v, number, record[i, LANGUAGES_FROM + number]]
    return total


@_compiled
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


@_compiled
def _pair_points(card: Card, values: Any) -> int:
    """Return what the pair terms bring to twelve values."""
    score = 0
    for p in range(card.first.size):
        one, other = card.first_bin[p, values[card.first[p]]], card.second_bin[p, values[card.second[p]]]
        score += card.pair_points[p, one, other]
    return score


@_compiled
def _ranking_key(score: int, worker: int, draw: int) -> int:
    mixed = np.uint64(worker) ^ draw
    mixed = ((mixed ^ (mixed >> _SHIFT)) * _ONE) & _MASK
    mixed = ((mixed ^ (mixed >> _SHIFT)) * _TWO) & _MASK
    mixed ^= mixed >> _SHIFT
    return (np.uint64(score) << _BITS) | (_MASK ^ mixed)


@_compiled
def _offer(heap: Any, held: int, key: int) -> int:
    """Put a key on a heap whose least key stands first, if there is room or it beats the least; return its size."""
    if held < heap.size:
        at = held
        while at > 0 and heap[(at - 1) >> 1] > key:
            heap[at] = heap[(at - 1) >> 1]
            at = (at - 1) >> 1
        heap[at] = key
        return held + 1
    if key <= heap[0]:
        return held
    at, below = 0, 1
    while below < heap.size:
        if below + 1 < heap.size and heap[below + 1] < heap[below]:
            below += 1
        if heap[below] >= key:
            break
        heap[at] = heap[below]
        at, below = below, 2 * below + 1
    heap[at] = key
    return held


@_compiled
def _least(heap: Any, held: int) -> int:
    """Return the score that a pair must at least have to be kept."""
    return np.int64(heap[0] >> _BITS) if held == heap.size else np.int64(-1)


@_compiled
def _walk(
    chunk: ChunkArrays, batch: Batch, card: Card, points: Points, v: int, words: Any, shares: Any, work: Any,
    values: Any, heap: Any, held: int,
) -> int:  # fmt: skip
    """Score every worker of a set and keep the best; return how many are kept."""
    essential, optional, evidence, early = card.points[0], card.points[1], card.points[2], points.worked[v]
    language, record, pay = batch.language[v], chunk.record, chunk.pay
    duration, week, own_pay, currency = points.duration[v], points.week[v], points.pay[v], batch.currency[v]
    wants_country, no_country = chunk.wishes[batch.wish[v, 0]], chunk.wishes[batch.wish[v, 1]]
    wants_sector, no_sector = chunk.wishes[batch.wish[v, 2]], chunk.wishes[batch.wish[v, 3]]
    unspoken, rest, draw = 0 if batch.languages_asked[v] else FULL, points.rest[v], batch.draw[v]
    terms = card.first.size
    least = _least(heap, held)
    for place in range(words.size):
        word = words[place]
        while word != _NONE:
            at = _lowest_bit(word)
            word &= word - _LOWEST
            i = place * _WORD + np.int64(at)
            share, code = shares[i], work[i]
            score = (
                essential[share >> _SHIFT_TWO]
                + optional[(share >> _SHIFT_ONE) & _SHARE]
                + evidence[share & _SHARE]
                + early[code]
            )
            if score + rest < least:
                continue
            spoken = unspoken
            for number in range(language.shape[0]):
                spoken += language[number, record[i, LANGUAGES_FROM + number]]
            country = ((wants_country[place] >> at) & _LOWEST) * _TWICE + ((no_country[place] >> at) & _LOWEST)
            sector = ((wants_sector[place] >> at) & _LOWEST) * _TWICE + ((no_sector[place] >> at) & _LOWEST)
            floor = pay[i]
            own = (floor & 255) == 0 or (floor >> 8) == currency
            score += (
                card.points[5, spoken]
                + points.country[country]
                + points.sector[sector]
                + duration[record[i, MONTHS_AWAY]]
                + (own_pay[floor & 255] if own else points.other_pay[0])
                + week[record[i, FIRST_WEEK]]
                + points.seasons[record[i, SEASONS]]
            )
            if score + points.pairs[0] < least:
                continue
            if terms:
                _values(chunk, batch, v, i, share, code, values)
                score += _pair_points(card, values)
            if score >= least:
                held = _offer(heap, held, _ranking_key(score, chunk.key[i], draw))
                least = _least(heap, held)
    return held


@_compiled
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
    fits, sole = np.empty(chunk.bits.shape[1], np.uint64), np.empty(chunk.bits.shape[1], np.uint64)
    shares, work = np.empty(fits.size * _WORD, np.uint32), np.zeros(fits.size * _WORD, np.uint8)
    values = np.empty(_FEATURES, np.int16)
    for v in range(columns.shape[0]):
        best = eligible.keys[eligible.start[v] : eligible.start[v + 1]]
        close = near.keys[near.start[v] : near.start[v + 1]]
        if close.size:
            found = _narrow(chunk.bits, chunk.passed, columns[v], fits, sole)
        else:
            found = _pass(chunk.bits, chunk.passed, columns[v], fits)
        if found == 0 or best.size + close.size == 0:
            continue
        _cover(chunk, batch, v, shares)
        _spread(chunk, batch.group[v], work)
        if best.size:
            eligible.held[v] = _walk(
                chunk, batch, card, points, v, fits, shares, work, values, best, eligible.held[v]
            )
        if close.size:
            near.held[v] = _walk(chunk, batch, card, points, v, sole, shares, work, values, close, near.held[v])
        _clear(chunk, batch.group[v], work)


@_compiled
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


@_compiled
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
            through += _bits_in(left[i])
        for j in range(columns.shape[1]):
            if columns[v, j] >= 0 and blocking[v, j]:
                passed, unknown = bits[chunk.passed[columns[v, j]]], bits[chunk.unknown[columns[v, j]]]
                through = _fall(everybody, passed, unknown, left, short, twice, clear)
            counts.left[v, j] += through
        counts.eligible[v] += through
        failing_none = 0
        for i in range(left.size):
            failing_none += _bits_in(clear[i])
            twice[i] = short[i] & ~twice[i]
        counts.unclear[v] += failing_none - through
        _sole(bits, chunk.passed, columns[v], blocking[v], twice, counts.sole[v])


@_compiled
def _fall(everybody: Any, passed: Any, unknown: Any, left: Any, short: Any, twice: Any, clear: Any) -> int:
    """Let one rule narrow the sets; return how many are left."""
    through = 0
    for i in range(left.size):
        missed = everybody[i] & ~passed[i]
        twice[i] |= short[i] & missed
        short[i] |= missed
        clear[i] &= passed[i] | unknown[i]
        left[i] &= passed[i]
        through += _bits_in(left[i])
    return through


@_compiled
def _sole(bits: Any, passed: Any, columns: Any, blocking: Any, once: Any, sole: Any) -> None:
    """Count for each rule those who miss nothing but it."""
    for j in range(columns.size):
        if columns[j] >= 0 and blocking[j]:
            row = bits[passed[columns[j]]]
            found = 0
            for i in range(once.size):
                found += _bits_in(once[i] & ~row[i])
            sole[j] += found
