"""Write the last part of exceptions.txt anew from a walk: ``python -m tests.structure.reached.relist TOUCHED.json``.

The parts under features stay as they are, but for lines that are reached or gone; what is left over stands "by chance".
"""

import json
import sys
from fnmatch import fnmatchcase
from pathlib import Path

FILE = Path(__file__).parent / "exceptions.txt"
LAST = "## by chance"


def main(target: Path) -> None:
    """Read what was touched, and write the list."""
    walked = {kind: (set(every), set(some)) for kind, (every, some) in json.loads(target.read_text()).items()}
    kept, patterns = [], []
    head, heading, _ = FILE.read_text().partition(LAST)
    title = heading + FILE.read_text().partition(LAST)[2].partition("\n")[0]
    for line in head.splitlines():
        kind, _, pattern = line.partition(" ")
        every, touched = walked.get(kind, (set(), set()))
        if kind in walked:
            if not any(fnmatchcase(name, pattern) for name in every - touched):
                continue
            patterns.append((kind, pattern))
        kept.append(line)
    left = [
        f"{kind} {name}"
        for kind, (every, touched) in sorted(walked.items())
        if kind not in {"failures", "refusals"}
        for name in sorted(every - touched)
        if not any(kind == listed and fnmatchcase(name, pattern) for listed, pattern in patterns)
    ]
    FILE.write_text("\n".join([*kept, title, *left, ""]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
