"""``mobility bench ranker``: the learned ranker beside LambdaMART, boosting, regression and the experts' weights."""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import click
import lightgbm
import numpy as np
import xgboost
from numba import njit
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from bench import reviewers
from bench.measure import alternating, show_machine, show_table
from bench.reviewers import EXPERT, MONOTONE, Decisions, Floats, Trial
from mobility.matching.learning import CompiledBoosting, ScorecardRanker, calibrate, compile_hgb, reliability
from mobility.matching.learning.problem import time_folds
from mobility.matching.learning.quality import interval, ndcg
from mobility.matching.scoring.documents import FULL_SCORE

PACKAGES = ("numpy", "scipy", "scikit-learn", "lightgbm", "xgboost-cpu", "numba")
LISTS = (5, 15, 50, 150, 500, 3000)
QUICK_LISTS = (5, 50)
REFERENCE = 20_000
#: Decisions below which the trees' leaves may be smaller, or they could not split at all.
FEW = 2000
OURS, WHOLE, PLACELESS, PRIOR = "ranker", "ranker, whole points", "ranker, no places", "experts"
PAIRS = [(int(one), int(other)) for one, other in combinations(np.flatnonzero(MONOTONE), 2)]
CONSTRAINTS = MONOTONE.astype(int).tolist()

Score = Callable[[Decisions, Floats], Floats]


class Cell(NamedTuple):
    """What one size and strength came to: decisions of each seed, and NDCG@10 by model and seed."""

    decisions: list[int]
    quality: Mapping[str, list[float]]


def boosting(**changes: object) -> HistGradientBoostingClassifier:
    """Return the additive monotone challenger: 500 trees of 8 leaves."""
    settings = {
        "monotonic_cst": CONSTRAINTS,
        "interaction_cst": "no_interactions",
        "max_iter": 500,
        "max_leaf_nodes": 8,
        "l2_regularization": 1.0,
        "early_stopping": False,
        "random_state": 0,
    }
    return HistGradientBoostingClassifier(**{**settings, **changes})


def ranker(found: Decisions, comparison: Floats, *, without: float | None = None) -> ScorecardRanker:
    """Return the product's ranker, fitted; every pair of monotone features is declared.

    ``without`` leaves places out, under that penalty.
    """
    learner = ScorecardRanker(prior=EXPERT, increasing=MONOTONE, pairs=PAIRS, strength=without)
    position = found.position if without is None else None
    return learner.fit(found.values, found.favourable, lists=found.lists, position=position, comparison=comparison)


def challenger(found: Decisions) -> CompiledBoosting:
    """Return the fitted additive boosting as tables, which score as it does."""
    return compile_hgb(boosting().fit(found.values, found.favourable))


def whole_points(fitted: ScorecardRanker, values: Floats) -> Floats:
    """Return scores in whole points out of 10,000, each term rounded as in a scorecard."""
    highest = [float(np.ptp(curve.levels)) for curve in fitted.curves_]
    highest += [float(grid.levels[-1, -1]) for grid in fitted.grids_]
    scale = FULL_SCORE / sum(highest)
    score = np.zeros(len(values))
    for column, curve in enumerate(fitted.curves_):
        score += np.floor(np.interp(values[:, column], curve.knots, np.floor(curve.levels * scale)))
    for grid in fitted.grids_:
        row = np.searchsorted(grid.first_from, values[:, grid.first], side="right")
        across = np.searchsorted(grid.second_from, values[:, grid.second], side="right")
        score += np.floor(grid.levels * scale)[row, across]
    return score


def sizes(lists: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of decisions of each list, as LambdaMART wants its groups."""
    return np.unique(lists, return_counts=True)[1]


def light(found: Decisions, values: Floats, constraints: Sequence[int] | None) -> Floats:
    """Return LightGBM's LambdaMART scores."""
    learner = lightgbm.LGBMRanker(
        objective="lambdarank",
        n_estimators=250,
        learning_rate=0.06,
        num_leaves=15,
        min_child_samples=20 if len(found.favourable) < FEW else 40,
        reg_lambda=1.0,
        monotone_constraints=constraints,
        n_jobs=1,
        verbose=-1,
        random_state=0,
    )
    learner.fit(found.values, found.favourable, group=sizes(found.lists))
    return np.asarray(learner.predict(values))


def extreme(found: Decisions, values: Floats, constraints: Sequence[int] | None) -> Floats:
    """Return XGBoost's LambdaMART scores."""
    more = {} if constraints is None else {"monotone_constraints": tuple(constraints)}
    learner = xgboost.XGBRanker(
        objective="rank:ndcg",
        n_estimators=200,
        learning_rate=0.06,
        max_leaves=15,
        max_depth=0,
        grow_policy="lossguide",
        tree_method="hist",
        n_jobs=1,
        random_state=0,
        **more,
    )
    learner.fit(found.values, found.favourable, qid=found.lists)
    return np.asarray(learner.predict(values))


def regression(found: Decisions, values: Floats) -> Floats:
    """Return the scores of a pointwise logistic regression on standardised features."""
    learner = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300))
    return np.asarray(learner.fit(found.values, found.favourable).decision_function(values))


