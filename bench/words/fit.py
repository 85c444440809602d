"""Fits what is stored of words to concepts: the trees that rank a sentence's skills, the curve of confidence.

``python -m bench.words.fit skills`` takes SkillSkape's training half; ``… confidence`` the four sets of titles.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from bench.words.protocols import calibration
from bench.words.sets import DATA, Task, jobbert, melo, seasonal, skillskape
from mobility.matching.concepts.confidence import RIVALS, SHARPNESS
from mobility.matching.concepts.sentence_skills import EVIDENCE, sentence_evidence

STORED = Path(__file__).resolve().parents[2] / "mobility" / "data"
#: Sets that the curve is fitted to, and every how manieth text is taken.
_SETS: dict[str, tuple[Callable[[Path], Task], int]] = {
    "MELO en": (lambda data: melo(data, "usa_q_en_c_en", "en"), 1),
    "MELO es": (lambda data: melo(data, "esp_q_es_c_es", "es"), 1),
    "JobBERT": (jobbert, 6),
    "H-2B": (seasonal, 1),
}
_ANSWERS = 10
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


def confidence_evidence(task: Task, step: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return strength, share and being first of the first ten answers to each text, and which are right."""
    index = task.index()
    segment = next(part for part in index.segments if part.language == task.language)
    values, right = [], []
    for text, answers in list(zip(task.texts, task.answers, strict=True))[::step]:
        found = segment.candidates(text)
        if found is not None:
            weight = np.exp(SHARPNESS * (found.strength - found.strength[0]).astype(np.float64))
            share = weight / weight[:RIVALS].sum()
            for at in range(min(_ANSWERS, len(share))):
                values.append([float(found.strength[at]), float(share[at]), float(at == 0)])
                right.append(index.concepts[found.concept[at]] in answers)
    return np.array(values), np.array(right)


def _fitted(sets: list[tuple[NDArray[np.float64], NDArray[np.bool_]]]) -> LogisticRegression:
    weight = np.concatenate([np.full(len(right), 1 / len(right)) for _, right in sets])
    values = np.concatenate([values for values, _ in sets])
    right = np.concatenate([right for _, right in sets])
    return LogisticRegression(C=10, max_iter=1000).fit(values, right, sample_weight=weight / weight.mean())


@click.group()
def fit() -> None:
    """Fit what ``mobility/data`` stores of words to concepts."""


@fit.command()
@click.option("--data", type=click.Path(exists=True, path_type=Path), default=DATA)
def confidence(data: Path) -> None:
    """Print the curve fitted to all sets, and the calibration error of each set when it is left out."""
    sets = {name: confidence_evidence(read(data), step) for name, (read, step) in _SETS.items()}
    for name, (values, right) in sets.items():
        model = _fitted([found for other, found in sets.items() if other != name])
        sure = model.predict_proba(values)[:, 1]
        first = values[:, 2] == 1
        errors = calibration(sure[first], right[first])[0], calibration(sure, right)[0]
        click.echo(f"{name} left out: {errors[0]:.3f} of the first answer, {errors[1]:.3f} of the first {_ANSWERS}")
    model = _fitted(list(sets.values()))
    names = ("intercept", "strength", "share", "first")
    click.echo(json.dumps(dict(zip(names, [model.intercept_[0], *model.coef_[0]], strict=True))))


@fit.command()
@click.option("--data", type=click.Path(exists=True, path_type=Path), default=DATA)
@click.option("--sentences", default=4000, show_default=True)
def skills(data: Path, sentences: int) -> None:
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
    (STORED / "skill_trees.json").write_text(json.dumps(document, separators=(",", ":")) + "\n", encoding="utf-8")
    click.echo(f"{len(document['root'])} trees from {len(values)} sentences")


if __name__ == "__main__":
    fit()
