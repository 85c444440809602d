"""Codes as lists write them."""

import pytest

from mobility.formats.cells import CellFaultError
from mobility.formats.codes import isco_code, known_code, scheme_code, soc_code, split_code


@pytest.mark.parametrize(
    ("cell", "code", "title"),
    [
        ("85101-Harvesting labourers", "85101", "Harvesting labourers"),
        ("85101 \u2013 Ouvriers", "85101", "Ouvriers"),
        ("85101: Harvesting", "85101", "Harvesting"),
        ("NOC 85101", "85101", ""),
        ("ISCO-08: 9211 - Crop labourers", "9211", "Crop labourers"),
        ("C9211", "9211", ""),
        ("'0110", "0110", ""),
        ("9211 - 3D artist", "9211", "3D artist"),
        ("92 11", "92 11", ""),
        ("45-2092.00 Farmworkers", "45-2092.00", "Farmworkers"),
        (9211.0, "9211", ""),
        ("Harvesting", "Harvesting", ""),
        ("CATERING", "CATERING", ""),
        (None, "", ""),
    ],
)
def test_a_cell_is_parted_into_code_and_title(cell, code, title):
    assert split_code(cell) == (code, title)


@pytest.mark.parametrize(
    ("cell", "code"),
    [(110, "0110"), ("210", "0210"), ("310.0", "0310"), ("9211.0", "9211"), ("C7212", "7212"), ("921", "921")],
)
def test_isco_codes_get_back_what_a_spreadsheet_took(cell, code):
    assert isco_code(cell) == code


@pytest.mark.parametrize(
    "cell",
    [
        "37-3011",
        "373011",
        373011,
        373011.0,
        "37-3011.00",
        "37-3011.02",
        " 37 - 3011 ",
        "373011.0",
        "37-3011 Gardeners",
        "37\u20133011",
    ],
)
def test_occupation_codes_in_all_shapes(cell):
    assert soc_code(cell) == "37-3011"


@pytest.mark.parametrize("cell", ["37-301", "37-30111", "Landscaper", "3.73011e5", "37-3011.1", "\uff13\uff17-3011"])
def test_what_is_no_occupation_code(cell):
    with pytest.raises(CellFaultError, match="not_a_soc_code"):
        soc_code(cell)


def test_an_empty_cell_holds_no_occupation_code():
    with pytest.raises(CellFaultError, match="missing"):
        soc_code(None)


@pytest.mark.parametrize(
    ("scheme", "cell", "code"),
    [
        ("noc2021", 10, "00010"),
        ("noc2021", "85101-Harvesting", "85101"),
        ("soc2018", "37-3011.00", "37-3011"),
        ("isco08", "110", "0110"),
        ("cno-gt", "A.12", "A.12"),
    ],
)
def test_a_code_is_written_as_its_scheme_writes_it(scheme, cell, code):
    assert scheme_code(scheme, cell) == code


def test_a_known_code_is_found_behind_a_lost_zero_a_title_or_a_missing_dash():
    known = {"00010", "85101", "45-2092"}
    assert [known_code(cell, known) for cell in (10, "10.0", "85101-Harvesting", "452092", "77777")] == [
        "00010",
        "00010",
        "85101",
        "45-2092",
        "77777",
    ]
