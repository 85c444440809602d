"""The report of faults: complete, safe to open, and free of what the cells said."""

import csv

from hypothesis import given
from hypothesis import strategies as st

from mobility.formats.faults import ADVICE, HEADINGS, SKIPS, RowFault, harmless, shape_of, write_report


def test_report_names_line_case_column_code_shape_and_remedy(tmp_path):
    file = tmp_path / "faults.csv"

    assert write_report(file, iter([RowFault(7, "H-400-18001-000001", "SOC_CODE", "not_a_soc_code", "99-99")])) == 1
    with file.open(encoding="utf-8-sig", newline="") as stream:
        head, row = csv.reader(stream)
    assert head == list(HEADINGS)
    assert row == ["7", "H-400-18001-000001", "SOC_CODE", "not_a_soc_code", "99-99", ADVICE["not_a_soc_code"], ""]


def test_advice_may_be_given_in_another_language_and_an_unknown_code_is_shown(tmp_path):
    file = tmp_path / "faults.csv"
    write_report(
        file, [RowFault(1, "", "", "missing"), RowFault(2, "", "", "new_code")], advice={"missing": "Rellene."}
    )

    assert file.read_text(encoding="utf-8-sig").splitlines()[1:] == [
        "1,,,missing,,Rellene.,",
        "2,,,new_code,,new_code,",
    ]


def test_report_without_faults_is_its_headings(tmp_path):
    assert write_report(tmp_path / "none.csv", []) == 0
    assert (tmp_path / "none.csv").read_text(encoding="utf-8-sig").count("\n") == 1


@given(text=st.text())
def test_no_cell_of_the_report_starts_a_formula(text):
    assert not harmless(text).lstrip().startswith(("=", "+", "-", "@"))


def test_headings_that_are_formulas_become_text(tmp_path):
    write_report(tmp_path / "f.csv", [RowFault(1, "", '=HYPERLINK("x")', "missing", "-9")])
    with (tmp_path / "f.csv").open(encoding="utf-8-sig", newline="") as stream:
        row = list(csv.reader(stream))[1]

    assert row[2].startswith("'=")
    assert row[4] == "'-9"


@given(text=st.text(alphabet="ABCxyzñé 0123456789-./", min_size=1))
def test_shape_keeps_no_letter_and_no_digit(text):
    shape = shape_of(text)

    assert set(shape) <= set("a9 -./")
    assert len(shape) <= 27


@given(value=st.one_of(st.text(), st.none(), st.floats(), st.dates()))
def test_shape_of_anything_is_short_ascii(value):
    shape = shape_of(value)

    assert shape.isascii()
    assert len(shape) <= 27


def test_a_suggestion_stands_in_a_column_of_its_own_and_is_no_formula(tmp_path):
    write_report(tmp_path / "f.csv", [RowFault(1, "", "title", "suggested_by_title", "aa", "=9214")])
    with (tmp_path / "f.csv").open(encoding="utf-8-sig", newline="") as stream:
        (row,) = csv.DictReader(stream)

    assert row["suggestion"] == "'=9214"


def test_remarks_are_about_rows_that_were_taken():
    remarks = {code for code in ADVICE if RowFault(1, "", "", code).is_remark}
    assert remarks == {"chosen_by_title", "more_certified_than_requested"}
    assert not remarks & SKIPS


def test_skips_are_told_from_faults():
    assert {code for code in ADVICE if RowFault(1, "", "", code).is_skip} == SKIPS
