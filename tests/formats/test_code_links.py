"""Crosswalks: codes led to codes, each link with its kind, by known headings or by a column map."""

import pytest

from mobility.errors import InvalidError
from mobility.formats.code_links import ColumnMap, column_map
from mobility.formats.crosswalk import LinkKind
from mobility.formats.editions import read_link_edition
from tests.formats.taxonomy_files import ROOT, real

SOC = ROOT / "tests/files/seasonal/soc_isco_sample.csv"
NOC = "noc,noc_title,onet,onet_title\n10,Legislators,11-1031.00,Legislators\n85121,Labourers,37-3011.00,x\n85121,Labourers,37-3012.00,y\n"
NATIONAL = (
    "Codigo;Nombre;CIUO;Relacion\n1.2;Peón de melón;9211;exact\n1.3;Soldador;7212;closeMatch\n1.4;Albañil;711;broad\n"
)


def file(folder, name, text):
    path = folder / name
    path.write_text(text)
    return path


def kinds(edition):
    return {(link.source_code, link.target_code): link.kind for link in edition.links}


def test_soc_leads_to_isco_with_the_best_group_first():
    edition, _ = read_link_edition([SOC])
    assert edition.name == "soc2010"
    first = {link.source_code: link.target_code for link in edition.links if link.rank == 0}
    assert first["37-3011"] == "9214"
    assert {link.target_scheme for link in edition.links} == {"isco08"}


def test_noc_codes_get_their_zeros_back_and_lead_to_soc(tmp_path):
    edition, _ = read_link_edition([file(tmp_path, "noc2021.csv", NOC)])
    assert kinds(edition) == {
        ("00010", "11-1031"): LinkKind.EXACT,
        ("85121", "37-3011"): LinkKind.NARROW,
        ("85121", "37-3012"): LinkKind.NARROW,
    }
    assert {(link.source_scheme, link.target_scheme) for link in edition.links} == {("noc2021", "soc2018")}


def test_a_national_table_is_read_by_its_column_map(tmp_path):
    columns = column_map("cno-gt:source=Codigo,target=CIUO,title=Nombre,kind=Relacion")
    edition, _ = read_link_edition([file(tmp_path, "cno.csv", NATIONAL)], columns=columns, version="2019")
    assert (edition.name, edition.version) == ("cno-gt", "2019")
    assert kinds(edition) == {
        ("1.2", "9211"): LinkKind.EXACT,
        ("1.3", "7212"): LinkKind.CLOSE,
        ("1.4", "711"): LinkKind.BROAD,
    }
    assert edition.links[0].source_title == "Peón de melón"


def test_without_a_column_for_it_the_kind_follows_from_who_shares_an_end(tmp_path):
    text = "a,b\n1,9211\n2,9212\n3,9212\n4,7212\n4,7213\n"
    edition, _ = read_link_edition([file(tmp_path, "x.csv", text)], columns=column_map("x-y:source=a,target=b"))
    assert kinds(edition) == {
        ("1", "9211"): LinkKind.EXACT,
        ("2", "9212"): LinkKind.BROAD,
        ("3", "9212"): LinkKind.BROAD,
        ("4", "7212"): LinkKind.NARROW,
        ("4", "7213"): LinkKind.NARROW,
    }


def test_a_map_may_lead_to_another_scheme():
    assert column_map("anzsco:source=A,target[soc2018]=B") == ColumnMap("anzsco", "A", "B", "soc2018")


@pytest.mark.parametrize(
    "text", ["", "x", "x:source=a", "x:target=b", "X Y:source=a,target=b", "x:source=a,target=b,y=c"]
)
def test_a_map_that_cannot_be_read_says_what_it_must_look_like(text):
    with pytest.raises(InvalidError) as caught:
        column_map(text)
    assert (caught.value.code, "target=HEADING" in caught.value.params["expected"]) == ("column_map", True)


@pytest.mark.parametrize(
    ("before", "after", "line", "column"),
    [("9211", "92 11", 2, "CIUO"), ("closeMatch", "like", 3, "Relacion"), ("1.4", "", 4, "Codigo")],
)
def test_a_broken_row_is_told_by_file_line_and_column(tmp_path, before, after, line, column):
    path = file(tmp_path, "cno.csv", NATIONAL.replace(before, after))
    columns = column_map("cno-gt:source=Codigo,target=CIUO,title=Nombre,kind=Relacion")
    with pytest.raises(InvalidError) as caught:
        read_link_edition([path], columns=columns)
    told = caught.value.params
    assert (caught.value.code, told["file"], told["line"], told["column"]) == (
        "taxonomy.broken",
        "cno.csv",
        line,
        column,
    )


def test_a_heading_that_is_not_there_is_named(tmp_path):
    path = file(tmp_path, "cno.csv", NATIONAL)
    with pytest.raises(InvalidError, match="column_missing") as caught:
        read_link_edition([path], columns=column_map("cno-gt:source=Code,target=CIUO"))
    assert caught.value.params["file"] == "cno.csv"


def test_the_published_crosswalks_are_read():
    folder = real("occupations")
    soc, _ = read_link_edition([folder / "isco08_soc2010_bls.xls", folder / "soc2010_soc2018.xlsx"])
    noc, _ = read_link_edition([folder / "noc2021_onet26.csv"])
    assert soc.name == "soc2010+soc2018"
    assert len(soc.links) > 2000
    assert len(noc.links) > 1200
