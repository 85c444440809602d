"""Lists and tables that others publish: their lifecycle, and that of the suggestions they lead to; no rows."""

from enum import StrEnum, auto

from mobility.rules.basics.lifecycles import Lifecycle, Transition, by
from mobility.rules.basics.permissions import Permission

CODES = (
    "publication.code_missing",
    "publication.code_unknown",
    "publication.code_leads_nowhere",
    "publication.occupation_unknown",
    "publication.duplicate_line",
    "publication.same_occupation",
    "publication.region_unknown",
    "publication.number_expected",
    "publication.number_ambiguous",
    "publication.headcount_expected",
    "publication.value_missing",
    "publication.value_implausible",
    "publication.figure_differs",
)


class PublicationKind(StrEnum):
    """What a published file holds."""

    SHORTAGE_LIST = auto()
    FIGURES = auto()


class CodeKind(StrEnum):
    """The classification whose codes a file names, and so the way to ISCO-08."""

    ISCO08 = auto()
    US_SOC = auto()
    OTHER = auto()


class PublicationState(StrEnum):
    """Where a published file stands with us."""

    PREVIEWED = auto()
    TAKEN_IN = auto()
    DISCARDED = auto()


class PublicationEvent(StrEnum):
    """What may happen to it."""

    TAKE_IN = auto()
    DISCARD = auto()


class SuggestionState(StrEnum):
    """Where a suggested shortage stands: an officer makes a draft of it, or sets it aside."""

    OPEN = auto()
    DRAFTED = auto()
    SET_ASIDE = auto()


class SuggestionEvent(StrEnum):
    """What may happen to a suggestion; nothing here declares a shortage."""

    DRAFT = auto()
    SET_ASIDE = auto()
    REOPEN = auto()


_P, _F = PublicationState, PublicationEvent
_S, _E = SuggestionState, SuggestionEvent
_USE_LIST = by(Permission.PUBLICATION_USE)
_USE_SUGGESTION = by(Permission.SUGGESTION_USE)

LIFECYCLE: Lifecycle[PublicationState, PublicationEvent] = Lifecycle(
    _P.PREVIEWED,
    (
        Transition(_P.PREVIEWED, _F.TAKE_IN, _P.TAKEN_IN, **_USE_LIST),
        Transition(_P.PREVIEWED, _F.DISCARD, _P.DISCARDED, **_USE_LIST),
    ),
)

SUGGESTIONS: Lifecycle[SuggestionState, SuggestionEvent] = Lifecycle(
    _S.OPEN,
    (
        Transition(_S.OPEN, _E.DRAFT, _S.DRAFTED, **_USE_SUGGESTION),
        Transition(_S.OPEN, _E.SET_ASIDE, _S.SET_ASIDE, **_USE_SUGGESTION),
        Transition(_S.SET_ASIDE, _E.REOPEN, _S.OPEN, **_USE_SUGGESTION),
    ),
)
