"""Words to concepts: labels in, ranked occupations or skills with a confidence out; no files are parsed here."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mobility.errors import InvalidError
from mobility.matching.concepts.confidence import stored_confidence
from mobility.matching.concepts.segment import Name, Segment, Texts, build_segment
from mobility.matching.concepts.semantic import FLOOR, MEANING, NEAREST, Encoder, concept_directions
from mobility.matching.concepts.store import read_folder, write_folder
from mobility.matching.concepts.words import fold, tokens

#: What a folder of a stored index says that it is.
KIND = "mobility.concept-index.1"
#: Share of its strength that a label in another language than the hinted one keeps.
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
class Description:
    """What a concept is, in a sentence or more, in one language; helps to find it by related words."""

    concept: str
    text: str
    language: str


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


class _Answer(NamedTuple):
    concept: int
    strength: float
    segment: Segment
    label: int


class ConceptIndex:
    """Labels of concepts, arranged so that short text finds them; made by ``build`` or ``load``, never changed.

    Attributes
    ----------
    concepts : Texts
        Concepts that have labels, sorted; a sequence of str.
    languages : tuple of str
        Languages that have labels, sorted.
    """

    def __init__(
        self,
        concepts: Texts,
        segments: Sequence[Segment],
        directions: NDArray[np.float16] | None = None,
        encoder: Encoder | None = None,
    ) -> None:
        self.concepts = concepts
        self.segments = tuple(segments)
        self.languages = tuple(segment.language for segment in segments)
        self._directions = directions
        self._encoder = encoder

    @classmethod
    def build(
        cls,
        labels: Iterable[Label],
        broader: Mapping[str, str] | None = None,
        *,
        descriptions: Iterable[Description] = (),
        uses: Mapping[str, int] | None = None,
        encoder: Encoder | None = None,
    ) -> "ConceptIndex":
        """Arrange labels for search.

        Parameters
        ----------
        labels : iterable of Label
            Any order; texts without a word and repetitions are left out.
        broader : mapping of str to str, optional
            The broader concept of a concept (of an ESCO occupation, its ISCO-08 group). A concept that others are
            narrower than is the less likely meaning of a title that fits both.
        descriptions : iterable of Description
            Those of concepts without a label are left out.
        uses : mapping of str to int, optional
            Of skills: how many occupations need one. The commoner the likelier, where a sentence may mean several.
        encoder : Encoder, optional
            Adds what labels mean to how they are spelt; takes some milliseconds a label here, and a text in a search.

        Returns
        -------
        ConceptIndex
            The same for the same labels, whatever their order.

        Raises
        ------
        InvalidError
            ``concepts.none`` if no label holds a word.
        """
        kept = _worded(labels)
        number = {concept: at for at, concept in enumerate(sorted({label.concept for label in kept}))}
        wide = frozenset(number[concept] for concept in number.keys() & set((broader or {}).values()))
        names, described = _names_by_language(kept, number), _by_language(descriptions, number)
        common = {number[concept]: count for concept, count in (uses or {}).items() if concept in number}
        segments = [
            build_segment(names[language], language, described.get(language, {}), wide, common)
            for language in sorted(names)
        ]
        directions = None if encoder is None else _directions(encoder, kept, number)
        return cls(Texts.pack(list(number)), segments, directions, encoder)

    def search(self, text: str, language: str | None = None, k: int = 10) -> list[ConceptMatch]:
        """Return the concepts that a text most likely means, best first.

        Parameters
        ----------
        text : str
            A title or a skill in a few words; anything else finds nothing or little, and fails never.
        language : str, optional
            Language of the text where it is known; labels in other languages then count less, and the masculine and
            the feminine of a title get the very same answer.
        k : int
            Most matches to return.

        Returns
        -------
        list of ConceptMatch
            Each concept once; empty if the text holds no word or nothing resembles it.
        """
        answers = self._answers(text, language)
        sure = stored_confidence().of([answer.strength for answer in answers])
        return [
            ConceptMatch(
                self.concepts[answer.concept], score, answer.segment.labels[answer.label], answer.segment.language
            )
            for answer, score in zip(answers[: max(k, 0)], sure.tolist(), strict=False)
        ]

    def _answers(self, text: str, language: str | None) -> list[_Answer]:
        """Return what every language says, each concept once with its strongest evidence, strongest first."""
        hinted = language in self.languages
        plain = " ".join(tokens(text, language)) if hinted and language else text
        best: dict[int, _Answer] = {}
        for segment in self.segments:
            foreign = hinted and language != segment.language
            for answer in _answers_of(segment, *((plain, OTHER_LANGUAGE) if foreign else (text, 1.0))):
                if answer.concept not in best or best[answer.concept].strength < answer.strength:
                    best[answer.concept] = answer
        answers = self._with_meaning(text, language, best) if self._encoder is not None else best.values()
        return sorted(answers, key=lambda answer: (-answer.strength, answer.concept))

    def _with_meaning(self, text: str, language: str | None, best: Mapping[int, _Answer]) -> list[_Answer]:
        """Add what the text means to how it is spelt, and the concepts that come nearest by meaning alone."""
        if self._directions is None or self._encoder is None or not fold(text):
            return list(best.values())
        cosine = self._directions.astype(np.float32) @ self._encoder.query(text)
        weakest = min((answer.strength for answer in best.values()), default=0.0)
        answers = [answer._replace(strength=answer.strength + _meant(cosine[at])) for at, answer in best.items()]
        for at in np.argsort(-cosine, kind="stable")[:NEAREST].tolist():
            if at not in best:
                segment, label = self._name(at, language)
                answers.append(_Answer(at, weakest + _meant(cosine[at]), segment, label))
        return answers

    def _name(self, concept: int, language: str | None) -> tuple[Segment, int]:
        """Return the first label of a concept, in this language if it has one in it."""
        for segment in sorted(self.segments, key=lambda one: one.language != language):
            at = int(np.searchsorted(segment.concept, concept))
            if at < len(segment.concept) and segment.concept[at] == concept:
                return segment, int(segment.first[at])
        raise AssertionError(concept)

    def search_many(self, texts: Sequence[str], language: str | None = None, k: int = 10) -> list[list[ConceptMatch]]:
        """Return ``search`` of each text."""
        return [self.search(text, language, k) for text in texts]

    def save(self, folder: Path) -> None:
        """Write the index to a folder, which is made if need be; what it held of an older index is replaced."""
        arrays: dict[str, NDArray[Any]] = self.concepts.arrays("concepts")
        for segment in self.segments:
            arrays |= segment.arrays()
        if self._directions is not None:
            arrays["directions"] = self._directions
        write_folder(folder, KIND, arrays, {"languages": self.languages})

    @classmethod
    def load(cls, folder: Path, encoder: Encoder | None = None) -> "ConceptIndex":
        """Read an index that ``save`` wrote; its arrays stay on disk until they are needed.

        An encoder, which must be the one that the index was built with, is used if the index was built with one.

        Raises
        ------
        InvalidError
            ``concepts.missing``, ``concepts.foreign`` or ``concepts.altered``.
        """
        arrays, texts = read_folder(folder, KIND)
        segments = [Segment.of(arrays, language) for language in texts["languages"]]
        return cls(Texts.of(arrays, "concepts"), segments, arrays.get("directions"), encoder)


def _meant(cosine: float) -> float:
    return MEANING * (float(cosine) - FLOOR)


def _order(label: Label) -> tuple[str, bool, str, str]:
    return label.concept, not label.preferred, label.language, label.text


def _worded(labels: Iterable[Label]) -> list[Label]:
    """Return the labels that hold a word, each once, in order; raises ``InvalidError`` if there are none."""
    kept = sorted({label for label in labels if fold(label.text)}, key=_order)
    if not kept:
        raise InvalidError("concepts.none")
    return kept


def _names_by_language(labels: Iterable[Label], number: Mapping[str, int]) -> dict[str, list[Name]]:
    names: dict[str, list[Name]] = {}
    for label in labels:
        names.setdefault(label.language, []).append(Name(number[label.concept], label.text, label.preferred))
    return names


def _by_language(descriptions: Iterable[Description], number: Mapping[str, int]) -> dict[str, dict[int, str]]:
    """Return the descriptions of concepts that have a number, by language and number."""
    described: dict[str, dict[int, str]] = {}
    for text in descriptions:
        if text.concept in number:
            described.setdefault(text.language, {})[number[text.concept]] = text.text
    return described


def _directions(encoder: Encoder, labels: Sequence[Label], number: Mapping[str, int]) -> NDArray[np.float16]:
    owner = np.array([number[label.concept] for label in labels], dtype=np.int64)
    return concept_directions(encoder, [label.text for label in labels], owner, len(number))


def _answers_of(segment: Segment, text: str, share: float) -> Iterator[_Answer]:
    """Yield what the labels of one language say, each strength times ``share``."""
    candidates = segment.candidates(text)
    if candidates is None:
        return
    strengths = (candidates.strength * share).tolist()
    rows = zip(candidates.concept.tolist(), strengths, candidates.label.tolist(), strict=True)
    for concept, strength, label in rows:
        yield _Answer(concept, strength, segment, label)
