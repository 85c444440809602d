"""From reviewers' decisions to a scorecard."""

from mobility.matching.learning.boosting import CompiledBoosting, compile_hgb
from mobility.matching.learning.calibration import calibrate, reliability, with_calibration
from mobility.matching.learning.challenger import challenge
from mobility.matching.learning.ranker import ScorecardRanker

__all__ = [
    "CompiledBoosting",
    "ScorecardRanker",
    "calibrate",
    "challenge",
    "compile_hgb",
    "reliability",
    "with_calibration",
]
