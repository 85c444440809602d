"""A fitted sum of regression trees, read from plain numbers and evaluated; fitting is done elsewhere."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobility.errors import InvalidError
from mobility.matching.core.canonical import canonical_hash


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """Regression trees whose leaves add up; all nodes of all trees stand in one list.

    Attributes
    ----------
    features : tuple of str
        Columns that ``value`` takes, in this order.
    root : ndarray of int64, shape (n_trees,)
        Node that each tree begins at.
    column, below, above : ndarray of int64, shape (n_nodes,)
        Column that a node asks for, and the node that follows if its value is at most ``split``, or greater. A leaf
        follows itself.
    split, leaf : ndarray of float64, shape (n_nodes,)
        Threshold; what a leaf adds.
    base : float
        What every row begins with.
    depth : int
        Most questions from a root to a leaf.
    sha256 : str
        Hash of the document that the trees were read from.
    """

    features: tuple[str, ...]
    root: NDArray[np.int64]
    column: NDArray[np.int64]
    below: NDArray[np.int64]
    above: NDArray[np.int64]
    split: NDArray[np.float64]
    leaf: NDArray[np.float64]
    base: float
    depth: int
    sha256: str

    def value(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the sum of the trees for each row of features, shape (n_rows,)."""
        node = np.broadcast_to(self.root, (len(X), len(self.root)))
        row = np.arange(len(X))[:, None]
        for _ in range(self.depth):
            node = np.where(X[row, self.column[node]] <= self.split[node], self.below[node], self.above[node])
        total: NDArray[np.float64] = self.leaf[node].sum(axis=1) + self.base
        return total


def trees_from(document: Mapping[str, Any]) -> Trees:
    """Check a document of trees and hash it.

    Raises
    ------
    InvalidError
        ``trees.malformed`` if a part is missing, a number is not finite, or a node points out of the list or back.
    """
    try:
        nodes = document["nodes"]
        column, below, above = (np.array(nodes[part], dtype=np.int64) for part in ("column", "below", "above"))
        split, leaf = (np.array(nodes[part], dtype=np.float64) for part in ("split", "leaf"))
        root = np.array(document["root"], dtype=np.int64)
        features = tuple(str(name) for name in document["features"])
        base, depth = float(document["base"]), int(document["depth"])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise InvalidError("trees.malformed") from error
    trees = Trees(features, root, column, below, above, split, leaf, base, depth, sha256="")
    if not (_same_length(trees) and _points_forward(trees) and _is_finite(trees)):
        raise InvalidError("trees.malformed")
    return replace(trees, sha256=canonical_hash(document))


def _same_length(trees: Trees) -> bool:
    return len(trees.column) == len(trees.below) == len(trees.above) == len(trees.split) == len(trees.leaf) > 0


def _points_forward(trees: Trees) -> bool:
    """Tell whether every root, column and node that is named is there, and no node points back."""
    here = np.arange(len(trees.column))
    return all(
        bool(((number >= least) & (number < end)).all())
        for number, least, end in (
            (trees.root, 0, len(here)),
            (trees.column, 0, len(trees.features)),
            (trees.below, here, len(here)),
            (trees.above, here, len(here)),
        )
    )


def _is_finite(trees: Trees) -> bool:
    return bool(np.isfinite(trees.split).all() and np.isfinite(trees.leaf).all() and np.isfinite(trees.base))


@cache
def stored_trees(name: str) -> Trees:
    """Return the trees that stand under a name in the embedded data."""
    return trees_from(json.loads(files("mobility.data").joinpath(f"{name}.json").read_text(encoding="utf-8")))
