"""Uploaded files as paths that the readers of formats take; they live no longer than the request."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import g
from werkzeug.datastructures import FileStorage

from mobility.views.frame.browser_session import end_transaction


@contextmanager
def kept_for_reading(files: Sequence[FileStorage]) -> Iterator[list[Path]]:
    """Yield the path of each file that was sent; names that people gave their files are not used.

    Reading takes seconds, so the request's transaction and with it the writer's lock are let go before: what is asked
    of the database afterwards begins another, and reads anew who is asking.
    """
    end_transaction(commit=False)
    g.pop("actor", None)
    with TemporaryDirectory(prefix="mobility-") as folder:
        paths = []
        for number, file in enumerate(each for each in files if each and each.filename):
            path = Path(folder) / f"upload-{number}"
            file.save(path)
            paths.append(path)
        yield paths
