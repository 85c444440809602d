"""ESCO in its joined form: a table of occupations and one of skills with labels in three languages side by side."""

import re
from collections.abc import Sequence

from mobility.data.reference import LANGUAGES
from mobility.errors import InvalidError
from mobility.formats.bundles import Member
from mobility.formats.columns import Column
from mobility.formats.esco import version_of
from mobility.formats.taxonomy_records import (
    ConceptRecord,
    LabelSet,
    RecordKind,
    SkillNeedRecord,
    TaxonomyRecords,
)
from mobility.formats.taxonomy_tables import TaxonomyRow, TaxonomyTable

EXPECTED = "occupations_v1.2_en_es_fr.csv, skills_v1.1.1_en_es_fr.csv, occupation_skill_v1.1.1.csv"
_NAME = re.compile(r"(occupations|skills|occupation_skill)(?:_v([0-9.]+?))?(?:_en_es_fr)?\.csv(?:\.gz)?")
_OCCUPATION = "http://data.europa.eu/esco/occupation/"
_SKILL = "http://data.europa.eu/esco/skill/"
_URI = Column("uri", ("uri",), required=True)
_LABELS = tuple(
    Column(f"{stem}_{language}", (f"{stem}_{language}",), required=stem == "pref")
    for language in LANGUAGES
    for stem in ("pref", "alt")
)
_OCCUPATIONS = (_URI, Column("code", ("code",), required=True), Column("isco", ("isco08",), required=True), *_LABELS)
_SKILLS = (_URI, *_LABELS)
_NEEDS = tuple(Column(name, (name,), required=True) for name in ("occupation", "skill", "rel"))
_RELATIONS = {"e": True, "o": False}


def is_joined(members: Sequence[Member]) -> bool:
    """Tell whether files are named as those of the joined form."""
    return any(found.group(2) for member in members if (found := _NAME.fullmatch(member.name)))


def read_joined_esco(members: Sequence[Member], *, version: str = "") -> TaxonomyRecords:
    """Read the files of the joined form; its tables may be of different versions, which are then named together.

    Raises
    ------
    InvalidError
        ``esco_files_missing`` without occupations and skills, and what `read_rows` and `find_layout` refuse, with the
        file's name. Slips of single lines are gathered in the records.
    """
    parts = {found.group(1): member for member in members if (found := _NAME.fullmatch(member.name))}
    if not {"occupations", "skills"} <= parts.keys():
        raise InvalidError("esco_files_missing", field="file", expected=EXPECTED, languages=", ".join(LANGUAGES))
    versions = sorted({version_of(member.name) for member in parts.values()} - {""}, reverse=True)
    records = TaxonomyRecords(version or "+".join(versions))
    _occupations(records, TaxonomyTable(parts["occupations"], records.slips))
    _skills(records, TaxonomyTable(parts["skills"], records.slips))
    if "occupation_skill" in parts:
        _needs(records, TaxonomyTable(parts["occupation_skill"], records.slips))
    return records


def _take(records: TaxonomyRecords, row: TaxonomyRow, kind: RecordKind) -> ConceptRecord | None:
    uri = row.uri("uri")
    if not uri:
        return None
    if uri in records.concepts:
        row.slip("uri", "repeated", is_note=True)
        return None
    concept = records.concepts[uri] = ConceptRecord(kind, uri)
    for language in LANGUAGES:
        if preferred := row.label(f"pref_{language}"):
            others = dict.fromkeys(row.labels(f"alt_{language}"))
            others.pop(preferred, None)
            concept.labels[language] = LabelSet(preferred, tuple(others))
    return concept


def _occupations(records: TaxonomyRecords, table: TaxonomyTable) -> None:
    """Read the occupations; the code names the one above: 2654.1.7 stands below 2654.1."""
    by_code: dict[str, str] = {}
    for row in table.rows(_OCCUPATIONS):
        concept = _take(records, row, RecordKind.OCCUPATION)
        if concept is not None:
            concept.isco, concept.code = row.isco("isco"), row.text("code")[:40]
            by_code[concept.code] = concept.uri
    for concept in records.concepts.values():
        concept.broader = by_code.get(concept.code.rpartition(".")[0], "")


def _skills(records: TaxonomyRecords, table: TaxonomyTable) -> None:
    for row in table.rows(_SKILLS):
        _take(records, row, RecordKind.SKILL)


def _needs(records: TaxonomyRecords, table: TaxonomyTable) -> None:
    """Read the relations; those of concepts that the other files do not list are left out."""
    known = records.concepts
    for row in table.rows(_NEEDS):
        occupation, skill = row.uuid("occupation"), row.uuid("skill")
        essential = _RELATIONS.get(row.text("rel"))
        if essential is None:
            row.slip("rel", "unknown_relation", "e, o")
        elif occupation and skill and _OCCUPATION + occupation in known and _SKILL + skill in known:
            records.needs.append(SkillNeedRecord(_OCCUPATION + occupation, _SKILL + skill, essential=essential))