LAMBDAMART: Mapping[str, Score] = {
    "LightGBM": lambda found, values: light(found, values, None),
    "LightGBM monotone": lambda found, values: light(found, values, CONSTRAINTS),
    "XGBoost": lambda found, values: extreme(found, values, None),
    "XGBoost monotone": lambda found, values: extreme(found, values, CONSTRAINTS),
}
OTHERS: Mapping[str, Score] = {
    "boosting": lambda found, values: challenger(found).decision_function(values),
    "regression": regression,
}


def judged(trial: Trial, score: Floats) -> float:
    """Return the mean NDCG@10 of scores on a trial."""
    return float(ndcg(score.reshape(trial.relevance.shape), trial.relevance, 10).mean())


def measured(trial: Trial, lists: int, strength: float, seeds: int) -> Cell:
    """Fit every model on the decisions of each seed and judge it."""
    comparison = reviewers.workers(np.random.default_rng(3), REFERENCE)
    counts: list[int] = []
    quality: dict[str, list[float]] = {}
    for seed in range(seeds):
        found = reviewers.decisions(1000 + 17 * seed, lists, strength)
        counts.append(len(found.favourable))
        fitted = ranker(found, comparison)
        scores = {
            OURS: fitted.decision_function(trial.values),
            WHOLE: whole_points(fitted, trial.values),
            PLACELESS: ranker(found, comparison, without=fitted.strength_).decision_function(trial.values),
            PRIOR: trial.values @ EXPERT,
            **{name: score(found, trial.values) for name, score in {**LAMBDAMART, **OTHERS}.items()},
        }
        for name, score in scores.items():
            quality.setdefault(name, []).append(judged(trial, score))
    return Cell(counts, quality)


def show_quality(strengths: Sequence[float], lists: Sequence[int], seeds: int, trial_lists: int) -> None:
    """Print NDCG@10 by model, and the paired differences, cell after cell."""
    names = (PRIOR, OURS, WHOLE, PLACELESS, *LAMBDAMART, *OTHERS)
    means, differences = [], []
    for strength in strengths:
        trial = reviewers.trial(strength, lists=trial_lists)
        for count in lists:
            cell = measured(trial, count, strength, seeds)
            head = (f"{strength:g}", round(float(np.mean(cell.decisions))))
            means.append((*head, *(f"{np.mean(cell.quality[name]):.4f}" for name in names)))
            differences.append((*head, *compared(cell)))
            click.echo(" ".join(map(str, means[-1])), err=True)
    click.echo("\nNDCG@10, mean over seeds\n")
    show_table(("strength", "decisions", *names), means)
    click.echo("\nRanker minus peer, paired over seeds (mean and 95 % interval)\n")
    show_table(
        ("strength", "decisions", "best LambdaMART", "minus it", "interval", "minus experts", "least"), differences
    )


def compared(cell: Cell) -> tuple[str, ...]:
    """Return the best LambdaMART of a cell, the differences to it and to the experts, and the least of the latter."""
    ours, quality = np.array(cell.quality[OURS]), cell.quality
    best = max(LAMBDAMART, key=lambda name: float(np.mean(quality[name])))
    found = interval(ours - np.array(quality[best]))
    prior = ours - np.array(quality[PRIOR])
    shown = f"{found.low:+.4f} … {found.high:+.4f}"
    return best, f"{found.mean:+.4f}", shown, f"{prior.mean():+.4f}", f"{prior.min():+.4f}"


@njit(nogil=True)
def table_scores(
    bins: NDArray[np.uint8], tables: NDArray[np.int16], score: NDArray[np.int32]
) -> None:  # pragma: no cover
    """Add up whole points by bins: what serving does for each pair."""
    for row in range(bins.shape[0]):
        total = 0
        for column in range(bins.shape[1]):
            total += tables[column, bins[row, column]]
        score[row] = total


