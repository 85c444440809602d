"""Consents: which purposes are in force at a moment; the texts and rows live elsewhere."""

from enum import StrEnum, auto


class ConsentPurpose(StrEnum):
    """What a worker agrees to, each on its own."""

    REGISTRATION = auto()
    MATCHING = auto()
    SHARE_WITH_DESTINATION = auto()
    SHARE_WITH_EMPLOYER = auto()
    STATISTICS = auto()
