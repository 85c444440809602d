import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.errors import InvalidError
from mobility.matching.concepts.boosted import stored_trees, trees_from
from mobility.matching.concepts.sentence_skills import EVIDENCE

DOCUMENT = {
    "features": ["a", "b"],
    "base": -1.0,
    "depth": 2,
    "root": [0, 5],
    "nodes": {
        "column": [0, 0, 1, 0, 0, 0],
        "below": [1, 1, 3, 3, 4, 5],
        "above": [2, 1, 4, 3, 4, 5],
        "split": [0.5, 0, 2.0, 0, 0, 0],
        "leaf": [0, 10, 0, 20, 30, 0.25],
    },
}


@pytest.mark.parametrize(
    ("row", "value"), [([0.5, 0], 9.25), ([0.6, 2.0], 19.25), ([0.6, 2.1], 29.25), ([-5, 99], 9.25)]
)
def test_a_row_ends_in_one_leaf_of_each_tree(row, value):
    assert trees_from(DOCUMENT).value(np.array([row], dtype=np.float32)).tolist() == [value]


def changed(part, value):
    nodes = dict(DOCUMENT["nodes"])
    if part in nodes:
        return DOCUMENT | {"nodes": nodes | {part: value}}
    return DOCUMENT | {part: value}


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("nodes", None),
        ("nodes", {}),
        ("root", [6]),
        ("root", [-1]),
        ("column", [2, 0, 1, 0, 0, 0]),
        ("column", [0]),
        ("below", [0, 0, 3, 3, 4, 5]),
        ("above", [6, 1, 4, 3, 4, 5]),
        ("split", [float("nan"), 0, 2.0, 0, 0, 0]),
        ("leaf", [0, float("inf"), 0, 20, 30, 0.25]),
        ("leaf", ["many", 10, 0, 20, 30, 0.25]),
        ("base", "low"),
        ("base", float("nan")),
        ("depth", None),
    ],
)
def test_a_document_that_is_not_trees_is_refused(part, value):
    with pytest.raises(InvalidError, match=r"trees\.malformed"):
        trees_from(changed(part, value))


def test_the_hash_tells_documents_apart():
    assert trees_from(DOCUMENT).sha256 != trees_from(changed("base", 0.0)).sha256
    assert trees_from(DOCUMENT).sha256 == trees_from(dict(DOCUMENT)).sha256


def test_the_stored_trees_ask_for_the_evidence_that_is_gathered():
    trees = stored_trees("skill_trees")
    assert trees.features == EVIDENCE
    assert len(trees.root) > 10


@given(st.lists(st.floats(-10, 10, width=32), min_size=9, max_size=9))
def test_every_row_ends_in_a_leaf_of_every_stored_tree(row):
    trees = stored_trees("skill_trees")
    leaves = trees.leaf[trees.below == np.arange(len(trees.leaf))]
    value = trees.value(np.array([row], dtype=np.float32))[0]
    assert len(leaves) > len(trees.root)
    assert trees.base + len(trees.root) * leaves.min() <= value <= trees.base + len(trees.root) * leaves.max()
