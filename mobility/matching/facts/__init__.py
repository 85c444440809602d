"""Workers and vacancies as arrays."""

from mobility.matching.facts.columns import FactColumn, fact_column
from mobility.matching.facts.demand import Demand, demand_from_columns
from mobility.matching.facts.derived import Stay, pair_facts
from mobility.matching.facts.pool import Pool, pool_from_columns

__all__ = [
    "Demand",
    "FactColumn",
    "Pool",
    "Stay",
    "demand_from_columns",
    "fact_column",
    "pair_facts",
    "pool_from_columns",
]
