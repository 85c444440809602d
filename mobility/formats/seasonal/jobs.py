"""The US seasonal certification files (H-2A, H-2B) as their publisher ships them, row by row; nothing is stored."""

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import date
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import TypeVar

from mobility.errors import InvalidError
from mobility.formats import cells
from mobility.formats.cells import CellFaultError, folded, one_of, text_of
from mobility.formats.codes import soc_code
from mobility.formats.columns import Layout, find_layout
from mobility.formats.faults import RowFault, shape_of
from mobility.formats.seasonal.cases import Part, parts_of
from mobility.formats.seasonal.columns import ADDENDA, CLASS_BY_CASE, CLASS_BY_HEADING, COLUMNS, WITHOUT_DATES
from mobility.formats.seasonal.records import (
    EVERY_STATUS,
    GRANTED,
    CaseStatus,
    Education,
    Need,
    PayUnit,
    SeasonalJob,
)
from mobility.formats.tables import Limits, Row, read_rows
from mobility.formats.workbooks import Cell

__all__ = [
    "EVERY_STATUS",
    "GRANTED",
    "CaseStatus",
    "Education",
    "Need",
    "PayUnit",
    "SeasonalJob",
    "read_seasonal_jobs",
    "unknown_occupation",
]

T = TypeVar("T")

_STATUSES: Mapping[str, CaseStatus] = {
    "certification": CaseStatus.CERTIFIED,
    "certified": CaseStatus.CERTIFIED,
    "certifiedfull": CaseStatus.CERTIFIED,
    "fullcertification": CaseStatus.CERTIFIED,
    "partialcertified": CaseStatus.PARTIALLY_CERTIFIED,
    "partialcertification": CaseStatus.PARTIALLY_CERTIFIED,
    "certifiedpartial": CaseStatus.PARTIALLY_CERTIFIED,
    "denied": CaseStatus.DENIED,
    "withdrawn": CaseStatus.WITHDRAWN,
    "certificationwithdrawn": CaseStatus.WITHDRAWN,
    "rejected": CaseStatus.REJECTED,
    "finalreview": CaseStatus.UNDECIDED,
}
_CLASSES: Mapping[str, str] = {"h2a": "H-2A", "h2b": "H-2B"}
#: Unit and how many of it the pay is for.
_UNITS: Mapping[str, tuple[PayUnit, int]] = {
    **dict.fromkeys(("hour", "hourly", "hr", "h"), (PayUnit.HOUR, 1)),
    **dict.fromkeys(("day", "daily", "dai"), (PayUnit.DAY, 1)),
    **dict.fromkeys(("week", "weekly", "wk", "w"), (PayUnit.WEEK, 1)),
    **dict.fromkeys(("biweekly", "bi"), (PayUnit.WEEK, 2)),
    **dict.fromkeys(("month", "monthly", "mth", "m"), (PayUnit.MONTH, 1)),
    **dict.fromkeys(("year", "yearly", "annual", "yr", "a"), (PayUnit.YEAR, 1)),
}
_NO_UNIT = frozenset({"", "selectpayrange", "na", "none"})
_PIECE = frozenset({"piece", "piecerate", "piecework"})
#: What pay for one unit may be, in US dollars: the lowest and highest that is not a slip of the pen.
_PAY_RANGES: Mapping[PayUnit, tuple[int, int]] = {
    PayUnit.HOUR: (2, 200),
    PayUnit.DAY: (16, 1_600),
    PayUnit.WEEK: (50, 6_000),
    PayUnit.MONTH: (200, 25_000),
    PayUnit.YEAR: (2_000, 250_000),
}
#: Amounts that can only be hourly pay where the unit is missing: from the federal minimum wage to the highest seen.
_SURELY_HOURLY = (Decimal("7.25"), Decimal(72))
_TIME_AND_A_HALF = Decimal("1.5")
_ROUNDING = Decimal("0.02")
_HOURS = (1, 80)
_OVERTIME = (2, 300)
_LONGEST_DAYS = 3 * 366
_LONGEST_EXPERIENCE = 240
_EDUCATION: Mapping[str, Education] = {
    "none": Education.NONE,
    "highschoolged": Education.SECONDARY,
    "highschool": Education.SECONDARY,
    "associates": Education.ASSOCIATE,
    "bachelors": Education.BACHELOR,
    "masters": Education.MASTER,
    "doctoratephd": Education.DOCTORATE,
    "doctorate": Education.DOCTORATE,
    "otherdegreejdmdetc": Education.OTHER,
    "otherdegree": Education.OTHER,
    "other": Education.OTHER,
}
_NEEDS: Mapping[str, Need] = {
    "seasonal": Need.SEASONAL,
    "peakload": Need.PEAKLOAD,
    "onetimeoccurrence": Need.ONE_TIME,
    "intermittentorothertemporaryneed": Need.INTERMITTENT,
    "intermittent": Need.INTERMITTENT,
}


