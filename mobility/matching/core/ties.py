"""The lottery among equal scores: a seeded, published order that owes nothing to row order, key order or dates.

The lottery of a vacancy is a bijection of worker keys, so no two workers draw the same number, each vacancy draws
afresh, and a ranking key (score and lottery in one number) tells which worker it belongs to.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.integer[Any]]
Draws = NDArray[np.uint64]

#: Worker keys and lottery numbers are below 2 ** LOTTERY_BITS.
LOTTERY_BITS = 50
#: Greatest lottery number, and the mask of one.
LOTTERY_MASK = (1 << LOTTERY_BITS) - 1
#: Bits by which the lottery shifts, and odd factors by which it multiplies, in turn.
SHIFT = 27
FACTORS = (0x1B8735939E375, 0x2545F4914F6CD)

_BITS, _MASK = np.uint64(LOTTERY_BITS), np.uint64(LOTTERY_MASK)
_SHIFT = np.uint64(SHIFT)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_FACTORS = tuple(np.uint64(factor) for factor in FACTORS)
_INVERSES = tuple(np.uint64(pow(factor, -1, 1 << LOTTERY_BITS)) for factor in FACTORS)


def mix(values: Draws) -> Draws:
    """Scramble 64-bit numbers one to one.

    Notes
    -----
    The finaliser of SplitMix64: Steele, Lea and Flood (2014), Fast splittable pseudorandom number generators.
    """
    mixed = values + _GOLDEN
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _FIRST
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
    return mixed ^ (mixed >> np.uint64(31))


def vacancy_draw(seed: int, vacancy_key: Keys) -> Draws:
    """Return what each vacancy adds to the lottery, below 2 ** 50; shape as given."""
    start = mix(np.array([seed % 2**64], dtype=np.uint64))
    return mix(vacancy_key.astype(np.uint64) ^ start) & _MASK


def scramble(values: Draws) -> Draws:
    """Scramble 50-bit numbers one to one; shape as given.

    Notes
    -----
    Odd factors and xor-shifts are bijections modulo a power of two, as in SplitMix64; a shift of more than half the
    bits is its own inverse.
    """
    mixed = values & _MASK
    for factor in _FACTORS:
        mixed = (mixed ^ (mixed >> _SHIFT)) * factor & _MASK
    return mixed ^ (mixed >> _SHIFT)


def unscramble(values: Draws) -> Draws:
    """Return what ``scramble`` was given."""
    mixed = values ^ (values >> _SHIFT)
    for inverse in reversed(_INVERSES):
        mixed = mixed * inverse & _MASK
        mixed ^= mixed >> _SHIFT
    return mixed


def tie_order(seed: int, vacancy_key: Keys, worker_key: Keys) -> Draws:
    """Draw a number for each pair; among equal scores the smaller goes first.

    Parameters
    ----------
    seed : int
        Published with the run.
    vacancy_key, worker_key : ndarray of shape (n_pairs,)
        Row keys; those of workers below 2 ** 50.

    Returns
    -------
    ndarray of uint64, shape (n_pairs,)
        Below 2 ** 50; distinct within a vacancy; a fresh draw for each vacancy, so that nobody loses every tie.
    """
    return scramble(worker_key.astype(np.uint64) ^ vacancy_draw(seed, vacancy_key))


def ranking_keys(score: Keys, tie: Draws) -> Draws:
    """Put score and lottery into one number; the greater goes first.

    Parameters
    ----------
    score : ndarray of int
        0 to 16,383.
    tie : ndarray of uint64
        From ``tie_order``.

    Returns
    -------
    ndarray of uint64
        ``score << 50 | (2 ** 50 - 1 - tie)``.
    """
    return (score.astype(np.uint64) << _BITS) | (_MASK ^ tie)


def scores_of(keys: Draws) -> NDArray[np.int32]:
    """Return the scores in ranking keys; shape as given."""
    return (keys >> _BITS).astype(np.int32)


def ties_of(keys: Draws) -> Draws:
    """Return the lottery numbers in ranking keys; shape as given."""
    return (keys & _MASK) ^ _MASK


def workers_of(seed: int, vacancy_key: Keys, keys: Draws) -> NDArray[np.int64]:
    """Return the worker keys in ranking keys of the given vacancies; shapes as given."""
    return (unscramble(ties_of(keys)) ^ vacancy_draw(seed, vacancy_key)).astype(np.int64)
