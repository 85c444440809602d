"""What the lines of a published file come to: occupations and figures, or faults that say what is wrong where."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from mobility.data import reference
from mobility.formats.codes import isco_code, known_code, split_code
from mobility.formats.numbers import Mark, WrittenNumber, settled, written
from mobility.formats.published_lists import PublishedLine
from mobility.rules.cases.publications import CodeKind, PublicationKind
from mobility.rules.figures.tightness import SCALES, IndicatorKind

#: From the codes of a file to ISCO-08 unit groups; empty for codes that lead nowhere.
CodeMap = Mapping[str, Sequence[str]]
Fault = dict[str, Any]
MOST_PEOPLE = 1_000_000


@dataclass(frozen=True)
class PublicationTerms:
    """What an officer says of a file: ``indicator`` and period only where it holds figures.

    ``decimals`` is the decimal sign of the file; without one, the file's own numbers tell it if they can.
    """

    kind: PublicationKind
    codes: CodeKind
    title: str
    source: str
    published_on: date
    indicator: IndicatorKind | None = None
    period_from: date | None = None
    period_to: date | None = None
    region: str = ""
    decimals: Mark | None = None


@dataclass
class ListReading:
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
        self._country = country
        self._default = terms.region or country
        self._mark = terms.decimals

    def read(self, lines: Sequence[PublishedLine]) -> ListReading:
        """Read every line; of two that say the same the first one stands."""
        found = ListReading()
        self._mark = self._terms.decimals or settled(self._numbers(lines))
        first: dict[tuple[str, str], int] = {}
        measured: dict[tuple[str, str], int] = {}
        for line in lines:
            key = (self._code(line), self._region(line))
            faults = list(self._faults(line)) or self._repeats(line, first, measured)
            if faults:
                found.faults += faults
                continue
            groups = self._groups(self._code(line))
            first[key] = line.line
            measured |= {(group, key[1]): line.line for group in groups}
            found.lines += [self._line(line, group) for group in groups]
        return found

    def _numbers(self, lines: Sequence[PublishedLine]) -> Iterator[WrittenNumber]:
        """Yield the numbers that the file writes as text: number cells of a spreadsheet show no decimal sign."""
        for line in lines:
            yield from (written(line.text(name)) for name in ("value", "headcount") if name not in line.exact)

    def _code(self, line: PublishedLine) -> str:
        """Return the code as its classification writes it."""
        return isco_code(line.text("code")) if self._map is None else known_code(line.text("code"), self._map)

    def _repeats(
        self, line: PublishedLine, first: Mapping[tuple[str, str], int], measured: Mapping[tuple[str, str], int]
    ) -> list[Fault]:
        """Return the fault of a line that says what an earlier one said: its code, or a figure of its occupation."""
        code, region = self._code(line), self._region(line)
        if (code, region) in first:
            return [_fault(line, "publication.duplicate_line", "code", other=first[code, region])]
        if self._terms.kind is not PublicationKind.FIGURES:
            return []
        earlier = [measured[group, region] for group in self._groups(code) if (group, region) in measured]
        return [_fault(line, "publication.same_occupation", "code", other=other) for other in earlier[:1]]

    def _region(self, line: PublishedLine) -> str:
        """Return the code of the region; a name that is none of the country's comes back as it stands."""
        text = line.text("region")
        return (reference.region_named(text, self._country) or text) if text else self._default

    def _groups(self, code: str) -> list[str]:
        known = [code] if self._map is None else self._map.get(code, ())
        return [group for group in known if group in self._occupations]

    def _faults(self, line: PublishedLine) -> Iterator[Fault]:
        code = self._code(line)
        if not code:
            yield _fault(line, "publication.code_missing", "code")
        elif self._map is not None and code not in self._map:
            yield _fault(line, "publication.code_unknown", "code")
        elif self._map is not None and not self._map[code]:
            yield _fault(line, "publication.code_leads_nowhere", "code")
        elif not self._groups(code):
            yield _fault(line, "publication.occupation_unknown", "code")
        if line.text("region") and not reference.region_named(line.text("region"), self._country):
            yield _fault(line, "publication.region_unknown", "region")
        yield from self._number_faults(line)

    def _number_faults(self, line: PublishedLine) -> Iterator[Fault]:
        column = "headcount" if self._terms.kind is PublicationKind.SHORTAGE_LIST else "value"
        number = self._number(line, column)
        if not line.text(column):
            if column == "value":
                yield _fault(line, "publication.value_missing", column)
        elif len(number.values) > 1 and number.value(self._mark) is None:
            first, second = (f"{value:f}" for value in sorted(number.values))
            yield _fault(line, "publication.number_ambiguous", column, first=first, second=second)
        else:
            yield from self._value_faults(line, column, number.value(self._mark))

    def _value_faults(self, line: PublishedLine, column: str, value: Decimal | None) -> Iterator[Fault]:
        if column == "headcount":
            if value is None or value != value.to_integral_value() or not 0 < value <= MOST_PEOPLE:
                yield _fault(line, "publication.headcount_expected", column)
            return
        scale = SCALES[self._terms.indicator or IndicatorKind.VACANCY_RATE]
        if value is None:
            yield _fault(line, "publication.number_expected", column)
        elif not scale.least <= value <= scale.most:
            yield _fault(line, "publication.value_implausible", column, least=str(scale.least), most=str(scale.most))

    def _number(self, line: PublishedLine, column: str) -> WrittenNumber:
        """Return the number of a cell; a number of people has no decimals, which may leave one reading of two."""
        number = written(line.text(column))
        readings = dict(number.readings)
        if column in line.exact:
            readings = {mark: value for mark, value in readings.items() if mark is Mark.POINT}
        elif column == "headcount" and len(number.values) > 1:
            readings = {mark: value for mark, value in readings.items() if value == value.to_integral_value()}
        return replace(number, readings=readings)

    def _line(self, line: PublishedLine, group: str) -> dict[str, Any]:
        code = self._code(line)
        title = line.text("title") or split_code(line.text("code"))[1]
        told = {"line": line.line, "code": code, "title": title, "note": line.text("note")}
        told |= {"occupation": group, "region": self._region(line)}
        if self._terms.kind is PublicationKind.FIGURES:
            return {**told, "value": f"{self._number(line, 'value').value(self._mark):f}"}
        people = self._number(line, "headcount").value(self._mark)
        return {**told, "headcount": None if people is None else int(people)}


def _fault(line: PublishedLine, code: str, column: str, **params: str | int) -> Fault:
    return {"line": line.line, "code": code, "column": column, "value": line.text(column)[:40], "params": params}
