"""Skills: levels and what speaks for them; the vocabulary itself is data."""

from collections.abc import Mapping
from enum import IntEnum, StrEnum, auto
from types import MappingProxyType


class Evidence(StrEnum):
    """What speaks for a skill, weakest first."""

    CLAIMED = auto()
    ATTESTED = auto()
    TESTED = auto()
    CREDENTIAL = auto()


class SkillLevel(IntEnum):
    """How well somebody does something."""

    BASIC = 1
    INDEPENDENT = 2
    ADVANCED = 3
    EXPERT = 4


#: Rank of each kind of evidence; a paper that others can check outweighs a test, a test a referee's word.
STRENGTH: Mapping[Evidence, int] = MappingProxyType({kind: rank for rank, kind in enumerate(Evidence)})


def meets(level: SkillLevel | None, asked: SkillLevel) -> bool:
    """Whether a worker's level (None: not held) reaches the one that a vacancy asks for."""
    return level is not None and level >= asked
