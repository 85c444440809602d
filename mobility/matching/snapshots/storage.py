"""Snapshots as folders: written so that no reader ever meets half of one, checked and memory-mapped when opened."""

import fcntl
import mmap
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from mobility.matching.core.arrays import Flags, Whole
from mobility.matching.eligibility.rule_columns import Plan, Question
from mobility.matching.facts.pool import Pool
from mobility.matching.scoring.implied import Implied
from mobility.matching.snapshots.blocks import CHUNK_ROWS, ChunkArrays
from mobility.matching.snapshots.manifest import NAME, ArrayPlace, ChunkFile, Manifest, Stamp, read_manifest
from mobility.matching.snapshots.snapshot import Snapshot, SnapshotError, check_pool, chunks_of

#: Reads the workers whose keys are in a range, both ends included, as arrays.
Loader = Callable[[int, int], Pool]

_ALIGNED = 64
_LAST_KEY = 2**63 - 1


def store(folder: Path, snapshot: Snapshot, stamp: Stamp = Stamp()) -> Manifest:  # noqa: B008 (immutable)
    """Write a snapshot to a folder in place of the one there; its readers go on with the former one.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    snapshot : Snapshot
    stamp : Stamp, optional
        What it was made from.

    Returns
    -------
    Manifest

    Raises
    ------
    SnapshotError
        ``snapshot.write``: the folder cannot be written, such as when the disk is full. The former snapshot stays.
    """
    with _writing(folder):
        files = [_write_chunk(folder, chunk) for chunk in snapshot.chunks]
        return _publish(folder, _manifest(snapshot, stamp, files))


def opened(folder: Path) -> Snapshot:
    """Open a folder's snapshot; its arrays are read from the files when they are used.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    Snapshot
        Every file checked by size and hash; a snapshot opened before in this process is not checked again.

    Raises
    ------
    SnapshotError
        ``snapshot.missing``, ``snapshot.version``, ``snapshot.damaged``, each naming the file and what to do.
    """
    manifest = read_manifest(folder)
    try:
        return _opened(folder, manifest)
    except SnapshotError:
        if read_manifest(folder).id == manifest.id:
            raise
    return _opened(folder, read_manifest(folder))


def refresh(
    folder: Path,
    load: Loader,
    plan: Plan,
    dirty: Sequence[int],
    stamp: Stamp = Stamp(),  # noqa: B008 (immutable)
    *,
    implied: Implied | None = None,
    rows: int = CHUNK_ROWS,
) -> Manifest:
    """Bring a folder's snapshot up to date by building those chunks anew in which somebody changed.

    Parameters
    ----------
    folder : Path
    load : callable
        Returns the workers of a range of keys as they are now.
    plan : Plan
        Rules whose answers are kept; if they are others than before, every chunk is built anew.
    dirty : sequence of int
        Keys of workers who came, changed or left.
    stamp : Stamp, optional
        What the new state is made from.
    implied : Implied, optional
        As when the snapshot was built.
    rows : int
        Most workers in a chunk; one that has grown beyond is cut.

    Returns
    -------
    Manifest

    Raises
    ------
    SnapshotError
        As ``opened`` and ``store``.
    ValueError
        If a loaded pool has another vocabulary or keys out of the range asked for.
    """
    with _writing(folder):
        before = read_manifest(folder)
        same = set(plan.columns) == set(before.columns)
        columns = before.columns if same else plan.columns
        where = dict(zip(plan.columns, plan.questions, strict=True))
        questions = [where[name] for name in columns]
        touched = _touched(before, dirty if same and before.chunks else [first for first, _ in _ranges(before)])
        files: list[ChunkFile] = []
        for number, (first, last) in enumerate(_ranges(before)):
            if touched[number]:
                some = _loaded(load, before, first, last)
                files += [_write_chunk(folder, chunk) for chunk in _built(some, questions, before.epoch, implied, rows)]
            else:
                files.append(before.chunks[number])
        after = Manifest(stamp, before.vocabulary, before.epoch, before.held, columns, tuple(files))
        return _publish(folder, after)


def _manifest(snapshot: Snapshot, stamp: Stamp, files: Sequence[ChunkFile]) -> Manifest:
    held = tuple(sorted(snapshot.held))
    return Manifest(stamp, snapshot.vocabulary, snapshot.epoch, held, snapshot.columns, tuple(files))


