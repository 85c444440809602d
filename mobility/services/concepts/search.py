"""Words to occupations and skills: indexes kept in the instance folder, and ranked suggestions from them."""

import hashlib
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from uuid import uuid4

from sqlalchemy.orm import Session

from mobility.data import reference
from mobility.errors import InvalidError
from mobility.matching.concepts import ConceptIndex, ConceptMatch, Encoder, Label, SmallEncoder, find_skills
from mobility.models.concepts.occupations import Occupation
from mobility.models.concepts.taxonomies import Concept
from mobility.queries.lists import taxonomy_lists
from mobility.rules.basics.taxonomies import ConfidenceKind, TaxonomyKind, confidence

#: Longest words and longest text that are looked at; what follows is cut off, so that no request takes long.
LONGEST_WORDS = 200
LONGEST_TEXT = 2_000
#: Matches below are left out. Words that say nothing for a concept give it .014 to .017; of the first eight answers
#: on the development sets those below .02 are right less than once in a hundred. Where only some occupations may be
#: chosen, each of them is the likelier, and all are shown.
LEAST_SCORE = 0.02
FEW = 8
MOST_MENTIONS = 12
#: How many more matches to look at where only some occupations may be chosen.
_WIDER = 12
#: Changes whenever the arrangement of the stored indexes does.
_FORM = "1"

Rows = Iterable[tuple[str, str, str, bool, str]]
#: What each index is made of: the figures that tell its state, and its labels.
_SOURCES: Mapping[str, tuple[Callable[[Session], object], Callable[[Session], Rows]]] = {
    "occupations": (taxonomy_lists.occupation_state, taxonomy_lists.occupation_labels),
    "skills": (taxonomy_lists.skill_state, taxonomy_lists.skill_labels),
}
#: Taxonomies whose labels take long to arrange.
_LARGE = (TaxonomyKind.ESCO, TaxonomyKind.ONET)


@dataclass(frozen=True)
class Suggestion:
    """An occupation or skill that some words may mean.

    ``key`` is what a form sends; ``group`` and ``group_title`` are the ISCO-08 unit group of an occupation (empty for
    skills); ``matched`` is the label that was matched, in ``matched_language``.
    """

    key: str
    title: str
    group: str
    group_title: str
    matched: str
    matched_language: str
    score: float

    @property
    def confidence(self) -> ConfidenceKind:
        """The score in a word."""
        return confidence(self.score)


@dataclass(frozen=True)
class Mention:
    """A skill that a text mentions, with the words that say so."""

    code: str
    title: str
    words: str
    score: float


