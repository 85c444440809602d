"""Identity documents: kinds and validity; machine-readable zones are read in mrz."""

from enum import StrEnum, auto


class DocumentKind(StrEnum):
    """What paper shows who a worker is."""

    PASSPORT = auto()
    NATIONAL_ID = auto()
    TRAVEL_DOCUMENT = auto()
    CONSULAR_CARD = auto()
