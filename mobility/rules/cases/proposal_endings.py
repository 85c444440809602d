"""Why open proposals end before anybody placed the worker, and who is told; no rows and no sentences."""

from enum import StrEnum, auto

from mobility.rules.cases.proposals import ProposalState


class EndReason(StrEnum):
    """Coded reasons for which open proposals end without a decision on them."""

    VACANCY_WITHDRAWN = auto()
    VACANCY_REVOKED = auto()
    VACANCY_CHANGED = auto()
    VACANCY_OVER = auto()
    EMPLOYER_DEBARRED = auto()
    WORKER_PAUSED = auto()
    WORKER_WITHDREW = auto()
    WORKER_INELIGIBLE = auto()
    CONSENT_WITHDRAWN = auto()
    CHECK_FAILED = auto()
    SCHEME_CLOSED = auto()
    AGREEMENT_ENDED = auto()
    RULES_CHANGED = auto()
    NEW_RUN = auto()
    TIME_OVER = auto()


def is_told(reason: EndReason, state: ProposalState) -> bool:
    """Whether people are told that a proposal in this state ended.

    A later run replaces what nobody decided on, and proposals that nobody looked at in time end silently.
    """
    if reason is EndReason.NEW_RUN:
        return False
    return reason is not EndReason.TIME_OVER or state is not ProposalState.GENERATED
