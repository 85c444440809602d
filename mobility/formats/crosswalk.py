"""Crosswalks between occupation codes (SOC 2010, SOC 2018, ISCO-08) read from the files that publishers offer."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from pathlib import Path

from mobility.errors import InvalidError
from mobility.formats.cells import CellFaultError, folded, text_of
from mobility.formats.codes import isco_code, soc_code
from mobility.formats.tables import Limits, Row, read_sheets
from mobility.formats.workbooks import Cell

_HEADER_WITHIN = 30
_ISCO = re.compile(r"\d{1,4}")
_UNIT_GROUP_DIGITS = 4
_BOTH_SIDES = 2
#: The group that seasonal work means where a SOC occupation was divided and titles mislead: hotels rather than homes,
#: farm animals rather than fish, labourers rather than operators. Used only if a file has the link.
PREFERRED: Mapping[str, str] = {
    "37-2011": "9112",
    "37-2012": "9112",
    "39-3091": "9629",
    "45-1011": "6130",
    "45-2041": "7515",
    "45-2093": "9212",
    "45-2099": "9213",
    "45-4011": "9215",
    "51-3092": "8160",
}
_EXPECTED = "soc and isco, or soc 2010 and soc 2018"


class LinkKind(StrEnum):
    """How an ISCO-08 group relates to the SOC occupation that it is linked from (the terms of SKOS)."""

    EXACT = "exact"
    NARROW = "narrow"
    CLOSE = "close"
    BROAD = "broad"


@dataclass(frozen=True, slots=True)
class IscoLink:
    """One ISCO-08 group that a SOC occupation corresponds to, wholly or in part; ``likeness`` compares the titles."""

    code: str
    kind: LinkKind
    likeness: float = 0.0


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """SOC to ISCO-08, and newer SOC codes by way of the older ones that they replaced."""

    links: Mapping[str, tuple[IscoLink, ...]]
    older: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def isco_for(self, soc: str) -> tuple[IscoLink, ...]:
        """Return the ISCO-08 groups of a SOC occupation, best first; empty if no file names it.

        A code that the ISCO table does not know is looked up through the codes that it replaced; if those are
        several, or were divided, what they lead to is no more than close.
        """
        if soc in self.links:
            return self.links[soc]
        before = [code for code in self.older.get(soc, ()) if code in self.links]
        if len(before) == 1 and sum(before[0] in olds for olds in self.older.values()) == 1:
            return self.links[before[0]]
        return _by_way_of([link for code in before for link in self.links[code]])

    def best(self, soc: str) -> str | None:
        """Return the one ISCO-08 unit group (four digits) to use for a SOC occupation; None if there is none.

        The group that `PREFERRED` names if a file links it; else by a total order that depends on the files alone: an
        exact link first; then the link whose title is most like the SOC title; then narrow before close before broad;
        then the lowest code.
        """
        groups = [link.code for link in self.isco_for(soc) if len(link.code) == _UNIT_GROUP_DIGITS]
        preferred = PREFERRED.get(soc)
        return preferred if preferred in groups else next(iter(groups), None)


def _by_way_of(links: Iterable[IscoLink]) -> tuple[IscoLink, ...]:
    """Return the links of older codes as those of the newer one, each group once at its greatest likeness."""
    likeness: dict[str, float] = {}
    for link in links:
        likeness[link.code] = max(likeness.get(link.code, link.likeness), link.likeness)
    return tuple(sorted((IscoLink(code, LinkKind.CLOSE, most) for code, most in likeness.items()), key=_preference))


@dataclass(slots=True)
class _Pairs:
    """The pairs of one or more tables as found, before kinds are derived."""

    likeness: dict[tuple[str, str], float] = field(default_factory=dict)
    partial: set[tuple[str, str]] = field(default_factory=set)
    older: set[tuple[str, str]] = field(default_factory=set)

    def take(self, row: Row, headings: "_Headings") -> None:
        """Add what one row of a table links, if anything."""
        soc, old = _soc(row, headings.soc), _soc(row, headings.older)
        isco = _isco(row, headings.isco)
        if soc and old:
            self.older.add((old, soc))
        if soc and isco:
            pair, likeness = (soc, isco), _title_likeness(row, headings.titles)
            self.likeness[pair] = max(self.likeness.get(pair, 0.0), likeness)
            if text_of(_cell(row, headings.part)):
                self.partial.add(pair)


@dataclass(frozen=True, slots=True)
class _Headings:
    """Which columns of a crosswalk table hold what; ``older`` is SOC 2010 where the table leads to SOC 2018."""

    soc: int
    isco: int | None
    older: int | None
    part: int | None
    titles: tuple[int | None, int | None]


def read_crosswalk(paths: Sequence[Path], *, limits: Limits | None = None) -> Crosswalk:
    """Read one or more crosswalk files into one: SOC to ISCO-08, and SOC 2010 to SOC 2018 for files of later years.

    Every sheet that names both codes in a heading is read, in either direction. How many codes share each end of a
    link tells its kind; a match that the table marks as partial (a star in a column *part*) is never exact.

    Raises
    ------
    InvalidError
        What `read_sheets` refuses; ``crosswalk_columns_missing`` if no sheet of a file has the headings;
        ``crosswalk_empty`` if no pair of SOC and ISCO-08 codes was found in any.
    """
    pairs = _Pairs()
    for path in paths:
        if not sum(_take_sheet(sheet.rows, pairs) for sheet in read_sheets(path, limits=limits)):
            raise InvalidError("crosswalk_columns_missing", field="crosswalk", expected=_EXPECTED, file=path.name)
    if not pairs.likeness:
        raise InvalidError("crosswalk_empty", field="crosswalk", expected="soc and isco")
    older: defaultdict[str, set[str]] = defaultdict(set)
    for old, new in pairs.older:
        older[new].add(old)
    return Crosswalk(_linked(pairs), {new: tuple(sorted(olds)) for new, olds in sorted(older.items())})


def _take_sheet(rows: Iterator[Row], pairs: _Pairs) -> bool:
    """Add the pairs of one sheet and say whether it was a crosswalk at all."""
    headings = next((found for row in islice(rows, _HEADER_WITHIN) if (found := _headings(row))), None)
    if headings is None:
        return False
    for row in rows:
        pairs.take(row, headings)
    return True


def _headings(row: Row) -> _Headings | None:
    words = [folded(text_of(cell)[:64]) for cell in row.cells]
    if sum("soc" in word or "isco" in word for word in words) < _BOTH_SIDES:
        return None

    isco = _place(words, "isco")
    return _between_years(words) if isco is None else _to_isco(words, isco)


def _place(words: Sequence[str], *needed: str, title: bool = False) -> int | None:
    """Return the first heading with these words in it that is, or is not, one of titles."""
    fits = (all(need in word for need in needed) and ("title" in word) is title for word in words)
    return next((position for position, fit in enumerate(fits) if fit), None)


def _between_years(words: Sequence[str]) -> _Headings | None:
    """Return the headings of a table from SOC 2010 to SOC 2018."""
    old, new = _place(words, "soc", "2010"), _place(words, "soc", "2018")
    return None if old is None or new is None else _Headings(new, None, old, None, (None, None))


def _to_isco(words: Sequence[str], isco: int) -> _Headings | None:
    """Return the headings of a table between SOC, of whatever year, and ISCO-08."""
    soc = _place(words, "soc")
    part = next((position for position, word in enumerate(words) if word in {"part", "partial"}), None)
    titles = (_place(words, "soc", title=True), _place(words, "isco", title=True))
    return None if soc is None else _Headings(soc, isco, None, part, titles)


def _cell(row: Row, position: int | None) -> Cell:
    return row.cells[position] if position is not None and position < len(row.cells) else None


def _soc(row: Row, position: int | None) -> str | None:
    try:
        return soc_code(_cell(row, position))
    except CellFaultError:
        return None


def _isco(row: Row, position: int | None) -> str | None:
    code = isco_code(_cell(row, position))
    return code if code.isascii() and _ISCO.fullmatch(code) else None


def _linked(pairs: _Pairs) -> dict[str, tuple[IscoLink, ...]]:
    targets: defaultdict[str, set[str]] = defaultdict(set)
    sources: defaultdict[str, set[str]] = defaultdict(set)
    for soc, isco in pairs.likeness:
        targets[soc].add(isco)
        sources[isco].add(soc)
    links: dict[str, tuple[IscoLink, ...]] = {}
    for soc in sorted(targets):
        found = []
        for isco in targets[soc]:
            kind = _kind(len(targets[soc]), len(sources[isco]), isco, partial=(soc, isco) in pairs.partial)
            found.append(IscoLink(isco, kind, pairs.likeness[soc, isco]))
        links[soc] = tuple(sorted(found, key=_preference))
    return links


def _kind(targets: int, sources: int, isco: str, *, partial: bool) -> LinkKind:
    """Tell the kind of a link by how many groups share each of its ends."""
    if targets == 1 and len(isco) < _UNIT_GROUP_DIGITS:
        return LinkKind.BROAD
    if targets == sources == 1 and partial:
        return LinkKind.CLOSE
    if targets == 1:
        return LinkKind.EXACT if sources == 1 else LinkKind.BROAD
    return LinkKind.NARROW if sources == 1 else LinkKind.CLOSE


def _preference(link: IscoLink) -> tuple[bool, float, int, str]:
    return link.kind is not LinkKind.EXACT, -link.likeness, list(LinkKind).index(link.kind), link.code


def _title_likeness(row: Row, titles: tuple[int | None, int | None]) -> float:
    """Return the share of letter triples that two titles have in common (Dice's coefficient), to two places."""
    ours, theirs = (_triples(text_of(_cell(row, position))) for position in titles)
    total = len(ours) + len(theirs)
    return round(2 * len(ours & theirs) / total, 2) if total else 0.0


def _triples(title: str) -> frozenset[str]:
    words = re.findall(r"[a-z]+", title[:200].lower().replace("our", "or"))
    return frozenset(padded[start : start + 3] for padded in map("_{}_".format, words) for start in _starts(padded))


def _starts(padded: str) -> Iterable[int]:
    return range(len(padded) - 2)