def int16_tables(compiled: CompiledBoosting) -> NDArray[np.int16]:
    """Return the levels in whole points out of 10,000, shape (n_features, 256)."""
    scale = FULL_SCORE / sum(float(np.ptp(level)) for level in compiled.levels)
    tables = np.zeros((len(compiled.levels), 256), np.int16)
    for column, level in enumerate(compiled.levels):
        tables[column, : len(level)] = np.round((level - level[0]) * scale)
    return tables


def show_speed(lists: int, pairs: int, runs: int) -> None:
    """Print how fast tables score beside the model that they were compiled from, and how exactly."""
    found = reviewers.decisions(5, lists, 1.0)
    model = boosting().fit(found.values, found.favourable)
    compiled = compile_hgb(model)
    values = reviewers.workers(np.random.default_rng(7), pairs)
    few = values[: max(1, pairs // 20)]
    bins, tables = compiled.bins(values).astype(np.uint8), int16_tables(compiled)
    score = np.empty(pairs, np.int32)
    taken = alternating(
        {
            "decision_function": lambda: model.decision_function(few),
            "tables": lambda: table_scores(bins, tables, score),
            "tables, NumPy": lambda: [tables[column][bins[:, column]] for column in range(len(tables))],
            "binning": lambda: compiled.bins(few),
        },
        runs=runs,
    )
    rate = {
        name: (len(few) if name in {"decision_function", "binning"} else pairs) / time.cpu_median / 1e6
        for name, time in taken.items()
    }
    base = rate["decision_function"]
    click.echo(f"\nScoring, {len(values):,} pairs of 20 features, millions of pairs a processor second\n")
    show_table(("what", "M pairs/s", "ratio"), [(name, f"{r:.3f}", f"{r / base:.1f}") for name, r in rate.items()])
    error = np.abs(model.decision_function(few) - compiled.decision_function(few)).max()
    click.echo(f"\nCompile error over {len(few):,} pairs: {error:.2e} log-odds")


def show_calibration(lists: int) -> None:
    """Print how far chances are from shares: learned on earlier lists, calibrated on later, judged on fresh ones."""
    found, fresh = reviewers.decisions(21, lists, 1.0), reviewers.decisions(22, lists, 1.0)
    *_, (before, after) = time_folds(found.lists, 4)
    comparison = reviewers.workers(np.random.default_rng(3), REFERENCE)
    fitted = ranker(Decisions(*(part[before] for part in found)), comparison)
    least = whole_points(fitted, comparison).min()

    def points(values: Floats) -> Floats:
        return np.clip(whole_points(fitted, values) - least, 0, FULL_SCORE)

    rows = [("as fitted", f"{reliability(fitted.predict_proba(fresh.values)[:, 1], fresh.favourable).error:.4f}", "")]
    for method in ("platt", "isotonic"):
        got = calibrate(points(found.values[after]), found.favourable[after] == 1, found.lists[after], method=method)
        error = reliability(got.calibration.probability(points(fresh.values)), fresh.favourable).error
        rows.append((method, f"{error:.4f}", f"{got.held_out.error:.4f}"))
    click.echo(f"\nExpected calibration error, {len(before):,} decisions learned from, {len(after):,} calibrated on\n")
    show_table(("method", "on fresh lists", "as reported"), rows)


@click.command("ranker")
@click.option("--quick", is_flag=True, help="Two sizes, two seeds, small trials: seconds instead of most of an hour.")
@click.option("--seeds", default=5, show_default=True, help="Seeds of each cell.")
@click.option("--strength", "strengths", multiple=True, type=float, help="What pairs of features add, in multiples.")
@click.option("--lists", "lists", multiple=True, type=int, help="Lists decided (about twelve decisions each).")
@click.option("--only-quality", is_flag=True, help="Leave out calibration and speed.")
def command(
    *, quick: bool, seeds: int, strengths: tuple[float, ...], lists: tuple[int, ...], only_quality: bool
) -> None:
    """Measure the learned ranker on simulated reviewers: NDCG@10, calibration, speed of tables."""
    show_machine(PACKAGES)
    if quick:
        show_quality(strengths or (1.0,), lists or QUICK_LISTS, min(seeds, 2), 40)
    else:
        show_quality(strengths or (1.0, 3.0), lists or LISTS, seeds, 100)
    if only_quality:
        return
    show_calibration(*((100,) if quick else (1500,)))
    show_speed(*((50, 100_000, 3) if quick else (3000, 4_000_000, 5)))
