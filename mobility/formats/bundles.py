"""Files that belong together: a zip, a folder or single files, opened as a publisher ships them; nothing is kept."""

import hashlib
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from mobility.errors import InvalidError
from mobility.formats.workbooks import Limits

EXPECTED = "zip, folder, csv, csv.gz, tsv, txt, xlsx, xls"
SUFFIXES = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".txt.gz", ".xlsx", ".xls")
_ZIP = b"PK\x03\x04"
_WORKBOOK_PART = "xl/workbook.xml"
_MOST_MEMBERS = 500
_BLOCK = 1 << 20
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a bundle: the publisher's name of it, and where it can be read while the bundle is open."""

    name: str
    path: Path


@contextmanager
def opened_bundle(paths: Sequence[Path], *, limits: Limits | None = None) -> Iterator[list[Member]]:
    """Open zips, folders and single files as one list of table files, in the order of their names.

    Raises
    ------
    InvalidError
        ``file_unreadable``, ``file_broken``, ``file_encrypted``, ``file_too_large`` with the file's name;
        ``bundle_empty`` if there is no table file in any of them.
    """
    limits = limits or Limits()
    with TemporaryDirectory(prefix="mobility-bundle-") as scratch:
        members: list[Member] = []
        for number, path in enumerate(paths):
            if path.is_dir():
                members += _of_folder(path)
            elif _is_archive(path):
                members += _of_archive(path, Path(scratch) / str(number), limits)
            else:
                members.append(Member(path.name, path))
        members.sort(key=lambda member: member.name)
        if not members:
            raise InvalidError("bundle_empty", field="file", expected=EXPECTED)
        yield members


def digest_of(members: Iterable[Member]) -> str:
    """Return the hash of all that the files hold, whatever they are packed in."""
    total = hashlib.sha256()
    for member in members:
        with member.path.open("rb") as stream:
            total.update(f"{member.name}\0{hashlib.file_digest(stream, 'sha256').hexdigest()}\n".encode())
    return total.hexdigest()


def _is_table(name: str) -> bool:
    last = PurePosixPath(name).name
    return last.lower().endswith(SUFFIXES) and not last.startswith((".", "~"))


def _of_folder(folder: Path) -> list[Member]:
    found = [path for pattern in ("*", "*/*") for path in folder.glob(pattern) if path.is_file()]
    return [Member(path.name, path) for path in found[:_MOST_MEMBERS] if _is_table(path.name)]


def _is_archive(path: Path) -> bool:
    """Tell a zip of files from a workbook, which is a zip too."""
    try:
        with path.open("rb") as stream:
            if stream.read(len(_ZIP)) != _ZIP:
                return False
        with zipfile.ZipFile(path) as archive:
            return _WORKBOOK_PART not in archive.namelist()
    except zipfile.BadZipFile as error:
        raise InvalidError("file_broken", field="file", kind="zip", file=path.name, expected=EXPECTED) from error
    except OSError as error:
        raise InvalidError("file_unreadable", field="file", reason=type(error).__name__, file=path.name) from error


def _of_archive(path: Path, target: Path, limits: Limits) -> list[Member]:
    """Unpack the table files of a zip, within limits; a member's own folders are dropped."""
    target.mkdir()
    members = []
    with zipfile.ZipFile(path) as archive:
        parts = [part for part in archive.infolist() if not part.is_dir() and _is_table(part.filename)]
        _check_parts(parts, path.name, limits)
        for number, part in enumerate(parts):
            name = PurePosixPath(part.filename).name
            place = target / f"{number}{''.join(PurePosixPath(name).suffixes[-2:])}"
            _unpack(archive, part, place, f"{path.name}: {name}")
            members.append(Member(name, place))
    return members


def _check_parts(parts: Sequence[zipfile.ZipInfo], name: str, limits: Limits) -> None:
    """Refuse parts that are encrypted, too many, or say that they unpack into too much."""
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise InvalidError("file_encrypted", field="file", kind="zip", file=name)
    packed, unpacked = sum(part.compress_size for part in parts), sum(part.file_size for part in parts)
    if len(parts) > _MOST_MEMBERS or not limits.allow(packed, unpacked):
        raise InvalidError("file_too_large", field="file", kind="zip", file=name, limit=limits.unpacked_bytes)


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo, place: Path, name: str) -> None:
    try:
        with archive.open(part) as source, place.open("wb") as unpacked:
            shutil.copyfileobj(source, unpacked, _BLOCK)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise InvalidError("file_broken", field="file", kind="zip", file=name, expected=EXPECTED) from error
