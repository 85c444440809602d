"""Labels of imported concepts: stored, compared with what is there, and shared with the starter skills."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.data import reference
from mobility.db import fold
from mobility.formats.taxonomy_records import ConceptRecord
from mobility.models.concepts.occupations import Skill
from mobility.models.concepts.taxonomies import Concept, ConceptLabel

SOME = 5_000
FEW = 500


def titles_of(record: ConceptRecord, before: Concept | None, *, stem: str = "title") -> dict[str, str]:
    """Return the title in every language: the edition's, else what is stored, else that of another language."""
    given = {language: labels.preferred for language, labels in record.labels.items()}
    any_title = next((given[language] for language in (*reference.LANGUAGES, *sorted(given)) if language in given), "")
    fallback = any_title or record.code or record.uri
    return {
        f"{stem}_{language}": given.get(language) or _kept(before, language, given) or fallback
        for language in reference.LANGUAGES
    }


def _kept(before: Concept | None, language: str, given: Mapping[str, str]) -> str:
    """Return the stored title of a language that these files are not about."""
    return "" if before is None or language in given else str(getattr(before, f"title_{language}"))


def adopted_skills(session: Session, records: Mapping[str, ConceptRecord]) -> dict[str, int]:
    """Return, by key, the starter skill that each concept is the same as: equal English names, and no other so named.

    Workers and vacancies that point to the starter skill then match those that point to the concept.
    """
    taken = sa.select(Concept.skill_id).where(Concept.skill_id.is_not(None))
    codes = {skill.code for skill in reference.starter_skills()}
    free = session.scalars(sa.select(Skill).where(Skill.id.not_in(taken)))
    by_name = {fold(skill.label_en): skill.id for skill in free if skill.code in codes}
    adopted: dict[str, int] = {}
    for names in _english_names(records):
        for name, row in by_name.items():
            keys = names.get(name, [])
            if len(keys) == 1 and keys[0] not in adopted and row not in adopted.values():
                adopted[keys[0]] = row
    return adopted


def _english_names(records: Mapping[str, ConceptRecord]) -> tuple[Mapping[str, list[str]], Mapping[str, list[str]]]:
    """Return which concepts have a name as their preferred one, and which have it as one of the others."""
    named: defaultdict[str, list[str]] = defaultdict(list)
    called: defaultdict[str, list[str]] = defaultdict(list)
    for key, record in records.items():
        if labels := record.labels.get("en"):
            named[fold(labels.preferred)].append(key)
            for text in {fold(text) for text in labels.alternative} - {fold(labels.preferred)}:
                called[text].append(key)
    return named, called


def store_labels(session: Session, records: Mapping[int, ConceptRecord]) -> tuple[int, int]:
    """Make the labels of concepts (by id) those of an edition, in its languages; returns how many came and went."""
    wanted = _labels(records)
    languages = {language for record in records.values() for language in record.labels}
    stored = _stored(session, records, languages)
    gone = [key for label, (key, preferred) in stored.items() if wanted.get(label) != preferred]
    for start in range(0, len(gone), FEW):
        session.execute(sa.delete(ConceptLabel).where(ConceptLabel.id.in_(gone[start : start + FEW])))
    new = [
        {"concept_id": row, "language": language, "text": text, "preferred": preferred}
        for (row, language, text), preferred in wanted.items()
        if stored.get((row, language, text), (0, None))[1] != preferred
    ]
    for start in range(0, len(new), SOME):
        session.execute(sa.insert(ConceptLabel), new[start : start + SOME])
    return len(new), len(gone)


def _labels(records: Mapping[int, ConceptRecord]) -> dict[tuple[int, str, str], bool]:
    """Return every label as concept, language and text, with whether it is the preferred one."""
    return {
        (row, language, text): text == labels.preferred
        for row, record in records.items()
        for language, labels in record.labels.items()
        for text in (labels.preferred, *labels.alternative)
    }


def _stored(
    session: Session, records: Mapping[int, Any], languages: set[str]
) -> dict[tuple[int, str, str], tuple[int, bool]]:
    columns = (ConceptLabel.concept_id, ConceptLabel.language, ConceptLabel.text)
    select = sa.select(*columns, ConceptLabel.id, ConceptLabel.preferred).where(ConceptLabel.language.in_(languages))
    return {
        (row, language, text): (key, preferred)
        for row, language, text, key, preferred in session.execute(select)
        if row in records
    }
