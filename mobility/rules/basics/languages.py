"""Levels of the Common European Framework and their order; no tests of people and no texts."""

from enum import IntEnum

from mobility.errors import InvalidError
from mobility.rules.basics.findings import Verdict

CODES = ("language.unknown_level",)


class Cefr(IntEnum):
    """A level of the Common European Framework of Reference; ``NONE`` is known to be below A1."""

    NONE = 0
    A1 = 1
    A2 = 2
    B1 = 3
    B2 = 4
    C1 = 5
    C2 = 6


def at_least(level: Cefr | None, needed: Cefr) -> Verdict:
    """Compare a level with the one that is asked for; ``None`` means that nobody knows the level."""
    if needed is Cefr.NONE:
        return Verdict.PASS
    if level is None:
        return Verdict.UNKNOWN
    return Verdict.PASS if level >= needed else Verdict.FAIL


def parse(text: str) -> Cefr:
    """Read a level as people write it: ``"b1"``, ``" B1 "``, ``"B1+"`` (the plus is dropped), ``"none"``.

    Raises
    ------
    InvalidError
        ``language.unknown_level`` if it is none of the seven.
    """
    name = text.strip().upper().removesuffix("+")
    if name not in Cefr.__members__:
        raise InvalidError("language.unknown_level", level=text[:20])
    return Cefr[name]
