"""Codes of occupations as lists write them: with a title in the cell, a lost zero, a prefix, a suffix; read alike."""

import re
from collections.abc import Collection

from mobility.formats.cells import CellFaultError, text_of
from mobility.formats.workbooks import Cell

#: Unit groups of the armed forces as they look after a spreadsheet has dropped their zero.
LOST_ZERO = frozenset({"110", "210", "310"})
_NOC_DIGITS = 5
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
_QUOTES = "'\u2018\u2019\u00b4`\""
_PREFIX = re.compile(
    r"^C(?=\d{4}\b)|^(ISCO|CIUO|CITP|SOC|NOC|CNP|O\*?NET)(?:[- ]?(08|88|2010|2018|2016|2021))?(?:-SOC)?[ :._-]+",
    re.IGNORECASE,
)
#: Behind a blank alone a title begins with a letter: ``92 11`` is a slip, not group 92.
_CODE_AND_TITLE = re.compile(
    r"(?P<code>[0-9](?:[0-9.-]*[0-9])?)(?:[.]?|\s*[-:|,;/]\s*(?P<marked>\S.*)|\s+(?P<spaced>[^\W\d].*))"
)
_SPREAD_DASH = re.compile(r"(?<=^\d\d) *- *(?=\d{4}\b)")
_SOC = re.compile(r"(\d{2})-?(\d{4})(\.\d{2})?", re.ASCII)


def split_code(cell: Cell) -> tuple[str, str]:
    """Return code and title of a cell such as ``85101-Harvesting labourers``; the title is empty where none stands.

    What does not begin with a code comes back whole as the code, so that a message can repeat it.
    """
    text = text_of(cell).translate(_DASHES).strip(_QUOTES + " ")
    bare = _SPREAD_DASH.sub("-", _PREFIX.sub("", text, count=1))
    found = _CODE_AND_TITLE.fullmatch(bare)
    return (found["code"], found["marked"] or found["spaced"] or "") if found else (text, "")


def isco_code(cell: Cell) -> str:
    """Return an ISCO-08 code as its digits: ``9211``, ``0110`` where a spreadsheet made 110 of it."""
    code = _without_decimals(split_code(cell)[0])
    return f"0{code}" if code in LOST_ZERO else code


def soc_code(cell: Cell) -> str:
    """Return a SOC code as ``37-3011``, with or without dash; the suffix of an O*NET code is dropped.

    Raises
    ------
    CellFaultError
        ``missing``, ``not_a_soc_code``.
    """
    code = _without_decimals(split_code(cell)[0])
    if not code:
        raise CellFaultError("missing")
    found = _SOC.fullmatch(code)
    if found is None:
        raise CellFaultError("not_a_soc_code")
    return f"{found[1]}-{found[2]}"


def scheme_code(scheme: str, cell: Cell) -> str:
    """Return a code as its scheme (``isco08``, ``soc2018``, ``noc2021``) writes it; of others, as it stands."""
    code = _without_decimals(split_code(cell)[0])
    if scheme == "isco08":
        return isco_code(cell)
    if scheme.startswith("soc") and _SOC.fullmatch(code):
        return soc_code(cell)
    return code.zfill(_NOC_DIGITS) if scheme == "noc2021" and code.isdecimal() else code


def known_code(cell: Cell, known: Collection[str]) -> str:
    """Return the code of a classification whose codes are known, as it is written there; else as it stands.

    ``10`` is ``00010`` where all known codes have five digits and that one is among them.
    """
    code = split_code(cell)[0]
    if code in known:
        return code
    bare = _without_decimals(code)
    widths = {len(each) for each in known}
    padded = [bare.zfill(width) for width in sorted(widths)] if bare.isdecimal() else []
    whole = [bare, scheme_code("soc", cell), *padded]
    return next((each for each in whole if each in known), code)


def _without_decimals(code: str) -> str:
    """Drop the ``.0`` of a code that a spreadsheet took for a number."""
    return re.sub(r"\.0+$", "", code)
