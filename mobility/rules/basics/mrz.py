"""Machine-readable zones (ICAO 9303 TD1, TD2, TD3): read, checked, names compared; nothing is stored here."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto
from types import MappingProxyType

from mobility.errors import InvalidError

CODES = ("mrz.lines", "mrz.length", "mrz.symbol", "mrz.check", "mrz.date", "mrz.sex", "mrz.number")

FILLER = "<"
_WEIGHTS = (7, 3, 1)
_SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUES: Mapping[str, int] = MappingProxyType({FILLER: 0, **{symbol: n for n, symbol in enumerate(_SYMBOLS)}})
_SEXES: Mapping[str, str] = MappingProxyType({"F": "female", "M": "male", FILLER: "unspecified", "X": "unspecified"})
_CENTURY = 100


class MrzFormat(StrEnum):
    """Size of the document: card (TD1), sheet (TD2), passport book (TD3)."""

    TD1 = auto()
    TD2 = auto()
    TD3 = auto()


#: Each format by its number of lines and of symbols a line.
_SHAPES: Mapping[tuple[int, int], MrzFormat] = MappingProxyType(
    {(3, 30): MrzFormat.TD1, (2, 36): MrzFormat.TD2, (2, 44): MrzFormat.TD3}
)


@dataclass(frozen=True, slots=True)
class Span:
    """Part of a zone: line and symbols counted from 0, the end not included."""

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where one format keeps its fields; each check digit follows the field that it checks."""

    code: Span
    issuer: Span
    number: Span
    nationality: Span
    birth: Span
    sex: Span
    expiry: Span
    optional: tuple[Span, ...]
    names: Span
    composite: tuple[Span, ...]
    composite_digit: Span


_LAYOUTS: Mapping[MrzFormat, _Layout] = MappingProxyType(
    {
        MrzFormat.TD1: _Layout(
            code=Span(0, 0, 2),
            issuer=Span(0, 2, 5),
            number=Span(0, 5, 14),
            nationality=Span(1, 15, 18),
            birth=Span(1, 0, 6),
            sex=Span(1, 7, 8),
            expiry=Span(1, 8, 14),
            optional=(Span(0, 15, 30), Span(1, 18, 29)),
            names=Span(2, 0, 30),
            composite=(Span(0, 5, 30), Span(1, 0, 7), Span(1, 8, 15), Span(1, 18, 29)),
            composite_digit=Span(1, 29, 30),
        ),
        MrzFormat.TD2: _Layout(
            code=Span(0, 0, 2),
            issuer=Span(0, 2, 5),
            number=Span(1, 0, 9),
            nationality=Span(1, 10, 13),
            birth=Span(1, 13, 19),
            sex=Span(1, 20, 21),
            expiry=Span(1, 21, 27),
            optional=(Span(1, 28, 35),),
            names=Span(0, 5, 36),
            composite=(Span(1, 0, 10), Span(1, 13, 20), Span(1, 21, 35)),
            composite_digit=Span(1, 35, 36),
        ),
        MrzFormat.TD3: _Layout(
            code=Span(0, 0, 2),
            issuer=Span(0, 2, 5),
            number=Span(1, 0, 9),
            nationality=Span(1, 10, 13),
            birth=Span(1, 13, 19),
            sex=Span(1, 20, 21),
            expiry=Span(1, 21, 27),
            optional=(Span(1, 28, 42),),
            names=Span(0, 5, 44),
            composite=(Span(1, 0, 10), Span(1, 13, 20), Span(1, 21, 43)),
            composite_digit=Span(1, 43, 44),
        ),
    }
)


@dataclass(frozen=True, slots=True, repr=False)
class Mrz:
    """What a zone says; a zone that adds up does not prove who somebody is.

    Attributes
    ----------
    issuer, nationality : str
        Three-letter codes of ICAO 9303 part 3 (ISO 3166-1 alpha-3 with additions), fillers cut off.
    born_on : date or None
        None if the document leaves part of it out.
    sex : str
        ``female``, ``male`` or ``unspecified``, the values of ``workers.Sex``.
    family_names, given_names : str
        As written in the zone, one space between names.
    names_cut : bool
        Whether the name field is full, so that names may be cut off.
    """

    format: MrzFormat
    code: str
    issuer: str
    number: str
    nationality: str
    born_on: date | None
    sex: str
    expires_on: date
    optional: str
    family_names: str
    given_names: str
    names_cut: bool

    @property
    def full_name(self) -> str:
        """Family names, then given names, as the zone orders them."""
        return f"{self.family_names} {self.given_names}".strip()

    def __repr__(self) -> str:
        return f"Mrz({self.format}, issuer={self.issuer})"


