"""Files of strangers read in a process of their own, so that no file can take the site's time or memory."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mobility.errors import InvalidError

#: Seconds that anybody waits for a file, and what its reader may use: seconds of processor, memory, written bytes.
DEADLINE, PROCESSOR, MEMORY, WRITTEN = 20, 10, 768 << 20, 256 << 20
_ROOT = Path(__file__).resolve().parents[3]
#: Python's isolated mode reads no variable and no folder of the caller, so the child is told where the package stands.
_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from mobility.formats.apart.child import main; main()"


def read_apart(reader: str, paths: Sequence[Path], options: Mapping[str, str] | None = None) -> Any:
    """Have a child process read files with one of its readers, and return what it says as plain values.

    Parameters
    ----------
    reader : str
        A name in ``child.READERS``.
    paths : sequence of Path
    options : mapping of str to str, optional
        Given to the reader.

    Raises
    ------
    InvalidError
        What the reader refuses; ``file_demanding`` where it took too much time or memory, or died.
    """
    limits = {"processor": PROCESSOR, "memory": MEMORY, "written": WRITTEN}
    asked = {"reader": reader, "paths": [str(path) for path in paths], "options": dict(options or {}), "limits": limits}
    command = [sys.executable, "-I", "-X", f"pycache_prefix={sys.pycache_prefix or ''}", "-c", _PROGRAM, str(_ROOT)]
    if sys.pycache_prefix is None:
        del command[2:4]
    try:
        done = subprocess.run(  # noqa: S603  our own program
            command, input=json.dumps(asked).encode(), capture_output=True, timeout=DEADLINE, check=False
        )
    except subprocess.TimeoutExpired:  # run() has killed it
        raise InvalidError("file_demanding", field="file") from None
    if done.returncode != 0:
        raise InvalidError("file_demanding", field="file")
    said = json.loads(done.stdout)
    if refused := said.get("refused"):
        raise InvalidError(refused["code"], field=refused["field"], **refused["params"])
    return said["value"]
