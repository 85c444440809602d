"""Bringing taxonomies into the database: editions of ESCO and O*NET, and links between codes; each wholly or not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.errors import InvalidError
from mobility.formats.taxonomy_records import CodeLinkRecord, ConceptRecord, RecordKind, Slip, TaxonomyRecords
from mobility.models.concepts.occupations import Occupation, Skill
from mobility.models.concepts.taxonomies import CodeLink, Concept, ConceptSkill, TaxonomyEdition
from mobility.queries.lists import taxonomy_lists
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.taxonomies import ConceptKind, MatchKind, TaxonomyKind
from mobility.security import audit
from mobility.security.actors import Actor
from mobility.security.policy import require
from mobility.services.concepts.labels import adopted_skills, store_labels, titles_of

#: How many rows go into one statement.
SOME = 5_000
#: The scheme that codes of O*NET belong to once their suffix is gone.
ONET_SCHEMES = ("soc2018", "soc2010")


@dataclass
class ImportReport:
    """What an import did, in rows, and what it passed over (``slips``); all zero if everything was there already."""

    version: str
    already_there: bool = False
    added: int = 0
    changed: int = 0
    retired: int = 0
    labels_added: int = 0
    labels_removed: int = 0
    links_added: int = 0
    links_removed: int = 0
    slips: list[Slip] = field(default_factory=list)


Progress = Callable[[str], object]


def import_concepts(
    session: Session,
    actor: Actor,
    kind: TaxonomyKind,
    records: TaxonomyRecords,
    *,
    digest: str,
    at: datetime,
    upgrade: bool = False,
    progress: Progress = lambda _: None,
) -> ImportReport:
    """Make the stored concepts of a taxonomy those of an edition; run it in one transaction.

    The same files again change nothing; more languages of the edition in use are added to it. Concepts that the
    edition has no more are kept, marked as retired, and lead to the one of the same name, if there is one.

    Raises
    ------
    ForbiddenError
        A person asked for it.
    InvalidError
        ``taxonomy.broken``, ``taxonomy.other_version`` (another edition is in use, and ``upgrade`` was not asked for),
        or ``import.reference_missing``.
    """
    require(actor, Permission.TAXONOMY_IMPORT)
    records.require_whole()
    report = ImportReport(records.version, slips=records.slips)
    edition = edition_for(session, actor, kind, kind.value, records.version, digest, at=at, upgrade=upgrade)
    if edition is None:
        report.already_there = True
        return report
    work = _ConceptImport(session, edition, records, report)
    for step, act in work.steps():
        progress(step)
        act()
    edition.languages = sorted({*(edition.languages or ()), *records.languages})
    edition.occupations, edition.skills, edition.links = work.counts()
    facts: dict[str, Any] = {"version": edition.version, "occupations": edition.occupations, "skills": edition.skills}
    audit.record(session, actor, "taxonomy.import", edition, at=at, name=edition.name, **facts)
    return report


def import_links(
    session: Session,
    actor: Actor,
    name: str,
    version: str,
    links: Sequence[CodeLinkRecord],
    *,
    digest: str,
    at: datetime,
    upgrade: bool = False,
) -> ImportReport:
    """Make the stored links of a crosswalk those of an edition; O*NET's occupations find their hub anew.

    Raises
    ------
    ForbiddenError
        A person asked for it.
    InvalidError
        ``taxonomy.other_version``, see `import_concepts`; ``crosswalk_empty``.
    """
    require(actor, Permission.TAXONOMY_IMPORT)
    report = ImportReport(version)
    if not links:
        raise InvalidError("crosswalk_empty", field="crosswalk", expected="code, code")
    edition = edition_for(session, actor, TaxonomyKind.CROSSWALK, name, version, digest, at=at, upgrade=upgrade)
    if edition is None:
        report.already_there = True
        return report
    schemes = {(link.source_scheme, link.target_scheme) for link in links}
    pair = sa.tuple_(CodeLink.source_scheme, CodeLink.target_scheme)
    done = session.execute(sa.delete(CodeLink).where(pair.in_(schemes)).returning(CodeLink.id))
    report.links_removed = len(done.all())
    _insert(session, CodeLink, [_link_row(edition.id, link) for link in links])
    report.links_added = edition.links = len(links)
    report.changed = settle_hubs(session)
    audit.record(session, actor, "taxonomy.import", edition, at=at, name=name, version=version, links=len(links))
    return report


def settle_hubs(session: Session) -> int:
    """Lead every O*NET occupation to its ISCO-08 unit group as the crosswalks now have it; returns how many moved."""
    ids = {code: key for code, key in session.execute(sa.select(Occupation.code, Occupation.id))}  # noqa: C416
    moved = []
    for concept in session.scalars(sa.select(Concept).where(Concept.key.startswith("onet-"))):
        hub = ids.get(hub_of_onet(session, concept.code or ""))
        if hub != concept.occupation_id:
            moved.append({"id": concept.id, "occupation_id": hub})
    if moved:
        session.execute(sa.update(Concept), moved)
    return len(moved)


def hub_of_onet(session: Session, code: str) -> str:
    """Return the ISCO-08 unit group of an O*NET code by the crosswalks; empty if none knows it."""
    for scheme in ONET_SCHEMES:
        if found := taxonomy_lists.targets_of(session, scheme, code.partition(".")[0]):
            return found[0].code
    return ""


def edition_for(
    session: Session,
    actor: Actor,
    kind: TaxonomyKind,
    name: str,
    version: str,
    digest: str,
    *,
    at: datetime,
    upgrade: bool,
) -> TaxonomyEdition | None:
    """Return the edition to import into, made if it is new; None if exactly these files are in use already.

    Raises
    ------
    InvalidError
        ``taxonomy.other_version``: another edition is in use.
    """
    used = taxonomy_lists.current(session, name)
    if used is not None and used.version == version:
        if used.digest == digest:
            return None
        used.digest, used.imported_at = digest, at
        return used
    if used is not None:
        if not upgrade:
            raise InvalidError("taxonomy.other_version", field="version", used=used.version, given=version)
        used.current = False
        audit.record(session, actor, "taxonomy.replace", used, at=at, by=version)
    before = sa.select(TaxonomyEdition).where(TaxonomyEdition.name == name, TaxonomyEdition.version == version)
    edition = session.scalar(before)
    if edition is None:
        edition = TaxonomyEdition(kind=kind, name=name, version=version, languages=[])
        session.add(edition)
    edition.digest, edition.imported_at, edition.current = digest, at, True
    session.flush()
    return edition


def key_of(kind: TaxonomyKind, uri: str) -> str:
    """Return the key of a concept: its taxonomy and the last part of its address."""
    return f"{kind}-{uri.rstrip('/').rpartition('/')[2]}"[:80]


def successors_of(records: TaxonomyRecords, kind: TaxonomyKind, gone: Mapping[str, Concept]) -> dict[str, str]:
    """Return the new key of each retired one: named by the publisher, else the only concept of the same title."""
    known = {key_of(kind, record.uri) for record in records.concepts.values()}
    told = {key_of(kind, old): key_of(kind, new) for old, new in records.replaced.items()}
    named = {key: told[key] for key in gone if told.get(key) in known}
    by_title = _keys_by_title(records, kind)
    for key in gone.keys() - named.keys():
        concept = gone[key]
        same = {
            found[0]
            for title in (concept.title_en, concept.title_es, concept.title_fr)
            if len(found := by_title.get((concept.kind, title), [])) == 1
        }
        if len(same) == 1:
            named[key] = same.pop()
    return named


def _keys_by_title(records: TaxonomyRecords, kind: TaxonomyKind) -> dict[tuple[ConceptKind, str], list[str]]:
    by_title: dict[tuple[ConceptKind, str], list[str]] = {}
    for record in records.concepts.values():
        for title in {label.preferred for label in record.labels.values()}:
            by_title.setdefault((ConceptKind(record.kind.value), title), []).append(key_of(kind, record.uri))
    return by_title


class _ConceptImport:
    """One edition of concepts on its way into the tables, step by step."""

    def __init__(
        self, session: Session, edition: TaxonomyEdition, records: TaxonomyRecords, report: ImportReport
    ) -> None:
        self._session, self._edition, self._records, self._report = session, edition, records, report
        self._kind = edition.kind
        self._wanted = {key_of(edition.kind, record.uri): record for record in records.concepts.values()}
        self._hubs = {code: key for code, key in session.execute(sa.select(Occupation.code, Occupation.id))}  # noqa: C416
        if not self._hubs:
            raise InvalidError("import.reference_missing")
        stored = session.scalars(sa.select(Concept).where(Concept.key.startswith(f"{edition.kind}-")))
        self._stored = {concept.key: concept for concept in stored}

    def steps(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        """Return what is to do, by name, in order."""
        return (
            ("concepts", self._store_concepts),
            ("retired concepts", self._retire),
            ("skills", self._store_skills),
            ("what is broader", self._store_broader),
            ("labels", self._store_labels),
            ("skills of occupations", self._store_needs),
        )

    def counts(self) -> tuple[int, int, int]:
        """Return how many occupations, skills and relations the edition has."""
        kinds = [record.kind for record in self._wanted.values()]
        return kinds.count(RecordKind.OCCUPATION), kinds.count(RecordKind.SKILL), len(self._records.needs)

    def _columns(self, key: str, record: ConceptRecord) -> dict[str, Any]:
        hub = hub_of_onet(self._session, record.code) if self._kind is TaxonomyKind.ONET else record.isco
        before = self._stored.get(key)
        return {
            "kind": ConceptKind(record.kind.value),
            "uri": record.uri,
            "code": record.code or None,
            "edition_id": self._edition.id,
            "occupation_id": self._hubs.get(hub),
            "retired_in": None,
            **titles_of(record, before),
        }

    def _store_concepts(self) -> None:
        new, changed = [], []
        for key, record in self._wanted.items():
            columns, before = self._columns(key, record), self._stored.get(key)
            if before is None:
                new.append({"key": key, **columns})
            elif differing := {name: value for name, value in columns.items() if getattr(before, name) != value}:
                changed.append({"id": before.id, **columns})
                self._report.changed += bool(differing.keys() - {"edition_id"})
        _insert(self._session, Concept, new)
        if changed:
            self._session.execute(sa.update(Concept), changed)
        self._report.added = len(new)
        select = sa.select(Concept.key, Concept.id).where(Concept.key.startswith(f"{self._kind}-"))
        self._ids = {key: row for key, row in self._session.execute(select)}  # noqa: C416

    def _retire(self) -> None:
        """Mark what the edition has no more; a part of the languages is no sign that a concept is gone."""
        gone = {
            key: concept
            for key, concept in self._stored.items()
            if key not in self._wanted and concept.edition_id != self._edition.id and concept.retired_in is None
        }
        self._heirs = successors_of(self._records, self._kind, gone)
        rows = [
            {
                "id": concept.id,
                "retired_in": self._edition.version,
                "successor_id": self._ids.get(self._heirs.get(key, "")),
            }
            for key, concept in gone.items()
        ]
        if rows:
            self._session.execute(sa.update(Concept), rows)
        self._report.retired = len(rows)

    def _store_skills(self) -> None:
        """Give every skill the row that workers point to: its predecessor's, a starter skill's, or a new one."""
        skills = {key: record for key, record in self._wanted.items() if record.kind is RecordKind.SKILL}
        held = {key: concept.skill_id for key, concept in self._stored.items() if concept.skill_id is not None}
        rows = self._known_rows(skills, held)
        new = {key: titles_of(record, None, stem="label") for key, record in skills.items() if key not in rows}
        _insert(self._session, Skill, [{"code": key, **labels} for key, labels in new.items()])
        by_code = {code: row for code, row in self._session.execute(sa.select(Skill.code, Skill.id))}  # noqa: C416
        rows |= {key: by_code[key] for key in new}
        self._link(rows, held)
        self._rename_skills(skills, by_code)

    def _link(self, rows: Mapping[str, int], held: Mapping[str, int]) -> None:
        linked = [{"id": self._ids[key], "skill_id": row} for key, row in rows.items() if held.get(key) != row]
        if linked:
            self._session.execute(sa.update(Concept), linked)

    def _known_rows(self, skills: Mapping[str, ConceptRecord], held: Mapping[str, int]) -> dict[str, int]:
        """Return the rows that are there already: a skill's own, its predecessor's, or a starter skill's."""
        rows = {key: held[key] for key in skills if key in held}
        free = skills.keys() - rows.keys()
        rows |= {heir: held[key] for key, heir in self._heirs.items() if key in held and heir in free}
        return rows | adopted_skills(self._session, {key: skills[key] for key in skills if key not in rows})

    def _rename_skills(self, skills: Mapping[str, ConceptRecord], by_code: Mapping[str, int]) -> None:
        renamed = [
            {"id": by_code[key], **titles_of(skills[key], self._stored[key], stem="label")}
            for key in skills
            if key in self._stored and key in by_code
        ]
        if renamed:
            self._session.execute(sa.update(Skill), renamed)

    def _store_broader(self) -> None:
        rows = []
        for key, record in self._wanted.items():
            broader = self._ids.get(key_of(self._kind, record.broader)) if record.broader else None
            before = self._stored[key].broader_id if key in self._stored else None
            if broader != before:
                rows.append({"id": self._ids[key], "broader_id": broader})
        if rows:
            self._session.execute(sa.update(Concept), rows)

    def _store_labels(self) -> None:
        records = {self._ids[key]: record for key, record in self._wanted.items()}
        self._report.labels_added, self._report.labels_removed = store_labels(self._session, records)

    def _store_needs(self) -> None:
        if not self._records.needs:
            return
        ids, kind = self._ids, self._kind
        wanted = {
            (ids[key_of(kind, need.occupation)], ids[key_of(kind, need.skill)]): need.essential
            for need in self._records.needs
        }
        select = sa.select(ConceptSkill.occupation_id, ConceptSkill.skill_id, ConceptSkill.essential, ConceptSkill.id)
        of_kind = sa.select(Concept.id).where(Concept.edition_id == self._edition.id)
        stored = {
            (occupation, skill): (essential, row)
            for occupation, skill, essential, row in self._session.execute(
                select.where(ConceptSkill.occupation_id.in_(of_kind))
            )
        }
        gone = [row for pair, (essential, row) in stored.items() if wanted.get(pair) != essential]
        for start in range(0, len(gone), taxonomy_lists.SOME):
            some = gone[start : start + taxonomy_lists.SOME]
            self._session.execute(sa.delete(ConceptSkill).where(ConceptSkill.id.in_(some)))
        new = [
            {"occupation_id": pair[0], "skill_id": pair[1], "essential": essential}
            for pair, essential in wanted.items()
            if stored.get(pair, (None, 0))[0] != essential
        ]
        _insert(self._session, ConceptSkill, new)
        self._report.links_added, self._report.links_removed = len(new), len(gone)


def _link_row(edition: int, link: CodeLinkRecord) -> dict[str, Any]:
    return {
        "edition_id": edition,
        "source_scheme": link.source_scheme,
        "source_code": link.source_code,
        "source_title": link.source_title or None,
        "target_scheme": link.target_scheme,
        "target_code": link.target_code,
        "kind": MatchKind(link.kind.value),
        "rank": link.rank,
    }


def _insert(session: Session, model: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    for start in range(0, len(rows), SOME):
        session.execute(sa.insert(model), [*rows[start : start + SOME]])
