"""Vacancies that may be the same order sent in twice: one employer, one place, overlapping dates, the same work."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from mobility.data import reference
from mobility.models.vacancies import Vacancy
from mobility.queries.lists import vacancy_lists
from mobility.rules.basics.taxonomies import ConfidenceKind, confidence
from mobility.security.actors import Actor
from mobility.services.concepts.search import ConceptShelf

#: A title that is less surely an occupation than this says nothing about whether two orders are the same.
SURE = frozenset({ConfidenceKind.VERY_LIKELY, ConfidenceKind.LIKELY})


@dataclass(frozen=True)
class Twin:
    """A vacancy that may be the same as another; ``by_title`` if its title, not its occupation, says so."""

    vacancy: Vacancy
    by_title: bool


def twins(session: Session, actor: Actor, indexes: ConceptShelf, vacancy: Vacancy) -> list[Twin]:
    """Return the vacancies that the actor may see and that may be the same order as this one, latest first.

    The work is the same if the unit group or the narrower occupation is, or if the search takes both titles for the
    same occupation. Nothing is refused for it: a person looks.
    """
    found = []
    for other in vacancy_lists.beside(session, actor, vacancy):
        if other.occupation_id == vacancy.occupation_id:
            found.append(Twin(other, by_title=False))
        elif _meant(session, indexes, vacancy.title) & _meant(session, indexes, other.title):
            found.append(Twin(other, by_title=True))
    return found


def _meant(session: Session, indexes: ConceptShelf, title: str) -> set[str]:
    """Return what a title most likely means in any language; nothing if that is not likely."""
    index = indexes.occupations(session)
    if index is None:
        return set()
    best = [match for language in reference.LANGUAGES for match in index.search(title, language, 1)]
    return {match.concept for match in best if confidence(match.score) in SURE}
