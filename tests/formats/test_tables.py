"""Table files by content: what is read, and how everything else is refused."""

import codecs
import csv
import gzip
import io
import time
import zipfile
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mobility.errors import InvalidError
from mobility.formats.tables import Limits, Row, read_rows, read_sheets
from tests.formats.old_workbook import old_workbook

LINES = [["code", "título"], ["1", "Peón"], ["2", "Cueilleur"]]
TIGHT = Limits(file_bytes=20_000, unpacked_bytes=40_000, spool_bytes=1_000, rows=50, columns=10, row_chars=2_000)


def put(folder: Path, content: bytes, name: str = "table.bin") -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


def gzipped(content: bytes) -> bytes:
    """Compress without the time of day, so that every process collects the same tests."""
    return gzip.compress(content, mtime=0)


def xlsx(*sheets: tuple[str, list[list[object]]], hidden: str = "") -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if name == hidden else "visible"
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def delimited(delimiter: str = ",", encoding: str = "utf-8", end: str = "\r\n") -> bytes:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator=end).writerows(LINES)
    return stream.getvalue().encode(encoding)


def refusal(folder: Path, content: bytes, limits: Limits | None = None) -> InvalidError:
    with pytest.raises(InvalidError) as caught:
        list(read_rows(put(folder, content), limits=limits))
    assert caught.value.field == "file"
    return caught.value


class TestText:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_delimiter_and_encoding_are_found_out(self, tmp_path, delimiter, encoding, end):
        rows = list(read_rows(put(tmp_path, delimited(delimiter, encoding, end))))

        assert [list(row.cells) for row in rows] == LINES
        assert [row.line for row in rows] == [1, 2, 3]

    def test_name_of_the_file_does_not_matter(self, tmp_path):
        assert len(list(read_rows(put(tmp_path, delimited(), "table.xlsx")))) == 3

    def test_line_is_where_the_row_starts_though_cells_hold_line_breaks(self, tmp_path):
        rows = list(read_rows(put(tmp_path, b'a,b\n"one\ntwo\nthree",x\n\n\nlast,y\n')))

        assert [row.line for row in rows] == [1, 2, 7]
        assert rows[1].cells[0] == "one\ntwo\nthree"

    def test_blank_rows_are_left_out_and_width_counts_what_was_written(self, tmp_path):
        assert list(read_rows(put(tmp_path, b"a,b\n,\n1,\n"))) == [Row(1, ("a", "b"), 2), Row(3, ("1", ""), 2)]

    def test_gzip_is_read_through(self, tmp_path):
        assert [list(row.cells) for row in read_rows(put(tmp_path, gzipped(delimited())))] == LINES

    def test_bytes_outside_utf8_and_cp1252_name_the_line(self, tmp_path):
        error = refusal(tmp_path, b"a,b\n1,\x81\xff\n")

        assert (error.code, error.params["line"]) == ("file_encoding", 1)

    def test_broken_utf16_is_refused(self, tmp_path):
        assert refusal(tmp_path, codecs.BOM_UTF16_LE + b"a\x00,\x00\x00\xd8a\x00").code == "file_encoding"

    def test_utf8_cut_in_the_middle_of_a_letter_is_not_taken_for_utf8(self, tmp_path):
        rows = list(read_rows(put(tmp_path, "a,ñ".encode()[:-1])))

        assert rows[0].cells == ("a", "\u00c3")


