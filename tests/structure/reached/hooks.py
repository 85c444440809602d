"""What pytest calls: each process of the suite hands over what it drove, and a whole run is judged by it."""

from typing import Any

import pytest

from tests.structure.reached import suite

NOT_REACHED = pytest.StashKey[list[str]]()
STALE = pytest.StashKey[list[str]]()
_parts: list[suite.Told] = []


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a process of the suite drove."""
    _parts.append(getattr(node, "workeroutput", {}).get("reached", {}))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand over what this process drove, or judge what all of them did."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["reached"] = suite.told()
        return
    target, whole = session.config.option.reached, is_whole(session)
    if not (target or whole):
        return
    found = suite.together([*_parts, suite.told()])
    if target:
        suite.write(target, found)
    if whole:
        session.config.stash[STALE] = suite.stale(found)
        session.config.stash[NOT_REACHED] = suite.lost(found, suite.all_there_is())
        # Without a file it is only said: properties drawn at random do not drive the same each time.
        if session.config.stash[NOT_REACHED] and target:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def is_whole(session: pytest.Session) -> bool:
    """Whether everything of the everyday suite was run."""
    option, source = session.config.option, session.config.args_source
    chosen = (
        option.keyword
        or option.deselect
        or getattr(option, "lf", False)
        or option.markexpr != "not long"
        or session.shouldstop
    )
    return source is pytest.Config.ArgsSource.TESTPATHS and not chosen and not option.collectonly


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what nothing reached."""
    if missed := config.stash.get(NOT_REACHED, []):
        terminalreporter.section("not reached", red=True)
        terminalreporter.write_line(suite.ADVICE)
        for line in missed:
            terminalreporter.write_line(line)
    if driven := config.stash.get(STALE, []):
        terminalreporter.write_line(f"{len(driven)} lines of exceptions.txt are reached by now: relist takes them off")
