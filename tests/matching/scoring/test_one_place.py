"""A ranking feature is declared in one place: its entry, and its points in the scorecard, are all that a new one needs."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import mobility

pytestmark = pytest.mark.slow

PRODUCT = Path(mobility.__file__).parent
LAST = '        "returned_on_time": ByteFeature(bins.SEASONS, no_number, seasons_value),\n'
ENTRY = '        "free_at_once": ByteFeature(bins.FIRST_WEEK, no_number, lambda week, _: FULL * (week == 0)),\n'
BY_WORK = '        "ever_worked": ByteFeature(WORK, no_number, lambda work, _: FULL * (work > 15)),\n'
PROGRAM = """
import sys

import numpy as np

from mobility.matching.kernels.engines import Kernel, engine
from mobility.matching.kernels.tables import compile_batch, compile_card, compile_points
from mobility.matching.scoring.attributes import attributes_of
from mobility.matching.scoring.features import FEATURES, feature_values
from tests.matching import worlds
from tests.matching.engines import EPOCH, snapshot

pool, demand, run_settings = worlds.pool(3, 40), worlds.demand(3, 5), worlds.run_settings()
laid_out = snapshot(pool, demand, run_settings)
vacancy, worker = (axis.ravel() for axis in np.indices((5, 40)))
people = pool.take(np.argsort(pool.key))
told = feature_values(attributes_of(people.profile, EPOCH), demand, vacancy, worker)
batch, card = compile_batch(demand, EPOCH, 7), compile_card(run_settings.scorecard)
most = run_settings.scorecard.contributions(told)[:, 3:].sum(axis=1)
assert (most <= (compile_points(batch, card).rest + compile_points(batch, card).by_work.max(axis=1))[vacancy]).all()
for kernel in (Kernel.NUMBA, Kernel.NUMPY):
    values = np.empty(told.shape, np.int16)
    engine(kernel).pair_values(laid_out.blocks[0], batch, vacancy, worker, values)
    assert values.tolist() == told.tolist(), kernel
column = list(FEATURES).index(sys.argv[1])
print(len(FEATURES), sorted(set(told[:, column].tolist())), run_settings.scorecard.full[column])
"""


@pytest.fixture
def package(tmp_path):
    """A copy of what matching needs."""
    for name in ("matching", "rules", "data"):
        shutil.copytree(PRODUCT / name, tmp_path / "mobility" / name, ignore=shutil.ignore_patterns("__pycache__"))
    for file in PRODUCT.glob("*.py"):
        shutil.copy(file, tmp_path / "mobility")
    return tmp_path


@pytest.mark.parametrize(("name", "entry"), [("free_at_once", ENTRY), ("ever_worked", BY_WORK)])
def test_a_new_feature_touches_its_declaration_and_the_scorecard(package, name, entry):
    declared = package / "mobility" / "matching" / "scoring" / "features.py"
    text = declared.read_text()
    assert text.count(LAST) == 1
    declared.write_text(text.replace(LAST, LAST + entry))
    card = package / "mobility" / "data" / "scorecard.json"
    document = json.loads(card.read_text())
    document["features"][0]["weight"] -= 100
    document["features"].append({"name": name, "weight": 100, "reason": "to try it"})
    card.write_text(json.dumps(document))
    paths = os.pathsep.join([str(package), str(PRODUCT.parent)])
    done = subprocess.run(
        [sys.executable, "-B", "-c", PROGRAM, name], cwd=package, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": paths, "NUMBA_CACHE_DIR": str(package / "compiled")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split(" ", 1)[1].strip() == "[0, 1000] 100"
