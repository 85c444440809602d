"""Who passes the rules of a vacancy."""

from mobility.matching.eligibility.eligibility import Waterfall
from mobility.matching.eligibility.rule_columns import RuleColumns, rule_columns_of

__all__ = [
    "RuleColumns",
    "Waterfall",
    "rule_columns_of",
]
