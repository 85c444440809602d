"""Scorecard documents for tests: the experts' one, and one of every form."""

import json
from copy import deepcopy
from importlib.resources import files

import numpy as np

from mobility.matching.scoring.documents import FORMAT

DOCUMENT = json.loads(files("mobility.data").joinpath("scorecard.json").read_text(encoding="utf-8"))


def rich_document(seed=0):
    """Return a document with every form of a feature, one pair and a calibration; its points rise at random."""
    rng = np.random.default_rng(seed)
    document = deepcopy(DOCUMENT) | {"format": FORMAT, "id": "rich", "source": "a test"}
    rows = document["features"]
    values = np.sort(rng.choice(np.arange(1, 1000), 5, replace=False)).tolist()
    steps = [[value, int(points)] for value, points in zip(values, np.sort(rng.integers(0, 2901, 5)), strict=True)]
    steps.append([1000, 2900])
    rows[0] = {"name": rows[0]["name"], "reason": "steps", "steps": steps}
    rows[3] = {
        "name": rows[3]["name"],
        "reason": "line",
        "line": [[0, 0], [values[0], 900], [values[-1], 900], [1000, 1600]],
    }
    grid = np.zeros((4, 3), dtype=int)
    grid[1:, 1:] = np.cumsum(np.cumsum(rng.integers(0, 9, (3, 2)), axis=0), axis=1)
    grid[-1, -1] = 100
    document["pairs"] = [
        {
            "first": "experience",
            "second": "recency",
            "first_from": values[:3],
            "second_from": values[3:],
            "points": grid.tolist(),
            "reason": "lately and long",
        }
    ]
    document["calibration"] = {"score": [0, 5000, 10000], "chance": [100, 100, 9000], "reason": "held out"}
    return document
