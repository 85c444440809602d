"""What a snapshot's folder says of itself: versions, layout, hashes; reading and checking it, no arrays."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

from mobility.matching.core.canonical import canonical_hash
from mobility.matching.core.vocabulary import Vocabulary
from mobility.matching.snapshots.snapshot import SnapshotError

#: Version of the layout; a folder of another one is built anew, never guessed at.
FORMAT = 2
MANIFEST = "manifest.json"
_REBUILD = "build the snapshot anew"


class Stamp(NamedTuple):
    """What a snapshot was made from.

    Attributes
    ----------
    watermark : int
        Last change of the database that is in it.
    taxonomy, rule_set, scorecard : str
        Versions or hashes, so that any proposal can be traced to what it rests on.
    """

    watermark: int = 0
    taxonomy: str = ""
    rule_set: str = ""
    scorecard: str = ""


class ArrayPlace(NamedTuple):
    """Where an array stands in a block's file."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    offset: int


class BlockFile(NamedTuple):
    """One block's file: its name is its content's SHA-256."""

    sha256: str
    size: int
    first: int
    workers: int
    arrays: tuple[ArrayPlace, ...]

    @property
    def name(self) -> str:
        """Name of the file."""
        return f"{self.sha256}.block"


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that a reader needs to know before it opens a block.

    Attributes
    ----------
    stamp : Stamp
    vocabulary : Vocabulary
    epoch : int
        As in ``Snapshot``.
    fact_names, columns : tuple of str
        As in ``Snapshot``; ``fact_names`` sorted.
    blocks : tuple of BlockFile
        Ascending by key.
    """

    stamp: Stamp
    vocabulary: Vocabulary
    epoch: int
    fact_names: tuple[str, ...]
    columns: tuple[str, ...]
    blocks: tuple[BlockFile, ...]

    @property
    def id(self) -> str:
        """Hash of everything else: equal for equal snapshots, wherever they stand."""
        return canonical_hash(self._document())

    def text(self) -> str:
        """Return the manifest as JSON."""
        return json.dumps({"format": FORMAT, "id": self.id, **self._document()}, indent=1)

    def _document(self) -> dict[str, Any]:
        words = asdict(self.vocabulary)
        return {
            "stamp": self.stamp._asdict(),
            "vocabulary": {name: list(names) for name, names in words.items()},
            "vocabulary_sha256": vocabulary_hash(self.vocabulary),
            "epoch": self.epoch,
            "fact_names": list(self.fact_names),
            "columns": list(self.columns),
            "blocks": [
                {**block._asdict(), "arrays": [[*place[:2], list(place.shape), place.offset] for place in block.arrays]}
                for block in self.blocks
            ],
        }


def vocabulary_hash(words: Vocabulary) -> str:
    """Return a hash of the names and their order."""
    return canonical_hash({part.name: list(getattr(words, part.name)) for part in fields(words)})


def read_manifest(folder: Path) -> Manifest:
    """Read and check a folder's manifest.

    Raises
    ------
    SnapshotError
        ``snapshot.missing`` (no manifest), ``snapshot.version`` (another layout) or ``snapshot.damaged`` (altered or
        cut off).
    """
    file = folder / MANIFEST
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        version = document["format"]
    except FileNotFoundError as error:
        raise SnapshotError("snapshot.missing", f"there is no snapshot here; {_REBUILD}", file=str(file)) from error
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(file) from error
    if version != FORMAT:
        message = f"it has layout {version!r} and this program reads {FORMAT}; {_REBUILD}"
        raise SnapshotError("snapshot.version", message, file=str(file))
    try:
        manifest = _manifest(document)
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(file) from error
    if manifest.id != document.get("id"):
        raise _damaged(file)
    return manifest


def _damaged(file: Path) -> SnapshotError:
    return SnapshotError("snapshot.damaged", f"it was altered or cut off; restore it or {_REBUILD}", file=str(file))


def _manifest(document: Mapping[str, Any]) -> Manifest:
    return Manifest(
        Stamp(**document["stamp"]),
        Vocabulary(**{name: tuple(names) for name, names in document["vocabulary"].items()}),
        int(document["epoch"]),
        tuple(document["fact_names"]),
        tuple(document["columns"]),
        tuple(
            BlockFile(
                **{
                    **block,
                    "arrays": tuple(
                        ArrayPlace(name, dtype, tuple(shape), offset) for name, dtype, shape, offset in block["arrays"]
                    ),
                }
            )
            for block in document["blocks"]
        ),
    )