def check_digit(text: str) -> int:
    """Return the check digit of a field: weights 7, 3, 1 over values 0-9, A-Z as 10-35, fillers as 0; modulo 10.

    Raises
    ------
    KeyError
        If a symbol does not belong in a zone.
    """
    return sum(_VALUES[symbol] * _WEIGHTS[place % 3] for place, symbol in enumerate(text)) % 10


def split_zone(text: str) -> tuple[str, ...]:
    """Return the lines of a zone in capitals, blanks inside lines and empty lines left out.

    Raises
    ------
    InvalidError
        ``mrz.lines``, ``mrz.length`` or ``mrz.symbol``, with line and position counted from 1.
    """
    lines = tuple(line for line in (re.sub(r"\s", "", raw).upper() for raw in text.splitlines()) if line)
    allowed = {length for count, length in _SHAPES if count == len(lines)}
    if not allowed:
        raise InvalidError("mrz.lines", field="mrz", lines=len(lines))
    expected = min(allowed, key=lambda length: abs(length - len(lines[0])))
    for number, line in enumerate(lines, 1):
        _check_line(line, number, expected)
    return lines


def _check_line(line: str, number: int, expected: int) -> None:
    """Refuse a line of another length, or with a symbol that no zone has."""
    if len(line) != expected:
        raise InvalidError("mrz.length", field="mrz", line=number, length=len(line), expected=expected)
    odd = next((position for position, symbol in enumerate(line, 1) if symbol not in _VALUES), None)
    if odd is not None:
        raise InvalidError("mrz.symbol", field="mrz", line=number, position=odd)


def _cut(lines: tuple[str, ...], span: Span) -> str:
    return lines[span.line][span.start : span.end]


def _verify(name: str, text: str, digit: str, span: Span) -> None:
    """Compare a field with the check digit that stands right behind it."""
    expected = check_digit(text)
    if digit != str(expected):
        raise InvalidError(
            "mrz.check", field=name, line=span.line + 1, position=span.end + 1, expected=expected, found=digit
        )


def _number(lines: tuple[str, ...], layout: _Layout, form: MrzFormat) -> tuple[str, str]:
    """Return document number and the optional data; a number too long for its field runs on into the latter."""
    span, rest = layout.number, _cut(lines, layout.optional[0])
    text = _cut(lines, span)
    digit = lines[span.line][span.end]
    if digit == FILLER and form is not MrzFormat.TD3 and rest.rstrip(FILLER):
        tail, _, optional = rest.partition(FILLER)
        if FILLER in text or not tail[:-1]:
            raise InvalidError("mrz.number", field="number", line=span.line + 1, position=span.end + 1)
        end = layout.optional[0].start + len(tail) - 1
        _verify("number", text + tail[:-1], tail[-1], Span(span.line, span.start, end))
        return text + tail[:-1], optional
    _verify("number", text, digit, span)
    return text.rstrip(FILLER), rest


