"""What the kernels are made of: compiling, bits of words, ranking keys and heaps of them; no workers here."""

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import Any

import numpy as np
from numba import config, njit, types
from numba.extending import intrinsic

from mobility.matching.ties import FACTORS, LOTTERY_BITS, LOTTERY_MASK, SHIFT

_HERE = Path(__file__).parent
_NUMBA: Any = config
#: Files whose functions or constants are compiled in.
_SOURCES = (
    "attributes.py",
    "chunks.py",
    "compile.py",
    "counting.py",
    "covering.py",
    "features.py",
    "kernel.py",
    "machine.py",
    "ties.py",
)
_MASK, _BITS, _SHIFT = np.uint64(LOTTERY_MASK), np.uint64(LOTTERY_BITS), np.uint64(SHIFT)
_ONE, _TWO = np.uint64(FACTORS[0]), np.uint64(FACTORS[1])


def _cache_folder() -> Path:
    """Return where machine code of exactly these sources is kept.

    Numba looks only at the file of the function itself, so a changed constant in another file would go unnoticed and
    old code would score: the sources' hash is therefore part of the path.
    """
    state = sha256()
    for name in _SOURCES:
        state.update((_HERE / name).read_bytes())
    base = Path(_NUMBA.CACHE_DIR) if _NUMBA.CACHE_DIR else _HERE / "__pycache__"
    return base / f"kernels-{state.hexdigest()[:16]}"


def _may_keep(folder: Path) -> bool:
    """Point numba at a folder and clear away that of older sources; tell whether it can be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    for other in folder.parent.glob("kernels-*"):
        if other != folder:
            rmtree(other, ignore_errors=True)
    _NUMBA.CACHE_DIR = str(folder)
    return os.access(folder, os.W_OK)


_KEPT = _may_keep(_cache_folder())


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile for machine speed, kept on disk where there is a place for it."""
    kernel: Callable[..., Any] = njit(nogil=True, cache=_KEPT)(function)
    return kernel


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile into whatever calls it: for what is done for every pair."""
    within: Callable[..., Any] = njit(nogil=True, inline="always")(function)
    return within


#: Numba's own decorator, as something that may be called with the word alone.
_intrinsic: Callable[[Callable[..., Any]], Callable[..., Any]] = intrinsic


@_intrinsic
def bits_in(context: Any, word: Any) -> Any:
    """Count the bits of a word by the processor's own instruction."""
    del context, word

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        del context, signature
        return builder.ctpop(args[0])

    return types.uint64(types.uint64), code


@_intrinsic
def lowest_bit(context: Any, word: Any) -> Any:
    """Return the place of the lowest bit of a word that is not 0."""
    del context, word

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        zero_is_never_given = context.get_constant(types.boolean, 1)
        del signature
        return builder.cttz(args[0], zero_is_never_given)

    return types.uint64(types.uint64), code


@compiled
def ranking_key(score: Any, worker: Any, draw: Any) -> Any:
    """Return the ranking key of a pair; see ``ties.ranking_keys``."""
    mixed = np.uint64(worker) ^ draw
    mixed = ((mixed ^ (mixed >> _SHIFT)) * _ONE) & _MASK
    mixed = ((mixed ^ (mixed >> _SHIFT)) * _TWO) & _MASK
    mixed ^= mixed >> _SHIFT
    return (np.uint64(score) << _BITS) | (_MASK ^ mixed)


@compiled
def offer(heap: Any, held: Any, key: Any) -> Any:
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


@compiled
def least_score(heap: Any, held: Any) -> Any:
    """Return the score that a pair must at least have to be kept."""
    return np.int64(heap[0] >> _BITS) if held == heap.size else np.int64(-1)