class TestRefusals:
    def test_empty_file(self, tmp_path):
        assert refusal(tmp_path, b"").code == "file_empty"

    def test_file_of_blank_lines(self, tmp_path):
        assert refusal(tmp_path, b"\n,,\n \n").code == "file_empty"

    def test_missing_file_and_folder(self, tmp_path):
        for path in (tmp_path / "none.csv", tmp_path, tmp_path / "nul\0.csv"):
            with pytest.raises(InvalidError, match="file_unreadable"):
                list(read_rows(path))

    @pytest.mark.parametrize(
        ("content", "kind"),
        [
            (b"%PDF-1.7 ...", "pdf"),
            (b"\x89PNG\r\n\x1a\n", "image"),
            (b"\xef\xbb\xbf <html><table>", "html or xml"),
            (b"a,b\n1,\x00\n", "binary"),
            (gzipped(gzipped(b"a,b")), "gzip in gzip"),
        ],
    )
    def test_foreign_file_is_named(self, tmp_path, content, kind):
        error = refusal(tmp_path, content)

        assert (error.code, error.params["kind"]) == ("file_foreign", kind)
        assert "xlsx" in str(error.params["expected"])

    def test_zip_that_is_no_workbook(self, tmp_path):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("content.xml", "<office/>")

        assert refusal(tmp_path, stream.getvalue()).params["kind"] == "zip"

    @pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
    @pytest.mark.parametrize("make", [lambda: gzipped(delimited()), lambda: xlsx(("a", LINES))])
    def test_file_that_ends_too_early_is_broken(self, tmp_path, make, keep):
        content = make()

        assert refusal(tmp_path, content[: int(len(content) * keep)]).code == "file_broken"

    def test_workbook_with_a_damaged_part_is_broken(self, tmp_path):
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(xlsx(("a", LINES)))) as good, zipfile.ZipFile(stream, "w") as bad:
            for name in good.namelist():
                content = good.read(name)
                bad.writestr(name, content[: len(content) // 2] if "worksheets" in name else content)

        error = refusal(tmp_path, stream.getvalue())

        assert (error.code, error.params["kind"]) == ("file_broken", "xlsx")

    def test_entities_in_a_workbook_are_not_expanded(self, tmp_path):
        bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(xlsx(("a", LINES)))) as good, zipfile.ZipFile(stream, "w") as bad:
            for name in good.namelist():
                content = good.read(name).decode()
                bad.writestr(name, bomb + content[content.index("<worksheet") :] if "worksheets" in name else content)

        assert refusal(tmp_path, stream.getvalue()).code == "file_broken"

    def test_encrypted_workbook_is_told_from_a_broken_one(self, tmp_path):
        ole = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)

        assert refusal(tmp_path, ole).code == "file_encrypted"

    def test_encrypted_zip_part_is_told(self, tmp_path):
        content = bytearray(xlsx(("a", LINES)))
        at = content.index(b"PK\x01\x02")
        content[at + 8] |= 1

        assert refusal(tmp_path, bytes(content)).code == "file_encrypted"

    def test_old_file_without_a_workbook_is_broken(self, tmp_path):
        assert refusal(tmp_path, bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000)).code == "file_broken"


class TestLimits:
    def test_large_file(self, tmp_path):
        error = refusal(tmp_path, b"a,b\n" * 10_000, TIGHT)

        assert (error.code, error.params["limit"]) == ("file_too_large", TIGHT.file_bytes)

    def test_gzip_bomb_is_stopped_by_its_ratio(self, tmp_path):
        bomb = gzipped(b"a,b\n" * 1_000_000)
        started = time.perf_counter()

        assert refusal(tmp_path, bomb, Limits(spool_bytes=1_000)).code == "file_too_large"
        assert time.perf_counter() - started < 5

    def test_workbook_bomb_is_refused_unread(self, tmp_path):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/workbook.xml", "<workbook/>")
            archive.writestr("xl/worksheets/sheet1.xml", bytes(60_000_000))

        assert refusal(tmp_path, stream.getvalue()).code == "file_too_large"

    def test_parts_that_are_read_whole_have_a_limit_of_their_own(self, tmp_path):
        error = refusal(tmp_path, xlsx(("a", [["word"]])), Limits(part_bytes=10))

        assert error.code == "file_too_large"

    def test_old_workbook_has_a_limit_of_its_own(self, tmp_path):
        assert refusal(tmp_path, old_workbook(("a", [["x"]])), Limits(old_bytes=100)).params["kind"] == "xls"

    @pytest.mark.parametrize(
        "make", [lambda rows: "\n".join(",".join(row) for row in rows).encode(), lambda rows: xlsx(("a", rows))]
    )
    def test_long_and_wide_tables_name_the_line(self, tmp_path, make):
        long = refusal(tmp_path, make([["x", "y"]] * 60), TIGHT)
        wide = refusal(tmp_path, make([["x"], ["y"] * 11]), TIGHT)

        assert (long.code, long.params["line"]) == ("table_too_long", 51)
        assert (wide.code, wide.params["line"]) == ("table_too_wide", 2)

    @pytest.mark.parametrize("content", [b"a,b\n" + b"x" * 5_000, b'a,b\n"' + b"x\n" * 5_000, b'a,"' + b"x" * 5_000])
    def test_endless_row_is_stopped(self, tmp_path, content):
        assert refusal(tmp_path, content, TIGHT).code == "row_too_long"

    def test_endless_cell_is_stopped(self, tmp_path):
        error = refusal(tmp_path, b"a,b\n1,2\n3," + b"x" * 200_000)

        assert (error.code, error.params["line"]) == ("row_too_long", 3)

    def test_cell_has_a_limit_that_no_other_reader_of_tables_lifts(self, tmp_path):
        lifted = csv.field_size_limit(1_000_000)
        try:
            error = refusal(tmp_path, b"a,b\n1,2\n3," + b"x" * 200_000)
        finally:
            csv.field_size_limit(lifted)

        assert (error.code, error.params["line"]) == ("row_too_long", 3)

    def test_row_number_far_out_does_not_run_on(self, tmp_path):
        book = openpyxl.Workbook()
        book.active.append(["a"])
        book.active.cell(1_000_000, 1, "far")
        stream = io.BytesIO()
        book.save(stream)

        assert refusal(tmp_path, stream.getvalue(), TIGHT).code == "table_too_long"


