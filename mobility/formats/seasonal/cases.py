"""Which row of a seasonal file speaks for its case: associations file one case with a row for each member."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from enum import Enum, auto

from mobility.formats import cells
from mobility.formats.cells import CellFaultError, folded, text_of
from mobility.formats.columns import Layout
from mobility.formats.tables import Row


class Part(Enum):
    """What a row is to its case, where it is not the whole of it."""

    MEMBER = auto()
    CONTRADICTED = auto()


#: A row as its case sees it: line, whether it is a member's, and its positions as text, here only equal or not.
_CaseRow = tuple[int, bool, str]


def parts_of(rows: Iterable[Row], layout: Layout) -> Mapping[int, Part]:
    """Return what rows are to their cases, by line; rows that are the whole of their case are not among them.

    The row that names the kind of organisation, or is marked as primary, holds the total; a row without is a member's.
    Rows that claim the same total with different figures contradict each other.
    """
    cases: dict[str, tuple[_CaseRow, ...]] = {}
    for row in rows:
        with suppress(CellFaultError):
            case = cells.case_number(layout.cell(row, "case_number"))
            cases[case] = (*cases.get(case, ()), _case_row(row, layout))
    return {line: part for case in cases.values() if len(case) > 1 for line, part in _parts(case)}


def _case_row(row: Row, layout: Layout) -> _CaseRow:
    place = folded(text_of(layout.cell(row, "primary_sub")))
    has_flag = "organization_flag" in layout
    flag = text_of(layout.cell(row, "organization_flag"))
    member = place == "sub" or (has_flag and not flag and not place)
    return row.line, member, _count(row, layout)


def _count(row: Row, layout: Layout) -> str:
    try:
        return str(cells.whole(layout.cell(row, "workers_certified")))
    except CellFaultError:
        return ""


def _parts(case: Sequence[_CaseRow]) -> Iterator[tuple[int, Part]]:
    totals = [row for row in case if not row[1]]
    yield from ((line, Part.MEMBER) for line, member, _ in case if totals and member)
    speakers = totals or case
    if len({count for _, _, count in speakers}) > 1:
        yield from ((line, Part.CONTRADICTED) for line, _, _ in speakers)
