"""Bundles: zips, folders and files become one list; bombs, broken and encrypted archives are refused by name."""

import zipfile

import pytest

from mobility.errors import InvalidError
from mobility.formats.bundles import digest_of, opened_bundle
from mobility.formats.workbooks import Limits


def archive(path, files, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return path


def names(*paths, **options):
    with opened_bundle(paths, **options) as members:
        return [member.name for member in members]


def test_tables_of_zips_folders_and_files_are_one_list_by_name(tmp_path):
    packed = archive(
        tmp_path / "a.zip", {"deep/er/skills_en.csv": "x", "readme.pdf": "x", "__MACOSX/._skills_en.csv": "x"}
    )
    folder = tmp_path / "folder"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "occupations_en.csv").write_text("x")
    (folder / "notes.docx").write_text("x")
    single = tmp_path / "titles.tsv"
    single.write_text("x")
    assert names(packed, folder, single) == ["occupations_en.csv", "skills_en.csv", "titles.tsv"]


def test_members_can_be_read_while_the_bundle_is_open_and_are_gone_afterwards(tmp_path):
    packed = archive(tmp_path / "a.zip", {"one.csv": "a,b\n"})
    with opened_bundle([packed]) as members:
        assert members[0].path.read_text() == "a,b\n"
    assert not members[0].path.exists()


def test_a_name_that_climbs_out_of_the_archive_stays_inside(tmp_path):
    packed = archive(tmp_path / "a.zip", {"../../evil.csv": "x"})
    with opened_bundle([packed]) as members:
        assert members[0].name == "evil.csv"
        assert not (tmp_path.parent / "evil.csv").exists()


def test_the_hash_depends_on_names_and_contents_alone(tmp_path):
    def digest(path):
        with opened_bundle([path]) as members:
            return digest_of(members)

    files = {"a.csv": "1", "b.csv": "2"}
    one = archive(tmp_path / "one.zip", files)
    two = archive(tmp_path / "two.zip", dict(reversed(files.items())), zipfile.ZIP_STORED)
    assert digest(one) == digest(two)
    assert digest(archive(tmp_path / "three.zip", {"a.csv": "2", "b.csv": "1"})) != digest(one)


@pytest.mark.parametrize("cut", [30, 60])
def test_a_damaged_archive_is_refused_by_its_name(tmp_path, cut):
    packed = archive(tmp_path / "a.zip", {"one.csv": "a" * 500})
    packed.write_bytes(packed.read_bytes()[:cut])
    with pytest.raises(InvalidError, match="file_broken") as caught, opened_bundle([packed]):
        pass
    assert caught.value.params["file"] == "a.zip"


def test_a_member_that_does_not_match_its_checksum_is_refused(tmp_path):
    packed = archive(tmp_path / "a.zip", {"one.csv": "abcdefgh"}, zipfile.ZIP_STORED)
    packed.write_bytes(packed.read_bytes().replace(b"abcdefgh", b"abcdefgX"))
    with pytest.raises(InvalidError, match="file_broken"), opened_bundle([packed]):
        pass


def test_an_archive_that_unpacks_into_too_much_is_refused(tmp_path):
    packed = archive(tmp_path / "bomb.zip", {"one.csv": "0" * 1_000_000})
    small = Limits(unpacked_bytes=1000, spool_bytes=10)
    with pytest.raises(InvalidError, match="file_too_large") as caught, opened_bundle([packed], limits=small):
        pass
    assert caught.value.params["file"] == "bomb.zip"


def test_an_encrypted_archive_is_refused(tmp_path):
    packed = archive(tmp_path / "a.zip", {"one.csv": "x"})
    content = bytearray(packed.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    packed.write_bytes(bytes(content))
    with pytest.raises(InvalidError, match="file_encrypted"), opened_bundle([packed]):
        pass


def test_nothing_to_read_is_told(tmp_path):
    with pytest.raises(InvalidError, match="bundle_empty"), opened_bundle([tmp_path]):
        pass


def test_a_file_that_is_not_there_is_told_by_name(tmp_path):
    with pytest.raises(InvalidError, match="file_unreadable"), opened_bundle([tmp_path / "gone.zip"]):
        pass