class TestWorkbooks:
    def test_typed_cells_come_as_values(self, tmp_path):
        moment = datetime.fromisoformat("2021-04-01")
        rows = list(read_rows(put(tmp_path, xlsx(("a", [["h"], ["x", 1, 2.5, True, moment, None, "end"]])))))

        assert rows == [Row(1, ("h",)), Row(2, ("x", 1, 2.5, True, moment, None, "end"))]

    def test_visible_sheets_are_given_in_order_and_hidden_ones_are_not(self, tmp_path):
        content = xlsx(("one", [["a"]]), ("secret", [["b"]]), ("two", [["c"]]), hidden="secret")
        sheets = [
            (sheet.kind, sheet.name, [row.cells for row in sheet.rows]) for sheet in read_sheets(put(tmp_path, content))
        ]

        assert sheets == [("xlsx", "one", [("a",)]), ("xlsx", "two", [("c",)])]

    def test_first_sheet_with_rows_is_the_table(self, tmp_path):
        content = xlsx(("cover", []), ("data", [["a"], [None], ["b"]]))

        assert list(read_rows(put(tmp_path, content))) == [Row(1, ("a",)), Row(3, ("b",))]

    def test_packed_workbook_is_read_through(self, tmp_path):
        assert len(list(read_rows(put(tmp_path, gzipped(xlsx(("a", LINES))))))) == 3

    def test_old_workbook_gives_text_numbers_and_dates(self, tmp_path):
        content = old_workbook(
            ("cover", [["hidden"]]),
            ("códigos", [["SOC"], [], ["37-3011", 12.5, date(2018, 4, 1), True]]),
            hidden=("cover",),
        )
        (sheet,) = [(sheet.kind, sheet.name, list(sheet.rows)) for sheet in read_sheets(put(tmp_path, content))]

        assert sheet[:2] == ("xls", "códigos")
        assert sheet[2] == [Row(1, ("SOC",)), Row(3, ("37-3011", 12.5, datetime.fromisoformat("2018-04-01"), True))]


GOOD = {
    "xls": old_workbook(("a", [["SOC", "ISCO"], ["37-3011", "9214"]])),
    "xlsx": xlsx(("a", LINES)),
    "gzip": gzipped(delimited()),
    "csv": delimited(),
}


def read_or_refuse(path: Path) -> None:
    """Everything but a reading or our own refusal fails the test."""
    started = time.perf_counter()
    with suppress(InvalidError):
        for sheet in read_sheets(path):
            list(sheet.rows)
    assert time.perf_counter() - started < 10


@settings(max_examples=150)
@given(
    content=st.binary(max_size=3_000),
    start=st.sampled_from([b"", b"PK\x03\x04", b"\x1f\x8b\x08", GOOD["xls"][:8], b"\xff\xfe", b"\xef\xbb\xbf"]),
)
@example(content=b"", start=b"PK\x03\x04")
def test_any_bytes_are_read_or_refused(tmp_path_factory, content, start):
    read_or_refuse(put(tmp_path_factory.getbasetemp(), start + content))


@settings(max_examples=300)
@given(
    kind=st.sampled_from(sorted(GOOD)),
    changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=30),
    cut=st.integers(0, 10_000),
)
def test_any_damage_to_a_good_file_is_read_or_refused(tmp_path_factory, kind, changes, cut):
    content = bytearray(GOOD[kind])
    for position, value in changes:
        content[position % len(content)] = value
    read_or_refuse(
        put(tmp_path_factory.getbasetemp(), bytes(content[: max(1, len(content) - cut)] if cut % 3 == 0 else content))
    )


@settings(max_examples=100)
@given(
    rows=st.lists(
        st.lists(
            st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
            min_size=2,
            max_size=5,
        ),
        min_size=1,
        max_size=8,
    )
)
def test_what_csv_writes_is_read_back(tmp_path_factory, rows):
    rows = [["h1", "h2", "h3", "h4", "h5"], *rows]
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)

    got = [
        list(row.cells) for row in read_rows(put(tmp_path_factory.getbasetemp(), stream.getvalue().encode("utf-8-sig")))
    ]

    assert got == [row for row in rows if any(cell.strip() for cell in row)]
