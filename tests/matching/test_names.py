"""One word a thing: words that had several meanings are no part of a name in matching (docs/glossary.md has the others)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

MATCHING = Path(__file__).resolve().parents[2] / "mobility/matching"
#: What each stood for says which word to take: a block, a batch, rule columns, the plain twin, keys to keep, run settings …
FORMER = {
    "brief",
    "briefs",
    "chunk",
    "chunks",
    "cuts",
    "dearest",
    "dearness",
    "fall",
    "falls",
    "found",
    "ground",
    "hopeless",
    "plan",
    "plans",
    "reference",
    "room",
    "rooms",
    "shelf",
    "standing",
    "terms",
    "told",
    "world",
    "worlds",
}


def names(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name


def words(name: str) -> set[str]:
    return {part.lower() for part in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)}


def test_no_name_of_matching_holds_a_word_that_had_several_meanings():
    held = {f"{file.name}: {name}" for file in MATCHING.rglob("*.py") for name in names(file) if words(name) & FORMER}
    assert held == set()


def test_the_words_of_a_name_are_told_apart():
    assert words("_REFERENCE") == {"reference"}
    assert words("ChunkArrays") == {"chunk", "arrays"}
    assert words("score_chunk2") == {"score", "chunk2"}
