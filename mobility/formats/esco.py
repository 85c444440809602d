"""ESCO as its publisher ships it: one CSV file a part and language, in a zip or a folder."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from mobility.errors import InvalidError
from mobility.formats.bundles import Member
from mobility.formats.columns import Column
from mobility.formats.taxonomy_records import (
    ConceptRecord,
    LabelSet,
    RecordKind,
    SkillNeedRecord,
    TaxonomyRecords,
)
from mobility.formats.taxonomy_tables import TaxonomyRow, TaxonomyTable

EXPECTED = "occupations_en.csv, skills_en.csv"
_NAME = re.compile(r"([A-Za-z]+)_([a-z]{2})\.csv(?:\.gz)?")
_VERSION = re.compile(r"v(\d{1,3}(?:\.\d{1,3}){0,3})", re.IGNORECASE)
_URI = Column("uri", ("conceptUri",), required=True)
_LABEL = Column("label", ("preferredLabel",), required=True)
_MORE = (Column("alternative", ("altLabels",)), Column("hidden", ("hiddenLabels",)), Column("status", ("status",)))
_REPLACED = Column("replaced_by", ("replacedBy", "isReplacedBy"))
_OCCUPATIONS = (_URI, _LABEL, *_MORE, Column("isco", ("iscoGroup",), required=True), Column("code", ("code",)))
_SKILLS = (_URI, _LABEL, *_MORE, Column("type", ("skillType",), required=True))
_GROUPS = (_URI, _LABEL, *_MORE, Column("code", ("code",)))
_ISCO_GROUPS = (_URI, _LABEL, Column("isco", ("code",), required=True))
_NEEDS = (
    Column("occupation", ("occupationUri",), required=True),
    Column("relation", ("relationType",), required=True),
    Column("skill", ("skillUri",), required=True),
)
_BROADER = (
    _URI,
    Column("broader", ("broaderUri",), required=True),
    Column("kind", ("conceptType",)),
    Column("broader_kind", ("broaderType",)),
)
_LEVELS = range(4)
_HIERARCHY = tuple(
    Column(f"{stem}_{level}", (f"Level {level} {words}",), required=level == 0)
    for level in _LEVELS
    for stem, words in (("uri", "URI"), ("label", "preferred term"))
)
_RELATIONS: Mapping[str, bool] = {"essential": True, "optional": False}
_RELEASED = frozenset({"", "released"})


def version_of(name: str) -> str:
    """Return the version in a publisher's file name, such as 1.2.0; empty if it names none."""
    found = _VERSION.search(name)
    return found.group(1) if found else ""


def read_esco(members: Sequence[Member], *, languages: Collection[str], version: str) -> TaxonomyRecords:
    """Read the files of an official ESCO bundle in some of its languages.

    Raises
    ------
    InvalidError
        ``esco_files_missing`` if there is no file of occupations and skills in any of the languages;
        ``version_missing`` if ``version`` is empty; and what `read_rows` and `find_layout` refuse, with the file's
        name.        Slips of single lines are gathered in the records.
    """
    if not version:
        raise InvalidError("version_missing", field="version", expected="--version 1.2.0")
    records = TaxonomyRecords(version)
    _read_members(records, members, frozenset(languages))
    _check_ends(records)
    return records


def _read_members(records: TaxonomyRecords, members: Sequence[Member], languages: Collection[str]) -> None:
    parts: dict[str, list[tuple[str, Member]]] = {}
    for member in members:
        found = _NAME.fullmatch(member.name)
        if found and found.group(1).lower() in _READERS and found.group(2) in languages:
            parts.setdefault(found.group(1).lower(), []).append((found.group(2), member))
        else:
            TaxonomyTable(member, records.slips).slip(0, "", "file_unused", is_note=True)
    if not {"occupations", "skills"} <= parts.keys():
        raise InvalidError("esco_files_missing", field="file", expected=EXPECTED, languages=", ".join(languages))
    for part, read in _READERS.items():
        for language, member in sorted(parts.get(part, ()), key=lambda pair: pair[0]):
            table = TaxonomyTable(member, records.slips)
            read(records, table, language)
            if part in _ONCE:
                break


