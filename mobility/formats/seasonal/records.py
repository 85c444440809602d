"""What one row of a US seasonal certification file says, as values; nothing is read or stored here."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class CaseStatus(StrEnum):
    """What the authority decided."""

    CERTIFIED = "certified"
    PARTIALLY_CERTIFIED = "partially_certified"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    UNDECIDED = "undecided"


class PayUnit(StrEnum):
    """The time that the pay is for; the same values as `mobility.rules.cases.vacancies.PayPeriod`."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Education(StrEnum):
    """The schooling that the job asks for."""

    NONE = "none"
    SECONDARY = "secondary"
    ASSOCIATE = "associate"
    BACHELOR = "bachelor"
    MASTER = "master"
    DOCTORATE = "doctorate"
    OTHER = "other"


class Need(StrEnum):
    """Why the employer's need is temporary (8 CFR 214.2(h)(6)(ii)(B))."""

    SEASONAL = "seasonal"
    PEAKLOAD = "peakload"
    ONE_TIME = "one_time"
    INTERMITTENT = "intermittent"


#: What became of cases whose positions may be filled, and of any case.
GRANTED = frozenset({CaseStatus.CERTIFIED, CaseStatus.PARTIALLY_CERTIFIED})
EVERY_STATUS = frozenset(CaseStatus)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonalJob:
    """One case of a seasonal file: a job, its positions and its terms; pay is in US dollars for one ``pay_unit``.

    ``soc_code`` is empty where the row has none; its title then has to do.

    ``notes`` names what was read with judgement: ``pay_unit_assumed`` (none given, the amount can only be hourly),
    ``pay_unit_corrected`` (overtime of one and a half proves the amount hourly, whatever the unit says), ``pay_halved``
    (bi-weekly pay told as weekly), and ``<column>_unread`` where an optional value made no sense and was left out.
    """

    line: int
    case_number: str
    visa_class: str
    status: CaseStatus
    expired: bool
    employer_name: str
    employer_city: str
    employer_state: str
    title: str
    soc_code: str
    primary_crop: str
    workers_requested: int | None
    workers_certified: int
    start: date
    end: date
    hours_week: Decimal | None
    pay: Decimal
    pay_unit: PayUnit
    overtime_from: Decimal | None
    overtime_to: Decimal | None
    full_time: bool | None
    need: Need | None
    education: Education | None
    experience_months: int
    worksite_city: str
    worksite_county: str
    worksite_state: str
    received: date | None = None
    notes: tuple[str, ...] = ()

    @property
    def positions(self) -> int:
        """The positions certified, or those asked for where the case was not granted."""
        return self.workers_certified if self.status in GRANTED else self.workers_requested or 0
