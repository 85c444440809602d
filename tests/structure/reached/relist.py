"""Take what is reached off exceptions.txt, and add what is not: ``python -m tests.structure.reached.relist DRIVEN.json``.

The file is written by a whole run of the suite: ``python3 start.py test --reached DRIVEN.json``. What is added stands
under "later": give each line the feature that will reach it, plug it in, or delete it.
"""

import json
import sys
from fnmatch import fnmatchcase
from pathlib import Path

from tests.structure.reached import suite

LAST = "## later: driven by no test of a page, command or job yet; each line gets a feature, a test, or is deleted"


def main(target: Path) -> None:
    """Read what was driven, and write the list."""
    suite.watch()
    found, every = json.loads(target.read_text()), suite.all_there_is()
    missing = {kind: every[kind] - set(found[kind]) for kind in suite.KINDS}
    kept = []
    for line in suite.EXCEPTIONS.read_text().partition(LAST)[0].splitlines():
        kind, _, pattern = line.partition(" ")
        if kind in missing:
            covered = {name for name in missing[kind] if fnmatchcase(name, pattern)}
            if not covered:
                continue
        kept.append(line)
    suite.EXCEPTIONS.write_text("\n".join([*kept, ""]))
    left = suite.lost(found, every)
    suite.EXCEPTIONS.write_text("\n".join([*kept, *([LAST, *left] if left else []), ""]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
