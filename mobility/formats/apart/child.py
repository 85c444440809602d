"""The program that reads one file of a stranger within limits and says what it holds as JSON; started by ``apart``."""

import json
import resource
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mobility.errors import InvalidError
from mobility.formats.crosswalk import read_crosswalk
from mobility.formats.published_lists import read_code_map, read_published


def _published(paths: Sequence[Path], options: Mapping[str, str]) -> Any:
    table = read_published(paths[0], options)
    return [table.sheet, [[line.line, dict(line.cells), list(line.exact)] for line in table.lines]]


def _code_map(paths: Sequence[Path], _options: Mapping[str, str]) -> Any:
    return read_code_map(paths[0])


def _crosswalk(paths: Sequence[Path], _options: Mapping[str, str]) -> Any:
    crosswalk = read_crosswalk(paths)
    best = {soc: crosswalk.best(soc) for soc in {*crosswalk.links, *crosswalk.older}}
    return {soc: [group] for soc, group in best.items() if group is not None}


#: What can be read so, by name.
READERS: Mapping[str, Callable[[Sequence[Path], Mapping[str, str]], Any]] = {
    "published": _published,
    "code_map": _code_map,
    "crosswalk": _crosswalk,
}


def main() -> None:
    """Read what standard input asks for, and write what it holds, or why it was refused, to standard output."""
    asked = json.load(sys.stdin)
    keep_within(**asked["limits"])
    try:
        paths = [Path(path) for path in asked["paths"]]
        said = {"value": READERS[asked["reader"]](paths, asked["options"])}
    except InvalidError as error:
        said = {"refused": {"code": error.code, "field": error.field, "params": error.params}}
    json.dump(said, sys.stdout)


def keep_within(*, processor: int, memory: int, written: int) -> None:
    """Limit this process for good: seconds of processor, bytes of memory and of each file; no core file is written."""
    wanted = {
        resource.RLIMIT_CPU: processor,
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_FSIZE: written,
        resource.RLIMIT_CORE: 0,
    }
    for kind, limit in wanted.items():
        _, most = resource.getrlimit(kind)
        limit = limit if most == resource.RLIM_INFINITY else min(limit, most)  # noqa: PLW2901
        resource.setrlimit(kind, (limit, limit))
