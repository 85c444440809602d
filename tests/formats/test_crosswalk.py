"""Crosswalk files: which links they give, of what kind, and which is best."""

from pathlib import Path

import pytest

from mobility.data.reference import occupation_groups
from mobility.errors import InvalidError
from mobility.formats.crosswalk import PREFERRED, Crosswalk, IscoLink, LinkKind, read_crosswalk
from mobility.formats.seasonal.jobs import SeasonalJob, read_seasonal_jobs
from tests.formats.old_workbook import old_workbook

SAMPLES = Path(__file__).parents[1] / "files" / "seasonal"
SHARED = Path(__file__).parents[3] / "shared" / "data"
real = pytest.mark.skipif(not SHARED.is_dir(), reason=f"REAL DATA NOT TESTED: no {SHARED}")


def table(folder: Path, text: str, name: str = "walk.csv") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def walk(tmp_path) -> Crosswalk:
    lines = ["soc,soc title,part,isco,isco title"]
    lines += ["11-1111,Bakers,,7512,Bakers"]
    lines += ["22-1111,Dairy hands,,9212,Livestock labourers", "22-2222,Goat hands,,9212,Livestock labourers"]
    lines += [
        "33-1111,Boat crew and deck hands,*,8350,Deck crews",
        "33-1111,Boat crew and deck hands,*,6222,Fishery workers",
    ]
    lines += [
        "44-1111,Helpers,*,9329,Labourers",
        "44-1111,Helpers,*,9333,Helpers of freight",
        "44-2222,Movers,*,9333,Helpers of freight",
    ]
    lines += ["55-1111,Physicists,,211,Physical scientists", "66-1111,Guides,*,5113,Guides"]
    return read_crosswalk([table(tmp_path, "\n".join(lines))])


class TestKinds:
    @pytest.mark.parametrize(
        ("soc", "isco", "kind"),
        [
            ("11-1111", "7512", LinkKind.EXACT),
            ("22-1111", "9212", LinkKind.BROAD),
            ("33-1111", "8350", LinkKind.NARROW),
            ("44-1111", "9333", LinkKind.CLOSE),
            ("44-1111", "9329", LinkKind.NARROW),
            ("55-1111", "211", LinkKind.BROAD),
            ("66-1111", "5113", LinkKind.CLOSE),
        ],
    )
    def test_counts_on_both_sides_tell_the_kind(self, walk, soc, isco, kind):
        assert {link.code: link.kind for link in walk.isco_for(soc)}[isco] is kind

    def test_best_is_the_link_whose_title_is_most_alike(self, walk):
        assert walk.best("33-1111") == "8350"
        assert walk.best("44-1111") == "9333"

    def test_group_above_the_unit_groups_is_never_best(self, walk):
        assert walk.isco_for("55-1111")[0].code == "211"
        assert walk.best("55-1111") is None

    def test_unknown_occupation_has_no_links(self, walk):
        assert (walk.isco_for("99-9999"), walk.best("99-9999")) == ((), None)


class TestBest:
    def test_order_of_the_rows_does_not_matter(self, tmp_path):
        head, *lines = (SAMPLES / "soc_isco_sample.csv").read_text(encoding="utf-8").splitlines()
        one = read_crosswalk([table(tmp_path, "\n".join([head, *lines]))])
        other = read_crosswalk([table(tmp_path, "\n".join([head, *reversed(lines)]))])

        assert one == other

    def test_without_titles_the_narrower_and_then_the_lower_code_is_best(self, tmp_path):
        walk = read_crosswalk(
            [table(tmp_path, "SOC;ISCO-08\n11-1111;9333\n11-1111;9321\n11-1111;9112\n22-2222;9112\n")]
        )

        assert [link.code for link in walk.isco_for("11-1111")] == ["9321", "9333", "9112"]

    def test_preference_holds_only_where_a_file_has_the_link(self):
        both = tuple(IscoLink(code, LinkKind.CLOSE) for code in ("9111", "9112"))

        assert Crosswalk({"37-2012": both}).best("37-2012") == "9112"
        assert Crosswalk({"37-2012": both[:1]}).best("37-2012") == "9111"

    def test_preferred_groups_exist(self):
        units = {group.code for group in occupation_groups() if len(group.code) == 4}

        assert set(PREFERRED.values()) <= units


