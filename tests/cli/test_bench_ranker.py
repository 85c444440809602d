"""The ranker's benchmark measures what it says: its whole points are the model's, its comparison is paired."""

import numpy as np
import pytest
from click.testing import CliRunner

from bench import reviewers
from mobility.cli.bench import group
from mobility.matching.scoring.documents import FULL_SCORE

for peer in ("lightgbm", "xgboost"):
    pytest.importorskip(peer, reason=f"{peer} is not installed; python3 start.py bench installs it")
ranker = pytest.importorskip("bench.ranker")


@pytest.fixture(scope="module")
def found():
    return reviewers.decisions(3, 40, 1.0)


@pytest.fixture(scope="module")
def reference():
    return reviewers.workers(np.random.default_rng(0), 2000)


def test_whole_points_follow_the_fitted_model(found, reference):
    fitted = ranker.ranker(found, reference)
    points = ranker.whole_points(fitted, reference)
    assert np.array_equal(points, np.round(points))
    scale = FULL_SCORE / sum(np.ptp(curve.levels) for curve in fitted.curves_)
    exact = (fitted.decision_function(reference) - fitted.intercept_) * scale
    assert np.abs(points - exact).max() < 2 * len(fitted.curves_)


def test_tables_of_the_challenger_score_as_it_orders(found, reference):
    compiled = ranker.challenger(found)
    bins, score = compiled.bins(reference).astype(np.uint8), np.empty(len(reference), np.int32)
    ranker.table_scores(bins, ranker.int16_tables(compiled), score)
    assert np.corrcoef(score, compiled.decision_function(reference))[0, 1] > 0.999


def test_the_best_lambdamart_of_a_cell_is_the_one_compared_with():
    quality = {name: [0.5, 0.6] for name in ranker.LAMBDAMART} | {ranker.OURS: [0.9, 0.91], ranker.PRIOR: [0.8, 0.92]}
    quality["XGBoost"] = [0.7, 0.7]
    best, mean, shown, prior, least = ranker.compared(ranker.Cell([10, 12], quality))
    assert (best, mean, prior, least) == ("XGBoost", "+0.2050", "+0.0450", "-0.0100")
    assert shown == "+0.1415 … +0.2685"


def test_the_command_prints_every_model_and_difference():
    done = CliRunner().invoke(
        group, ["ranker", "--quick", "--only-quality", "--seeds", "2", "--lists", "6"], catch_exceptions=False
    )
    assert done.exit_code == 0
    for name in (*ranker.LAMBDAMART, *ranker.OTHERS, ranker.OURS, ranker.PRIOR, "best LambdaMART", "scikit-learn"):
        assert name in done.output
