"""Public references such as ``W-7K3M-9QXA-4``: made, read back with people's slips mended, and checked."""

import re
from enum import StrEnum

from mobility.errors import InvalidError

CODES = ("reference.malformed", "reference.prefix", "reference.check")

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BODY_LENGTH = 8
RANDOM_BYTES = 5
_CHECK_BASE = 37
#: Crockford's check symbols for 32 to 35 are punctuation; references that would end in one are never issued.
_CHECK_VALUES = {**{symbol: value for value, symbol in enumerate(SYMBOLS)}, "U": 36}
_CHECK_SYMBOLS = {value: symbol for symbol, value in _CHECK_VALUES.items()}
#: The prefix takes part in the check, so its letters need values of their own, O included.
_PREFIX_VALUES = {**_CHECK_VALUES, "O": 32}
_FOLD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_NOISE = re.compile(r"[\s\-\u2010-\u2015\u2212_.]+")


class Prefix(StrEnum):
    """First letter of a reference: what it names."""

    ORGANISATION = "O"
    USER = "U"
    AGREEMENT = "A"
    SCHEME = "S"
    SHORTAGE = "H"
    EMPLOYER = "E"
    VACANCY = "V"
    WORKER = "W"
    MATCH_RUN = "R"
    PROPOSAL = "P"
    QUOTA = "Q"
    JOB = "J"
    RULE_SET = "B"
    TAXONOMY_EDITION = "T"
    PUBLICATION = "F"
    SUGGESTION = "G"
    WEIGHTS = "Y"
    WAIVER = "X"
    NOTICE = "N"
    SCENARIO = "C"
    SCORECARD = "K"


def _check_value(prefix: str, body: int) -> int:
    return ((_PREFIX_VALUES[prefix] << 5 * BODY_LENGTH) + body) % _CHECK_BASE


def _symbols(body: int) -> str:
    return "".join(SYMBOLS[(body >> 5 * place) & 31] for place in reversed(range(BODY_LENGTH)))


def new_reference(prefix: str, random_bytes: bytes) -> str:
    """Make a reference from 40 random bits.

    Parameters
    ----------
    prefix : str
        One of :class:`Prefix`.
    random_bytes : bytes
        At least five bytes from a secure source; the first five are used.

    Returns
    -------
    str
        Such as ``"W-7K3M-9QXA-4"``. The last symbol is the base-32 number, prefix included, modulo 37
        (Crockford's check symbol), so any one wrong symbol and any swap of neighbours is noticed.

    Raises
    ------
    ValueError
        If the prefix is unknown or there are too few bytes.
    """
    kind = Prefix(prefix)
    if len(random_bytes) < RANDOM_BYTES:
        raise ValueError(f"a reference needs {RANDOM_BYTES} random bytes")
    body = int.from_bytes(random_bytes[:RANDOM_BYTES], "big")
    while _check_value(kind, body) not in _CHECK_SYMBOLS:
        body = (body + 1) % (1 << 5 * BODY_LENGTH)
    text = _symbols(body)
    return f"{kind}-{text[:4]}-{text[4:]}-{_CHECK_SYMBOLS[_check_value(kind, body)]}"


def parse_reference(text: str, prefix: str | None = None) -> str:
    """Read a reference as people write it and return its one true form.

    Lower case, spaces, missing or long dashes, O for 0 and I or L for 1 are mended.

    Parameters
    ----------
    text : str
        What was typed.
    prefix : str, optional
        What the reference must name.

    Raises
    ------
    InvalidError
        ``reference.malformed``, ``reference.prefix`` or ``reference.check``.
    """
    plain = _NOISE.sub("", text).upper()
    head, body, check = plain[:1].replace("0", "O"), plain[1:-1].translate(_FOLD), plain[-1:].translate(_FOLD)
    if len(body) != BODY_LENGTH or not set(body) <= set(SYMBOLS) or check not in _CHECK_VALUES:
        raise InvalidError("reference.malformed", field="reference")
    if head not in set(Prefix) or (prefix is not None and head != prefix):
        raise InvalidError("reference.prefix", field="reference", prefix=head)
    number = 0
    for symbol in body:
        number = number * 32 + _CHECK_VALUES[symbol]
    if _check_value(head, number) != _CHECK_VALUES[check]:
        raise InvalidError("reference.check", field="reference")
    return f"{head}-{body[:4]}-{body[4:]}-{check}"