class TestNewerCodes:
    @pytest.fixture
    def newer(self, tmp_path) -> Crosswalk:
        isco = "soc,isco\n43-5081,4321\n35-3021,5246\n35-3022,5246\n39-1111,5113\n"
        bridge = (
            "Crosswalk SOC 2010 to 2018 SOC,,,\n\nO*NET-SOC 2010 Code,O*NET-SOC 2010 Title,2018 SOC Code,2018 SOC Title\n"
            "43-5081.00,Stock Clerks,53-7065,Stockers\n43-5081.01,Stock Clerks,53-7065,Stockers\n"
            "35-3021.00,Combined,35-3023,Counter\n35-3022.00,Counter,35-3023,Counter\n"
            "39-1111.00,Guides,39-7011,Guides\n39-1111.01,Escorts,39-7012,Escorts\n88-8888.00,Lost,77-7777,Lost\n"
        )
        return read_crosswalk([table(tmp_path, bridge, "bridge.csv"), table(tmp_path, isco, "isco.csv")])

    def test_code_that_replaced_one_other_keeps_its_link(self, newer):
        assert newer.isco_for("53-7065") == newer.isco_for("43-5081")

    def test_code_that_replaced_several_is_close(self, newer):
        assert [(link.code, link.kind) for link in newer.isco_for("35-3023")] == [("5246", LinkKind.CLOSE)]

    def test_code_that_is_a_part_of_an_older_one_is_close(self, newer):
        assert newer.isco_for("39-7011")[0].kind is LinkKind.CLOSE
        assert newer.isco_for("39-1111")[0].kind is LinkKind.EXACT

    def test_code_whose_older_one_is_unknown_has_no_links(self, newer):
        assert newer.isco_for("77-7777") == ()


class TestRefusals:
    @pytest.mark.parametrize("text", ["a,b\n1,2\n", "soc,title\n11-1111,x\n", "Crosswalk SOC to ISCO\nx,y\n"])
    def test_file_without_both_codes_is_named(self, tmp_path, text):
        with pytest.raises(InvalidError) as caught:
            read_crosswalk([table(tmp_path, text)])

        assert (caught.value.code, caught.value.field) == ("crosswalk_columns_missing", "crosswalk")
        assert caught.value.params["file"] == "walk.csv"

    @pytest.mark.parametrize("text", ["soc,isco\nx,y\n,\n12,345678\n", "soc 2010,soc 2018\n11-1111,22-2222\n"])
    def test_crosswalk_without_a_single_isco_link_is_refused(self, tmp_path, text):
        with pytest.raises(InvalidError, match="crosswalk_empty"):
            read_crosswalk([table(tmp_path, text)])


def test_old_workbook_in_the_publishers_form_is_read_in_both_directions(tmp_path):
    title, heading = ["A bureau"], ["ISCO-08 Code", "ISCO-08 Title EN", "part", "2010 SOC Code", "2010 SOC Title"]
    there = [
        title,
        [],
        heading,
        ["0110", "Officers", "*", "55-1011 ", "Air officers"],
        ["0110", "Officers", "*", "55-1012", "Deck officers"],
    ]
    back = [
        title,
        [heading[3], heading[4], "part", heading[0], heading[1]],
        ["37-3011", "Gardeners", "", 9214.0, "Garden labourers"],
    ]
    file = tmp_path / "official.xls"
    file.write_bytes(old_workbook(("ISCO-08 to 2010 SOC", there), ("2010 SOC to ISCO-08", back), ("notes", [["x"]])))

    walk = read_crosswalk([file])

    assert {soc: walk.best(soc) for soc in walk.links} == {"37-3011": "9214", "55-1011": "0110", "55-1012": "0110"}


def test_zero_that_a_spreadsheet_dropped_is_restored(tmp_path):
    assert read_crosswalk([table(tmp_path, "soc,isco\n55-1011,110\n")]).best("55-1011") == "0110"


@real
def test_official_files_cover_every_occupation_of_both_seasonal_files():
    walk = read_crosswalk(
        [SHARED / "occupations" / "isco08_soc2010_bls.xls", SHARED / "occupations" / "soc2010_soc2018.xlsx"]
    )
    units = {group.code for group in occupation_groups() if len(group.code) == 4}
    jobs = [
        job
        for name in ("h2a_fy2017.csv.gz", "h2b_fy2018.csv.gz")
        for job in read_seasonal_jobs(SHARED / "h2" / name)
        if isinstance(job, SeasonalJob) and job.soc_code
    ]

    assert {walk.best(job.soc_code) for job in jobs} <= units
    assert len(walk.links) == 840
    assert [walk.best(soc) for soc in ("37-3011", "45-2092", "45-2093", "37-2012")] == ["9214", "9211", "9212", "9112"]
    assert walk.best("53-7065") is not None, "a code of 2018 is found through the code that it replaced"


@real
def test_best_links_of_the_official_file_are_deterministic():
    file = SHARED / "occupations" / "isco08_soc2010_bls.xls"

    assert read_crosswalk([file]) == read_crosswalk([file])
