"""Skills: levels and what speaks for them; the vocabulary itself is data."""

from enum import IntEnum, StrEnum, auto


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
