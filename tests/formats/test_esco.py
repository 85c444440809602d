"""ESCO's own bundle: read whole from zip, folder or files; whatever is wrong is told by file, line and column."""

import pytest

from mobility.errors import InvalidError
from mobility.formats.bundles import opened_bundle
from mobility.formats.editions import read_esco_edition
from mobility.formats.esco import read_esco, version_of
from mobility.formats.taxonomy_records import LabelSet, RecordKind
from tests.files.esco.write_samples import GROUP, occupation_uri, skill_uri
from tests.formats.taxonomy_files import SAMPLE, changed, copy_of, zipped


def read(path, **options):
    return read_esco_edition([path], **options)[0]


def slips(records):
    return [(slip.file, slip.line, slip.column, slip.code) for slip in records.slips if not slip.is_note]


class TestWhatIsRead:
    def test_occupations_have_their_group_code_and_labels_in_every_language(self):
        welder = read(SAMPLE).concepts[occupation_uri(3)]
        assert (welder.kind, welder.isco, welder.code) == (RecordKind.OCCUPATION, "7212", "7212.9")
        assert welder.labels["en"] == LabelSet("pipe welder", ("MIG pipe welder", "welder of pipes"))
        assert welder.labels["es"].preferred == "soldador de tuberías/soldadora de tuberías"
        assert set(welder.labels) == {"en", "es", "fr"}

    def test_alternative_labels_stand_one_a_line_within_a_cell(self):
        picker = read(SAMPLE).concepts[occupation_uri(1)]
        assert picker.labels["en"].alternative == ("melon picker", "melon field hand")

    def test_a_narrower_occupation_names_the_one_above_and_a_skill_its_group(self):
        records = read(SAMPLE)
        assert records.concepts[occupation_uri(2)].broader == occupation_uri(1)
        assert records.concepts[occupation_uri(1)].broader == ""
        assert records.concepts[skill_uri(1)].broader == GROUP
        assert records.concepts[GROUP].kind is RecordKind.SKILL_GROUP
        assert records.concepts[GROUP].labels["en"].preferred == "harvesting"

    def test_relations_say_what_is_essential(self):
        needs = {(need.occupation, need.skill): need.essential for need in read(SAMPLE).needs}
        assert needs[occupation_uri(1), skill_uri(1)] is True
        assert needs[occupation_uri(1), skill_uri(4)] is False
        assert len(needs) == 4

    def test_only_the_languages_that_are_asked_for_are_read(self):
        assert read(SAMPLE, languages=("fr",)).languages == ("fr",)

    def test_a_missing_label_is_noted_and_the_concept_stays(self):
        records = read(SAMPLE)
        assert "fr" not in records.concepts[skill_uri(4)].labels
        noted = [(slip.file, slip.line, slip.column) for slip in records.slips if slip.code == "label_missing"]
        assert noted == [("skills_fr.csv", 5, "preferredLabel")]

    def test_files_that_are_not_needed_are_noted(self):
        records = read(SAMPLE)
        assert "conceptSchemes_en.csv" in {slip.file for slip in records.slips if slip.code == "file_unused"}
        assert slips(records) == []

    def test_what_is_not_released_is_left_out(self, tmp_path):
        folder = changed(tmp_path, "occupations_en.csv", 'hod carrier",,released', 'hod carrier",,obsolete')
        records = read(folder, languages=("en",))
        assert occupation_uri(4) not in records.concepts
        assert len(records.needs) == 3

    def test_a_withdrawn_concept_may_name_its_successor(self, tmp_path):
        folder = copy_of(tmp_path)
        file = folder / "occupations_en.csv"
        head, *rows = file.read_text().split("\n")
        text = "\n".join([f"{head},replacedBy", *rows]).replace('"A made-up occupation,', '"A made-up one,')
        text = text.replace("9313.7", f"9313.7,{occupation_uri(1)}").replace(
            'hod carrier",,released', 'hod carrier",,obsolete'
        )
        for code in ("9211.1.1", "7212.9"):
            text = text.replace(f"{code}\n", f"{code},\n")
        file.write_text(text.replace("9211.1\n", "9211.1,\n"))
        records = read(folder, languages=("en",))
        assert slips(records) == []
        assert records.replaced == {occupation_uri(4): occupation_uri(1)}


