"""Uploaded files as paths that the readers of formats take; they live no longer than the request."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from werkzeug.datastructures import FileStorage


@contextmanager
def kept_for_reading(files: Sequence[FileStorage]) -> Iterator[list[Path]]:
    """Yield the path of each file that was sent; names that people gave their files are not used."""
    with TemporaryDirectory(prefix="mobility-") as folder:
        paths = []
        for number, file in enumerate(each for each in files if each and each.filename):
            path = Path(folder) / f"upload-{number}"
            file.save(path)
            paths.append(path)
        yield paths
