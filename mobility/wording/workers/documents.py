"""Words for identity documents and their machine-readable lines."""

from collections.abc import Mapping
from enum import Enum

from mobility.rules.cases.documents import DocumentKind
from mobility.wording.texts import Text
from mobility.wording.texts import marked as _l

LABELS: Mapping[Enum, Text] = {
    DocumentKind.PASSPORT: _l("Passport"),
    DocumentKind.NATIONAL_ID: _l("National identity card"),
    DocumentKind.TRAVEL_DOCUMENT: _l("Travel document"),
    DocumentKind.CONSULAR_CARD: _l("Consular card"),
}

SENTENCES: Mapping[str, Text] = {
    "document_known": _l("A worker is already registered with this document."),
    "document_known_elsewhere": _l(
        "This document is on the register already. Ask the person whether they registered before, and send the case to "
        "your ministry."
    ),
    "document_match.met": _l("What was typed agrees with the machine-readable lines."),
    "document_match.number_differs": _l("The machine-readable lines give another document number."),
    "document_match.birth_differs": _l("The machine-readable lines give another birth date."),
    "document_match.expiry_differs": _l("The machine-readable lines give another last day."),
    "document_match.name_differs": _l("The machine-readable lines give another name."),
    "document_validity.met": _l("The document is valid long enough."),
    "document_validity.too_short": _l("The document is valid until %(expires)s, but must be until %(needed)s."),
    "document_validity.missing": _l("There is no document on file; it must be valid until %(needed)s."),
    "mrz.lines": _l("Type two lines (passport, sheet) or three (card); these are %(lines)s."),
    "mrz.length": _l("Line %(line)s has %(length)s characters; it must have %(expected)s."),
    "mrz.symbol": _l("Line %(line)s, position %(position)s: only letters A to Z, digits and < may stand here."),
    "mrz.check": _l(
        "Line %(line)s, position %(position)s: the check digit is %(found)s but the characters before it give "
        "%(expected)s. Look for a mistyped character."
    ),
    "mrz.date": _l("Line %(line)s, position %(position)s: this is no date."),
    "mrz.sex": _l("Line %(line)s, position %(position)s: F, M or < must stand here."),
    "mrz.number": _l("Line %(line)s, position %(position)s: the document number does not end as it must."),
}
