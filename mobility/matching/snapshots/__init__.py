"""A pool laid out in blocks for fast reading, in memory or in a folder."""

from mobility.matching.snapshots.blocks import BlockArrays
from mobility.matching.snapshots.manifest import MANIFEST, Manifest, Stamp, read_manifest
from mobility.matching.snapshots.snapshot import Snapshot, SnapshotError, blocks_of, check_pool, snapshot_of
from mobility.matching.snapshots.storage import opened, refresh, store

__all__ = [
    "MANIFEST",
    "BlockArrays",
    "Manifest",
    "Snapshot",
    "SnapshotError",
    "Stamp",
    "blocks_of",
    "check_pool",
    "opened",
    "read_manifest",
    "refresh",
    "snapshot_of",
    "store",
]
