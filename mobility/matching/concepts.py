"""Words to concepts: labels in, ranked occupations or skills with a confidence out; no files are parsed here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from mobility.errors import InvalidError
from mobility.matching.concept_store import read_folder, write_folder
from mobility.matching.words import fold

#: What a folder of a stored index says that it is.
KIND = "mobility.concept-index.1"
#: Share of its score that a label in another language than the hinted one keeps.
OTHER_LANGUAGE = 0.9


@dataclass(frozen=True, slots=True)
class Label:
    """One name of a concept, in one language (ISO 639-1); ``preferred`` if the classification puts it first.

    A text that holds two genders ("cocinero/cocinera", "operador(a)") is read as both.
    """

    concept: str
    text: str
    language: str
    preferred: bool


@dataclass(frozen=True, slots=True)
class ConceptMatch:
    """A concept that a text may mean.

    Attributes
    ----------
    concept : str
        As in ``Label.concept``.
    score : float
        In [0, 1]: how often an answer with this score is the right one.
    label : str
        The label that matched, as it was given.
    language : str
        Language of that label.
    """

    concept: str
    score: float
    label: str
    language: str


class ConceptIndex:
    """Labels of concepts, arranged so that short text finds them; made by ``build`` or ``load``, never changed.

    Attributes
    ----------
    concepts : tuple of str
        Concepts that have labels, sorted.
    languages : tuple of str
        Languages that have labels, sorted.
    """

    def __init__(self, arrays: Mapping[str, NDArray[np.generic]], texts: Mapping[str, Sequence[str]]) -> None:
        self._arrays = dict(arrays)
        self._texts = {name: tuple(lines) for name, lines in texts.items()}
        self.concepts = self._texts["concepts"]
        self.languages = self._texts["languages"]
        self._labels = self._texts["labels"]
        self._terms = {term: number for number, term in enumerate(self._texts["terms"])}
        shape = (len(self._labels), len(self._terms))
        stored = (arrays["impact"], arrays["term"], arrays["start"])
        self._by_term = csr_array(stored, shape=shape).T.tocsr()

    @classmethod
    def build(cls, labels: Iterable[Label], broader: Mapping[str, str] | None = None) -> "ConceptIndex":
        """Arrange labels for search.

        Parameters
        ----------
        labels : iterable of Label
            Any order; empty texts and repetitions are left out.
        broader : mapping of str to str, optional
            The broader concept of a concept (of an ESCO occupation, its ISCO-08 group), used as a prior.

        Returns
        -------
        ConceptIndex

        Raises
        ------
        InvalidError
            ``concepts.none`` if no label holds a word.
        """
        del broader
        kept = sorted({label for label in labels if fold(label.text)}, key=_order)
        if not kept:
            raise InvalidError("concepts.none")
        return cls(*_arrange(kept))

    def search(self, text: str, language: str | None = None, k: int = 10) -> list[ConceptMatch]:
        """Return the concepts that a text most likely means, best first.

        Parameters
        ----------
        text : str
            A title or a skill in a few words; anything else finds nothing or little, and fails never.
        language : str, optional
            Language of the text where it is known; labels in other languages then count less.
        k : int
            Most matches to return.

        Returns
        -------
        list of ConceptMatch
            Each concept once; empty if the text holds no word or nothing resembles it.
        """
        weights = _weights(_trigrams(fold(text)))
        known = [term for term in weights if term in self._terms]
        if not known or k < 1:
            return []
        query = np.array([weights[term] for term in known]) * self._arrays["idf"][[self._terms[t] for t in known]]
        unknown = sum(weight**2 for term, weight in weights.items() if term not in self._terms)
        query /= np.sqrt(query @ query + unknown * self._arrays["idf"].max() ** 2)
        scores = query @ self._by_term[[self._terms[term] for term in known]]
        if language in self.languages:
            scores = np.where(self._arrays["language"] == self.languages.index(language), 1, OTHER_LANGUAGE) * scores
        return self._best(scores, k)

    def search_many(self, texts: Sequence[str], language: str | None = None, k: int = 10) -> list[list[ConceptMatch]]:
        """Return ``search`` of each text."""
        return [self.search(text, language, k) for text in texts]

    def save(self, folder: Path) -> None:
        """Write the index to a folder, which is made if need be; what it held of an older index is replaced."""
        write_folder(folder, KIND, self._arrays, self._texts)

    @classmethod
    def load(cls, folder: Path) -> "ConceptIndex":
        """Read an index that ``save`` wrote; its arrays stay on disk until they are needed.

        Raises
        ------
        InvalidError
            ``concepts.missing``, ``concepts.foreign`` or ``concepts.altered``.
        """
        return cls(*read_folder(folder, KIND))

    def _best(self, scores: NDArray[np.float64], k: int) -> list[ConceptMatch]:
        found: dict[int, int] = {}
        concept = self._arrays["concept"]
        for row in np.argsort(-scores, kind="stable"):
            if scores[row] <= 0 or len(found) == k:
                break
            found.setdefault(int(concept[row]), int(row))
        return [
            ConceptMatch(
                self.concepts[number],
                float(min(1.0, scores[row])),
                self._labels[row],
                self.languages[self._arrays["language"][row]],
            )
            for number, row in found.items()
        ]


def _order(label: Label) -> tuple[str, bool, str, str]:
    return label.concept, not label.preferred, label.language, label.text


def _trigrams(folded: str) -> list[str]:
    return [f" {word} "[at : at + 3] for word in folded.split() for at in range(max(1, len(word)))]


def _weights(grams: Sequence[str]) -> dict[str, float]:
    counts: dict[str, int] = {}
    for gram in grams:
        counts[gram] = counts.get(gram, 0) + 1
    return {gram: 1 + float(np.log(count)) for gram, count in counts.items()}


def _arrange(labels: Sequence[Label]) -> tuple[dict[str, NDArray[np.generic]], dict[str, Sequence[str]]]:
    concepts = sorted({label.concept for label in labels})
    languages = sorted({label.language for label in labels})
    rows = [_weights(_trigrams(fold(label.text))) for label in labels]
    terms = sorted({term for row in rows for term in row})
    number = {term: at for at, term in enumerate(terms)}
    term = np.array([number[name] for row in rows for name in row], dtype=np.int32)
    start = np.cumsum([0, *(len(row) for row in rows)]).astype(np.int64)
    idf = np.log((1 + len(rows)) / (1 + np.bincount(term, minlength=len(terms)))) + 1
    impact = np.array([weight for row in rows for weight in row.values()]) * idf[term]
    length = np.sqrt(np.add.reduceat(impact**2, start[:-1]))
    arrays: dict[str, NDArray[np.generic]] = {
        "term": term,
        "start": start,
        "idf": idf.astype(np.float32),
        "impact": (impact / np.repeat(length, np.diff(start))).astype(np.float32),
        "concept": np.searchsorted(concepts, [label.concept for label in labels]).astype(np.int32),
        "language": np.array([languages.index(label.language) for label in labels], dtype=np.int8),
    }
    return arrays, {"concepts": concepts, "languages": languages, "labels": [x.text for x in labels], "terms": terms}
