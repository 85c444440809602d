"""Everything is reached: what stands in the product runs when its pages, commands, jobs and days are driven once.

An import proves nothing: two use cases that nobody called stood in modules that were imported. The walk in
``tests/structure/reached`` is a process of its own; what it does not touch must be plugged in, deleted, moved to
``bench`` or ``tests``, or stand in ``exceptions.txt`` under the feature that will reach it.
"""

import json
import os
import re
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

#: Minutes on a busy machine; it joins the everyday suite once it takes a minute or so.
pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
EXCEPTIONS = ROOT / "tests/structure/reached/exceptions.txt"
KINDS = (
    "functions",
    "pages",
    "transitions",
    "permissions",
    "roles",
    "notices",
    "codes",
    "settings",
    "columns",
)
#: Under this heading stands what tests drive and the walk only meets by chance: it may be reached or not.
BY_CHANCE = "by chance"


def exceptions():
    """Yield (feature, kind, pattern) of the list."""
    feature = ""
    for line in EXCEPTIONS.read_text().splitlines():
        if line.startswith("## "):
            feature = line.removeprefix("## ").strip()
        elif line.strip() and not line.startswith("#"):
            kind, _, pattern = line.strip().partition(" ")
            yield feature, kind, pattern


LISTED = list(exceptions())


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """Walk once, and return what there is and what was touched, by kind."""
    folder = tmp_path_factory.mktemp("walk")
    target = folder / "touched.json"
    words = [sys.executable, "-m", "tests.structure.reached.walk", str(target), str(folder / "instance")]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOBILITY_")}
    done = subprocess.run(words, cwd=ROOT, env=kept, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(target.read_text())


def test_every_page_command_job_and_day_of_the_walk_is_answered(walked):
    assert walked["failures"][0] == []


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_there_is_is_reached(walked, kind):
    every, touched = map(set, walked[kind])
    assert every
    allowed = [pattern for _, listed, pattern in LISTED if listed == kind]
    lost = sorted(name for name in every - touched if not any(fnmatchcase(name, pattern) for pattern in allowed))
    assert lost == [], (
        f"nothing that runs touches these {kind}: call them from a page, command, job or day and let the walk go "
        "there (tests/structure/reached); or delete them; or name in exceptions.txt the feature that will"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_reached_or_gone_stands_on_no_list(walked, kind):
    every, touched = map(set, walked[kind])
    strict = [pattern for feature, listed, pattern in LISTED if listed == kind and BY_CHANCE not in feature]
    reached = {pattern: [name for name in sorted(touched) if fnmatchcase(name, pattern)] for pattern in strict}
    assert {pattern: names for pattern, names in reached.items() if names} == {}, "take these off exceptions.txt"
    gone = [pattern for pattern in strict if not any(fnmatchcase(name, pattern) for name in every)]
    assert gone == [], "these are no more: take them off exceptions.txt"


def test_every_exception_names_the_feature_that_will_reach_it():
    for feature, kind, pattern in LISTED:
        assert re.match(r"[B-I] |later|elsewhere|by chance", feature), (feature, pattern)
        assert kind in KINDS, pattern
