"""One block of a snapshot: up to 32,768 workers as arrays that the kernels read; building it and reading it back."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from mobility.matching.core.arrays import Rows, Whole
from mobility.matching.core.bitsets import WORD, Words, pack, unpack
from mobility.matching.scoring.attributes import Attributes

#: Workers in a block: local numbers fit 16 bits, and a block's accumulators fit a processor's own cache.
BLOCK_ROWS = 32_768
#: Rows of ``BlockArrays.bits`` that every block has.
EVERYBODY, NOBODY = 0, 1


class BlockArrays(NamedTuple):
    """Workers of a block, ascending by key; n workers, w words of 64.

    Attributes
    ----------
    key : ndarray of int64, shape (n,)
        Keys of the workers.
    record : ndarray of uint8, shape (n, 3 + n_languages)
        As in ``Attributes``.
    pay : ndarray of uint16, shape (n,)
        As in ``Attributes``.
    wishes : ndarray of uint64, shape (n_countries + n_sectors + 3, w)
        Who wants to go to each country, who states no country; likewise for sectors; last, nobody.
    skill_start : ndarray of uint32, shape (n_skills + 1,)
        Where each skill's postings begin.
    skill_worker : ndarray of uint16, shape (n_postings,)
        Workers who have the skill, ascending within it.
    skill_grade : ndarray of uint8, shape (n_postings,)
        Their grades, 1 to 16.
    work_start, work_worker, work_code : ndarray
        The same for minor groups: months and recency, as in ``Attributes.work``.
    bits : ndarray of uint64, shape (n_sets, w)
        Sets of workers; the first two are everybody and nobody, the others are distinct answers of rules.
    passed, unknown : ndarray of int32, shape (n_columns,)
        For each rule column the set of those who pass, and of those of whom a fact is missing.
    """

    key: NDArray[np.int64]
    record: NDArray[np.uint8]
    pay: NDArray[np.uint16]
    wishes: Words
    skill_start: NDArray[np.uint32]
    skill_worker: NDArray[np.uint16]
    skill_grade: NDArray[np.uint8]
    work_start: NDArray[np.uint32]
    work_worker: NDArray[np.uint16]
    work_code: NDArray[np.uint8]
    bits: Words
    passed: NDArray[np.int32]
    unknown: NDArray[np.int32]


def block_arrays(key: Whole, workers: Attributes, passed: Words, unknown: Words) -> BlockArrays:
    """Lay out a block.

    Parameters
    ----------
    key : ndarray of int64, shape (n_workers,)
        Ascending.
    workers : Attributes of n_workers
        At least one, at most ``BLOCK_ROWS``.
    passed, unknown : ndarray of uint64, shape (n_columns, n_words)
        For each rule column those who pass, and those of whom a fact is missing.

    Returns
    -------
    BlockArrays
        Read-only arrays.
    """
    bits, where = _distinct(pack(np.ones((1, len(key)), np.bool_)), np.concatenate([passed, unknown]))
    arrays = BlockArrays(
        key.astype(np.int64),
        np.ascontiguousarray(workers.record),
        workers.pay,
        _wishes(workers),
        *_postings(workers.skills),
        *_postings(workers.work),
        bits,
        where[: len(passed)],
        where[len(passed) :],
    )
    for array in arrays:
        array.flags.writeable = False
    return arrays


def attributes_from(block: BlockArrays, countries: int, epoch: int) -> Attributes:
    """Return the binned profiles that a block was built from.

    Parameters
    ----------
    block : BlockArrays
    countries : int
        Length of the vocabulary's countries.
    epoch : int
        As in ``Attributes``.

    Returns
    -------
    Attributes of n_workers
    """
    size = len(block.key)
    wanted = unpack(block.wishes, size).astype(np.int8)
    return Attributes(
        epoch=epoch,
        skills=_rows(block.skill_start, block.skill_worker, block.skill_grade, size),
        work=_rows(block.work_start, block.work_worker, block.work_code, size),
        record=block.record,
        pay=block.pay,
        **_wished(wanted, countries),
    )


def wishes_from(block: BlockArrays, countries: int, epoch: int, rows: Rows) -> Attributes:
    """Return what some workers of a block asked for; nobody has skills or experience in it.

    Parameters
    ----------
    block : BlockArrays
    countries : int
        Length of the vocabulary's countries.
    epoch : int
        As in ``Attributes``.
    rows : ndarray of intp, shape (n_rows,)
        Local numbers.

    Returns
    -------
    Attributes of n_rows
        Enough for ``wish_values``, without turning the block's postings round.
    """
    bits = block.wishes[:, rows // WORD] >> (rows % WORD).astype(np.uint64)
    wanted = (bits & np.uint64(1)).astype(np.int8)
    return Attributes(
        epoch=epoch,
        skills=csr_array((len(rows), 0), dtype=np.uint8),
        work=csr_array((len(rows), 0), dtype=np.uint8),
        record=block.record[rows],
        pay=block.pay[rows],
        **_wished(wanted, countries),
    )


def _wished(wanted: NDArray[np.int8], countries: int) -> dict[str, csr_array]:
    """Return destinations and sectors from flags of shape (n_wishes, n_workers), in the order of ``block.wishes``."""
    return {"destinations": csr_array(wanted[:countries].T), "sectors": csr_array(wanted[countries + 1 : -2].T)}


def obstacles(block: BlockArrays, columns: NDArray[np.int32], worker: NDArray[np.intp]) -> NDArray[np.int16]:
    """Return for workers whom one rule keeps out which of a vacancy's rules it is.

    Parameters
    ----------
    block : BlockArrays
    columns : ndarray of int32, shape (n_pairs, n_rules)
        Columns of the rules of each pair's vacancy; -1 for none and for rules that only warn.
    worker : ndarray of shape (n_pairs,)
        Local numbers.

    Returns
    -------
    ndarray of int16, shape (n_pairs,)
        The first rule that is not passed; -1 if there is none.
    """
    first_missed = np.full(len(worker), -1, dtype=np.int16)
    for rule in reversed(range(columns.shape[1])):
        column = columns[:, rule]
        shifted = block.bits[block.passed[column], worker // WORD] >> (worker % WORD).astype(np.uint64)
        first_missed[(column >= 0) & (shifted & np.uint64(1) == 0)] = rule
    return first_missed


def _distinct(everybody: Words, sets: Words) -> tuple[Words, NDArray[np.int32]]:
    """Return the distinct sets after everybody and nobody, and where each of the given ones stands."""
    place: dict[bytes, int] = {}
    for row in (everybody[0], np.zeros_like(everybody[0]), *sets):
        place.setdefault(row.tobytes(), len(place))
    where = np.array([place[row.tobytes()] for row in sets], dtype=np.int32)
    kept = np.frombuffer(b"".join(place), dtype=np.uint64)
    return kept.reshape(len(place), everybody.shape[1]).copy(), where


def _wishes(workers: Attributes) -> Words:
    flags = []
    for wishes in (workers.destinations, workers.sectors):
        wanted = wishes.toarray().astype(np.bool_).T
        flags += [wanted, ~wanted.any(axis=0, keepdims=True)]
    return pack(np.concatenate([*flags, np.zeros((1, len(workers)), np.bool_)]))


def _postings(cells: csr_array) -> tuple[NDArray[np.uint32], NDArray[np.uint16], NDArray[np.uint8]]:
    """Turn worker-major cells into column-major ones, workers ascending within a column."""
    by_column = cells.tocsc()
    return (
        by_column.indptr.astype(np.uint32),
        by_column.indices.astype(np.uint16),
        np.array(by_column.data, dtype=np.uint8),
    )


def _rows(start: Whole, worker: Whole, value: Whole, size: int) -> csr_array:
    column = np.repeat(np.arange(len(start) - 1), start[1:].astype(np.int64) - start[:-1])
    order = np.lexsort((column, worker))
    pointer = np.zeros(size + 1, dtype=np.int64)
    np.cumsum(np.bincount(worker, minlength=size), out=pointer[1:])
    return csr_array((value[order], column[order], pointer), shape=(size, len(start) - 1))


def block_bytes(block: BlockArrays) -> int:
    """Return the bytes of a block's arrays."""
    return sum(array.nbytes for array in block)