def _date(text: str, name: str, span: Span, century: int) -> date:
    """Read YYMMDD in a century, or name the field that holds no such day."""
    try:
        return date(century + int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError:
        raise InvalidError("mrz.date", field=name, line=span.line + 1, position=span.start + 1) from None


def birth_century(yymmdd: str, pivot: date) -> int:
    """Return the century of a birth: the latest in which the day is not after ``pivot``."""
    this = pivot.year - pivot.year % _CENTURY
    return this if yymmdd <= f"{pivot:%y%m%d}" else this - _CENTURY


def expiry_century(yymmdd: str, pivot: date) -> int:
    """Return the century of an expiry: the one that puts its year nearest to ``pivot``, the later of two."""
    this = pivot.year - pivot.year % _CENTURY
    options = (this + _CENTURY, this, this - _CENTURY)
    return min(options, key=lambda century: abs(century + int(yymmdd[:2]) - pivot.year))


def _dates(lines: tuple[str, ...], layout: _Layout, pivot: date) -> tuple[date | None, date]:
    birth, expiry = _cut(lines, layout.birth), _cut(lines, layout.expiry)
    for name, span in (("birth", layout.birth), ("expiry", layout.expiry)):
        _verify(name, _cut(lines, span), lines[span.line][span.end], span)
    if not expiry.isdigit():
        raise InvalidError("mrz.date", field="expiry", line=layout.expiry.line + 1, position=layout.expiry.start + 1)
    expires = _date(expiry, "expiry", layout.expiry, expiry_century(expiry, pivot))
    if FILLER in birth and birth.replace(FILLER, "0").isdigit():
        return None, expires
    return _date(birth, "birth", layout.birth, birth_century(birth, pivot)), expires


def _names(field: str) -> tuple[str, str]:
    """Split a name field at the double filler; a document without a given name has none."""
    family, _, given = field.rstrip(FILLER).partition(FILLER * 2)
    return " ".join(family.split(FILLER)).strip(), " ".join(part for part in given.split(FILLER) if part)


def parse_mrz(text: str, *, pivot: date) -> Mrz:
    """Read a zone, check every check digit and the composite one.

    Parameters
    ----------
    text : str
        The lines of the zone, as read by a machine or typed.
    pivot : date
        Day on which the document is looked at, for the century of two-digit years.

    Raises
    ------
    InvalidError
        ``mrz.lines``, ``mrz.length``, ``mrz.symbol``; ``mrz.check`` with the field (number, birth, expiry,
        optional, composite); ``mrz.date``, ``mrz.sex``, ``mrz.number``. Line and position count from 1.
    """
    lines = split_zone(text)
    form = _SHAPES[len(lines), len(lines[0])]
    layout = _LAYOUTS[form]
    number, optional = _number(lines, layout, form)
    born_on, expires_on = _dates(lines, layout, pivot)
    if form is MrzFormat.TD3:
        _verify_personal_number(lines, layout.optional[0])
    digit = layout.composite_digit
    whole = "".join(_cut(lines, span) for span in layout.composite)
    _verify("composite", whole, _cut(lines, digit), Span(digit.line, digit.start, digit.start))
    sex = _cut(lines, layout.sex)
    if sex not in _SEXES:
        raise InvalidError("mrz.sex", field="sex", line=layout.sex.line + 1, position=layout.sex.start + 1)
    field = _cut(lines, layout.names)
    family, given = _names(field)
    more = (optional, *(_cut(lines, span) for span in layout.optional[1:]))
    return Mrz(
        format=form,
        code=_cut(lines, layout.code).rstrip(FILLER),
        issuer=_cut(lines, layout.issuer).rstrip(FILLER),
        number=number,
        nationality=_cut(lines, layout.nationality).rstrip(FILLER),
        born_on=born_on,
        sex=_SEXES[sex],
        expires_on=expires_on,
        optional=" ".join(part for part in (piece.strip(FILLER) for piece in more) if part),
        family_names=family,
        given_names=given,
        names_cut=not field.endswith(FILLER),
    )


def _verify_personal_number(lines: tuple[str, ...], span: Span) -> None:
    """Check a passport's optional field; a filler may stand for the digit of an empty one."""
    text, digit = _cut(lines, span), lines[span.line][span.end]
    if digit != FILLER or text.strip(FILLER):
        _verify("optional", text, digit, span)


#: Letters that states write differently in the zone (ICAO 9303 part 3, section 6).
_VARIANTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Ä": ("AE", "A", "AXX"),
        "Å": ("AA", "A"),
        "Æ": ("AE",),
        "Ð": ("D", "DH"),
        "Ñ": ("N", "NXX"),
        "Ö": ("OE", "O", "OXX"),
        "Ø": ("OE", "O"),
        "Œ": ("OE",),
        "Þ": ("TH",),
        "Ü": ("UE", "U", "UXX"),
        "ẞ": ("SS",),
        "Ł": ("L",),
        "Đ": ("D",),
        "İ": ("I",),
    }
)
_GAPS = re.compile(r"[\s\-\u2010-\u2015]+")
_DROPPED = re.compile(r"['\u2018\u2019\u02bb\u02bc.`,]")


def _spellings(letter: str) -> tuple[str, ...]:
    """Return the ways in which one letter of a name may stand in a zone."""
    if letter in _VARIANTS:
        return _VARIANTS[letter]
    plain = "".join(c for c in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(c))
    return (plain,)


def same_name(written: str, zone: str, *, cut: bool = False) -> bool:
    """Whether a name as people write it may stand as ``zone`` in a machine-readable zone.

    Parameters
    ----------
    written : str
        Such as ``"Núñez-Müller"``; accents, apostrophes, hyphens and case do not matter.
    zone : str
        Such as ``"NUNXXEZ MUELLER"``, as :class:`Mrz` gives it.
    cut : bool
        Whether the zone may end early (``Mrz.names_cut``).
    """
    plain = _GAPS.sub(" ", _DROPPED.sub("", unicodedata.normalize("NFC", written).replace("ß", "ẞ"))).strip().upper()
    goal = _GAPS.sub(" ", zone).strip().upper()
    reached = {0}
    for letter in plain:
        if cut and len(goal) in reached:
            return True
        reached = {
            at + len(spelling) for at in reached for spelling in _spellings(letter) if goal.startswith(spelling, at)
        }
    return len(goal) in reached and bool(goal)
