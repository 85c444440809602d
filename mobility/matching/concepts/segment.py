"""The labels of one language: search, a shortlist, and what speaks for each candidate; no merging of languages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from mobility.matching.concepts.latent import LatentSpace, build_latent_space
from mobility.matching.concepts.postings import UNIT, Postings, build_postings, group_best, leaders
from mobility.matching.concepts.words import LONGEST_TEXT, phrases, stems, surface_forms, tokens, trigrams

#: Candidates that are looked at closely.
SHORTLIST = 64
#: What all labels of a concept, and its place in the latent space, weigh beside the nearest label; what a wide concept
#: loses. ``docs/words-to-concepts.md`` says how these were chosen.
DOCUMENT, LATENT, GROUP = 0.7, 0.8, 0.35
#: A label this like the text is taken for the text with a slip of the pen (rapidfuzz ratio, 0 to 1).
TYPO = 0.9
#: What that ratio adds then; and what it adds at any time, times the share of the text that is unknown.
SLIP, GUESS = 1.0, 1.0
_TENTHS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Texts(Sequence[str]):
    """A sequence of texts.

    Attributes
    ----------
    blob : ndarray of uint8
        All of them in UTF-8, one after the other.
    end : ndarray of int64, shape (n_texts + 1,)
        Where each ends; the first entry is 0.
    """

    blob: NDArray[np.uint8]
    end: NDArray[np.int64]

    @classmethod
    def pack(cls, texts: Sequence[str]) -> "Texts":
        """Return texts as arrays; what UTF-8 cannot hold is replaced."""
        raw = [text.encode(errors="replace") for text in texts]
        end = np.array([0, *accumulate(map(len, raw))], dtype=np.int64)
        return cls(np.frombuffer(b"".join(raw), dtype=np.uint8), end)

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """Return the arrays under names that begin with ``name``."""
        return {f"{name}.blob": self.blob, f"{name}.end": self.end}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], name: str) -> "Texts":
        """Return the texts that ``arrays`` put under ``name``."""
        return cls(arrays[f"{name}.blob"], arrays[f"{name}.end"])

    def __len__(self) -> int:
        return len(self.end) - 1

    def __getitem__(self, number: Any) -> Any:
        at = int(number)
        if not 0 <= at < len(self):
            raise IndexError(number)
        return self.blob[self.end[at] : self.end[at + 1]].tobytes().decode()

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))


@dataclass(frozen=True, slots=True)
class Name:
    """One label of a concept, which is given by its number."""

    concept: int
    text: str
    preferred: bool


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """What speaks for some concepts as the meaning of a text; one row a candidate, best first.

    Attributes
    ----------
    concept : ndarray of int32, shape (n,)
        Concepts by number.
    label : ndarray of int64, shape (n,)
        The label that is most like the text, by number within the segment.
    strength : ndarray of float32, shape (n,)
        All evidence weighed together; what candidates are ordered by.
    """

    concept: NDArray[np.int32]
    label: NDArray[np.int64]
    strength: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """The labels of one language, arranged for search.

    Attributes
    ----------
    language : str
        Their language.
    concept : ndarray of int32, shape (n_local,)
        Concepts that have a label in this language, ascending.
    first : ndarray of int64, shape (n_local + 1,)
        Where each of these concepts' labels begin.
    wide : ndarray of bool, shape (n_local,)
        True for a concept that others are narrower than.
    uses : ndarray of float32, shape (n_local,)
        How commonly a concept is needed, as ``ln(1 + number of occupations)``; 0 where that is not known.
    mass : ndarray of float32, shape (n_labels,)
        ``ln(1 + sum of the idf of its stems)`` of each label: how much it says.
    labels, keys : Texts
        Labels as given, and their base forms.
    letters, words : Postings
        Labels by three-letter pieces of their stems, and by stems.
    documents, described : Postings
        Concepts by words and pairs of words of their labels, and by words of labels and descriptions.
    space : LatentSpace
        Learned from ``described``.
    """

    language: str
    concept: NDArray[np.int32]
    first: NDArray[np.int64]
    wide: NDArray[np.bool_]
    uses: NDArray[np.float32]
    mass: NDArray[np.float32]
    labels: Texts
    keys: Texts
    letters: Postings
    words: Postings
    documents: Postings
    described: Postings
    space: LatentSpace

    def candidates(self, text: str, most: int = SHORTLIST) -> Candidates | None:
        """Return what the text may mean, best first; None if nothing in it is known."""
        words = tokens(text, self.language)
        like = np.zeros(len(self.labels), dtype=np.uint32)
        roots = stems(words, self.language)
        self.letters.add(trigrams(words), like)
        self.words.add(roots, like)
        best = group_best(like, self.first)
        document = np.zeros(len(self.concept), dtype=np.uint32)
        self.documents.add(phrases(roots), document)
        ahead = best * _TENTHS + document * round(DOCUMENT * _TENTHS)
        local = np.union1d(leaders(ahead, most), leaders(best, most // 2))
        if not len(local):
            return None
        label = self._nearest(like, local)
        numbers, weights = self.described.query(roots)
        known = float(weights @ weights)
        latent = self.space.likeness(self.space.place(numbers, weights), local) * known
        key = " ".join(words)
        slip = np.array([fuzz.ratio(key, self.keys[at]) / 100 for at in label], dtype=np.float32)
        strength = ahead[local] / (UNIT * _TENTHS) + LATENT * latent - GROUP * self.wide[local]
        strength += np.where(slip >= TYPO, SLIP * slip, 0) + (1 - known) * GUESS * slip
        order = np.argsort(-strength, kind="stable")
        return Candidates(self.concept[local[order]], label[order], strength[order].astype(np.float32))

    def _nearest(self, like: NDArray[np.uint32], local: NDArray[np.intp]) -> NDArray[np.int64]:
        spans = zip(self.first[local].tolist(), self.first[local + 1].tolist(), strict=True)
        return np.array([begin + int(like[begin:end].argmax()) for begin, end in spans], dtype=np.int64)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything as arrays under names that begin with the language."""
        name = self.language
        return {
            f"{name}.concept": self.concept,
            f"{name}.first": self.first,
            f"{name}.wide": self.wide,
            f"{name}.uses": self.uses,
            f"{name}.mass": self.mass,
            **self.labels.arrays(f"{name}.labels"),
            **self.keys.arrays(f"{name}.keys"),
            **self.letters.arrays(f"{name}.letters"),
            **self.words.arrays(f"{name}.words"),
            **self.documents.arrays(f"{name}.documents"),
            **self.described.arrays(f"{name}.told"),
            **self.space.arrays(f"{name}.space"),
        }

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], language: str) -> "Segment":
        """Return the segment that ``arrays`` put under the name of its language."""
        return cls(
            language,
            arrays[f"{language}.concept"],
            arrays[f"{language}.first"],
            arrays[f"{language}.wide"],
            arrays[f"{language}.uses"],
            arrays[f"{language}.mass"],
            labels=Texts.of(arrays, f"{language}.labels"),
            keys=Texts.of(arrays, f"{language}.keys"),
            letters=Postings.of(arrays, f"{language}.letters"),
            words=Postings.of(arrays, f"{language}.words"),
            documents=Postings.of(arrays, f"{language}.documents"),
            described=Postings.of(arrays, f"{language}.told"),
            space=LatentSpace.of(arrays, f"{language}.space"),
        )


