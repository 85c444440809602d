"""Bilateral agreements: when they are in force and who bears which cost; no rows and no sentences."""

from enum import StrEnum, auto


class Side(StrEnum):
    """Which of the two governments of an agreement."""

    DESTINATION = auto()
    ORIGIN = auto()


class CostKind(StrEnum):
    """What somebody has to pay for between recruitment and return."""

    RECRUITMENT = auto()
    VISA = auto()
    PASSPORT = auto()
    MEDICAL = auto()
    TRAVEL_OUT = auto()
    TRAVEL_BACK = auto()
    HOUSING = auto()
    INSURANCE = auto()
    TRAINING = auto()


class CostBearer(StrEnum):
    """Who pays."""

    EMPLOYER = auto()
    WORKER = auto()
    DESTINATION = auto()
    ORIGIN = auto()
    SHARED = auto()
