import json

import numpy as np
import pytest

from mobility.errors import InvalidError
from mobility.matching.concepts.store import read_folder, write_folder

ARRAYS = {"en.row": np.arange(5, dtype=np.int32), "en.idf": np.array([[0.5, 2.0]], dtype=np.float32)}
TEXTS = {"languages": ["en", "es"]}


@pytest.fixture
def folder(tmp_path):
    write_folder(tmp_path / "deep" / "index", "kind-1", ARRAYS, TEXTS)
    return tmp_path / "deep" / "index"


def test_what_was_written_is_read(folder):
    arrays, texts = read_folder(folder, "kind-1")
    assert {name: array.tolist() for name, array in arrays.items()} == {
        name: array.tolist() for name, array in ARRAYS.items()
    }
    assert arrays["en.row"].dtype == np.int32
    assert texts == {"languages": ("en", "es")}


def test_arrays_cannot_be_changed_through_what_was_read(folder):
    arrays, _ = read_folder(folder, "kind-1")
    with pytest.raises(ValueError, match="read-only"):
        arrays["en.row"][0] = 9


def test_a_second_writing_replaces_the_first(folder):
    write_folder(folder, "kind-1", {"en.row": np.zeros(1)}, TEXTS)
    arrays, _ = read_folder(folder, "kind-1")
    assert list(arrays) == ["en.row"]
    assert arrays["en.row"].tolist() == [0]


@pytest.mark.parametrize("name", ["en.row.npy", "en.idf.npy", "languages.json"])
def test_a_file_that_was_altered_is_named(folder, name):
    raw = bytearray((folder / name).read_bytes())
    raw[-1] ^= 1
    (folder / name).write_bytes(raw)
    with pytest.raises(InvalidError, match=r"concepts\.altered") as refused:
        read_folder(folder, "kind-1")
    assert refused.value.params == {"name": name}


def test_a_file_that_is_gone_is_named(folder):
    (folder / "en.row.npy").unlink()
    with pytest.raises(InvalidError, match=r"concepts\.altered.*en\.row\.npy"):
        read_folder(folder, "kind-1")


def test_altered_contents_are_refused_even_with_a_matching_file(folder):
    contents = json.loads((folder / "contents.json").read_text())
    contents["files"]["../outside.npy"] = contents["files"].pop("en.row.npy")
    (folder / "contents.json").write_text(json.dumps(contents))
    with pytest.raises(InvalidError, match=r"concepts\.altered"):
        read_folder(folder, "kind-1")


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '{"kind": "kind-1"}', '{"kind": "other", "files": {}, "sha256": ""}']
)
def test_contents_of_something_else_are_foreign(folder, text):
    (folder / "contents.json").write_text(text)
    with pytest.raises(InvalidError, match=r"concepts\.foreign"):
        read_folder(folder, "kind-1")


def test_another_kind_is_foreign(folder):
    with pytest.raises(InvalidError, match=r"concepts\.foreign"):
        read_folder(folder, "kind-2")


def test_a_folder_without_contents_is_missing(tmp_path):
    with pytest.raises(InvalidError, match=r"concepts\.missing"):
        read_folder(tmp_path, "kind-1")


def test_a_writing_that_broke_off_leaves_nothing_that_is_taken_for_whole(folder):
    with pytest.raises(ValueError, match="Object arrays"):
        write_folder(folder, "kind-1", {"bad": np.array([{}])}, TEXTS)
    with pytest.raises(InvalidError, match=r"concepts\.missing"):
        read_folder(folder, "kind-1")
