"""Sentences to skills: which known skills a free text mentions, with the words that say so; no page and no form."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mobility.matching.concepts.concepts import ConceptIndex, ConceptMatch
from mobility.matching.concepts.segment import Segment
from mobility.matching.concepts.sentence_skills import coverage
from mobility.matching.concepts.words import LONGEST_TEXT, base_form, fold, stems, tells_apart

#: Share of a label's information that a text must hold; less than 1 by what rounding takes.
WHOLE = 0.97
#: Words that may stand between those of a label.
LOOSE = 2
#: Least score of a mention: a person has to undo what is wrong.
SURE = 0.5
#: Different parts of a text that are looked up in one language, those that say most first: what bounds the time that
#: a text of nothing but labels takes. Prose of the greatest length has half as many.
MOST_LOOKED_UP = 200
_WORD = re.compile(r"[^\W_]+[+#]*")


@dataclass(frozen=True, slots=True)
class SkillMention:
    """A skill that a text mentions.

    Attributes
    ----------
    concept : str
        The skill.
    score : float
        In [0, 1], as ``ConceptMatch.score`` of the words.
    label : str
        Label of the skill that matched.
    start, end : int
        Where in the text its words stand, ``text[start:end]``.
    words : str
        The words of the text that triggered it.
    """

    concept: str
    score: float
    label: str
    start: int
    end: int
    words: str


class _Span(NamedTuple):
    """A label that stands in the text: how much it says, its concept and row, its first and last word."""

    mass: float
    concept: int
    row: int
    first: int
    last: int


def find_skills(index: ConceptIndex, text: str, language: str | None = None) -> list[SkillMention]:
    """Return the skills that a sentence or a short description names, in the order of the text.

    Parameters
    ----------
    index : ConceptIndex
        Of skills.
    text : str
        What a person wrote; beyond ``LONGEST_TEXT`` characters it is not read.
    language : str, optional
        Its language, where it is known; else every language of the index is tried.

    Returns
    -------
    list of SkillMention
        Each skill once and each word for one skill: suggestions that a person confirms. Every word of the label stands
        in the text, nearly together; a label of one word counts only if it is the skill's preferred one.
    """
    mentions: list[SkillMention] = []
    for segment in index.segments:
        if language not in index.languages or segment.language == language:
            mentions += _named(index, segment, text[:LONGEST_TEXT])
    kept: list[SkillMention] = []
    for mention in sorted(mentions, key=lambda one: (one.start - one.end, -one.score, one.start, one.concept)):
        free = all(mention.end <= other.start or other.end <= mention.start for other in kept)
        if free and all(mention.concept != other.concept for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda one: one.start)


def _named(index: ConceptIndex, segment: Segment, text: str) -> Iterator[SkillMention]:
    places = _telling_words(segment, text)
    bases = [base_form(fold(text[start:end]), segment.language) for start, end in places]
    likeliest: dict[str, ConceptMatch | None] = {}
    taken: set[int] = set()
    for span in sorted(_spans(segment, bases), key=lambda one: (-one.mass, one.first, one.concept, one.row)):
        if not taken.isdisjoint(range(span.first, span.last + 1)):
            continue
        start, end = places[span.first][0], places[span.last][1]
        part = text[start:end]
        if part not in likeliest and len(likeliest) < MOST_LOOKED_UP:
            likeliest[part] = next(iter(index.search(part, segment.language, 1)), None)
        best, concept = likeliest.get(part), index.concepts[span.concept]
        if best is not None and best.concept == concept and best.score >= SURE:
            taken.update(range(span.first, span.last + 1))
            yield SkillMention(concept, best.score, segment.labels[span.row], start, end, part)


def _telling_words(segment: Segment, text: str) -> list[tuple[int, int]]:
    """Return where the words stand that tell anything apart."""
    return [match.span() for match in _WORD.finditer(text) if tells_apart(match.group(), segment.language)]


def _spans(segment: Segment, bases: list[str]) -> Iterator[_Span]:
    """Yield the labels whose words all stand in the text, nearly together."""
    owner = np.repeat(segment.concept, np.diff(segment.first))
    roots = stems(bases, segment.language)
    by_root, by_base = _positions(roots), _positions(bases)
    for row in np.flatnonzero(coverage(segment.words, roots) >= WHOLE).tolist():
        label = segment.keys[row].split()
        if len(label) > 1:
            windows = _window(by_root, frozenset(stems(label, segment.language)))
        else:
            windows = [(at, at) for at in by_base.get(label[0], ()) if row in segment.first]
        for first, last in windows:
            yield _Span(float(segment.mass[row]), int(owner[row]), row, first, last)


def _positions(words: Sequence[str]) -> dict[str, list[int]]:
    """Return where each word stands, in order."""
    positions: dict[str, list[int]] = {}
    for at, word in enumerate(words):
        positions.setdefault(word, []).append(at)
    return positions


def _window(positions: Mapping[str, Sequence[int]], wanted: frozenset[str]) -> list[tuple[int, int]]:
    """Return first and last word of the shortest part that holds all wanted words, if one is short enough."""
    last_seen: dict[str, int] = {}
    best: list[tuple[int, int]] = []
    for at, root in sorted((place, word) for word in wanted for place in positions.get(word, ())):
        last_seen[root] = at
        first = min(last_seen.values())
        shorter = not best or at - first < best[0][1] - best[0][0]
        if len(last_seen) == len(wanted) and shorter and at - first < len(wanted) + LOOSE:
            best = [(first, at)]
    return best
