"""The two sides that sign a scheme; no rows."""

from enum import StrEnum, auto


class Side(StrEnum):
    """For which government a ministry signs or reviews."""

    DESTINATION = auto()
    ORIGIN = auto()