def build_segment(
    names: Sequence[Name],
    language: str,
    descriptions: Mapping[int, str],
    wide: frozenset[int] = frozenset(),
    uses: Mapping[int, int] = MappingProxyType({}),
) -> Segment:
    """Arrange the labels of one language.

    Parameters
    ----------
    names : sequence of Name
        Sorted by concept, a preferred label first among those of a concept.
    language : str
        Their language.
    descriptions : mapping of int to str
        What a concept is, in the same language, where that is known.
    wide : frozenset of int
        Concepts that others are narrower than.
    uses : mapping of int to int
        Number of occupations that need a concept, where that is known.

    Returns
    -------
    Segment
        Forms of one concept with the same stems (masculine and feminine, singular and plural) stand once.
    """
    kept = _distinct(names, language)
    forms = [base for _, base in kept.values()]
    roots = [stems(base, language) for base in forms]
    owner = np.array([concept for concept, _ in kept], dtype=np.int32)
    concept, begins = np.unique(owner, return_index=True)
    first = np.concatenate((begins, [len(owner)])).astype(np.int64)
    documents = _documents(roots, first)
    described = _described(concept.tolist(), documents, descriptions, language)
    words = build_postings(roots)
    return Segment(
        language,
        concept,
        first,
        np.array([int(number) in wide for number in concept]),
        np.log1p(np.array([uses.get(int(number), 0) for number in concept], dtype=np.float32)),
        np.log1p(words.information()),
        Texts.pack([text for text, _ in kept.values()]),
        Texts.pack([key for _, key in kept]),
        build_postings([trigrams(base) for base in forms]),
        words,
        build_postings(documents),
        described,
        build_latent_space(described),
    )


def _distinct(names: Sequence[Name], language: str) -> dict[tuple[int, str], tuple[str, list[str]]]:
    """Return the label and the base forms of each concept's distinct surface forms, in the order of the names."""
    kept: dict[tuple[int, str], tuple[str, list[str]]] = {}
    for name in names:
        for form in surface_forms(name.text):
            base = tokens(form, language)
            if base:
                kept.setdefault((name.concept, " ".join(base)), (name.text, base))
    return kept


def _documents(roots: Sequence[Sequence[str]], first: NDArray[np.int64]) -> list[list[str]]:
    """Return the words and phrases of all labels of each concept."""
    return [[token for root in roots[begin:end] for token in phrases(root)] for begin, end in pairwise(first.tolist())]


def _described(
    concepts: Sequence[int], documents: Sequence[Sequence[str]], descriptions: Mapping[int, str], language: str
) -> Postings:
    """Return the postings of each concept's single words and those of its description."""
    return build_postings(
        [
            [token for token in document if " " not in token]
            + stems(tokens(descriptions.get(concept, ""), language, LONGEST_TEXT), language)
            for concept, document in zip(concepts, documents, strict=True)
        ]
    )
