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
    PROPOSALS_ENDED = auto()
    PROPOSALS_FROZEN = auto()
    PROPOSALS_GO_ON = auto()
    VACANCY_WITHDRAWN = auto()
    VACANCY_REVOKED = auto()
    VACANCY_CHANGED = auto()
    EMPLOYER_SUSPENDED = auto()
    EMPLOYER_REINSTATED = auto()
    EMPLOYER_DEBARRED = auto()
    SHORTAGE_SUSPENDED = auto()
    SHORTAGE_RESUMED = auto()
    SHORTAGE_REVIEW_DUE = auto()
    AGREEMENT_ENDED = auto()
    PROPOSAL_WAITS_FOR_CHECK = auto()
    PROPOSAL_CHECK_RENEWED = auto()
    VACANCY_OVER = auto()
    WORKER_SCHEME_SUSPENDED = auto()
    WORKER_SCHEME_RESUMED = auto()
    WORKER_PROPOSAL_SUPERSEDED = auto()
    WORKER_PROPOSAL_ENDED = auto()
    WORKER_PROPOSAL_FROZEN = auto()
    WORKER_PROPOSAL_GOES_ON = auto()
    WORKER_INELIGIBLE = auto()
    WORKER_REVIEW_DUE = auto()
    WORKER_REINSTATED = auto()
    WORKER_RULE_WAIVED = auto()
    WORKER_CHECK_RUNS_OUT = auto()
    WORKER_ACTION_NEEDED = auto()
    WORKER_CHECK_RENEWED = auto()
