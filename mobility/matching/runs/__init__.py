"""What a caller asks for: a match run, a simulation, the reasons for a proposal, fairness."""

from mobility.matching.runs.changes import Change, ChangeKind
from mobility.matching.runs.explain import EVIDENCE, Explanation, Meets, cut_off, explain, near_misses, tied_with
from mobility.matching.runs.fairness import ListPlaces, ever_eligible, funnel, ranks_on_lists
from mobility.matching.runs.outlook import Bounds, Filled, eligible_keys, filled, gain, with_remaining, with_shares
from mobility.matching.runs.run import MatchResult, OnProgress, digest, finish, match
from mobility.matching.runs.what_if import Simulation, changed, simulation, with_columns

__all__ = [
    "EVIDENCE",
    "Bounds",
    "Change",
    "ChangeKind",
    "Explanation",
    "Filled",
    "ListPlaces",
    "MatchResult",
    "Meets",
    "OnProgress",
    "Simulation",
    "changed",
    "cut_off",
    "digest",
    "eligible_keys",
    "ever_eligible",
    "explain",
    "filled",
    "finish",
    "funnel",
    "gain",
    "match",
    "near_misses",
    "ranks_on_lists",
    "simulation",
    "tied_with",
    "with_columns",
    "with_remaining",
    "with_shares",
]
