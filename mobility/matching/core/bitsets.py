"""Sets of workers as bits: packing, unpacking and counting; no rules and no scores."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobility.matching.core.arrays import Flags, Rows

Words = NDArray[np.uint64]
#: Workers in one word.
WORD = 64


def words_for(size: int) -> int:
    """Return the number of words that hold ``size`` workers."""
    return -(-size // WORD)


def pack(flags: NDArray[np.bool_]) -> Words:
    """Return flags as bits, worker i in bit ``i % 64`` of word ``i // 64``.

    Parameters
    ----------
    flags : ndarray of bool, shape (..., n_workers)

    Returns
    -------
    ndarray of uint64, shape (..., n_words)
        Bits past the last worker are 0.
    """
    size = flags.shape[-1]
    packed = np.packbits(flags, axis=-1, bitorder="little")
    padded = np.zeros((*flags.shape[:-1], words_for(size) * (WORD // 8)), dtype=np.uint8)
    padded[..., : packed.shape[-1]] = packed
    return padded.view("<u8").astype(np.uint64, copy=False)


def unpack(words: Words, size: int) -> Flags:
    """Return the flags of ``size`` workers that ``pack`` was given, shape (..., size)."""
    octets = np.ascontiguousarray(words.astype("<u8", copy=False)).view(np.uint8)
    return np.unpackbits(octets, axis=-1, count=size, bitorder="little").astype(np.bool_)


def members(words: Words, size: int) -> Rows:
    """Return the workers of one set, ascending; shape (n_members,)."""
    return np.flatnonzero(unpack(words, size))


def count(words: Words) -> NDArray[np.int64]:
    """Return how many workers each set holds; shape without the last axis."""
    return np.bitwise_count(words).sum(axis=-1, dtype=np.int64)


def contains(words: Words, worker: NDArray[np.integer[Any]]) -> Flags:
    """Tell whether each worker is in one set of shape (n_words,); shape of ``worker``."""
    shifted = words[worker // WORD] >> (worker % WORD).astype(np.uint64)
    return (shifted & np.uint64(1)).astype(np.bool_)
