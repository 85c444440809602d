"""Placeholder."""
from pathlib import Path
from mobility.matching.snapshot import Snapshot
def opened(folder: Path) -> Snapshot:
    raise NotImplementedError
