"""O*NET's titles: occupations and their alternate titles by code, tab-separated as published."""

import pytest

from mobility.errors import InvalidError
from mobility.formats.editions import read_onet_edition
from mobility.formats.onet import version_of
from tests.formats.taxonomy_files import real

OCCUPATIONS = (
    "O*NET-SOC Code\tTitle\tDescription\n45-2092.02\tFarm Hands\tPick crops.\n47-2051.00\tMasons\tLay stone.\n"
)
TITLES = (
    "O*NET-SOC Code\tAlternate Title\tShort Title\tSource(s)\n"
    "45-2092.02\tMelon Picker\tn/a\t08\n45-2092.02\tFarm Hands\tn/a\t08\n47-2051.00\tConcrete Mason (CM)\tCM\t02,08\n"
)


@pytest.fixture
def files(tmp_path):
    occupations, titles = tmp_path / "Occupation Data.txt", tmp_path / "Alternate Titles.txt"
    occupations.write_text(OCCUPATIONS)
    titles.write_text(TITLES)
    return [occupations, titles]


def read(files, version="27.0"):
    return read_onet_edition(files, version=version)[0]


def test_titles_become_labels_of_their_occupation_once(files):
    records = read(files)
    assert records.concepts["45-2092.02"].labels["en"].preferred == "Farm Hands"
    assert records.concepts["45-2092.02"].labels["en"].alternative == ("Melon Picker",)
    assert records.concepts["47-2051.00"].labels["en"].alternative == ("Concrete Mason (CM)", "CM")
    assert records.languages == ("en",)


@pytest.mark.parametrize(
    ("file", "before", "after", "code", "line"),
    [
        (0, "45-2092.02", "45-2092", "not_a_code", 2),
        (1, "47-2051.00\tConcrete", "99-9999.00\tConcrete", "unknown_concept", 4),
    ],
)
def test_codes_that_are_none_or_unknown_are_told(files, file, before, after, code, line):
    files[file].write_text(files[file].read_text().replace(before, after, 1))
    wrong = [slip for slip in read(files).slips if not slip.is_note]
    assert (wrong[0].file, wrong[0].line, wrong[0].column, wrong[0].code) == (
        files[file].name,
        line,
        "O*NET-SOC Code",
        code,
    )


def test_both_files_and_a_version_are_needed(files):
    with pytest.raises(InvalidError, match="onet_files_missing"):
        read(files[:1])
    with pytest.raises(InvalidError, match="version_missing"):
        read(files, version="")


@pytest.mark.parametrize(
    ("name", "version"), [("db_27_0_text.zip", "27.0"), ("onet_titles.tsv", ""), ("db_28_3", "28.3")]
)
def test_the_name_tells_the_version(name, version):
    assert version_of(name) == version


def test_the_published_titles_are_read_without_a_slip():
    folder = real("occupations")
    records = read([folder / "onet_occupations.tsv.gz", folder / "onet_alternate_titles.tsv.gz"])
    assert len(records.concepts) == 1016
    assert sum(len(concept.labels["en"].alternative) for concept in records.concepts.values()) > 50_000
    assert records.slips == []
