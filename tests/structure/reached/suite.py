"""What the whole suite drives: functions and names that ran in its pages, commands, jobs and days, in every process of it.

Factories and tests call use cases by themselves: that is no proof that anybody can. So what runs is counted while a
request, a command or a job is at work, and at no other time. At the end of a whole run it is held against all there is.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from tests.structure.reached import functions, seams
from tests.structure.reached.functions import driven, while_driven

EXCEPTIONS = Path(__file__).parent / "exceptions.txt"
#: What is judged at the end of a whole run; of columns the walk judges more, in the long form.
KINDS = ("functions", "pages", "transitions", "permissions", "roles", "notices", "codes", "settings")
ADVICE = (
    "Nothing that runs in the suite touches these through a page, a command, a job or a day: call them from there and\n"
    "test that; or delete them; or name in tests/structure/reached/exceptions.txt the feature that will reach them."
)
Told = Mapping[str, Iterable[str]]


class _WhileDriven(set[str]):
    """Takes names only while something is at work."""

    def add(self, name: str) -> None:
        if driven.at_work:
            super().add(name)

    def __ior__(self, names: Any) -> Any:
        return super().__ior__(names) if driven.at_work else self


class _Touched(seams.Touched):
    def __init__(self) -> None:
        super().__init__(**{name: _WhileDriven() for name in vars(seams.Touched())})


touched = _Touched()
_steps: set[Any] = _WhileDriven()
_notices: set[Any] = _WhileDriven()


def watch() -> None:
    """Count from now on what pages, commands and jobs drive, unless the product was imported before."""
    if functions.PACKAGE in sys.modules:
        return
    import click
    from flask import Flask

    functions.install()
    Flask.wsgi_app = while_driven(Flask.wsgi_app)  # type: ignore[method-assign]
    _watch_answers(Flask)
    _watch_commands(click.Command)
    seams.watch(touched, columns=False)
    from mobility.jobs.runner import Runner
    from mobility.rules.basics.lifecycles import Lifecycle

    Runner.once = while_driven(Runner.once)  # type: ignore[method-assign]
    _watch_steps(Lifecycle)
    _watch_notices()


def _watch_answers(kind: Any) -> None:
    dispatch = kind.full_dispatch_request

    def answered(app: Any) -> Any:
        from flask import request

        response = dispatch(app)
        if response.status_code in ({200} if request.method == "GET" else {200, 302, 303}) and request.endpoint:
            touched.pages.add(f"{request.method} {request.endpoint}")
            from mobility.views.frame.access import ACCESS

            if request.endpoint in ACCESS:
                touched.permissions.add(ACCESS[request.endpoint].permission.value)
        return response

    kind.full_dispatch_request = answered


def _watch_commands(kind: Any) -> None:
    run = kind.invoke

    def invoked(command: Any, context: Any) -> Any:
        ours = getattr(command.callback, "__module__", "").startswith(f"{functions.PACKAGE}.")
        return while_driven(run)(command, context) if ours else run(command, context)

    kind.invoke = invoked


def _watch_steps(kind: Any) -> None:
    transition = kind.transition

    def taken(lifecycle: Any, state: Any, event: Any) -> Any:
        row = transition(lifecycle, state, event)
        _steps.add(row)
        return row

    kind.transition = taken


def _watch_notices() -> None:
    import sqlalchemy as sa

    from mobility.models.notices import Notice

    sa.event.listen(Notice, "init", lambda _made, _args, values: _notices.add(values["kind"].value))


def _named(rows: Iterable[Any]) -> set[str]:
    """Return the names of steps, such as ``worker: screening make_ready ready``."""
    from mobility.models.registry import METADATA

    tables = {kind: name for name, kind in seams.states_of(METADATA).items()}
    return {
        f"{tables.get(type(row.state), type(row.state).__name__)}: {row.state.value} {row.event.value} {row.next.value}"
        for row in rows
    }


def told() -> dict[str, list[str]]:
    """Return what this process drove, by kind."""
    found = {name: sorted(names) for name, names in vars(touched).items()}
    steps, ran = sorted(_named(_steps)), sorted(driven.functions())
    return {**found, "functions": ran, "transitions": steps, "notices": sorted(_notices)}


def together(parts: Iterable[Told]) -> dict[str, list[str]]:
    """Return what several processes drove."""
    found: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for part in parts:
        for kind in KINDS:
            found[kind].update(part.get(kind, ()))
    return {kind: sorted(names) for kind, names in found.items()}


def all_there_is() -> dict[str, set[str]]:
    """Return every name of each kind."""
    from mobility.app import create_app
    from mobility.db import make_engine, make_sessions
    from mobility.security.keyring import Keyring
    from mobility.settings import Settings

    app = create_app(Settings(mode="demo"), make_sessions(make_engine("sqlite://"), keyring=Keyring.generate()))
    rows = [row for found in seams.lifecycles().values() for lifecycle in found for row in lifecycle.transitions]
    return {
        "functions": functions.every(),
        "pages": seams.pages(app),
        "transitions": _named(rows),
        "permissions": seams.members("Permission", "security"),
        "roles": seams.members("Role", "rules"),
        "notices": seams.members("NoticeKind", "rules"),
        "codes": seams.all_codes(),
        "settings": set(Settings.model_fields),
    }


def exceptions() -> Iterator[tuple[str, str, str]]:
    """Yield (feature, kind, pattern) of the list."""
    feature = ""
    for line in EXCEPTIONS.read_text().splitlines():
        if line.startswith("## "):
            feature = line.removeprefix("## ").strip()
        elif line.strip() and not line.startswith("#"):
            kind, _, pattern = line.strip().partition(" ")
            yield feature, kind, pattern


def lost(found: Told, every: Mapping[str, set[str]]) -> list[str]:
    """Return what nothing drove and no line of the list excuses, each as kind and name."""
    listed = [(kind, pattern) for _, kind, pattern in exceptions()]
    return [
        f"{kind} {name}"
        for kind in KINDS
        for name in sorted(every[kind] - set(found[kind]))
        if not any(kind == of and fnmatchcase(name, pattern) for of, pattern in listed)
    ]


def stale(found: Told) -> list[str]:
    """Return the lines of the list for names that are driven by now, each as kind and pattern."""
    return [
        f"{kind} {pattern}"
        for _, kind, pattern in exceptions()
        if any(fnmatchcase(name, pattern) for name in found.get(kind, ()))
    ]


def write(target: Path, found: Told) -> None:
    """Write down what was driven, for ``relist``."""
    target.write_text(json.dumps(found))
