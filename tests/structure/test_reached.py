"""Everything is reached: what stands in the product runs when its pages, commands, jobs and days are driven.

An import proves nothing: two use cases that nobody called stood in modules that were imported. What is driven is
counted in the whole suite (``tests/structure/reached/suite.py``) and judged at its end. In the long form, a walk in a
process of its own opens and presses everything that the demo's people are offered, and fills the columns.
"""

import json
import os
import re
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from tests.structure.reached import functions, suite
from tests.structure.reached.commands import Terminal

ROOT = Path(__file__).resolve().parents[2]
KINDS = (*suite.KINDS, "columns")
LISTED = list(suite.exceptions())
#: Columns that nobody's walk filled or read yet stand under this heading too.
BY_CHANCE = "by chance"


def test_only_what_a_page_a_command_or_a_job_calls_counts():
    from mobility.rules.basics import dates

    name = "mobility.rules.basics.dates:"
    names = {each for each in functions.names if each.startswith(name)}
    assert names
    counted = functions.Driven()
    functions_run = [each for each in dir(dates) if f"{name}{each}" in names]
    assert functions_run
    with counted:
        assert counted.at_work
    assert counted.functions().isdisjoint(names)
    with counted:
        functions.ran[functions.names.index(f"{name}{functions_run[0]}")] = 1
    assert f"{name}{functions_run[0]}" in counted.functions()


def test_every_exception_names_the_feature_that_will_reach_it():
    for feature, kind, pattern in LISTED:
        assert re.match(r"[B-I] |later|elsewhere|by chance", feature), (feature, pattern)
        assert kind in KINDS, pattern


def test_what_is_gone_stands_on_no_list():
    every = suite.all_there_is()
    gone = [
        f"{kind} {pattern}"
        for feature, kind, pattern in LISTED
        if kind in every
        and not feature.startswith("later")
        and not any(fnmatchcase(name, pattern) for name in every[kind])
    ]
    assert gone == [], "these are no more: take them off exceptions.txt"


@pytest.mark.slow
def test_every_command_is_called_once_and_ends_well(tmp_path, monkeypatch):
    from mobility.security.installation import open_database
    from mobility.settings import Settings

    folder = tmp_path / "instance"
    for name, value in {"INSTANCE_DIR": str(folder), "MODE": "demo"}.items():
        monkeypatch.setenv(f"MOBILITY_{name}", value)
    terminal = Terminal("60")
    terminal.run("demo", "--no-serve", "--workers", "60")
    terminal.everything(open_database(Settings.from_env()), folder)
    assert terminal.failures == []


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


@pytest.mark.long
def test_every_page_command_job_and_day_of_the_walk_is_answered(walked):
    assert walked["failures"][0] == []


@pytest.mark.long
def test_every_column_is_filled_and_read(walked):
    every, touched = map(set, walked["columns"])
    listed = {pattern: feature for feature, kind, pattern in LISTED if kind == "columns"}
    assert every - touched - set(listed) == set(), "fill and read these, delete them, or name who will"
    early = {name for name, feature in listed.items() if BY_CHANCE not in feature}
    assert early & touched == set(), "take these off exceptions.txt"
