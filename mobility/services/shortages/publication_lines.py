"""What the lines of a published file come to: occupations and figures, or faults that say what is wrong where."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from mobility.data import reference
from mobility.formats.cells import CellFaultError, amount, whole
from mobility.formats.published_lists import PublishedLine
from mobility.rules.cases.publications import CodeKind, PublicationKind
from mobility.rules.figures.tightness import SCALES, IndicatorKind

#: From the codes of a file to ISCO-08 unit groups; empty for codes that lead nowhere.
CodeMap = Mapping[str, Sequence[str]]
Fault = dict[str, Any]
MOST_PEOPLE = 1_000_000


@dataclass(frozen=True)
class PublicationTerms:
    """What an officer says of a file: ``indicator`` and period only where it holds figures."""

    kind: PublicationKind
    codes: CodeKind
    title: str
    source: str
    published_on: date
    indicator: IndicatorKind | None = None
    period_from: date | None = None
    period_to: date | None = None
    region: str = ""


@dataclass
class Reading:
    """What the lines of a file come to: those that fit, one an occupation, and a fault for each that does not."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


class LineReader:
    """Makes of each line what it says of occupations, or the faults that keep it from saying anything.

    Parameters
    ----------
    terms : PublicationTerms
    code_map : mapping of str to sequence of str, optional
        None where the file names ISCO-08 unit groups itself.
    occupations : collection of str
        The unit groups that we know.
    country : str
        Lines may name its regions; a line that names none speaks of the region of the terms, else of the country.
    """

    def __init__(
        self, terms: PublicationTerms, code_map: CodeMap | None, occupations: Collection[str], country: str
    ) -> None:
        self._terms, self._map, self._occupations = terms, code_map, frozenset(occupations)
        regions = {region.code for region in reference.regions() if region.country == country}
        self._regions = regions | {country}
        self._default = terms.region or country

    def read(self, lines: Sequence[PublishedLine]) -> Reading:
        """Read every line; of two that say the same the first one stands."""
        found = Reading()
        first: dict[tuple[str, str], int] = {}
        measured: dict[tuple[str, str], int] = {}
        for line in lines:
            faults = list(self._faults(line))
            key = (line.text("code"), self._region(line))
            if not faults and key in first:
                faults = [_fault(line, "publication.duplicate_line", "code", other=first[key])]
            groups = [] if faults else self._groups(line.text("code"))
            if not faults and self._terms.kind is PublicationKind.FIGURES:
                faults = [
                    _fault(line, "publication.same_occupation", "code", other=measured[group, key[1]])
                    for group in groups
                    if (group, key[1]) in measured
                ][:1]
            if faults:
                found.faults += faults
                continue
            first[key] = line.line
            measured |= {(group, key[1]): line.line for group in groups}
            found.lines += [self._line(line, group) for group in groups]
        return found

    def _region(self, line: PublishedLine) -> str:
        return line.text("region").upper() or self._default

    def _groups(self, code: str) -> list[str]:
        known = [code] if self._map is None else self._map.get(code, ())
        return [group for group in known if group in self._occupations]

    def _faults(self, line: PublishedLine) -> Iterator[Fault]:
        code = line.text("code")
        if not code:
            yield _fault(line, "publication.code_missing", "code")
        elif self._map is not None and not self._map.get(code):
            yield _fault(line, "publication.code_unknown", "code")
        elif not self._groups(code):
            yield _fault(line, "publication.occupation_unknown", "code")
        if self._region(line) not in self._regions:
            yield _fault(line, "publication.region_unknown", "region")
        yield from self._number_faults(line)

    def _number_faults(self, line: PublishedLine) -> Iterator[Fault]:
        if self._terms.kind is PublicationKind.SHORTAGE_LIST:
            if line.text("headcount") and not 0 < _whole(line.text("headcount")) <= MOST_PEOPLE:
                yield _fault(line, "publication.headcount_expected", "headcount")
            return
        text, scale = line.text("value"), SCALES[self._terms.indicator or IndicatorKind.VACANCY_RATE]
        figure = _figure(text)
        if not text:
            yield _fault(line, "publication.value_missing", "value")
        elif figure is None:
            yield _fault(line, "publication.number_expected", "value")
        elif not scale.least <= figure <= scale.most:
            yield _fault(line, "publication.value_implausible", "value", least=str(scale.least), most=str(scale.most))

    def _line(self, line: PublishedLine, group: str) -> dict[str, Any]:
        told = {"line": line.line, "code": line.text("code"), "title": line.text("title"), "note": line.text("note")}
        told |= {"occupation": group, "region": self._region(line)}
        if self._terms.kind is PublicationKind.FIGURES:
            return {**told, "value": f"{_figure(line.text('value')):f}"}
        headcount = line.text("headcount")
        return {**told, "headcount": _whole(headcount) if headcount else None}


def _fault(line: PublishedLine, code: str, column: str, **params: str | int) -> Fault:
    return {"line": line.line, "code": code, "column": column, "value": line.text(column)[:40], "params": params}


def _whole(text: str) -> int:
    try:
        return whole(text)
    except CellFaultError:
        return 0


def _figure(text: str) -> Decimal | None:
    sign, bare = (-1, text[1:]) if text.startswith("-") else (1, text)
    try:
        return sign * amount(bare.rstrip("% "))
    except CellFaultError:
        return None
