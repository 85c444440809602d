"""Words that stand in the same company: a latent semantic space of concepts, learned from their own texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from mobility.matching.concepts.postings import FULL, Postings

#: Dimensions of the space.
DIMENSIONS = 200
_SEED = 0


@dataclass(frozen=True, slots=True, eq=False)
class LatentSpace:
    """Directions of tokens and of rows in one space.

    Attributes
    ----------
    term : ndarray of float16, shape (n_tokens, n_dimensions)
        Direction of each token of the postings that the space was learned from.
    row : ndarray of float16, shape (n_rows, n_dimensions)
        Direction of each row, of unit length (or zero, if it has none).

    Notes
    -----
    Latent semantic analysis: Deerwester et al. (1990), Indexing by latent semantic analysis.
    """

    term: NDArray[np.float16]
    row: NDArray[np.float16]

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """Return the arrays under names that begin with ``name``."""
        return {f"{name}.term": self.term, f"{name}.row": self.row}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], name: str) -> "LatentSpace":
        """Return the space that ``arrays`` put under ``name``."""
        return cls(arrays[f"{name}.term"], arrays[f"{name}.row"])

    def place(self, numbers: NDArray[np.int64], weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the direction of a text, shape (n_dimensions,), from its tokens and weights (``Postings.query``)."""
        direction: NDArray[np.float32] = weights @ self.term[numbers].astype(np.float32)
        length = float(np.sqrt(direction @ direction))
        return direction / length if length else direction

    def likeness(self, direction: NDArray[np.float32], rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return the cosine of a text's direction and each of some rows, shape (n,)."""
        cosine: NDArray[np.float32] = self.row[rows].astype(np.float32) @ direction
        return cosine


def build_latent_space(postings: Postings, dimensions: int = DIMENSIONS) -> LatentSpace:
    """Learn the space of a set of postings.

    Parameters
    ----------
    postings : Postings
        Texts of concepts: their labels and descriptions.
    dimensions : int
        At most one less than there are tokens and rows.

    Returns
    -------
    LatentSpace
        With no dimension if there are too few tokens or rows; the same for the same postings.
    """
    most = min(dimensions, len(postings.key) - 1, postings.rows - 1)
    if most < 1:
        nothing = np.zeros((max(len(postings.key), postings.rows), 0), dtype=np.float16)
        return LatentSpace(nothing[: len(postings.key)], nothing[: postings.rows])
    by_term = csr_array(
        (postings.impact.astype(np.float32) / FULL, postings.row, postings.start),
        shape=(len(postings.key), postings.rows),
    )
    from sklearn.decomposition import TruncatedSVD  # noqa: PLC0415  it takes seconds to load, and only this needs it

    svd = TruncatedSVD(most, random_state=_SEED)
    row = svd.fit_transform(by_term.T.tocsr())
    length = np.sqrt((row**2).sum(axis=1, keepdims=True))
    row = np.divide(row, length, out=np.zeros_like(row), where=length > 0)
    return LatentSpace(_half(svd.components_.T), _half(row))


def _half(values: Sequence[Any] | NDArray[Any]) -> NDArray[np.float16]:
    return np.ascontiguousarray(values, dtype=np.float16)
