"""Compiling to machine code: the one place where matching meets numba, and the folder where the code is kept.

Numba is loaded by the first call of a function and not before, so that a process that never matches goes without it.
Numba looks only at the file of a function to tell whether its kept code is still good, so that a constant changed in
another file would go unnoticed. The hash of all sources of matching is therefore part of the folder's name.
"""

import os
from collections.abc import Callable
from functools import cache, cached_property, update_wrapper
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from shutil import rmtree
from typing import Any, TypeVar

from mobility import instance

_PACKAGE = Path(__file__).parent.parent
_FOLDER = "compiled-"
_DAY = 24 * 60 * 60
_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])


def sources_hash(package: Path) -> str:
    """Return a hash of every source file of a package, by path within it and content."""
    state = sha256()
    for file in sorted(package.rglob("*.py")):
        state.update(f"{file.relative_to(package).as_posix()} ".encode())
        state.update(sha256(file.read_bytes()).digest())
    return state.hexdigest()[:16]


def _kept_on_disk(numba: Any, base: Path | None) -> bool:
    """Point numba at the folder of these sources; tell whether there is one.

    Folders of other sources go after a day: until then another release may still be running.
    """
    if base is None:
        return False
    folder = base / f"{_FOLDER}{sources_hash(_PACKAGE)}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        return False
    for other in base.glob(f"{_FOLDER}*"):
        if folder.stat().st_mtime - other.stat().st_mtime > _DAY:
            rmtree(other, ignore_errors=True)
    numba.config.CACHE_DIR = str(folder)
    return os.access(folder, os.W_OK)


@cache
def _numba() -> tuple[Any, bool]:
    """Load numba, and tell whether its code is kept on disk; None where it is not installed."""
    try:
        numba = import_module("numba")
    except ImportError:  # the same functions run as they are written, slower
        return None, False
    return numba, _kept_on_disk(numba, instance.machine_code_folder())


class _CompiledLater:
    """A function that is compiled when it is first called, from Python or by another such function."""

    def __init__(self, function: Callable[..., Any]) -> None:
        update_wrapper(self, function)
        self.py_func = function

    def __call__(self, *args: Any) -> Any:
        return self.dispatcher(*args)

    @cached_property
    def dispatcher(self) -> Any:
        """What numba made of the function; the function itself without numba."""
        numba, kept = _numba()
        if numba is None:
            return self.py_func
        with instance.private_files():  # numba makes its folder now
            return numba.njit(nogil=True, cache=kept)(self.py_func)

    @property
    def _numba_type_(self) -> Any:
        """What numba takes this for where another compiled function calls it."""
        return self.dispatcher._numba_type_


def compiled(function: _Kernel) -> _Kernel:
    """Compile a function at its first call; it runs without the interpreter's lock.

    Parameters
    ----------
    function : callable
        Takes and returns arrays, numbers and named tuples of them.

    Returns
    -------
    callable
        The same signature. Its code is kept on disk where this installation keeps it, and in memory where it may not
        write; without numba it is the function itself.
    """
    later: Any = _CompiledLater(function)
    kernel: _Kernel = later
    return kernel


def inlined(function: _Kernel) -> _Kernel:
    """Compile a function into whatever calls it: for what is done for every pair."""
    numba, _ = _numba()
    if numba is None:
        return function
    kernel: _Kernel = numba.njit(nogil=True, inline="always")(function)
    return kernel