def _ranges(manifest: Manifest) -> list[tuple[int, int]]:
    """Return the keys that each chunk is for, both ends included; together all keys."""
    starts = [0, *(chunk.first for chunk in manifest.chunks[1:])]
    return list(zip(starts, [*(start - 1 for start in starts[1:]), _LAST_KEY], strict=True))


def _touched(manifest: Manifest, dirty: Sequence[int]) -> Flags:
    starts = np.array([first for first, _ in _ranges(manifest)])
    touched = np.zeros(len(starts), dtype=np.bool_)
    touched[np.searchsorted(starts, np.asarray(dirty, dtype=np.int64), side="right") - 1] = True
    return touched


def _loaded(load: Loader, manifest: Manifest, first: int, last: int) -> Pool:
    pool = load(first, last)
    if pool.vocabulary != manifest.vocabulary:
        raise ValueError("the pool was built with another vocabulary than the snapshot; build the snapshot anew")
    if len(pool) and not first <= pool.key.min() <= pool.key.max() <= last:
        raise ValueError(f"the loader was asked for keys {first} to {last} and returned others")
    check_pool(pool)
    return pool.take(np.argsort(pool.key, kind="stable"))


def _built(
    pool: Pool, questions: Sequence[Question], epoch: int, implied: Implied | None, rows: int
) -> Iterator[ChunkArrays]:
    parts = [np.arange(first, min(first + rows, len(pool))) for first in range(0, len(pool), rows)]
    return chunks_of(pool, questions, epoch, parts, implied)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Let one process write at a time, and turn a disk's refusal into words; the kernel frees a dead one's lock."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        message = f"{error.strerror}; the former snapshot stays in use, make room and build it again"
        raise SnapshotError("snapshot.write", message, file=str(error.filename or folder)) from error


def _write_chunk(folder: Path, chunk: ChunkArrays) -> ChunkFile:
    """Write one chunk under the name of its content; a file that is there already is the same."""
    places, parts, offset = [], [], 0
    for name in ChunkArrays._fields:
        array: Whole = getattr(chunk, name)
        plain = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        places.append(ArrayPlace(name, plain.dtype.str, plain.shape, offset))
        padded = -plain.nbytes % _ALIGNED
        parts += [plain.tobytes(), bytes(padded)]
        offset += plain.nbytes + padded
    content = b"".join(parts)
    made = ChunkFile(sha256(content).hexdigest(), offset, int(chunk.key[0]), len(chunk.key), tuple(places))
    if not (folder / made.name).exists():
        _write(folder / made.name, content)
    return made


def _publish(folder: Path, manifest: Manifest) -> Manifest:
    """Put the manifest in place, which makes the snapshot the current one, and clear away what none needs."""
    _write(folder / NAME, manifest.text().encode())
    kept = {chunk.name for chunk in manifest.chunks}
    for file in [*folder.glob("*.chunk"), *folder.glob("*.part")]:
        if file.name not in kept:
            file.unlink(missing_ok=True)
    return manifest


def _write(file: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    part = file.with_name(f"{file.name}.part")
    try:
        with part.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)
    except OSError as error:
        error.filename = error.filename or str(file)
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@lru_cache(maxsize=4)
def _opened(folder: Path, manifest: Manifest) -> Snapshot:
    chunks = tuple(_mapped(folder / chunk.name, chunk) for chunk in manifest.chunks)
    return Snapshot(manifest.vocabulary, manifest.epoch, frozenset(manifest.held), manifest.columns, chunks)


def _mapped(file: Path, chunk: ChunkFile) -> ChunkArrays:
    what = "restore it or build the snapshot anew"
    try:
        with file.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            if size != chunk.size:
                message = f"it has {size} bytes of {chunk.size}; {what}"
                raise SnapshotError("snapshot.damaged", message, file=str(file))
            content = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    except FileNotFoundError as error:
        raise SnapshotError("snapshot.missing", f"the file is gone; {what}", file=str(file)) from error
    if sha256(content).hexdigest() != chunk.sha256:
        raise SnapshotError("snapshot.damaged", f"its content was altered; {what}", file=str(file))
    arrays: dict[str, Any] = {place.name: _array(content, place) for place in chunk.arrays}
    return ChunkArrays(**arrays)


def _array(content: mmap.mmap, place: ArrayPlace) -> Whole:
    count = int(np.prod(place.shape))
    found: Whole = np.frombuffer(content, dtype=place.dtype, count=count, offset=place.offset)
    return found.reshape(place.shape)
