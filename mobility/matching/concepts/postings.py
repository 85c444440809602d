"""An inverted index with one-byte impacts: tokens in, cosines of rows out; it knows no words."""

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobility.matching.concepts import posting_kernel

#: An impact of 1 as stored; a cosine of 1 is its square.
FULL = 255
#: Total of a row whose cosine is 1.
UNIT = FULL * FULL


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """Rows by token, each with its share of the row's unit-length TF-IDF vector.

    Attributes
    ----------
    key : ndarray of uint64, shape (n_tokens,)
        Hash of each token, ascending.
    start : ndarray of int64, shape (n_tokens + 1,)
        Where each token's rows begin.
    row, impact : ndarray of int32 and uint8, shape (n_entries,)
        Rows that hold the token, ascending, and 0 to ``FULL``.
    idf : ndarray of float32, shape (n_tokens,)
        ``ln((1 + n_rows) / (1 + rows with the token)) + 1``.
    rows : int
        Number of rows.

    Notes
    -----
    Term-at-a-time scoring with quantised impacts: Anh, de Kretser and Moffat (2001), Vector-space ranking with
    effective early termination. Weights are those of scikit-learn's ``TfidfVectorizer(sublinear_tf=True)``.
    """

    key: NDArray[np.uint64]
    start: NDArray[np.int64]
    row: NDArray[np.int32]
    impact: NDArray[np.uint8]
    idf: NDArray[np.float32]
    rows: int

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """Return the arrays under names that begin with ``name``."""
        parts: dict[str, NDArray[Any]] = {
            "key": self.key,
            "start": self.start,
            "row": self.row,
            "impact": self.impact,
            "idf": self.idf,
            "rows": np.array([self.rows]),
        }
        return {f"{name}.{part}": array for part, array in parts.items()}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], name: str) -> "Postings":
        """Return the postings that ``arrays`` put under ``name``."""
        key, start, row, impact, idf = (arrays[f"{name}.{part}"] for part in ("key", "start", "row", "impact", "idf"))
        return cls(key, start, row, impact, idf, int(arrays[f"{name}.rows"][0]))

    def query(self, tokens: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return numbers and weights of the tokens of a text.

        Parameters
        ----------
        tokens : sequence of str
            With repetitions.

        Returns
        -------
        numbers : ndarray of int64, shape (n_known,)
            Tokens that some row holds.
        weights : ndarray of float32, shape (n_known,)
            Their shares of the text's unit-length vector; a token that no row holds counts in the length as the rarest.
        """
        counts = Counter(tokens)
        if not counts or not len(self.key):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        keys = np.array([token_key(token) for token in counts], dtype=np.uint64)
        place = np.minimum(np.searchsorted(self.key, keys), len(self.key) - 1)
        known = self.key[place] == keys
        weight = 1 + np.log(np.array(list(counts.values()), dtype=np.float32))
        weight *= np.where(known, self.idf[place], np.log1p(self.rows) + 1)
        length = np.sqrt(weight @ weight)
        return place[known], (weight / length)[known]

    def information(self) -> NDArray[np.float32]:
        """Return the sum of the idf of each row's tokens, shape (n_rows,)."""
        idf = np.repeat(self.idf, np.diff(self.start))
        return np.bincount(self.row, idf, minlength=self.rows).astype(np.float32)

    def add(self, tokens: Sequence[str], total: NDArray[np.uint32], share: float = 1.0) -> None:
        """Add the cosine of a text and every row, times ``UNIT`` and ``share``, to ``total`` of shape (n_rows,)."""
        numbers, weights = self.query(tokens)
        whole = np.rint(weights * FULL * share).astype(np.uint32)
        _kernel().accumulate(self.start, self.row, self.impact, numbers, whole, total)


@lru_cache(maxsize=200_000)
def token_key(token: str) -> int:
    """Return the 64-bit hash that stands for a token."""
    return int.from_bytes(blake2b(token.encode(), digest_size=8).digest(), "little")


def build_postings(rows: Iterable[Sequence[str]]) -> Postings:
    """Arrange the tokens of rows.

    Parameters
    ----------
    rows : iterable of sequence of str
        Tokens of each row, with repetitions.

    Returns
    -------
    Postings
    """
    counts = [Counter(tokens) for tokens in rows]
    sizes = np.array([len(row) for row in counts], dtype=np.int64)
    keys = np.array([token_key(token) for row in counts for token in row], dtype=np.uint64)
    weight = 1 + np.log(np.array([count for row in counts for count in row.values()], dtype=np.float32))
    row = np.repeat(np.arange(len(counts), dtype=np.int32), sizes)
    key, token = np.unique(keys, return_inverse=True)
    holders = np.bincount(token, minlength=len(key))
    idf = (np.log((1 + len(counts)) / (1 + holders)) + 1).astype(np.float32)
    weight *= idf[token]
    length = np.sqrt(np.bincount(row, weight**2, minlength=len(counts)))
    impact = np.maximum(np.rint(weight / length[row] * FULL), 1).astype(np.uint8)
    order = np.lexsort((row, token))
    start = np.concatenate(([0], np.cumsum(holders))).astype(np.int64)
    return Postings(key, start, row[order], impact[order], idf, len(counts))


def group_best(total: NDArray[np.uint32], first: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the greatest total of each group of neighbouring rows, which begins at ``first``; none is empty."""
    best = np.empty(len(first) - 1, dtype=np.int64)
    _kernel().group_best(total, first, best)
    return best


def leaders(values: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Return the rows of the greatest values, at most ``most``.

    Parameters
    ----------
    values : ndarray of int64, shape (n_rows,)
        At least 0, below 2**31.
    most : int
        At least 1.

    Returns
    -------
    ndarray of int64
        Greatest first, the lower row first among equals; no row of value 0.
    """
    leading: NDArray[np.int64] = _kernel().leaders(values, most)
    return leading


class _Plain:
    """The loops in NumPy, for processes without numba."""

    @staticmethod
    def accumulate(start: Any, row: Any, impact: Any, tokens: Any, weights: Any, total: Any) -> None:
        for token, weight in zip(tokens, weights, strict=True):
            places = slice(start[token], start[token + 1])
            total[row[places]] += impact[places] * weight

    @staticmethod
    def group_best(total: Any, first: Any, best: Any) -> None:
        best[:] = np.maximum.reduceat(total, first[:-1])

    @staticmethod
    def leaders(values: Any, most: Any) -> Any:
        order = np.argsort(-values, kind="stable")[:most]
        return order[values[order] > 0]


def _kernel() -> Any:
    """Return the loops in machine code where this process matches anyway, else those in NumPy: the same answers.

    Loading numba takes a second and tens of megabytes; it would win one or two thousandths of a second a search.
    """
    return posting_kernel if "numba" in sys.modules else _Plain
