"""Compiling inner loops: one typed door to numba, the same for every kernel; no kernel lives here."""

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])


def compiled(kernel: _Kernel) -> _Kernel:
    """Compile a function on its first call, once a machine; it runs without the interpreter's lock.

    Parameters
    ----------
    kernel : callable
        Takes and returns arrays, numbers and named tuples of them.

    Returns
    -------
    callable
        The same signature; ``py_func`` is the function itself.
    """
    dispatcher: Any = njit(nogil=True, cache=True)(kernel)
    typed: _Kernel = dispatcher
    return typed
