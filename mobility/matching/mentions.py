"""Sentences to skills: which known skills a free text mentions, with the words that say so; no page and no form."""

import re
from dataclasses import dataclass

from mobility.matching.concepts import ConceptIndex
from mobility.matching.words import LONGEST_TEXT, tells_apart

#: Least score of a mention: precision goes first, since a person has to undo what is wrong.
SURE = 0.75
_MOST_WORDS = 6
_WORD = re.compile(r"[^\W_]+(?:[-'\u2019][^\W_]+)*[+#]*")


@dataclass(frozen=True, slots=True)
class SkillMention:
    """A skill that a text mentions.

    Attributes
    ----------
    concept : str
        The skill.
    score : float
        In [0, 1], as ``ConceptMatch.score``.
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


def find_skills(index: ConceptIndex, text: str, language: str | None = None) -> list[SkillMention]:
    """Return the skills that a sentence or a short description mentions, in the order of the text.

    Parameters
    ----------
    index : ConceptIndex
        Of skills.
    text : str
        What a person wrote.
    language : str, optional
        Its language, where it is known.

    Returns
    -------
    list of SkillMention
        Each skill once, none below ``SURE``: suggestions that a person confirms.
    """
    words = [(found.start(), found.end()) for found in _WORD.finditer(text[:LONGEST_TEXT])]
    tells = [tells_apart(text[start:end], language) for start, end in words]
    spans = [
        (words[first][0], words[last][1])
        for first in range(len(words))
        for last in range(first, min(len(words), first + _MOST_WORDS))
        if tells[first] and tells[last]
    ]
    answers = index.search_many([text[start:end] for start, end in spans], language, 1)
    mentions = [
        SkillMention(match.concept, match.score, match.label, start, end, text[start:end])
        for (start, end), matches in zip(spans, answers, strict=True)
        for match in matches
        if match.score >= SURE
    ]
    return _best(mentions)


def _best(mentions: list[SkillMention]) -> list[SkillMention]:
    """Keep each skill once and each word for one skill: the likeliest first, the longer among equals."""
    kept: list[SkillMention] = []
    for mention in sorted(mentions, key=lambda one: (-one.score, one.start - one.end, one.start)):
        free = all(mention.end <= other.start or other.end <= mention.start for other in kept)
        if free and all(mention.concept != other.concept for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda one: one.start)
