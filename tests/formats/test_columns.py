"""Known columns found in foreign headings."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.errors import InvalidError
from mobility.formats.columns import Column, find_layout
from mobility.formats.seasonal.columns import COLUMNS
from mobility.formats.tables import Row

KNOWN = (Column("start", ("BEGIN_DATE", "START"), required=True), Column("title", ("JOB_TITLE",)))


def rows(*lines: tuple[str, ...]):
    return iter([Row(number, line) for number, line in enumerate(lines, start=1)])


@given(name=st.sampled_from([name for column in COLUMNS for name in column.accepted]), data=st.data())
def test_spelling_of_a_heading_does_not_matter(name, data):
    column = next(column for column in COLUMNS if name in column.accepted)
    written = data.draw(
        st.sampled_from([name, name.lower(), name.replace("_", " ").title(), f" {name}\n", name.replace("-", "")])
    )

    assert column.name in find_layout(rows((written,)), [Column(column.name, column.accepted, required=True)])


def test_every_name_stands_for_one_column():
    names = [name for column in COLUMNS for name in column.accepted]

    assert len(names) == len(set(names))
    assert "JOB_START_DATE" not in names


def test_headings_may_come_below_a_title_and_data_follows():
    source = rows(("A title",), ("JOB_TITLE", "BEGIN_DATE"), ("Cook", "2018-04-01"))
    layout = find_layout(source, KNOWN)

    assert (layout.line, layout.heading("start")) == (2, "BEGIN_DATE")
    assert layout.cell(next(source), "start") == "2018-04-01"


def test_first_name_that_is_filled_in_counts():
    source = rows(("START", "BEGIN_DATE"), ("old", "new"), ("old", " "), ("old",))
    layout = find_layout(source, KNOWN)

    assert [layout.cell(row, "start") for row in source] == ["new", "old", "old"]


def test_column_that_a_file_lacks_has_no_cells():
    source = rows(("START",), ("x",))
    layout = find_layout(source, KNOWN)

    assert "title" not in layout
    assert (layout.cell(next(source), "title"), layout.heading("title")) == (None, "title")


def test_missing_column_is_named_with_what_was_accepted_and_what_is_nearest():
    with pytest.raises(InvalidError) as caught:
        find_layout(rows(("JOB_TITLE", "BEGINDATES", "x"), ("Cook", "", "")), KNOWN)

    assert (caught.value.code, caught.value.field) == ("column_missing", "start")
    assert caught.value.params == {"accepted": "BEGIN_DATE, START", "nearest": "BEGINDATES", "line": 1}


def test_data_without_headings_is_not_repeated_in_the_refusal():
    with pytest.raises(InvalidError) as caught:
        find_layout(rows(("Ana María Pérez", "P1234567")), KNOWN)

    assert "Ana" not in str(caught.value)


def test_no_rows_is_an_empty_file():
    with pytest.raises(InvalidError, match="file_empty"):
        find_layout(rows(), KNOWN)


def test_huge_headings_are_refused_fast():
    started = time.perf_counter()
    with pytest.raises(InvalidError, match="column_missing"):
        find_layout(rows(*[tuple(f"{number}{'x' * 5_000}" for number in range(1_000))] * 20), COLUMNS)
    assert time.perf_counter() - started < 10
