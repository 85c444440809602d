"""Fits the trees that rank skills, from SkillSkape's training half: ``python -m bench.concept_fit``."""

import json
from pathlib import Path
from typing import Any

import click
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from bench.concept_sets import DATA, skillskape
from mobility.matching.sentence_skills import EVIDENCE, sentence_evidence

STORED = Path(__file__).resolve().parents[1] / "mobility" / "data" / "skill_trees.json"
_WHY = "gradient boosting on SkillSkape's training half: is this one of the skills that the sentence was written for?"
#: Share of the wrong skills that are learned from; there are a hundred for each right one.
_WRONG = 0.2


def tree_document(model: Any, name: str, why: str) -> dict[str, Any]:
    """Write fitted trees as plain numbers."""
    nodes: dict[str, list[float]] = {part: [] for part in ("column", "below", "above", "split", "leaf")}
    roots, depth = [], 0
    for (predictor,) in model._predictors:  # noqa: SLF001  scikit-learn has no public way to these trees
        roots.append(len(nodes["leaf"]))
        depth = max(depth, int(predictor.nodes["depth"].max()))
        for at, node in enumerate(predictor.nodes):
            leaf, here = bool(node["is_leaf"]), roots[-1] + at
            nodes["column"].append(0 if leaf else int(node["feature_idx"]))
            nodes["below"].append(here if leaf else roots[-1] + int(node["left"]))
            nodes["above"].append(here if leaf else roots[-1] + int(node["right"]))
            nodes["split"].append(0 if leaf else float(f"{node['num_threshold']:.6g}"))
            nodes["leaf"].append(round(float(node["value"]), 5) if leaf else 0)
    base = round(float(np.ravel(model._baseline_prediction)[0]), 5)  # noqa: SLF001
    return {"id": name, "why": why, "features": EVIDENCE, "base": base, "depth": depth, "root": roots, "nodes": nodes}


@click.command()
@click.option("--data", type=click.Path(exists=True, path_type=Path), default=DATA, show_default=True)
@click.option("--sentences", default=4000, show_default=True)
def fit(data: Path, sentences: int) -> None:
    """Fit the trees and write them to ``mobility/data``."""
    task = skillskape(data, "train")
    index = task.index()
    segment = index.segments[0]
    draw = np.random.default_rng(0)
    values, right = [], []
    for text, answers in zip(task.texts[:sentences], task.answers, strict=False):
        found = sentence_evidence(segment, text)
        if found is not None:
            hit = np.array([index.concepts[segment.concept[at]] in answers for at in found.local])
            kept = hit | (draw.random(len(hit)) < _WRONG)
            values.append(found.values[kept])
            right.append(hit[kept])
    model = HistGradientBoostingClassifier(
        max_iter=150,
        learning_rate=0.06,
        max_leaf_nodes=15,
        l2_regularization=5,
        min_samples_leaf=40,
        early_stopping=False,
        random_state=0,
    ).fit(np.concatenate(values), np.concatenate(right))
    document = tree_document(model, "skill-trees-1", _WHY)
    STORED.write_text(json.dumps(document, separators=(",", ":")) + "\n", encoding="utf-8")
    click.echo(f"{len(document['root'])} trees from {len(values)} sentences")


if __name__ == "__main__":
    fit()
