"""Which kernels score: machine code by numba, or NumPy where numba is not; the same answers from both."""

from dataclasses import dataclass
from enum import StrEnum, auto
from functools import cache
from importlib import import_module
from typing import Any

from mobility.matching.kernels import plain_twin


class Kernel(StrEnum):
    """How pairs are scored; a choice of speed, never of answers."""

    AUTO = auto()
    NUMBA = auto()
    NUMPY = auto()


@dataclass(frozen=True, slots=True)
class Engine:
    """Functions that read a block; ``kernel.py`` and ``counting.py`` say what each does."""

    name: Kernel
    select: Any
    select_new: Any
    count: Any
    add_sizes: Any
    reach: Any
    pair_values: Any


#: Modules of kernels in machine code.
_COMPILED = ("kernel", "counting")
_PLAIN_TWIN = Engine(
    Kernel.NUMPY,
    plain_twin.select,
    plain_twin.select_new,
    plain_twin.count,
    plain_twin.add_sizes,
    plain_twin.reach,
    plain_twin.pair_values,
)


def engine(kernel: Kernel = Kernel.AUTO) -> Engine:
    """Return the kernels asked for; ``AUTO`` takes numba where it is installed.

    Raises
    ------
    ImportError
        If numba is asked for by name and is not installed.
    """
    if kernel is Kernel.NUMPY:
        return _PLAIN_TWIN
    try:
        return _compiled()
    except ImportError:
        if kernel is Kernel.NUMBA:
            raise
        return _PLAIN_TWIN


@cache
def _compiled() -> Engine:
    """Load numba only when pairs are to be scored: it takes a second that no page should wait for."""
    kernel, counting = (import_module(f"mobility.matching.kernels.{name}") for name in _COMPILED)
    return Engine(
        Kernel.NUMBA,
        kernel.select,
        kernel.select_new,
        counting.count,
        counting.add_sizes,
        counting.reach,
        kernel.pair_values,
    )
