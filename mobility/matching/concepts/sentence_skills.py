"""Sentences to skills, ranked: what speaks for each skill in a longer text, weighed by fitted trees; no thresholds."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mobility.matching.concepts.boosted import Trees, stored_trees
from mobility.matching.concepts.concepts import ConceptIndex, ConceptMatch
from mobility.matching.concepts.postings import FULL, UNIT, Postings, group_best, leaders
from mobility.matching.concepts.segment import Segment
from mobility.matching.concepts.words import LONGEST_TEXT, phrases, stems, tokens, trigrams

#: Skills that are looked at closely.
POOL = 200
#: What the columns of the evidence are.
EVIDENCE = (
    "letters",
    "words",
    "cover",
    "cover_long",
    "documents",
    "told",
    "latent",
    "uses",
    "labels",
)


@dataclass(frozen=True, slots=True, eq=False)
class SkillSigns:
    """What speaks for some skills; one row a skill.

    Attributes
    ----------
    local : ndarray of int64, shape (n,)
        Skills by number within the segment.
    label : ndarray of int64, shape (n,)
        The label that the text covers best, by number within the segment.
    values : ndarray of float32, shape (n, len(EVIDENCE))
        Cosines of text and nearest label by letters and by words; greatest share of a label's information that the
        text covers, plain and times ``ln(1 + information)``; cosines with all labels, with labels and description,
        and in the latent space; ``ln(1 + occupations)`` and ``ln(1 + labels)``.
    """

    local: NDArray[np.int64]
    label: NDArray[np.int64]
    values: NDArray[np.float32]


def rank_skills(
    index: ConceptIndex, text: str, language: str, k: int = 10, *, trees: Trees | None = None
) -> list[ConceptMatch]:
    """Return the skills that a sentence most likely asks for or shows, named in it or not.

    Parameters
    ----------
    index : ConceptIndex
        Of skills; best built with descriptions and uses.
    text : str
        A sentence or a short description.
    language : str
        Its language.
    k : int
        Most skills to return.
    trees : Trees, optional
        Other than the stored ones, which were fitted to English sentences.

    Returns
    -------
    list of ConceptMatch
        Best first; empty if no word is known or no label is in this language. ``score`` is the fitted probability
        that the sentence is about the skill; it is not calibrated for short titles.
    """
    segment = next((part for part in index.segments if part.language == language), None)
    signs = sentence_evidence(segment, text) if segment else None
    if segment is None or signs is None:
        return []
    value = (trees or stored_trees("skill_trees")).value(signs.values)
    score = 1 / (1 + np.exp(-value))
    return [
        ConceptMatch(
            index.concepts[segment.concept[signs.local[at]]],
            float(score[at]),
            segment.labels[signs.label[at]],
            language,
        )
        for at in np.argsort(-value, kind="stable")[: max(k, 0)]
    ]


def sentence_evidence(segment: Segment, text: str, pool: int = POOL) -> SkillSigns | None:
    """Return what a text says for the skills that it may mention.

    Parameters
    ----------
    segment : Segment
        Of skills, in the language of the text.
    text : str
        A sentence or a short description.
    pool : int
        Most skills to look at.

    Returns
    -------
    SkillSigns or None
        None if no word of the text is known.
    """
    words = tokens(text, segment.language, LONGEST_TEXT)
    roots = stems(words, segment.language)
    letters = _cosines(segment.letters, trigrams(words), segment.first)
    near = _cosines(segment.words, roots, segment.first)
    covered = coverage(segment.words, roots)
    long = covered * segment.mass
    cover, cover_long = (np.maximum.reduceat(part, segment.first[:-1]) for part in (covered, long))
    documents = _cosines(segment.documents, phrases(roots))
    described = _cosines(segment.described, roots)
    ahead = 0.3 * cover_long + described + documents + 0.03 * segment.uses * (described > 0)
    local = np.sort(leaders((ahead * UNIT).astype(np.int64), pool))
    if not len(local):
        return None
    latent = segment.space.likeness(segment.space.place(*segment.described.query(roots)), local)
    count = np.log1p(np.diff(segment.first)).astype(np.float32)
    parts = (letters, near, cover, cover_long, documents, described)
    columns = [part[local] for part in parts] + [latent, segment.uses[local], count[local]]
    label = np.array(
        [b + int(long[b:e].argmax()) for b, e in zip(segment.first[local], segment.first[local + 1], strict=True)]
    )
    return SkillSigns(local, label, np.stack(columns, axis=1).astype(np.float32))


def coverage(postings: Postings, tokens: list[str]) -> NDArray[np.float32]:
    """Return the share of each row's information (squared impacts, which sum to 1) that a text's tokens cover."""
    numbers, _ = postings.query(list(Counter(tokens)))
    total = np.zeros(postings.rows, dtype=np.float32)
    for term in numbers:
        places = slice(postings.start[term], postings.start[term + 1])
        total[postings.row[places]] += np.square(postings.impact[places].astype(np.float32) / FULL)
    return np.minimum(total, 1)


def _cosines(postings: Postings, tokens: list[str], first: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
    total = np.zeros(postings.rows, dtype=np.uint32)
    postings.add(tokens, total)
    best = total if first is None else group_best(total, first)
    return (best / UNIT).astype(np.float32)
