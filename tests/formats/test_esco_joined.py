"""The joined form of ESCO: three languages side by side, lists parted by bars."""

import csv

import pytest

from mobility.errors import InvalidError
from mobility.formats.editions import read_esco_edition
from mobility.formats.taxonomy_records import LabelSet, RecordKind
from tests.files.esco.write_samples import NEEDS, OCCUPATIONS, SKILLS, occupation_uri, skill_uri, uuid
from tests.formats.taxonomy_files import real

LABELS = [f"{stem}_{language}" for language in ("en", "es", "fr") for stem in ("pref", "alt")]


def flat(labels):
    return [text.replace("\n", "|") for pair in labels for text in pair]


@pytest.fixture
def folder(tmp_path):
    tables = {
        "occupations_v1.9_en_es_fr.csv": [
            ["uri", "code", "isco08", *LABELS],
            *([occupation_uri(n), code, isco, *flat(labels)] for n, isco, code, *labels in OCCUPATIONS),
        ],
        "skills_v1.8.1_en_es_fr.csv": [
            ["uri", "type", *LABELS],
            *([skill_uri(n), kind, *flat(labels)] for n, kind, *labels in SKILLS),
        ],
        "occupation_skill_v1.8.1.csv": [
            ["occupation", "skill", "rel"],
            *([uuid("a", o), uuid("b", s), kind[0]] for o, s, kind in NEEDS),
        ],
        "isco08_en_es_fr.csv": [["code", "en"], ["9211", "Labourers"]],
    }
    for name, rows in tables.items():
        with (tmp_path / name).open("w", newline="") as stream:
            csv.writer(stream).writerows(rows)
    return tmp_path


def test_it_says_what_the_official_form_says(folder):
    records, _ = read_esco_edition([folder])
    welder = records.concepts[occupation_uri(3)]
    assert (welder.kind, welder.isco) == (RecordKind.OCCUPATION, "7212")
    assert welder.labels["en"] == LabelSet("pipe welder", ("MIG pipe welder", "welder of pipes"))
    assert len(records.needs) == 4
    assert {need.essential for need in records.needs} == {True, False}


def test_tables_of_different_versions_are_named_together(folder):
    assert read_esco_edition([folder])[0].version == "1.9+1.8.1"


def test_the_code_tells_what_is_broader(folder):
    records, _ = read_esco_edition([folder])
    assert records.concepts[occupation_uri(2)].broader == occupation_uri(1)
    assert records.concepts[occupation_uri(1)].broader == ""


@pytest.mark.parametrize(
    ("file", "before", "after", "told"),
    [
        ("occupations_v1.9_en_es_fr.csv", ",7212,", ",?,", ("occupations_v1.9_en_es_fr.csv", 4, "isco08")),
        ("occupation_skill_v1.8.1.csv", ",o", ",x", ("occupation_skill_v1.8.1.csv", 3, "rel")),
        ("skills_v1.8.1_en_es_fr.csv", skill_uri(2), "ftp://x", ("skills_v1.8.1_en_es_fr.csv", 3, "uri")),
    ],
)
def test_a_broken_cell_is_told_by_file_line_and_column(folder, file, before, after, told):
    path = folder / file
    path.write_text(path.read_text().replace(before, after, 1))
    records, _ = read_esco_edition([folder])
    assert [(slip.file, slip.line, slip.column) for slip in records.slips if not slip.is_note] == [told]


def test_without_skills_it_is_not_taken(folder):
    (folder / "skills_v1.8.1_en_es_fr.csv").unlink()
    with pytest.raises(InvalidError, match="esco_files_missing"):
        read_esco_edition([folder])


def test_the_whole_of_esco_is_read_without_a_slip():
    records, _ = read_esco_edition([real("esco")])
    kinds = [concept.kind for concept in records.concepts.values()]
    assert kinds.count(RecordKind.OCCUPATION) == 3039
    assert kinds.count(RecordKind.SKILL) == 13896
    assert len(records.needs) > 123_000
    assert [slip for slip in records.slips if not slip.is_note] == []
