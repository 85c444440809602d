"""Pre-screening checks: whether one counts on a day, and which of those required are wanting."""

from enum import StrEnum, auto


class CheckKind(StrEnum):
    """What a check looks at."""

    IDENTITY = auto()
    POLICE = auto()
    MEDICAL = auto()
    LANGUAGE = auto()
    TRADE_TEST = auto()
    REFERENCE = auto()
    MIGRATION_RECORD = auto()
    ORIENTATION = auto()


class CheckResult(StrEnum):
    """How a check came out."""

    PASSED = auto()
    FAILED = auto()
    PENDING = auto()
    WAIVED = auto()
