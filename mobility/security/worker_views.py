"""What a page may know of a worker, as plain values; who may know what stands in projections.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from mobility.rules.basics.skills import Evidence
from mobility.rules.cases.checks import CheckKind, CheckResult
from mobility.rules.cases.consents import ConsentPurpose
from mobility.rules.cases.documents import DocumentKind
from mobility.rules.cases.workers import Sex, WorkerState


@dataclass(frozen=True, kw_only=True)
class SkillView:
    """A skill with its labels, level from 1 to 4, and what stands behind it."""

    code: str
    label_en: str
    label_es: str
    label_fr: str
    level: int
    evidence: Evidence


@dataclass(frozen=True, kw_only=True)
class EmploymentView:
    """A stretch of work; ``country`` is None where it would betray the worker's nationality."""

    occupation: str
    title_en: str
    title_es: str
    title_fr: str
    months: int
    ended_on: date | None
    abroad: bool
    returned_on_time: bool | None
    country: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class DocumentView:
    """An identity document; ``issuer`` and ``number`` are None where they are hidden."""

    kind: DocumentKind
    issued_on: date | None
    expires_on: date
    mrz_valid: bool | None
    issuer: str | None
    number: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class CheckView:
    """A check; ``provider``, ``verifier`` and ``note`` are None where they are hidden."""

    kind: CheckKind
    result: CheckResult
    checked_on: date
    valid_until: date | None
    provider: str | None
    verifier: str | None
    note: str | None


@dataclass(frozen=True, kw_only=True)
class ConsentView:
    """A consent and, if it was withdrawn, when."""

    purpose: ConsentPurpose
    language: str
    text_version: str
    given_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, kw_only=True, repr=False)
class WorkerView:
    """What one actor may read of one worker; a hidden field is None (a hidden list empty) and named in ``hidden``.

    ``erased`` tells that the worker's key was dropped: the sealed fields are gone for everybody.
    """

    ref: str
    hidden: frozenset[str]
    erased: bool = False
    state: WorkerState | None = None
    created_at: datetime | None = None
    confirmed_at: datetime | None = None
    skills: tuple[SkillView, ...] = ()
    languages: Mapping[str, int] = field(default_factory=dict)
    licences: tuple[str, ...] = ()
    employments: tuple[EmploymentView, ...] = ()
    checks: tuple[CheckView, ...] = ()
    documents: tuple[DocumentView, ...] = ()
    consents: tuple[ConsentView, ...] = ()
    reads_and_writes: bool | None = None
    assisted: bool | None = None
    education_years: int | None = None
    destinations: list[str] | None = None
    sectors: list[str] | None = None
    earliest_start: date | None = None
    months_away_max: int | None = None
    pay_floor_hourly: Decimal | None = None
    pay_floor_currency: str | None = None
    displaced_by: str | None = None
    origin_country: str | None = None
    residence_country: str | None = None
    residence_region: str | None = None
    post_name: str | None = None
    state_reason: str | None = None
    review_on: date | None = None
    given_names: str | None = None
    family_names: str | None = None
    name_latin: str | None = None
    born_on: date | None = None
    sex: Sex | None = None
    nationalities: list[str] | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None
    vulnerability: str | None = None
    dependants: int | None = None

    @property
    def name(self) -> str | None:
        """Given and family names together, or None where they are hidden or erased."""
        return " ".join(part for part in (self.given_names, self.family_names) if part) or None
