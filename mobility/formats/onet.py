"""O*NET's alternate titles as its publisher ships them (tab-separated text or XLSX): US titles by occupation code."""

import re
from collections.abc import Sequence

from mobility.errors import InvalidError
from mobility.formats.bundles import Member
from mobility.formats.columns import Column
from mobility.formats.taxonomy_records import ConceptRecord, LabelSet, RecordKind, TaxonomyRecords
from mobility.formats.taxonomy_tables import TaxonomyRow, TaxonomyTable

LANGUAGE = "en"
EXPECTED = "Occupation Data, Alternate Titles"
_CODE = re.compile(r"[0-9]{2}-[0-9]{4}\.[0-9]{2}")
_VERSION = re.compile(r"(?:\bdb|\bonet|v)[_-]?(\d{1,2}(?:[._]\d{1,2})?)", re.IGNORECASE)
_CODE_COLUMN = Column("code", ("O*NET-SOC Code", "onet_soc_code"), required=True)
_OCCUPATIONS = (_CODE_COLUMN, Column("label", ("Title",), required=True))
_TITLES = (
    _CODE_COLUMN,
    Column("title", ("Alternate Title", "alternate_title"), required=True),
    Column("short", ("Short Title", "short_title")),
)
_NONE = frozenset({"", "n/a"})


def read_onet(members: Sequence[Member], *, version: str) -> TaxonomyRecords:
    """Read occupations and their alternate titles; the address of a concept is its O*NET-SOC code.

    Raises
    ------
    InvalidError
        ``onet_files_missing`` without both files, ``version_missing`` if ``version`` is empty, and what `read_rows` and
        `find_layout` refuse, with the file's name. Slips of single lines are gathered in the records.
    """
    if not version:
        raise InvalidError("version_missing", field="version", expected="--version 27.0")
    records = TaxonomyRecords(version)
    occupations, titles = _named(members, "occupation"), _named(members, "alternate")
    if occupations is None or titles is None:
        raise InvalidError("onet_files_missing", field="file", expected=EXPECTED)
    _occupations(records, TaxonomyTable(occupations, records.slips))
    _titles(records, TaxonomyTable(titles, records.slips))
    return records


def version_of(name: str) -> str:
    """Return the version in a publisher's file name, such as 27.0 in db_27_0_text.zip; empty if it names none."""
    found = _VERSION.search(name)
    return found.group(1).replace("_", ".") if found else ""


def _named(members: Sequence[Member], word: str) -> Member | None:
    fitting = [member for member in members if word in member.name.lower()]
    return min(fitting, key=lambda member: len(member.name), default=None)


def _code(row: TaxonomyRow) -> str:
    text = row.text("code")
    if not _CODE.fullmatch(text):
        row.slip("code", "not_a_code", "O*NET-SOC code, such as 47-2061.00")
        return ""
    return text


def _occupations(records: TaxonomyRecords, table: TaxonomyTable) -> None:
    for row in table.rows(_OCCUPATIONS):
        code, label = _code(row), row.label("label")
        if code in records.concepts:
            row.slip("code", "repeated", is_note=True)
        elif code and label:
            records.concepts[code] = ConceptRecord(
                RecordKind.OCCUPATION, code, code=code, labels={LANGUAGE: LabelSet(label)}
            )


def _titles(records: TaxonomyRecords, table: TaxonomyTable) -> None:
    found: dict[str, dict[str, None]] = {}
    for row in table.rows(_TITLES):
        code = _code(row)
        if code and code not in records.concepts:
            row.slip("code", "unknown_concept", "a code of the file of occupations")
        elif code:
            titles = (*row.labels("title"), row.text("short"))
            found.setdefault(code, {}).update(dict.fromkeys(title for title in titles if title.lower() not in _NONE))
    for code, titles_of in found.items():
        preferred = records.concepts[code].labels[LANGUAGE].preferred
        titles_of.pop(preferred, None)
        records.concepts[code].labels[LANGUAGE] = LabelSet(preferred, tuple(titles_of))
