"""What a new edition of a taxonomy would change, and which stored records that touches; changes nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import starmap
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from mobility.formats.taxonomy_records import ConceptRecord, TaxonomyRecords
from mobility.models.concepts.taxonomies import Concept
from mobility.models.shortages.shortages import Shortage
from mobility.models.vacancies import Vacancy, VacancySkill
from mobility.models.workers.profiles import Employment, WorkerSkill
from mobility.queries.lists import taxonomy_lists
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.taxonomies import TaxonomyKind
from mobility.security.actors import Actor
from mobility.security.policy import require
from mobility.services.concepts.labels import titles_of
from mobility.services.concepts.taxonomies import hub_of_onet, key_of, successors_of


@dataclass(frozen=True)
class ConceptChange:
    """One concept that changes: its title before, and what stands in its place (empty if nothing does)."""

    key: str
    before: str
    after: str


@dataclass(frozen=True)
class Touched:
    """How many rows of a table point to concepts that change; none of them is changed or lost."""

    table: str
    reason: str
    rows: int


@dataclass(frozen=True)
class TaxonomyChanges:
    """What an upgrade would do; ``rehomed`` are occupations that move to another ISCO-08 unit group."""

    used: str
    given: str
    added: int
    unchanged: int
    retitled: tuple[ConceptChange, ...]
    rehomed: tuple[ConceptChange, ...]
    retired: tuple[ConceptChange, ...]
    touched: tuple[Touched, ...]


def changes(session: Session, actor: Actor, kind: TaxonomyKind, records: TaxonomyRecords) -> TaxonomyChanges:
    """Compare an edition with what is stored.

    Raises
    ------
    ForbiddenError
        A person asked for it.
    InvalidError
        ``taxonomy.broken``.
    """
    require(actor, Permission.TAXONOMY_IMPORT)
    records.require_whole()
    stored = _live(session, kind)
    wanted = {key_of(kind, record.uri): record for record in records.concepts.values()}
    gone = {key: concept for key, concept in stored.items() if key not in wanted}
    heirs = successors_of(records, kind, gone)
    both = [(key, stored[key], wanted[key]) for key in stored.keys() & wanted.keys()]
    retitled = list(filter(None, starmap(_retitled, both)))
    rehomed = list(filter(None, starmap(partial(_rehomed, session, kind), both)))
    retired = [ConceptChange(key, concept.title_en, heirs.get(key, "")) for key, concept in gone.items()]
    used = taxonomy_lists.current(session, kind.value)
    return TaxonomyChanges(
        used.version if used else "",
        records.version,
        len(wanted.keys() - stored.keys()),
        len(both) - len({change.key for change in (*retitled, *rehomed)}),
        _by_key(retitled),
        _by_key(rehomed),
        _by_key(retired),
        _touched(session, [change.key for change in rehomed], gone),
    )


def _live(session: Session, kind: TaxonomyKind) -> dict[str, Concept]:
    live = sa.select(Concept).where(Concept.key.startswith(f"{kind}-"), Concept.retired_in.is_(None))
    return {concept.key: concept for concept in session.scalars(live.options(joinedload(Concept.occupation)))}


def _retitled(key: str, concept: Concept, record: ConceptRecord) -> ConceptChange | None:
    after = titles_of(record, concept)["title_en"]
    return ConceptChange(key, concept.title_en, after) if after != concept.title_en else None


def _rehomed(
    session: Session, kind: TaxonomyKind, key: str, concept: Concept, record: ConceptRecord
) -> ConceptChange | None:
    """Return the move of an occupation to another unit group, None if it stays or is no occupation."""
    hub = hub_of_onet(session, record.code) if kind is TaxonomyKind.ONET else record.isco
    if concept.occupation is None or hub == concept.occupation.code:
        return None
    return ConceptChange(key, concept.occupation.code, hub)


def _by_key(changed: Iterable[ConceptChange]) -> tuple[ConceptChange, ...]:
    return tuple(sorted(changed, key=lambda change: change.key))


def _touched(session: Session, rehomed: Sequence[str], gone: Mapping[str, Concept]) -> tuple[Touched, ...]:
    found = [
        Touched(table.__tablename__, reason, _count(session, table.id, table.concept, keys))
        for reason, keys in (("retired", list(gone)), ("moved to another unit group", rehomed))
        for table in (Shortage, Vacancy, Employment)
    ]
    skills = [concept.skill_id for concept in gone.values() if concept.skill_id is not None]
    found += [
        Touched(part.__tablename__, "retired", _count(session, part.id, part.skill_id, skills))
        for part in (WorkerSkill, VacancySkill)
    ]
    return tuple(each for each in found if each.rows)


def _count(session: Session, row: Any, column: Any, values: Sequence[object]) -> int:
    total = 0
    for start in range(0, len(values), taxonomy_lists.SOME):
        some = values[start : start + taxonomy_lists.SOME]
        total += session.scalar(sa.select(sa.func.count(row)).where(column.in_(some))) or 0
    return total
