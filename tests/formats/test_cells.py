"""Cells read strictly: what each reader takes, and the code of what it refuses."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.formats import cells
from mobility.formats.cells import CellFaultError
from mobility.formats.faults import ADVICE
from mobility.formats.us_states import STATES

ANY_CELL = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
)
READERS = [
    cells.amount,
    cells.whole,
    cells.day,
    cells.yes_no,
    cells.case_number,
    cells.state,
    cells.required_text,
    cells.one_of({"hour": 1}, "unknown_pay_unit"),
]


@given(cell=ANY_CELL)
@pytest.mark.parametrize("read", READERS)
def test_any_cell_is_read_or_refused_with_a_code_that_has_advice(read, cell):
    try:
        read(cell)
    except CellFaultError as fault:
        refused = fault.code
    else:
        refused = "missing"
    assert refused in ADVICE


@given(cell=ANY_CELL)
def test_text_of_any_cell_is_one_line(cell):
    assert "\n" not in cells.text_of(cell)
    assert len(cells.short_text(cell)) <= 300


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("$12.39", "12.39"),
        ("$16.", "16"),
        ("$.5", "0.5"),
        ("1,389.67", "1389.67"),
        ("$1,000,000", "1000000"),
        (" 11.59 USD", "11.59"),
        (13.310000000000002, "13.31"),
        (1e-07, "0"),
        (40, "40"),
        ("0.0", "0"),
        ("+5", "5"),
    ],
)
def test_amounts(cell, value):
    assert cells.amount(cell) == Decimal(value)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("12,39", "not_a_number"),
        ("1,38.9", "not_a_number"),
        ("-3", "not_a_number"),
        (-3.0, "not_a_number"),
        (float("nan"), "not_a_number"),
        (float("inf"), "not_a_number"),
        (True, "not_a_number"),
        (date(2018, 4, 1), "not_a_number"),
        ("12.39 or more", "not_a_number"),
        ("1e9", "not_a_number"),
        ("9" * 60, "not_a_number"),
        ("٣", "not_a_number"),
        ("", "missing"),
        ("$", "missing"),
        (None, "missing"),
        ("#################", "hidden_by_width"),
        ("#REF!", "spreadsheet_error"),
        ("#N/A", "spreadsheet_error"),
    ],
)
def test_what_is_no_amount(cell, code):
    with pytest.raises(CellFaultError, match=f"^{code}$"):
        cells.amount(cell)


@given(value=st.decimals(0, 10**9, places=4))
def test_amount_reads_what_was_written(value):
    assert cells.amount(f"${value:,}") == value == cells.amount(str(value))


def test_whole_numbers_may_have_an_empty_fraction_only():
    assert cells.whole("10.0") == cells.whole(10.0) == cells.whole("10") == 10
    with pytest.raises(CellFaultError, match="not_whole"):
        cells.whole("10.5")


@pytest.mark.parametrize(
    "cell",
    [
        "2018-04-01",
        "2018-04-01 00:00:00",
        "2018-04-01T09:30:00.000",
        "4/1/2018",
        "04/01/2018",
        "4/1/2018 12:00:00 AM",
        "4/1/18",
        "01-APR-18",
        "01-Apr-2018",
        "April 1, 2018",
        "20180401",
        "43191",
        "43191.0",
        "43191.75",
        43191,
        43191.5,
        date(2018, 4, 1),
        datetime.fromisoformat("2018-04-01T10:00"),
    ],
)
def test_dates_in_all_shapes(cell):
    assert cells.day(cell) == date(2018, 4, 1)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", "missing"),
        ("2018-02-30", "not_a_date"),
        ("13/13/2018", "not_a_date"),
        ("spring", "not_a_date"),
        (40, "not_a_date"),
        ("0018-04-01", "date_out_of_range"),
        ("1918-04-01", "date_out_of_range"),
        ("10000", "date_out_of_range"),
        (date(2999, 1, 1), "date_out_of_range"),
        ("########", "hidden_by_width"),
    ],
)
def test_what_is_no_date(cell, code):
    with pytest.raises(CellFaultError, match=f"^{code}$"):
        cells.day(cell)


@given(day=st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_serial_number_and_text_of_a_day_agree(day):
    serial = (day - date(1899, 12, 30)).days

    assert (
        cells.day(serial)
        == cells.day(float(serial))
        == cells.day(f"{day:%m/%d/%Y}")
        == cells.day(day.isoformat())
        == day
    )


@pytest.mark.parametrize(
    "cell", ["H-400-18001-000001", "h-300-17046-700629", "C-08282-14281", "A-11243-57623", "JO-A-300-21001-123"]
)
def test_case_numbers_of_all_years(cell):
    if cell.startswith("JO-"):
        with pytest.raises(CellFaultError, match="not_a_case_number"):
            cells.case_number(cell)
    else:
        assert cells.case_number(cell) == cell.upper()


def test_states_by_letters_or_name():
    assert cells.state("tx") == cells.state("Texas") == cells.state(" TEXAS ") == "TX"
    assert cells.state("U.S. Virgin Islands") == "VI"
    assert len(set(STATES.values())) == 56


@pytest.mark.parametrize(
    ("cell", "code"), [("Ontario", "unknown_state"), ("XX", "unknown_state"), ("", "missing"), ("N/A", "missing")]
)
def test_what_is_no_state(cell, code):
    with pytest.raises(CellFaultError, match=code):
        cells.state(cell)


@pytest.mark.parametrize(("cell", "value"), [("Y", True), ("no", False), (True, True), (0, False), ("Yes", True)])
def test_yes_and_no(cell, value):
    assert cells.yes_no(cell) is value


def test_text_says_nothing_in_many_ways():
    assert [cells.short_text(cell) for cell in ("N/A", "none", "na", None, " - ")] == [""] * 5
    assert cells.required_text("  Line \n Cook ") == "Line Cook"
    for cell, code in (("n/a", "missing"), ("x" * 301, "too_long"), ("#NAME?", "spreadsheet_error")):
        with pytest.raises(CellFaultError, match=code):
            cells.required_text(cell)
