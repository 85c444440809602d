"""Identity documents: kinds, and whether one is valid long enough; machine-readable zones are read in mrz."""

from datetime import date
from enum import StrEnum, auto

from mobility.rules.basics.dates import add_months
from mobility.rules.basics.findings import Finding, judge, unknown
from mobility.rules.basics.mrz import Mrz, same_name

CODES = (
    "document_validity.met",
    "document_validity.too_short",
    "document_validity.missing",
    "document_match.met",
    "document_match.number_differs",
    "document_match.birth_differs",
    "document_match.expiry_differs",
    "document_match.name_differs",
)


class DocumentKind(StrEnum):
    """What paper shows who a worker is."""

    PASSPORT = auto()
    NATIONAL_ID = auto()
    TRAVEL_DOCUMENT = auto()
    CONSULAR_CARD = auto()


#: Papers with which one may cross a border; the others only show who somebody is.
TRAVEL_KINDS = frozenset({DocumentKind.PASSPORT, DocumentKind.TRAVEL_DOCUMENT})


def is_valid(expires_on: date, day: date) -> bool:
    """Whether a document is in force; it still is on its last day."""
    return day <= expires_on


def validity_finding(expires_on: date | None, end: date, months: int, *, source: str) -> Finding:
    """Check that a document is valid ``months`` months beyond the end of a stay.

    Parameters
    ----------
    expires_on : date or None
        Last day of the document; None if there is none on file, which is unknown, not a fail.
    end : date
        Last day of the stay.
    months : int
        How much longer it must be valid, 0 or more.
    source : str
        Citation of the rule.
    """
    needed = add_months(end, months)
    if expires_on is None:
        return unknown("document_validity", source, needed=needed.isoformat(), months=months)
    return judge(
        "document_validity",
        ok=is_valid(expires_on, needed),
        source=source,
        no="too_short",
        expires=expires_on.isoformat(),
        needed=needed.isoformat(),
        months=months,
    )


def match_findings(
    zone: Mrz,
    *,
    number: str,
    born_on: date,
    expires_on: date,
    family_names: str,
    given_names: str,
    source: str = "ICAO Doc 9303",
) -> list[Finding]:
    """Compare what was typed with the machine-readable zone, field by field; no value is repeated in a finding.

    Names are compared as the zone would spell them, so an accent or a hyphen is no difference.
    """
    typed = "".join(symbol for symbol in number.upper() if symbol.isalnum())
    same = {
        "number_differs": typed == zone.number.replace("<", ""),
        "birth_differs": zone.born_on is None or zone.born_on == born_on,
        "expiry_differs": zone.expires_on == expires_on,
        "name_differs": same_name(f"{family_names} {given_names}", zone.full_name, cut=zone.names_cut),
    }
    return [judge("document_match", ok=ok, source=source, no=difference) for difference, ok in same.items()]
