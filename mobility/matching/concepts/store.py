"""A folder of arrays and texts with their hashes: writing, reading, checking; what they mean is not known here."""

import json
from collections.abc import Mapping, Sequence
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobility.errors import InvalidError

Arrays = dict[str, NDArray[Any]]
Texts = dict[str, tuple[str, ...]]
_CONTENTS = "contents.json"


def write_folder(
    folder: Path, kind: str, arrays: Mapping[str, NDArray[Any]], texts: Mapping[str, Sequence[str]]
) -> None:
    """Write arrays (.npy) and texts (JSON), then the list of contents with each file's hash.

    Parameters
    ----------
    folder : Path
        Made if need be. The contents are written last, so that a folder half written is refused.
    kind : str
        What the folder is; ``read_folder`` must be asked for the same.
    arrays : mapping of str to ndarray
        No array of objects.
    texts : mapping of str to sequence of str
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _CONTENTS).unlink(missing_ok=True)
    files: dict[str, str] = {}
    for name, array in arrays.items():
        path = folder / f"{name}.npy"
        np.save(path, np.ascontiguousarray(array), allow_pickle=False)
        files[path.name] = _hash(path)
    for name, lines in texts.items():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(list(lines), ensure_ascii=False), encoding="utf-8")
        files[path.name] = _hash(path)
    body: dict[str, Any] = {"kind": kind, "files": files}
    body["sha256"] = _seal(body)
    (folder / _CONTENTS).write_text(json.dumps(body, indent=1), encoding="utf-8")


def read_folder(folder: Path, kind: str) -> tuple[Arrays, Texts]:
    """Return the arrays, mapped from disk, and the texts that ``write_folder`` wrote.

    Raises
    ------
    InvalidError
        ``concepts.missing`` (no list of contents), ``concepts.foreign`` (not of this kind, or not ours at all) or
        ``concepts.altered`` (a file is gone or not what was written; ``name`` says which).
    """
    files = _contents(folder, kind)
    arrays: Arrays = {}
    texts: Texts = {}
    for name, digest in files.items():
        path = folder / name
        if not path.is_file() or _hash(path) != digest:
            raise InvalidError("concepts.altered", field="folder", name=name)
        if path.suffix == ".npy":
            arrays[path.stem] = np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
        else:
            texts[path.stem] = tuple(json.loads(path.read_text(encoding="utf-8")))
    return arrays, texts


def _contents(folder: Path, kind: str) -> dict[str, str]:
    path = folder / _CONTENTS
    if not path.is_file():
        raise InvalidError("concepts.missing", field="folder")
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        seal = body.pop("sha256")
        files = dict(body["files"])
        kind_there = body["kind"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidError("concepts.foreign", field="folder") from error
    if kind_there != kind:
        raise InvalidError("concepts.foreign", field="folder")
    if seal != _seal(body) or any(Path(name).name != name for name in files):
        raise InvalidError("concepts.altered", field="folder", name=_CONTENTS)
    return files


def _seal(body: Mapping[str, Any]) -> str:
    return sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
