"""Quotas: which ones an approval touches and how their counters move; the one UPDATE lives in services."""

from enum import StrEnum, auto


class QuotaDimension(StrEnum):
    """What a quota counts apart, beside its scheme and period; ``TOTAL`` counts everybody."""

    TOTAL = auto()
    ORIGIN = auto()
    SECTOR = auto()
    REGION = auto()
    EMPLOYER = auto()
    RETURNING = auto()
    SEX_FLOOR = auto()
