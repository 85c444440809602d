"""Files read in a process of their own: the same findings, and a file that takes too much is a finding too."""

import pytest

from mobility.errors import InvalidError
from mobility.formats.apart import reading
from mobility.formats.apart.reading import read_apart
from mobility.formats.published_lists import read_code_map, read_published
from tests.formats.bombs import sheet_bomb

COLUMNS = {"code": "Code", "title": "Job"}


@pytest.fixture
def table(tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("Code,Job\n9211,Picker\n7112,Albañil\n")
    return file


@pytest.fixture
def bomb(tmp_path):
    return sheet_bomb(tmp_path)


def test_a_child_says_what_the_reader_itself_says(table, tmp_path):
    assert read_apart("published", [table], COLUMNS) == [
        "",
        [[line.line, dict(line.cells), list(line.exact)] for line in read_published(table, COLUMNS).lines],
    ]
    (tmp_path / "map.csv").write_text("a,9211\na,7112\n")
    said = read_apart("code_map", [tmp_path / "map.csv"])
    assert said == {code: list(groups) for code, groups in read_code_map(tmp_path / "map.csv").items()}


def test_a_refusal_comes_back_as_it_was_made(table):
    with pytest.raises(InvalidError) as here:
        read_published(table, {"code": "Cod3"})
    with pytest.raises(InvalidError) as there:
        read_apart("published", [table], {"code": "Cod3"})
    assert vars(there.value) == vars(here.value)


@pytest.mark.parametrize(
    "limit", [("PROCESSOR", 2), ("MEMORY", 128 << 20), ("DEADLINE", 1)], ids=lambda limit: limit[0]
)
def test_a_bomb_is_one_clear_finding_whatever_it_takes_too_much_of(bomb, monkeypatch, limit):
    monkeypatch.setattr(reading, *limit)
    with pytest.raises(InvalidError, match="file_demanding"):
        read_apart("published", [bomb], {"code": "1"})


def test_a_bomb_is_refused_within_what_is_allowed_by_default(bomb):
    with pytest.raises(InvalidError) as refused:
        read_apart("published", [bomb], {"code": "1"})
    assert refused.value.code in {"file_demanding", "table_too_wide", "publication.no_lines", "file_empty"}