class ConceptShelf:
    """The indexes of one installation: loaded once a process, made when they are first needed or stale.

    Where a taxonomy is imported, making one takes long: then `refresh`, which every import ends with, makes it, and
    until it is there the one before serves, so that no page waits. Where somebody keeps it warm, as the server does, a
    search only takes what is held.
    """

    def __init__(self, folder: Path, encoder: Encoder | None = None) -> None:
        self._folder, self._encoders = folder, {"occupations": encoder}
        self._held: dict[str, tuple[str, ConceptIndex | None]] = {}
        self._lock = Lock()
        self._kept_warm = self._tried = False

    def occupations(self, session: Session) -> ConceptIndex | None:
        """Return the index of occupations; None if there are none."""
        return self._current("occupations", session, patient=False)

    def skills(self, session: Session) -> ConceptIndex | None:
        """Return the index of skills; None if there are none."""
        return self._current("skills", session, patient=False)

    @property
    def is_ready(self) -> bool:
        """Whether a search is answered from what is held; False until whoever keeps it warm has come round once."""
        return self._tried or not self._kept_warm

    def keep_warm(self) -> None:
        """Leave making and loading to ``refresh`` alone, which somebody calls from now on."""
        self._kept_warm = True

    def tried(self) -> None:
        """Note that the first round is over, whether or not it made an index."""
        self._tried = True

    def refresh(self, session: Session) -> None:
        """Make both indexes now if they are stale, so that nobody's first search has to wait."""
        for kind in _SOURCES:
            self._current(kind, session, patient=True)

    def _current(self, kind: str, session: Session, *, patient: bool) -> ConceptIndex | None:
        if self._kept_warm and not patient:
            return self._held.get(kind, ("", None))[1]
        state = self._state(kind, session)
        held = self._held.get(kind)
        if held is not None and held[0] == state:
            return held[1]
        with self._lock:
            held = self._held.get(kind)
            if held is None or held[0] != state:
                held = self._renewed(kind, state, session, patient=patient)
                self._held[kind] = held
        return held[1]

    def _renewed(self, kind: str, state: str, session: Session, *, patient: bool) -> tuple[str, ConceptIndex | None]:
        """Return the index of a state, loaded or made; for the impatient an older one where making it takes long."""
        labels, encoder = _SOURCES[kind][1], self._encoders.get(kind)
        found = self._loaded(f"{kind}-{state}", encoder)
        if found is not None:
            return state, found
        if not patient and taxonomy_lists.uses(session, *_LARGE):
            older = self._held.get(kind) or self._any_loaded(kind)
            if older is not None:
                return older
        found = _built(labels(session), encoder)
        if found is not None:
            self._store(self._folder / f"{kind}-{state}", found)
        return state, found

    def take(self, session: Session) -> bool:
        """Hold the stored indexes of what is in use now; tell whether there are any left to make."""
        for kind in _SOURCES:
            state = self._state(kind, session)
            if self._held.get(kind, ("",))[0] != state:
                found = self._loaded(f"{kind}-{state}", self._encoders.get(kind))
                if found is None:
                    return False
                self._held[kind] = (state, found)
        return True

    def _state(self, kind: str, session: Session) -> str:
        encoder = self._encoders.get(kind)
        form = (_FORM, _SOURCES[kind][0](session), *([type(encoder).__name__] if encoder else []))
        return hashlib.sha256(repr(form).encode()).hexdigest()[:20]

    def _loaded(self, name: str, encoder: Encoder | None) -> ConceptIndex | None:
        """Return a stored index; None if it is not there, was written by an older release, or is cut off."""
        with suppress(InvalidError, OSError):
            if (self._folder / name).is_dir():
                return ConceptIndex.load(self._folder / name, encoder)
        return None

    def _any_loaded(self, kind: str) -> tuple[str, ConceptIndex] | None:
        """Return an index of an earlier state, and that state."""
        for folder in sorted(self._folder.glob(f"{kind}-*")):
            if (found := self._loaded(folder.name, self._encoders.get(kind))) is not None:
                return folder.name.removeprefix(f"{kind}-"), found
        return None

    def _store(self, place: Path, made: ConceptIndex) -> None:
        """Put an index in its place at once, and take those away that it replaces."""
        self._folder.mkdir(parents=True, exist_ok=True)
        scratch = self._folder / f".{place.name}.{uuid4().hex[:8]}"
        made.save(scratch)
        if place.exists():
            shutil.rmtree(place, ignore_errors=True)
        with suppress(OSError):  # another process was first with the same index
            scratch.rename(place)
        shutil.rmtree(scratch, ignore_errors=True)
        kind = place.name.partition("-")[0]
        for other in self._folder.glob(f"{kind}-*"):
            if other != place:
                shutil.rmtree(other, ignore_errors=True)


@cache
def shelf(instance_dir: Path, *, semantic: bool = False) -> ConceptShelf:
    """Return the one shelf of an installation in this process; ``semantic`` compares occupations by meaning too."""
    return ConceptShelf(instance_dir / "concepts", SmallEncoder() if semantic else None)


def _built(rows: Rows, encoder: Encoder | None) -> ConceptIndex | None:
    labels: list[Label] = []
    broader: dict[str, str] = {}
    for key, text, language, preferred, above in rows:
        labels.append(Label(key, text, language, preferred))
        if above:
            broader[key] = above
    try:
        return ConceptIndex.build(labels, broader, encoder=encoder)
    except InvalidError:
        return None


