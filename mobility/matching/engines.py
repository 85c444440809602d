"""Which kernels score: machine code by numba, or NumPy where numba is not; the same answers from both."""

from dataclasses import dataclass
from enum import StrEnum, auto
from functools import cache
from importlib import import_module
from typing import Any

from mobility.matching import reference


class Kernel(StrEnum):
    """How pairs are scored; a choice of speed, never of answers."""

    AUTO = auto()
    NUMBA = auto()
    NUMPY = auto()


@dataclass(frozen=True, slots=True)
class Engine:
    """Three functions that read a chunk: see ``kernel.select``, ``counting.count`` and ``kernel.pair_values``."""

    name: Kernel
    select: Any
    count: Any
    pair_values: Any


_REFERENCE = Engine(Kernel.NUMPY, reference.select, reference.count, reference.pair_values)


def engine(kernel: Kernel = Kernel.AUTO) -> Engine:
    """Return the kernels asked for; ``AUTO`` takes numba where it is installed.

    Raises
    ------
    ImportError
        If numba is asked for by name and is not installed.
    """
    if kernel is Kernel.NUMPY:
        return _REFERENCE
    try:
        return _compiled()
    except ImportError:
        if kernel is Kernel.NUMBA:
            raise
        return _REFERENCE


@cache
def _compiled() -> Engine:
    """Load numba only when pairs are to be scored: it takes a second that no page should wait for."""
    kernel, counting = import_module("mobility.matching.kernel"), import_module("mobility.matching.counting")
    return Engine(Kernel.NUMBA, kernel.select, counting.count, kernel.pair_values)
