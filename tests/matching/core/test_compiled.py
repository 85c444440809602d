import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mobility.matching.core import compiled

pytestmark = pytest.mark.slow

CORE = Path(compiled.__file__).parent
PROBE = """
from mobility.matching.core.compiled import compiled
from mobility.matching.core.factor import FACTOR


@compiled
def times(number):
    return number * FACTOR


if __name__ == "__main__":
    print(times(7), sum(times.dispatcher.stats.cache_hits.values()))
"""
WITHOUT_NUMBA = (
    "import sys; sys.modules['numba'] = None; from mobility.matching.core.probe import times; print(times(7))"
)


@pytest.fixture
def package(tmp_path):
    """A checkout of its own with the decorator, a constant and a function that uses it."""
    core = tmp_path / "mobility" / "matching" / "core"
    core.mkdir(parents=True)
    for folder in (core, core.parent, core.parent.parent):
        (folder / "__init__.py").touch()
    shutil.copy(CORE / "compiled.py", core)
    for name in ("instance.py", "errors.py"):
        shutil.copy(CORE.parents[1] / name, tmp_path / "mobility")
    for name in ("start.py", "pyproject.toml"):
        (tmp_path / name).touch()
    (core / "factor.py").write_text("FACTOR = 6\n")
    (core / "probe.py").write_text(PROBE)
    return tmp_path


def run(package, *command, **environment):
    command = command or ("-m", "mobility.matching.core.probe")
    # the launcher's own path would lead to the checkout and not to the copy
    apart = {"NUMBA_CACHE_DIR", "PYTHONPATH", "PYTHONSAFEPATH"}
    kept = {name: value for name, value in os.environ.items() if name not in apart}
    done = subprocess.run(
        [sys.executable, "-B", *command],
        cwd=package, env={**kept, **environment}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.split()


def folders(package):
    return [folder.name for folder in package.glob("mobility/matching/__pycache__/compiled-*")]


def test_machine_code_is_kept_and_never_older_than_a_constant_of_another_file(package):
    assert run(package) == ["42", "0"]
    assert run(package) == ["42", "1"]
    (before,) = package.glob("mobility/matching/__pycache__/compiled-*")
    os.utime(before, (0, 0))
    (package / "mobility" / "matching" / "core" / "factor.py").write_text("FACTOR = 5\n")
    assert run(package) == ["35", "0"]
    assert len(folders(package)) == 1
    assert folders(package) != [before.name]


def test_machine_code_of_a_release_that_may_still_run_is_left_for_a_day(package):
    run(package)
    (package / "mobility" / "matching" / "core" / "factor.py").write_text("FACTOR = 5\n")
    run(package)
    assert len(folders(package)) == 2


def test_the_cache_stands_where_the_installation_says(package):
    place = package / "instance" / "compiled"
    run(package, NUMBA_CACHE_DIR=str(place))
    assert run(package, NUMBA_CACHE_DIR=str(place)) == ["42", "1"]
    assert folders(package) == []
    assert len(list(place.glob("compiled-*"))) == 1


def test_where_nothing_can_be_written_it_compiles_in_memory(package):
    (package / "instance").write_text("a file stands where the folder would be")
    assert run(package, NUMBA_CACHE_DIR=str(package / "instance")) == ["42", "0"]


def test_without_numba_functions_run_as_they_are_written(package):
    assert run(package, "-c", WITHOUT_NUMBA) == ["42"]


def test_every_source_counts_in_the_hash(package):
    before = compiled.sources_hash(package)
    (package / "mobility" / "matching" / "new.py").touch()
    assert compiled.sources_hash(package) != before
