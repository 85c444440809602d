"""Declared shortages: their lifecycle and what a declaration must show; no rows and no sentences."""

from enum import StrEnum, auto

from mobility.rules.lifecycles import SYSTEM, Lifecycle, Transition, who
from mobility.rules.organisations import OrganisationKind, Role


class ShortageState(StrEnum):
    """Where a declaration stands."""

    DRAFT = auto()
    DECLARED = auto()
    SUSPENDED = auto()
    EXPIRED = auto()


class ShortageEvent(StrEnum):
    """What may happen to a declaration."""

    DECLARE = auto()
    SUSPEND = auto()
    RESUME = auto()
    EXPIRE = auto()


class EvidenceKind(StrEnum):
    """What a declaration rests on."""

    VACANCY_RATE = auto()
    UNEMPLOYMENT = auto()
    LABOUR_MARKET_TEST = auto()
    PLAN_REFERENCE = auto()
    DISASTER_REFERENCE = auto()


_S, _E = ShortageState, ShortageEvent
_OFFICER = who(Role.SHORTAGE_OFFICER, at={OrganisationKind.DESTINATION_MINISTRY})

LIFECYCLE: Lifecycle[ShortageState, ShortageEvent] = Lifecycle(
    _S.DRAFT,
    (
        Transition(_S.DRAFT, _E.DECLARE, _S.DECLARED, **_OFFICER, guard="declaration_findings"),
        Transition(_S.DECLARED, _E.SUSPEND, _S.SUSPENDED, **_OFFICER),
        Transition(_S.SUSPENDED, _E.RESUME, _S.DECLARED, **_OFFICER, guard="declaration_findings"),
        Transition(_S.DECLARED, _E.EXPIRE, _S.EXPIRED, **SYSTEM, guard="is_over"),
        Transition(_S.SUSPENDED, _E.EXPIRE, _S.EXPIRED, **SYSTEM, guard="is_over"),
    ),
)
