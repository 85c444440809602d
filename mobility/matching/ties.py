"""The lottery among equal scores: a seeded, published order that owes nothing to row order, key order or dates."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scramble 64-bit numbers one to one.

    Notes
    -----
    The finaliser of SplitMix64: Steele, Lea and Flood (2014), Fast splittable pseudorandom number generators.
    """
    mixed = values + _GOLDEN
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _FIRST
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
    return mixed ^ (mixed >> np.uint64(31))


def tie_order(
    seed: int, vacancy_key: NDArray[np.integer[Any]], worker_key: NDArray[np.integer[Any]]
) -> NDArray[np.uint64]:
    """Draw a number for each pair; among equal scores the smaller goes first.

    Parameters
    ----------
    seed : int
        Published with the run.
    vacancy_key, worker_key : ndarray of shape (n_pairs,)
        Row keys.

    Returns
    -------
    ndarray of uint64, shape (n_pairs,)
        Distinct within a vacancy; a fresh draw for each vacancy, so that nobody loses every tie.
    """
    start = mix(np.array([seed % 2**64], dtype=np.uint64))
    vacancy = mix(vacancy_key.astype(np.uint64) ^ start)
    return mix(worker_key.astype(np.uint64) ^ vacancy)