def _take(records: TaxonomyRecords, row: TaxonomyRow, kind: RecordKind, language: str) -> ConceptRecord | None:
    uri = row.uri("uri")
    if not uri:
        return None
    if row.text("status").lower() not in _RELEASED:
        row.slip("status", "not_released", is_note=True)
        if successor := row.text("replaced_by"):
            records.replaced.setdefault(uri, successor)
        return None
    concept = records.concepts.setdefault(uri, ConceptRecord(kind, uri))
    if language in concept.labels:
        row.slip("uri", "repeated", is_note=True)
        return None
    preferred = row.label("label")
    if preferred:
        others = dict.fromkeys((*row.labels("alternative"), *row.labels("hidden")))
        others.pop(preferred, None)
        concept.labels[language] = LabelSet(preferred, tuple(others))
    return concept


def _occupations(records: TaxonomyRecords, table: TaxonomyTable, language: str) -> None:
    for row in table.rows((*_OCCUPATIONS, _REPLACED)):
        concept = _take(records, row, RecordKind.OCCUPATION, language)
        if concept is not None:
            isco = row.isco("isco")
            if concept.isco and isco and isco != concept.isco:
                row.slip("isco", "contradiction", f"{concept.isco}, as in the file of another language")
            concept.isco = concept.isco or isco
            concept.code = row.text("code")[:40] or concept.code


def _skills(records: TaxonomyRecords, table: TaxonomyTable, language: str) -> None:
    for row in table.rows((*_SKILLS, _REPLACED)):
        _take(records, row, RecordKind.SKILL, language)


def _skill_groups(records: TaxonomyRecords, table: TaxonomyTable, language: str) -> None:
    for row in table.rows(_GROUPS):
        concept = _take(records, row, RecordKind.SKILL_GROUP, language)
        if concept is not None:
            concept.code = row.text("code")[:40]


def _isco_groups(_records: TaxonomyRecords, table: TaxonomyTable, _language: str) -> None:
    """Only look whether the groups are ISCO-08's: their titles are embedded."""
    for row in table.rows(_ISCO_GROUPS):
        row.uri("uri")
        if not re.fullmatch("[0-9]{1,4}", row.text("isco").removeprefix("C")):
            row.slip("isco", "not_an_isco_group", "one to four digits, such as 7212")


def _needs(records: TaxonomyRecords, table: TaxonomyTable, _language: str) -> None:
    seen: set[tuple[str, str]] = set()
    for row in table.rows(_NEEDS):
        pair = row.uri("occupation"), row.uri("skill")
        relation = _RELATIONS.get(row.text("relation").lower())
        if relation is None:
            row.slip("relation", "unknown_relation", "essential, optional")
        elif all(pair) and pair not in seen:
            seen.add(pair)
            records.needs.append(SkillNeedRecord(*pair, essential=relation))


def _broader(records: TaxonomyRecords, table: TaxonomyTable, _language: str) -> None:
    """Note the first broader concept of each; ISCO-08 groups above an occupation are known by its code."""
    for row in table.rows(_BROADER):
        concept = records.concepts.get(row.uri("uri"))
        broader = row.uri("broader")
        if concept is not None and not concept.broader and broader in records.concepts:
            concept.broader = broader


def _hierarchy(records: TaxonomyRecords, table: TaxonomyTable, language: str) -> None:
    """Add the groups of skills that no file of their own lists."""
    for row in table.rows(_HIERARCHY):
        above = ""
        for level in _LEVELS:
            uri, label = row.text(f"uri_{level}"), row.text(f"label_{level}")
            if not uri or not label:
                break
            concept = records.concepts.setdefault(uri, ConceptRecord(RecordKind.SKILL_GROUP, uri))
            concept.labels.setdefault(language, LabelSet(label[:300]))
            concept.broader = concept.broader or above
            above = uri


#: By the first part of a file's name in small letters, in the order in which they need each other.
_READERS: Mapping[str, Callable[[TaxonomyRecords, TaxonomyTable, str], None]] = {
    "occupations": _occupations,
    "skills": _skills,
    "skillgroups": _skill_groups,
    "skillshierarchy": _hierarchy,
    "iscogroups": _isco_groups,
    "occupationskillrelations": _needs,
    "broaderrelationsoccpillar": _broader,
    "broaderrelationsskillpillar": _broader,
}
#: Parts that say the same in every language.
_ONCE = frozenset({"occupationskillrelations", "broaderrelationsoccpillar", "broaderrelationsskillpillar"})


def _check_ends(records: TaxonomyRecords) -> None:
    """Leave out relations to concepts that are not in the files, or not released."""
    known = records.concepts
    records.needs = [need for need in records.needs if need.occupation in known and need.skill in known]
