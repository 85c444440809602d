"""A pool as a match run reads it: binned workers, postings and rule bits in blocks; built here, kept elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from mobility.errors import MobilityError
from mobility.matching.core.arrays import Rows
from mobility.matching.core.bitsets import Words, pack, words_for
from mobility.matching.core.ties import LOTTERY_BITS
from mobility.matching.core.vocabulary import Vocabulary
from mobility.matching.eligibility.eligibility import PoolRules
from mobility.matching.eligibility.marks import Mark
from mobility.matching.eligibility.rule_columns import Question, RuleColumns
from mobility.matching.facts.pool import Pool
from mobility.matching.scoring.attributes import NO_CURRENCY, Attributes, attributes_of
from mobility.matching.scoring.implied import Implied, with_implied
from mobility.matching.snapshots.blocks import (
    BLOCK_ROWS,
    BlockArrays,
    attributes_from,
    block_arrays,
    block_bytes,
)

#: Numbers of skills, groups and workers of a block fit 16 bits.
_MOST_NAMES = 2**16


class SnapshotError(MobilityError):
    """A snapshot that cannot be built, read or written; the message says which file and what to do.

    ``code`` is stable; ``file`` is the file's or folder's path, empty for one in memory.
    """

    def __init__(self, code: str, message: str, *, file: str = "") -> None:
        super().__init__(f"{file}: {message}" if file else message)
        self.code = code
        self.file = file


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """Workers as arrays that hold all that a score may see, and of everything else only the rules' answers.

    Attributes
    ----------
    vocabulary : Vocabulary
        Names of the columns.
    epoch : int
        Day from which weeks and recency count, as proleptic ordinal.
    fact_names : frozenset of str
        Names (never values) of the facts that the pool holds.
    columns : tuple of str
        Ids of the rule columns, as ``RuleColumns`` gives them.
    blocks : tuple of BlockArrays
        Ascending by key, no key in two of them.
    """

    vocabulary: Vocabulary
    epoch: int
    fact_names: frozenset[str]
    columns: tuple[str, ...]
    blocks: tuple[BlockArrays, ...]

    def __len__(self) -> int:
        return sum(len(block.key) for block in self.blocks)

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        return sum(block_bytes(block) for block in self.blocks)

    def places(self, rule_columns: RuleColumns) -> NDArray[np.int32]:
        """Return where each of some rule columns stands, shape (n_columns,).

        Raises
        ------
        SnapshotError
            ``snapshot.columns``: a rule is asked that the snapshot has no answers to.
        """
        where = {name: number for number, name in enumerate(self.columns)}
        missing = [name for name in rule_columns.columns if name not in where]
        if missing:
            raise SnapshotError(
                "snapshot.columns",
                f"it answers {len(where)} rules but not {len(missing)} of those asked ({missing[0]}, …); "
                "refresh it with the rule columns of these vacancies",
            )
        return np.array([where[name] for name in rule_columns.columns], dtype=np.int32)

    def attributes(self, block: int) -> Attributes:
        """Return the binned profiles of one block."""
        return attributes_from(self.blocks[block], len(self.vocabulary.countries), self.epoch)

    def locate(self, worker: NDArray[np.int64]) -> tuple[Rows, Rows]:
        """Return the block of each worker key, -1 if it is not here, and the row in it; both of shape (n_workers,)."""
        starts = np.array([block.key[0] for block in self.blocks], dtype=np.int64)
        number = np.searchsorted(starts, worker, side="right") - 1
        row = np.zeros(len(worker), dtype=np.intp)
        for block in np.unique(number[number >= 0]).tolist():
            mine = np.flatnonzero(number == block)
            keys = self.blocks[block].key
            row[mine] = np.minimum(np.searchsorted(keys, worker[mine]), len(keys) - 1)
            number[mine[keys[row[mine]] != worker[mine]]] = -1
        return number, row


def snapshot_of(
    pool: Pool, rule_columns: RuleColumns, epoch: int, *, implied: Implied | None = None, rows: int = BLOCK_ROWS
) -> Snapshot:
    """Build a snapshot in memory.

    Parameters
    ----------
    pool : Pool
        In any order.
    rule_columns : RuleColumns
        Rules whose answers are kept.
    epoch : int
        Day from which weeks and recency count, as proleptic ordinal.
    implied : Implied, optional
        Which skills imply broader ones.
    rows : int
        Workers in a block; changes no bit of any result.

    Returns
    -------
    Snapshot

    Raises
    ------
    ValueError
        If a key is not below 2 ** 50, or the vocabulary is larger than the layout allows.
    """
    check_pool(pool)
    order = np.argsort(pool.key, kind="stable")
    if len(order) and not np.array_equal(order, np.arange(len(order))):
        pool = pool.take(order)
    parts = [np.arange(first, min(first + rows, len(pool))) for first in range(0, len(pool), rows)]
    built = tuple(blocks_of(pool, rule_columns.questions, epoch, parts, implied))
    return Snapshot(pool.vocabulary, epoch, frozenset(pool.facts), rule_columns.columns, built)


def blocks_of(
    pool: Pool, questions: Sequence[Question], epoch: int, parts: Sequence[Rows], implied: Implied | None = None
) -> Iterator[BlockArrays]:
    """Yield the blocks of a pool; ``parts`` are the rows of each, ascending by key."""
    passed, unknown = answer_words(pool, questions, parts)
    for number, part in enumerate(parts):
        some = pool.take(part)
        workers = attributes_of(with_implied(some.profile, implied), epoch)
        yield block_arrays(some.key, workers, passed[number], unknown[number])


def answer_words(pool: Pool, questions: Sequence[Question], parts: Sequence[Rows]) -> tuple[list[Words], list[Words]]:
    """Return for each part who passes each question and of whom a fact is missing, each (n_questions, n_words)."""
    rules = PoolRules(pool, (), date.min)
    passed: list[list[Words]] = [[] for _ in parts]
    unknown: list[list[Words]] = [[] for _ in parts]
    for question in questions:
        marks = rules.answers(question)
        for number, part in enumerate(parts):
            passed[number].append(pack(marks[part] == Mark.PASS))
            unknown[number].append(pack(marks[part] == Mark.UNKNOWN))
    return [_table(*both) for both in zip(passed, parts, strict=True)], [
        _table(*both) for both in zip(unknown, parts, strict=True)
    ]


def _table(words: list[Words], part: Rows) -> Words:
    return np.array(words, dtype=np.uint64).reshape(len(words), words_for(len(part)))


def check_pool(pool: Pool) -> None:
    """Raise ValueError if a pool does not fit the layout; the message says what and what to do."""
    if len(pool) and int(pool.key.max()) >= 2**LOTTERY_BITS:
        raise ValueError(f"worker key {int(pool.key.max())} is not below 2 ** {LOTTERY_BITS}; use smaller keys")
    words = pool.vocabulary
    for name, most in (("skills", _MOST_NAMES), ("groups", _MOST_NAMES), ("currencies", NO_CURRENCY)):
        if len(getattr(words, name)) >= most:
            raise ValueError(f"the vocabulary has {len(getattr(words, name))} {name}, at most {most - 1} are allowed")