def read_seasonal_jobs(
    path: Path, *, statuses: AbstractSet[CaseStatus] = GRANTED, limits: Limits | None = None
) -> Iterator[SeasonalJob | RowFault]:
    """Read a seasonal file row by row into jobs, and into faults for the rows that are none.

    A row with several things wrong gives a fault for each. Three kinds of rows are skipped with a fault whose
    ``is_skip`` is true: ``sub_row`` (H-2A files repeat an association's case for each member; the association's row
    holds the total), ``not_certified`` (a status outside ``statuses``), and ``repeated_case`` (the case was read
    already; the first good row counts). A fault whose ``is_remark`` is true follows the job that it speaks of.

    Raises
    ------
    InvalidError
        While iterating: what `read_sheets` and `find_layout` refuse; ``seasonal_addendum`` for a file that belongs to
        the one with the cases, ``seasonal_without_dates`` for files up to fiscal year 2005.
    """
    rows = read_rows(path, limits=limits)
    layout = _layout(rows)
    parts = parts_of(rows, layout)
    rows = read_rows(path, limits=limits)
    _layout(rows)
    seen: set[str] = set()
    for row in rows:
        attempt = _Attempt(layout, row)
        if attempt.skip(statuses, seen, parts.get(row.line)):
            yield from attempt.faults
            continue
        job = attempt.job()
        if attempt.faults:
            yield from attempt.faults
            continue
        seen.add(job.case_number)
        yield job
        yield from attempt.remarks


def _layout(rows: Iterator[Row]) -> Layout:
    """Find the columns; a file of the publisher that holds no cases is refused by what it is."""
    first = next(rows, None)
    headings = {text_of(cell).upper() for cell in first.cells} if first else set()
    if held := next((held for heading, held in ADDENDA.items() if heading in headings), None):
        raise InvalidError("seasonal_addendum", field="file", held=held)
    if headings.issuperset(WITHOUT_DATES):
        raise InvalidError("seasonal_without_dates", field="file")
    return find_layout(chain([first] if first else [], rows), COLUMNS)


def unknown_occupation(job: SeasonalJob) -> RowFault:
    """Return the fault of a job whose occupation no crosswalk names."""
    return RowFault(job.line, job.case_number, "soc_code", "unknown_occupation", shape_of(job.soc_code))


