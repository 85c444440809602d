"""Where an installation keeps what it writes, readable by nobody else; imports only the standard library at start."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from shlex import quote

from mobility.errors import MobilityError

PACKAGE = Path(__file__).resolve().parent
DISTRIBUTION = "mobility-corridor"
VARIABLE = "MOBILITY_INSTANCE_DIR"
_OTHERS = 0o077
_OTHERS_WRITE = 0o022
_FOLDER = 0o700
_DAY = 24 * 60 * 60


class InstanceError(MobilityError):
    """The instance folder cannot be used; the message says what to change."""


def checkout() -> Path | None:
    """Return the folder of the source tree that runs, or None where the package was installed."""
    root = PACKAGE.parent
    return root if (root / "start.py").exists() and (root / "pyproject.toml").exists() else None


def folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the instance folder: the named one, ``instance`` in a checkout, or the platform's."""
    if named := environ.get(VARIABLE):
        return Path(named)
    root = checkout()
    if root is not None:
        return root / "instance"
    state: str = import_module("platformdirs").user_state_dir("mobility", appauthor=False)
    return Path(state)


def keep_private() -> None:
    """Let every file that this process makes be for its owner only."""
    os.umask(_OTHERS)


def keep_temporary_files(environ: MutableMapping[str, str] = os.environ) -> None:
    """Let what this process puts aside, such as a large upload, stand below the instance folder once there is one.

    ``TMPDIR`` goes before that. What a killed process left behind goes after a day.
    """
    place = folder(environ)
    if environ.get("TMPDIR") or not os.access(place, os.W_OK):
        return
    with suppress(InstanceError, OSError):  # another process tidies up too, or it is not ours: `doctor` says so
        make_private(aside := place / "tmp")
        environ["TMPDIR"] = tempfile.tempdir = str(aside)  # for programs that this one starts too
        for left in aside.iterdir():
            if time.time() - left.lstat().st_mtime > _DAY:
                shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()


@contextmanager
def private_files() -> Iterator[None]:
    """Make files for their owner only, for as long as this lasts: where the process may not be ours."""
    before = os.umask(_OTHERS)
    try:
        yield
    finally:
        os.umask(before)


def make_private(place: Path) -> None:
    """Make a folder for its owner only, and its parents, unless it is there.

    Raises
    ------
    InstanceError
        It cannot be made.
    """
    try:
        for parent in reversed(place.parents):
            parent.mkdir(mode=_FOLDER, exist_ok=True)
        place.mkdir(mode=_FOLDER, exist_ok=True)
    except OSError as error:
        raise InstanceError(f"{place}: {error.strerror}. Name a folder that may be written by {VARIABLE}") from None


def loose(place: Path, *, whole: bool = False) -> Iterator[Path]:
    """Yield what others than the owner may use: the folder, what stands in it, and with ``whole`` all that is below."""
    for path in (place, *(place.rglob("*") if whole else place.glob("*"))):
        if _is_loose(path):
            yield path


def _is_loose(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & _OTHERS)
    except FileNotFoundError:  # gone since it was listed, or a link to nothing
        return False


def refuse_loose(place: Path, *, whole: bool = False) -> None:
    """Refuse an instance folder of which others than its owner may use something.

    Raises
    ------
    InstanceError
        With the first such path and the command that mends it.
    """
    for path in loose(place, whole=whole):
        raise InstanceError(f"{path} can be used by others than its owner: chmod -R go= {quote(str(place))}")


def machine_code_folder(environ: Mapping[str, str] = os.environ) -> Path | None:
    """Return the folder that keeps compiled kernels, or None where they are compiled in memory at each start.

    In a checkout they stand beside the sources. The files are pickles, which run when they are read: a folder that
    somebody else may write to is not used.
    """
    if named := environ.get("NUMBA_CACHE_DIR"):
        place = Path(named)
    elif checkout() and os.access(PACKAGE, os.W_OK):
        place = PACKAGE / "matching" / "__pycache__"
    else:
        place = folder(environ) / "numba"
    try:
        make_private(place)
        state = place.stat()
    except (InstanceError, OSError):
        return None
    own = state.st_uid == os.geteuid() and not state.st_mode & _OTHERS_WRITE
    return place if own and os.access(place, os.W_OK) else None


def command_for_extra(extra: str) -> str:
    """Return the command that adds an optional part to this very installation."""
    root = checkout()
    wanted = f"-e {quote(f'{root}[{extra}]')}" if root else quote(f"{DISTRIBUTION}[{extra}]")
    return f"{quote(sys.executable)} -m pip install {wanted}"
