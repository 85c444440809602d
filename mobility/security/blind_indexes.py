"""Keyed hashes by which a worker is found again without opening anything; what may be searched stands in queries."""

from mobility.db import fold
from mobility.security.keyring import Keyring


def name_index(keyring: Keyring, name: str) -> str:
    """Return the index of a whole name; case, accents, hyphens and the order of its words do not matter."""
    words = sorted(fold(name.replace("-", " ")).split())
    return keyring.blind("worker.name", " ".join(words))


def phone_index(keyring: Keyring, phone: str) -> str:
    """Return the index of a telephone number, by its digits alone."""
    return keyring.blind("worker.phone", "".join(symbol for symbol in phone if symbol.isdecimal()))


def document_index(keyring: Keyring, issuer: str, number: str) -> str:
    """Return the index of a document's number, of one issuing country; blanks and hyphens do not matter."""
    plain = "".join(symbol for symbol in number.upper() if symbol.isalnum())
    return keyring.blind(f"identity_document.number:{issuer}", plain)
