"""Published lists of any shape: columns by number or by heading, with and without headings, and code maps."""

import gzip

import openpyxl
import pytest

from mobility.errors import InvalidError
from mobility.formats.published_lists import read_code_map, read_published

PLAIN = "1212,Fishing masters,Yes\n9119,Deckhands,-\n"
HEADED = "Published 2026\nSOC code;Job title;Salary\n1212;Fishing masters;1\n9119;Deckhands;2\n"


@pytest.fixture
def file(tmp_path):
    def write(text, name="list.csv"):
        path = tmp_path / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith("gz") else text.encode())
        return path

    return write


def refused(path, columns):
    with pytest.raises(InvalidError) as error:
        read_published(path, columns)
    return error.value


def test_a_file_without_headings_is_read_by_numbers(file):
    found = read_published(file(PLAIN), {"code": "1", "title": "2", "note": ""}).lines
    assert [(line.line, line.text("code"), line.text("title"), line.text("note")) for line in found] == [
        (1, "1212", "Fishing masters", ""),
        (2, "9119", "Deckhands", ""),
    ]


def test_a_packed_file_is_read_alike(file):
    assert len(read_published(file(PLAIN, "list.csv.gz"), {"code": "1"}).lines) == 2


def test_columns_are_found_by_their_headings_below_a_title(file):
    found = read_published(file(HEADED), {"code": "soc code", "title": "Job title"}).lines
    assert [(line.line, line.text("title")) for line in found] == [(3, "Fishing masters"), (4, "Deckhands")]


def test_a_number_and_a_heading_may_stand_together(file):
    assert read_published(file(HEADED), {"code": "SOC code", "title": "2"}).lines[0].text("title") == "Fishing masters"


def test_headings_that_nobody_named_are_no_line(file):
    assert [line.line for line in read_published(file("code,title\n1212,X\n"), {"code": "1"}).lines] == [2]


def test_a_heading_that_is_not_there_is_refused_with_the_nearest(file):
    error = refused(file(HEADED), {"code": "SOC code", "title": "Job titel"})
    assert (error.code, error.field, error.params["nearest"]) == (
        "publication.column_missing",
        "title_column",
        "Job title",
    )


@pytest.mark.parametrize("number", ["0", "401", "9" * 60])
def test_a_column_number_out_of_reach_is_refused(file, number):
    assert refused(file(PLAIN), {"code": number}).code == "publication.column_number"


def test_a_code_column_without_any_code_is_refused(file):
    error = refused(file(PLAIN), {"code": "7"})
    assert (error.code, error.field, error.params["number"]) == ("publication.column_number", "code_column", "7")


def test_headings_alone_are_no_list(file):
    assert refused(file("code,title\n"), {"code": "1"}).code == "publication.no_lines"


def test_a_page_of_the_web_is_not_a_list(file):
    assert refused(file("<html></html>"), {"code": "1"}).code == "file_foreign"


def test_long_texts_are_cut(file):
    line = read_published(file(f"{'1' * 60},{'x' * 900}\n"), {"code": "1", "title": "2"}).lines[0]
    assert (len(line.text("code")), len(line.text("title"))) == (60, 300)


def test_a_code_map_gives_every_group_of_a_code_once(file):
    links = read_code_map(file("soc,isco\n1212,1312\n9119,9216\n9119,6222\n9119,9216\n"))
    assert links == {"1212": ("1312",), "9119": ("9216", "6222")}


def test_a_code_map_whose_second_column_is_no_unit_group_says_where(file):
    with pytest.raises(InvalidError) as error:
        read_code_map(file("1212,1312\n9119,921\n"))
    assert (error.value.code, error.value.params["line"]) == ("publication.map_code", 2)


def test_a_code_map_keeps_codes_that_lead_nowhere(file):
    assert read_code_map(file("1212,1312\n9119,\n110,110\n")) == {"1212": ("1312",), "9119": (), "110": ("0110",)}


def test_the_year_at_the_head_of_a_column_is_its_name(file):
    found = read_published(file("code,title,2024,2025\n9211,a,3.1,4.2\n"), {"code": "code", "value": "2025"})
    assert [line.text("value") for line in found.lines] == ["4.2"]


@pytest.fixture
def workbook(tmp_path):
    def write(**sheets):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        book.save(tmp_path / "list.xlsx")
        return tmp_path / "list.xlsx"

    return write


@pytest.mark.parametrize("columns", [{"code": "code", "title": "title"}, {"code": "1", "title": "2"}])
def test_the_sheet_with_the_lines_is_read_behind_a_cover(workbook, columns):
    book = workbook(Portada=[["Ministerio"], ["Notas: ver la hoja"]], Datos=[["code", "title"], ["9211", "Peón"]])
    found = read_published(book, columns)
    assert (found.sheet, [line.text("title") for line in found.lines]) == ("Datos", ["Peón"])


def test_number_cells_are_known_as_exact(workbook):
    book = workbook(Data=[["code", "v"], ["9211", 1.125], ["9212", "1,125"]])
    found = read_published(book, {"code": "code", "value": "v"})
    assert [(line.text("value"), list(line.exact)) for line in found.lines] == [("1.125", ["value"]), ("1,125", [])]


def test_a_formula_that_was_never_worked_out_is_no_empty_cell(workbook):
    book = workbook(Data=[["code", "v"], ["9211", "=1+1"], ["9212", 3]])
    found = read_published(book, {"code": "code", "value": "v"})
    assert [line.text("value") for line in found.lines] == ["#FORMULA!", "3"]


def test_titles_and_headings_above_the_first_code_are_no_lines_and_a_line_without_code_is_one(file):
    found = read_published(file("Issued in 2026,,\nCode,Title,x\n,Lost,1\n9211,Pickers,2\n"), {"code": "1"})
    assert [(line.line, line.text("code")) for line in found.lines] == [(3, ""), (4, "9211")]
