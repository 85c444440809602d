"""Coded causes: why somebody withdraws, suspends, ends or closes what others rely on; no rows and no sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from types import MappingProxyType

from mobility.errors import InvalidError

CODES = ("cause.missing", "cause.not_for_step")


class Cause(StrEnum):
    """Why a step was taken that ends or holds up what others rely on."""

    NO_LONGER_NEEDED = auto()
    FOUND_LOCALLY = auto()
    CANNOT_KEEP_TERMS = auto()
    DATES_MOVED = auto()
    TERMS_MOVED = auto()
    SITE_UNFIT = auto()
    ENTERED_WRONGLY = auto()
    NEED_MET = auto()
    FIGURES_IN_DOUBT = auto()
    RIGHTS_AT_RISK = auto()
    SAFETY_AT_RISK = auto()
    UNDER_REVIEW = auto()
    NOTICE_GIVEN = auto()
    REPLACED = auto()
    LAST_DAY_PAST = auto()
    SHORTAGE_ENDED = auto()
    SCHEME_CLOSED = auto()
    EMPLOYER_DEBARRED = auto()
    OTHER = auto()


@dataclass(frozen=True)
class Why:
    """What a person says of the cause of a step: its code, and a note in their own words."""

    cause: Cause | None
    note: str = ""


class CausedStep(StrEnum):
    """A step of a person that needs a cause."""

    WITHDRAW_VACANCY = auto()
    SUSPEND_SHORTAGE = auto()
    END_SHORTAGE = auto()
    SUSPEND_SCHEME = auto()
    CLOSE_SCHEME = auto()
    SUSPEND_AGREEMENT = auto()
    END_AGREEMENT = auto()


_C, _S = Cause, CausedStep
_IN_DOUBT = (_C.RIGHTS_AT_RISK, _C.SAFETY_AT_RISK, _C.UNDER_REVIEW)

#: Causes that may be given for each step; the others follow from steps on something else.
CAUSES_FOR: Mapping[CausedStep, tuple[Cause, ...]] = MappingProxyType(
    {
        _S.WITHDRAW_VACANCY: (
            _C.NO_LONGER_NEEDED,
            _C.FOUND_LOCALLY,
            _C.CANNOT_KEEP_TERMS,
            _C.DATES_MOVED,
            _C.SITE_UNFIT,
            _C.ENTERED_WRONGLY,
            _C.OTHER,
        ),
        _S.SUSPEND_SHORTAGE: (_C.FIGURES_IN_DOUBT, *_IN_DOUBT, _C.OTHER),
        _S.END_SHORTAGE: (_C.NEED_MET, _C.FIGURES_IN_DOUBT, _C.ENTERED_WRONGLY, _C.REPLACED, _C.OTHER),
        _S.SUSPEND_SCHEME: (*_IN_DOUBT, _C.OTHER),
        _S.CLOSE_SCHEME: (_C.NEED_MET, _C.REPLACED, _C.NOTICE_GIVEN, *_IN_DOUBT, _C.OTHER),
        _S.SUSPEND_AGREEMENT: (*_IN_DOUBT, _C.OTHER),
        _S.END_AGREEMENT: (_C.NOTICE_GIVEN, _C.REPLACED, *_IN_DOUBT, _C.OTHER),
    }
)


def check_cause(step: CausedStep, why: Why) -> Cause:
    """Return the cause of a step; refuse a step without one, and any cause that does not belong to it.

    Raises
    ------
    InvalidError
        ``cause.missing`` or ``cause.not_for_step``.
    """
    if why.cause is None:
        raise InvalidError("cause.missing", field="cause")
    if why.cause not in CAUSES_FOR[step]:
        raise InvalidError("cause.not_for_step", field="cause", cause=why.cause)
    return why.cause
