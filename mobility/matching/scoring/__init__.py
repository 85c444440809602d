"""What a pair of a worker and a vacancy is worth: attributes, features, scorecards."""

from mobility.matching.scoring.features import FEATURES
from mobility.matching.scoring.scorecard import TOGETHER, Scorecard, expert_scorecard, read_scorecard, scorecard_from

__all__ = [
    "FEATURES",
    "TOGETHER",
    "Scorecard",
    "expert_scorecard",
    "read_scorecard",
    "scorecard_from",
]
