"""Kinds of evidence behind a declared shortage; no figures."""

from enum import StrEnum, auto


class EvidenceKind(StrEnum):
    """What supports a declaration (domain.md §3)."""

    VACANCY_RATE = auto()
    UNEMPLOYMENT = auto()
    WAGE_GROWTH = auto()
    LABOUR_MARKET_TEST = auto()
    PLAN_REFERENCE = auto()
    DISASTER_REFERENCE = auto()
