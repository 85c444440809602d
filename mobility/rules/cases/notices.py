"""Kinds of notices; what each says is chosen by the pages."""

from enum import StrEnum, auto


class NoticeKind(StrEnum):
    """What somebody is told."""

    SCHEME_SUBMITTED = auto()
    SCHEME_SUSPENDED = auto()
    SCHEME_RESUMED = auto()
    SCHEME_CLOSED = auto()
    RULES_TO_SIGN = auto()
    RULES_SIGNED = auto()
    PROPOSALS_SUPERSEDED = auto()
    WORKER_SCHEME_SUSPENDED = auto()
    WORKER_SCHEME_RESUMED = auto()
    WORKER_PROPOSAL_SUPERSEDED = auto()
    WORKER_RULE_WAIVED = auto()
