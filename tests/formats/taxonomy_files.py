"""What the tests of taxonomies share: the sample bundle, copies of it with something changed, and real data."""

import shutil
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "tests/files/esco/ESCO dataset - v1.9.0 - classification - csv"
REAL = ROOT.parent / "shared/data"


def copy_of(folder: Path, name: str = "ESCO dataset - v1.9.0 - classification - csv") -> Path:
    target = folder / name
    shutil.copytree(SAMPLE, target)
    return target


def changed(folder: Path, file: str, before: str, after: str, *, name: str = "ESCO v1.9.0") -> Path:
    """Return a copy of the sample in which one text of one file is another."""
    target = copy_of(folder, name)
    text = (target / file).read_text()
    assert before in text
    (target / file).write_text(text.replace(before, after))
    return target


def zipped(folder: Path, target: Path, inside: str = "") -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, f"{inside}{file.name}")
    return target


def real(*parts: str) -> Path:
    """Return a folder of real data, or skip loudly."""
    folder = REAL.joinpath(*parts)
    if not folder.exists():
        pytest.skip(f"REAL DATA NOT TESTED: no {folder}")
    return folder
