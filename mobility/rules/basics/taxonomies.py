"""Classifications of work: kinds of concepts and links, links of links, and what a score says in words; pure."""

from collections.abc import Iterable
from enum import StrEnum

#: What ESCO's publisher asks everybody who uses it to show.
ESCO_NOTICE = "This service uses the ESCO classification of the European Commission."
#: Least score at which an import may take a title's best match without a person; it always says so in its report.
CHOSEN_ALONE = 0.9
#: How far the second best must then be behind.
CLEAR_MARGIN = 0.1


class TaxonomyKind(StrEnum):
    """What was imported: ESCO, the titles of O*NET, or links between codes."""

    ESCO = "esco"
    ONET = "onet"
    CROSSWALK = "crosswalk"


class ConceptKind(StrEnum):
    """What a concept names."""

    OCCUPATION = "occupation"
    SKILL = "skill"
    SKILL_GROUP = "skill_group"


class MatchKind(StrEnum):
    """How the target of a link relates to its source, in the terms of SKOS."""

    EXACT = "exact"
    CLOSE = "close"
    BROAD = "broad"
    NARROW = "narrow"


class ConfidenceKind(StrEnum):
    """How sure the search is of a match, in a word."""

    VERY_LIKELY = "very_likely"
    LIKELY = "likely"
    POSSIBLE = "possible"


_VERY_LIKELY, _LIKELY = 0.8, 0.5


def confidence(score: float) -> ConfidenceKind:
    """Say a calibrated score in a word.

    Parameters
    ----------
    score : float
        In [0, 1]: how often an answer with this score is the right one.

    Returns
    -------
    ConfidenceKind
        VERY_LIKELY from 0.8, LIKELY from 0.5, else POSSIBLE.
    """
    if score >= _VERY_LIKELY:
        return ConfidenceKind.VERY_LIKELY
    return ConfidenceKind.LIKELY if score >= _LIKELY else ConfidenceKind.POSSIBLE


def is_clear(scores: Iterable[float]) -> bool:
    """Tell whether the first of some falling scores may be taken without a person.

    Parameters
    ----------
    scores : iterable of float
        In [0, 1], best first.

    Returns
    -------
    bool
        True from `CHOSEN_ALONE`, if the second is at least `CLEAR_MARGIN` behind.
    """
    first, second, *_ = [*scores, 0.0, 0.0]
    return first >= CHOSEN_ALONE and first - second >= CLEAR_MARGIN


def composed(first: MatchKind, second: MatchKind) -> MatchKind:
    """Return the kind of a link that goes by way of another code.

    Parameters
    ----------
    first, second : MatchKind
        From the source to the code between, and from there to the target.

    Returns
    -------
    MatchKind
        An exact link changes nothing; two broad links are broad, two narrow ones narrow; anything else is close.
    """
    if first is MatchKind.EXACT:
        return second
    if second is MatchKind.EXACT or first is second:
        return first
    return MatchKind.CLOSE
