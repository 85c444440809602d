"""Which workers go on which list."""

from mobility.matching.search.search import SameThread
from mobility.matching.search.shortlist import RunSettings, ScoredBatch, Shortlist, join, score_batch, shortlist

__all__ = [
    "RunSettings",
    "SameThread",
    "ScoredBatch",
    "Shortlist",
    "join",
    "score_batch",
    "shortlist",
]
