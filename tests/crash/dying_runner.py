"""A job runner that works until no job is left, or kills itself with -9 at a named point of a match run."""

import os
import signal
from collections.abc import Callable
from typing import Any

from mobility.cli.main import commands
from mobility.jobs import match_run
from mobility.matching.snapshots import storage
from mobility.services.match_runs import match_runs, snapshots, steps


def die(*_: Any, **__: Any) -> None:
    """End as if the machine had lost power, as far as this process goes."""
    os.kill(os.getpid(), signal.SIGKILL)


def before(owner: Any, name: str) -> Callable[[], None]:
    """Die when a function is called."""
    return lambda: setattr(owner, name, die)


def after(owner: Any, name: str, calls: int = 1) -> Callable[[], None]:
    """Die when a function has returned for the n-th time."""

    def arm() -> None:
        given, left = getattr(owner, name), [calls]

        def dying(*args: Any, **more: Any) -> Any:
            found = given(*args, **more)
            left[0] -= 1
            if left[0] == 0:
                die()
            return found

        setattr(owner, name, dying)

    return arm


#: Where a runner can be when its machine goes down, in the order of a run.
POINTS: dict[str, Callable[[], None]] = {
    "before the workers are read": before(snapshots, "lay_out"),
    "with the workers laid out and nothing written": after(snapshots, "lay_out"),
    "in the middle of the snapshot's files": after(storage, "_write_block"),
    "with every file written but the manifest": before(storage, "_publish"),
    "with the snapshot written and the run not bound to it": before(match_runs, "bind_snapshot"),
    "with the run bound and nothing scored": after(snapshots, "prepare"),
    "with a chunk scored and not stored": after(steps, "score"),
    "with a chunk stored and not committed": after(match_runs, "store_chunk"),
    "with several chunks stored": after(steps, "score", 4),
    "at the beginning of the end": before(steps, "conclude"),
    "in the middle of explaining": after(steps.reports, "explained", 3),
    "with everything concluded and nothing stored": after(steps, "conclude"),
    "in the middle of storing": after(match_runs, "_proposal_row", 5),
    "with everything stored and not committed": after(match_run.match_runs, "store"),
}


def work(environ: dict[str, str], point: str | None) -> None:
    """Run the command in this process, which is a fresh one."""
    os.environ.clear()
    os.environ.update(environ)
    if point is not None:
        POINTS[point]()
    commands(["jobs", "run", "--until-empty"])
