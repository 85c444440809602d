"""Who gets a place within positions and quotas."""

from mobility.matching.allocation import flow_audit
from mobility.matching.allocation.allocation import (
    Allocation,
    Exhausted,
    Limits,
    Method,
    Reason,
    ScoredPairs,
    allocate,
    check_allocation,
    exhausted,
    sort_pairs,
)
from mobility.matching.allocation.quotas import Quotas, no_quotas, quotas_from_columns

__all__ = [
    "Allocation",
    "Exhausted",
    "Limits",
    "Method",
    "Quotas",
    "Reason",
    "ScoredPairs",
    "allocate",
    "check_allocation",
    "exhausted",
    "flow_audit",
    "no_quotas",
    "quotas_from_columns",
    "sort_pairs",
]