def occupations_like(
    session: Session,
    indexes: ConceptShelf,
    words: str,
    language: str,
    *,
    most: int = FEW,
    within: Sequence[str] | None = None,
) -> list[Suggestion]:
    """Return the occupations that some words may mean, likeliest first; each is shown in ``language``.

    ``within`` leaves only those whose ISCO-08 unit group begins with one of some codes.
    """
    wide, least = (most, LEAST_SCORE) if within is None else (most * _WIDER, 0.0)
    matches = _matches(indexes.occupations(session), words, language, wide, least)
    found = described(session, [match.concept for match in matches], language)
    suggestions = []
    for match in matches:
        if match.concept in found:
            title, group, group_title = found[match.concept]
            if within is None or group.startswith(tuple(within)):
                facts = (title, group, group_title, match.label, match.language, match.score)
                suggestions.append(Suggestion(match.concept, *facts))
    return suggestions[:most]


def described(session: Session, keys: Sequence[str], language: str) -> dict[str, tuple[str, str, str]]:
    """Return title, unit group and its title of each occupation, by key; those that are gone or have no hub are not."""
    units = taxonomy_lists.unit_groups(session, [key.removeprefix("isco-") for key in keys if key.startswith("isco-")])
    concepts = taxonomy_lists.concepts(session, [key for key in keys if not key.startswith("isco-")])
    found = {f"isco-{code}": (_title(unit, language), code, _title(unit, language)) for code, unit in units.items()}
    for key, concept in concepts.items():
        if (hub := concept.occupation) is not None:
            found[key] = (_title(concept, language), hub.code, _title(hub, language))
    return found


def narrower_key(session: Session, key: str | None, group: str) -> str | None:
    """Return the key of a chosen narrower occupation after making sure that it lies in a unit group.

    Raises
    ------
    InvalidError
        ``unknown_occupation``, at ``occupation``.
    """
    if key is None:
        return None
    concept = taxonomy_lists.concepts(session, [key]).get(key)
    if concept is None or concept.occupation is None or concept.occupation.code != group:
        raise InvalidError("unknown_occupation", field="occupation")
    return key


def skills_like(
    session: Session, indexes: ConceptShelf, words: str, language: str, *, most: int = FEW
) -> list[Suggestion]:
    """Return the skills that some words may mean, likeliest first; each is shown in ``language``."""
    matches = _matches(indexes.skills(session), words, language, most)
    skills = taxonomy_lists.skills(session, [match.concept for match in matches])
    return [
        Suggestion(
            match.concept,
            getattr(skills[match.concept], f"label_{language}"),
            "",
            "",
            match.label,
            match.language,
            match.score,
        )
        for match in matches
        if match.concept in skills
    ]


def skills_in(session: Session, indexes: ConceptShelf, text: str, language: str) -> list[Mention]:
    """Return the skills that a text mentions, surest first: suggestions that a person confirms."""
    index = indexes.skills(session)
    if index is None:
        return []
    found = sorted(find_skills(index, text[:LONGEST_TEXT], language), key=lambda one: -one.score)[:MOST_MENTIONS]
    skills = taxonomy_lists.skills(session, [mention.concept for mention in found])
    return [
        Mention(mention.concept, getattr(skills[mention.concept], f"label_{language}"), mention.words, mention.score)
        for mention in found
        if mention.concept in skills
    ]


def _matches(
    index: ConceptIndex | None, words: str, language: str, most: int, least: float = LEAST_SCORE
) -> list[ConceptMatch]:
    if index is None or not any(map(str.isalpha, words)):  # a code that is not on the list is like no title
        return []
    known = language if language in reference.LANGUAGES else None
    return [match for match in index.search(words[:LONGEST_WORDS], known, most) if match.score >= least]


def _title(thing: Concept | Occupation, language: str) -> str:
    return str(getattr(thing, f"title_{language}"))