class TestHowItIsPacked:
    def test_zip_folder_and_files_say_the_same(self, tmp_path):
        folder = read(SAMPLE)
        packed = read(zipped(SAMPLE, tmp_path / "ESCO dataset - v1.9.0 - classification - en - csv.zip", "ESCO/"))
        single, _ = read_esco_edition(sorted(SAMPLE.glob("*.csv")), version="1.9.0")
        assert folder.concepts == packed.concepts == single.concepts
        assert folder.needs == packed.needs == single.needs
        assert folder.version == packed.version == single.version == "1.9.0"

    def test_the_hash_is_that_of_the_files_however_they_are_packed(self, tmp_path):
        archive = zipped(SAMPLE, tmp_path / "v1.9.0.zip")
        assert read_esco_edition([SAMPLE])[1] == read_esco_edition([archive])[1]
        other = changed(tmp_path, "skills_en.csv", "mix mortar", "mix concrete")
        assert read_esco_edition([other])[1] != read_esco_edition([SAMPLE])[1]

    @pytest.mark.parametrize(
        ("name", "version"),
        [("ESCO dataset - v1.2.0 - classification - en - csv.zip", "1.2.0"), ("esco_V1.1", "1.1"), ("esco", "")],
    )
    def test_the_name_tells_the_version(self, name, version):
        assert version_of(name) == version

    def test_without_a_version_one_is_asked_for(self, tmp_path):
        folder = copy_of(tmp_path, "esco")
        with pytest.raises(InvalidError, match="version_missing"):
            read(folder)
        assert read(folder, version="7").version == "7"


class TestWhatIsWrong:
    @pytest.mark.parametrize(
        ("file", "before", "after", "expected"),
        [
            ("occupations_en.csv", ",9313,", ",93x3,", (10, "iscoGroup", "not_an_isco_group")),
            ("occupations_es.csv", occupation_uri(1), "melon", (2, "conceptUri", "not_a_uri")),
            ("skills_fr.csv", skill_uri(2), "", (3, "conceptUri", "not_a_uri")),
            ("occupationSkillRelations_en.csv", "optional", "perhaps", (3, "relationType", "unknown_relation")),
            ("ISCOGroups_en.csv", ",7212,", ",72-12,", (2, "code", "not_an_isco_group")),
            ("broaderRelationsOccPillar_en.csv", "ISCOGroup,", "ISCOGroup,,", (2, "", "row_cells")),
        ],
    )
    def test_each_slip_names_file_line_and_column(self, tmp_path, file, before, after, expected):
        records = read(changed(tmp_path, file, before, after))
        assert slips(records) == [(file, *expected)]

    def test_files_of_different_languages_that_contradict_each_other_are_told(self, tmp_path):
        records = read(changed(tmp_path, "occupations_fr.csv", ",7212,", ",7213,"))
        assert slips(records) == [("occupations_fr.csv", 6, "iscoGroup", "contradiction")]

    def test_broken_records_are_refused_with_the_first_slip_and_their_number(self, tmp_path):
        records = read(changed(tmp_path, "occupations_en.csv", ",9211,", ",92,"), languages=("en",))
        with pytest.raises(InvalidError) as caught:
            records.require_whole()
        told = caught.value.params
        assert caught.value.code == "taxonomy.broken"
        assert (told["file"], told["line"], told["column"], told["slips"]) == ("occupations_en.csv", 2, "iscoGroup", 2)
        assert "four digits" in told["expected"]

    def test_a_missing_column_is_named_with_its_file_and_the_nearest_heading(self, tmp_path):
        folder = changed(tmp_path, "skills_es.csv", "preferredLabel", "preferedLabel")
        with pytest.raises(InvalidError) as caught:
            read(folder)
        told = caught.value.params
        assert caught.value.code == "column_missing"
        assert (told["file"], told["accepted"], told["nearest"]) == ("skills_es.csv", "preferredLabel", "preferedLabel")

    @pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"<html>", b"a,b\n1,2\n", b"\x00\x01\x02"])
    def test_a_foreign_file_under_a_right_name_is_refused_by_its_name(self, tmp_path, content):
        folder = copy_of(tmp_path)
        (folder / "occupations_en.csv").write_bytes(content)
        with pytest.raises(InvalidError) as caught:
            read(folder)
        assert caught.value.params["file"] == "occupations_en.csv"

    def test_a_bundle_without_occupations_or_in_no_language_that_is_wanted_is_refused(self, tmp_path):
        with pytest.raises(InvalidError, match="esco_files_missing"):
            read(SAMPLE, languages=("de",))
        folder = copy_of(tmp_path)
        for file in folder.glob("occupations_*.csv"):
            file.unlink()
        with pytest.raises(InvalidError, match="esco_files_missing"):
            read(folder)

    def test_the_content_of_a_cell_is_never_repeated(self, tmp_path):
        folder = changed(tmp_path, "occupations_en.csv", ",9313,", ",secret,")
        with opened_bundle([folder]) as members:
            records = read_esco(members, languages=("en",), version="1")
        assert "secret" not in repr(records.slips)
