"""Compiling to machine code: the one place where matching meets numba, and the folder where the code is kept.

Numba looks only at the file of a function to tell whether its kept code is still good, so that a constant changed in
another file would go unnoticed. The hash of all sources of matching is therefore part of the folder's name.
"""

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import Any, TypeVar

from mobility import instance

try:
    import numba
except ImportError:  # the same functions run as they are written, slower
    _NUMBA: Any = None
else:
    _NUMBA = numba

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


def _kept_on_disk(base: Path | None) -> bool:
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
    _NUMBA.config.CACHE_DIR = str(folder)
    return os.access(folder, os.W_OK)


_KEPT = _NUMBA is not None and _kept_on_disk(instance.machine_code_folder())


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
    if _NUMBA is None:
        return function
    with instance.private_files():  # numba makes its folder now
        kernel: _Kernel = _NUMBA.njit(nogil=True, cache=_KEPT)(function)
    return kernel


def inlined(function: _Kernel) -> _Kernel:
    """Compile a function into whatever calls it: for what is done for every pair."""
    if _NUMBA is None:
        return function
    kernel: _Kernel = _NUMBA.njit(nogil=True, inline="always")(function)
    return kernel
