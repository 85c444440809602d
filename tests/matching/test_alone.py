"""Matching is a library: it imports and scores where the web, the database and the compiler are not installed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs/guide/matching-library.md"
#: Stands in for packages that are not installed.
ABSENT = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Absent())
"""
WEB = ("flask", "flask_babel", "wtforms", "sqlalchemy", "alembic", "pydantic", "babel")
COMPILER = ("numba", "llvmlite")
EVERY_ROOM = """
from importlib import import_module
from pkgutil import walk_packages
import mobility.matching
for module in walk_packages(mobility.matching.__path__, "mobility.matching."):
    import_module(module.name)
"""


def run(program: str, *absent: str) -> str:
    words = [sys.executable, "-c", ABSENT.format(absent=set(absent)) + program]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_room_imports_without_the_web_and_the_database():
    run(EVERY_ROOM, *WEB)


@pytest.mark.parametrize("absent", [WEB, (*WEB, *COMPILER)], ids=["compiled", "plain twin"])
def test_the_guides_first_example_gives_the_same_with_and_without_the_compiler(absent):
    first = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), flags=re.DOTALL)[0]
    said = run(f"{first}\nprint('scores', batch.eligible.worker.tolist(), batch.eligible.score.tolist())", *absent)
    worker, score = re.search(r"scores \[(\d+)\] \[(\d+)\]", said).groups()
    assert worker == "11"
    assert 0 < int(score) <= 10_000