class _Attempt:
    """One row on its way to a job: what could not be read is collected, and reading goes on."""

    def __init__(self, layout: Layout, row: Row) -> None:
        self.faults: list[RowFault] = []
        self.remarks: list[RowFault] = []
        self._notes: list[str] = []
        self._layout = layout
        self._row = row
        self._case = ""
        with suppress(CellFaultError):
            self._case = cells.case_number(self._cell("case_number"))

    def skip(self, statuses: AbstractSet[CaseStatus], seen: AbstractSet[str], part: Part | None) -> bool:
        """Say whether the row needs no further reading, and note why."""
        if self._row.width and self._row.width != self._layout.width:
            shape = f"{self._row.width}/{self._layout.width}"
            self.faults.append(RowFault(self._row.line, self._case, "", "row_cells", shape))
        elif part is Part.MEMBER or folded(text_of(self._cell("primary_sub"))) == "sub":
            self._refuse("case_number", "sub_row")
        elif part is Part.CONTRADICTED:
            self._refuse("workers_certified", "different_counts")
        elif self._case in seen:
            self._refuse("case_number", "repeated_case")
        else:
            status = _STATUSES.get(self._status_word()[0])
            if status is not None and status not in statuses:
                self._refuse("status", "not_certified")
        return bool(self.faults)

    def job(self) -> SeasonalJob:
        """Read the whole row; the job means nothing if there are faults."""
        word, expired = self._status_word()
        status = self._need("status", lambda _: one_of(_STATUSES, "unknown_status")(word), CaseStatus.CERTIFIED)
        requested, certified = self._workers(granted=status in GRANTED)
        start, end = self._period()
        pay, unit = self._pay()
        return SeasonalJob(
            line=self._row.line,
            case_number=self._need("case_number", cells.case_number, ""),
            visa_class=self._visa_class(),
            status=status,
            expired=expired,
            employer_name=self._need("employer_name", cells.required_text, ""),
            employer_city=self._may("employer_city", cells.short_text, ""),
            employer_state=self._may("employer_state", cells.state, ""),
            title=self._need("title", cells.required_text, ""),
            soc_code=self._soc_code(),
            primary_crop=self._may("primary_crop", cells.short_text, ""),
            workers_requested=requested,
            workers_certified=certified,
            start=start,
            end=end,
            hours_week=self._hours(),
            pay=pay,
            pay_unit=unit,
            overtime_from=self._overtime("overtime_from"),
            overtime_to=self._overtime("overtime_to"),
            full_time=self._may("full_time", cells.yes_no, None),
            need=self._may("need", one_of(_NEEDS, "unknown"), None),
            education=self._may("education", one_of(_EDUCATION, "unknown"), None),
            experience_months=self._experience(),
            worksite_city=self._may("worksite_city", cells.short_text, ""),
            worksite_county=self._may("worksite_county", cells.short_text, ""),
            worksite_state=self._need("worksite_state", cells.state, ""),
            received=self._may("received", cells.day, None),
            notes=tuple(self._notes),
        )

    def _soc_code(self) -> str:
        """Read the occupation code; a row without one has its title to go by."""
        if not text_of(self._cell("soc_code")):
            return ""
        return self._need("soc_code", soc_code, "")

    def _cell(self, column: str) -> Cell:
        return self._layout.cell(self._row, column)

    def _refuse(self, column: str, code: str) -> None:
        self.faults.append(self._told(column, code))

    def _remark(self, column: str, code: str) -> None:
        self.remarks.append(self._told(column, code))

    def _told(self, column: str, code: str) -> RowFault:
        heading, shape = self._layout.heading(column), shape_of(self._cell(column))
        return RowFault(self._row.line, self._case, heading, code, shape)

    def _need(self, column: str, read: Callable[[Cell], T], fallback: T) -> T:
        try:
            return read(self._cell(column))
        except CellFaultError as fault:
            self._refuse(column, fault.code)
            return fallback

    def _may(self, column: str, read: Callable[[Cell], T], fallback: T) -> T:
        cell = self._cell(column)
        if cell is None:
            return fallback
        try:
            return read(cell)
        except CellFaultError as fault:
            if fault.code != "missing":
                self._notes.append(f"{column}_unread")
            return fallback

    def _status_word(self) -> tuple[str, bool]:
        word = folded(text_of(self._cell("status"))).removeprefix("determinationissued")
        word = word.removesuffix("returned")
        return word.removesuffix("expired"), word.endswith("expired")

    def _visa_class(self) -> str:
        if "visa_class" in self._layout:
            return self._need("visa_class", one_of(_CLASSES, "unknown_visa_class"), "")
        by_case = (kind for start, kind in CLASS_BY_CASE.items() if self._case.startswith(start))
        by_file = (kind for heading, kind in CLASS_BY_HEADING.items() if heading in self._layout.headings)
        found = next(chain(by_case, by_file), "")
        if not found:
            self._refuse("visa_class", "missing")
        return found

    def _workers(self, *, granted: bool) -> tuple[int | None, int]:
        requested = self._may("workers_requested", cells.whole, None)
        if not granted:
            return requested, self._may("workers_certified", cells.whole, 0)
        certified = self._need("workers_certified", cells.whole, -1)
        if certified == 0:
            self._refuse("workers_certified", "no_workers")
        elif requested is not None and certified > requested:
            self._remark("workers_certified", "more_certified_than_requested")
        return requested, certified

    def _period(self) -> tuple[date, date]:
        start = self._need("start", cells.day, date.min)
        end = self._need("end", cells.day, date.min)
        if date.min in (start, end):
            return start, end
        if end <= start:
            self._refuse("end", "end_before_start")
        elif (end - start).days > _LONGEST_DAYS:
            self._refuse("end", "too_long_period")
        return start, end

    def _hours(self) -> Decimal | None:
        if self._cell("hours_week") is None:
            return None
        hours = self._need("hours_week", cells.amount, Decimal(-1))
        if hours >= 0 and not _HOURS[0] <= hours <= _HOURS[1]:
            self._refuse("hours_week", "hours_out_of_range")
        return hours

    def _experience(self) -> int:
        months = self._may("experience_months", cells.whole, 0)
        if months <= _LONGEST_EXPERIENCE:
            return months
        self._notes.append("experience_months_unread")
        return 0

    def _overtime(self, column: str) -> Decimal | None:
        rate = self._may(column, cells.amount, None)
        if not rate:
            return None
        if _OVERTIME[0] <= rate <= _OVERTIME[1]:
            return rate
        self._notes.append(f"{column}_unread")
        return None

    def _pay(self) -> tuple[Decimal, PayUnit]:
        amount = self._need("pay", cells.amount, Decimal(-1))
        word = folded(text_of(self._cell("pay_unit")))
        if word not in _UNITS:
            return amount, self._missing_unit(word, amount)
        unit, times = _UNITS[word]
        lowest, highest = _PAY_RANGES[unit]
        if amount < 0:
            return amount, unit
        if lowest * times <= amount <= highest * times:
            if times > 1:
                self._notes.append("pay_halved")
            return (amount / times).quantize(Decimal("0.0001")), unit
        if self._is_hourly_by_overtime(amount):
            self._notes.append("pay_unit_corrected")
            return amount, PayUnit.HOUR
        self._refuse("pay", "pay_out_of_range")
        return amount, unit

    def _missing_unit(self, word: str, amount: Decimal) -> PayUnit:
        """Take the amount as hourly where it can be nothing else."""
        if word in _PIECE | _NO_UNIT and self._is_hourly_by_overtime(amount):
            self._notes.append("pay_unit_corrected" if word in _PIECE else "pay_unit_assumed")
        elif word in _NO_UNIT and _SURELY_HOURLY[0] <= amount <= _SURELY_HOURLY[1]:
            self._notes.append("pay_unit_assumed")
        elif word in _PIECE:
            self._refuse("pay_unit", "piece_rate")
        else:
            self._refuse("pay_unit", "missing" if word in _NO_UNIT else "unknown_pay_unit")
        return PayUnit.HOUR

    def _is_hourly_by_overtime(self, amount: Decimal) -> bool:
        if not _SURELY_HOURLY[0] <= amount <= _SURELY_HOURLY[1]:
            return False
        with suppress(CellFaultError):
            return abs(cells.amount(self._cell("overtime_from")) - _TIME_AND_A_HALF * amount) <= _ROUNDING
        return False
