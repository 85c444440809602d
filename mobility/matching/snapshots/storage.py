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
from mobility.matching.eligibility.rule_columns import Question, RuleColumns
from mobility.matching.facts.pool import Pool
from mobility.matching.scoring.implied import Implied
from mobility.matching.snapshots.blocks import BLOCK_ROWS, BlockArrays
from mobility.matching.snapshots.manifest import MANIFEST, ArrayPlace, BlockFile, Manifest, Stamp, read_manifest
from mobility.matching.snapshots.snapshot import Snapshot, SnapshotError, blocks_of, check_pool

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
        files = [_write_block(folder, block) for block in snapshot.blocks]
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
    rule_columns: RuleColumns,
    dirty: Sequence[int],
    stamp: Stamp = Stamp(),  # noqa: B008 (immutable)
    *,
    implied: Implied | None = None,
    rows: int = BLOCK_ROWS,
) -> Manifest:
    """Bring a folder's snapshot up to date by building those blocks anew in which somebody changed.

    Parameters
    ----------
    folder : Path
    load : callable
        Returns the workers of a range of keys as they are now.
    rule_columns : RuleColumns
        Rules whose answers are kept; if they are others than before, every block is built anew.
    dirty : sequence of int
        Keys of workers who came, changed or left.
    stamp : Stamp, optional
        What the new state is made from.
    implied : Implied, optional
        As when the snapshot was built.
    rows : int
        Most workers in a block; one that has grown beyond is cut.

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
        same = set(rule_columns.columns) == set(before.columns)
        columns = before.columns if same else rule_columns.columns
        where = dict(zip(rule_columns.columns, rule_columns.questions, strict=True))
        questions = [where[name] for name in columns]
        touched = _touched(before, dirty if same and before.blocks else [first for first, _ in _ranges(before)])
        files: list[BlockFile] = []
        for number, (first, last) in enumerate(_ranges(before)):
            if touched[number]:
                some = _loaded(load, before, first, last)
                files += [_write_block(folder, block) for block in _built(some, questions, before.epoch, implied, rows)]
            else:
                files.append(before.blocks[number])
        after = Manifest(stamp, before.vocabulary, before.epoch, before.fact_names, columns, tuple(files))
        return _publish(folder, after)


def _manifest(snapshot: Snapshot, stamp: Stamp, files: Sequence[BlockFile]) -> Manifest:
    fact_names = tuple(sorted(snapshot.fact_names))
    return Manifest(stamp, snapshot.vocabulary, snapshot.epoch, fact_names, snapshot.columns, tuple(files))


def _ranges(manifest: Manifest) -> list[tuple[int, int]]:
    """Return the keys that each block is for, both ends included; together all keys."""
    starts = [0, *(block.first for block in manifest.blocks[1:])]
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
) -> Iterator[BlockArrays]:
    parts = [np.arange(first, min(first + rows, len(pool))) for first in range(0, len(pool), rows)]
    return blocks_of(pool, questions, epoch, parts, implied)


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


def _write_block(folder: Path, block: BlockArrays) -> BlockFile:
    """Write one block under the name of its content; a file that is there already is the same."""
    places, parts, offset = [], [], 0
    for name in BlockArrays._fields:
        array: Whole = getattr(block, name)
        plain = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        places.append(ArrayPlace(name, plain.dtype.str, plain.shape, offset))
        padded = -plain.nbytes % _ALIGNED
        parts += [plain.tobytes(), bytes(padded)]
        offset += plain.nbytes + padded
    content = b"".join(parts)
    made = BlockFile(sha256(content).hexdigest(), offset, int(block.key[0]), len(block.key), tuple(places))
    if not (folder / made.name).exists():
        _write(folder / made.name, content)
    return made


def _publish(folder: Path, manifest: Manifest) -> Manifest:
    """Put the manifest in place, which makes the snapshot the current one, and clear away what none needs."""
    _write(folder / MANIFEST, manifest.text().encode())
    kept = {block.name for block in manifest.blocks}
    for file in [*folder.glob("*.block"), *folder.glob("*.part")]:
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
    blocks = tuple(_mapped(folder / block.name, block) for block in manifest.blocks)
    return Snapshot(manifest.vocabulary, manifest.epoch, frozenset(manifest.fact_names), manifest.columns, blocks)


def _mapped(file: Path, block: BlockFile) -> BlockArrays:
    what = "restore it or build the snapshot anew"
    try:
        with file.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            if size != block.size:
                message = f"it has {size} bytes of {block.size}; {what}"
                raise SnapshotError("snapshot.damaged", message, file=str(file))
            content = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    except FileNotFoundError as error:
        raise SnapshotError("snapshot.missing", f"the file is gone; {what}", file=str(file)) from error
    if sha256(content).hexdigest() != block.sha256:
        raise SnapshotError("snapshot.damaged", f"its content was altered; {what}", file=str(file))
    arrays: dict[str, Any] = {place.name: _array(content, place) for place in block.arrays}
    return BlockArrays(**arrays)


def _array(content: mmap.mmap, place: ArrayPlace) -> Whole:
    count = int(np.prod(place.shape))
    array: Whole = np.frombuffer(content, dtype=place.dtype, count=count, offset=place.offset)
    return array.reshape(place.shape)
