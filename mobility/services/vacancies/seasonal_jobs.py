"""Import of certified seasonal jobs from a publisher's file as open vacancies of a scheme."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.data import reference
from mobility.db import fold
from mobility.errors import InvalidError, NotFoundError
from mobility.formats.crosswalk import Crosswalk
from mobility.formats.faults import ADVICE, RowFault
from mobility.formats.seasonal.jobs import SeasonalJob
from mobility.models.accounts.organisations import Organisation
from mobility.models.base import public_reference
from mobility.models.concepts.occupations import Occupation, OccupationSkill
from mobility.models.employers import Employer
from mobility.models.schemes.schemes import Scheme
from mobility.models.vacancies import Vacancy, VacancySkill
from mobility.rules.basics.organisations import OrganisationKind
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.places import day_in
from mobility.rules.basics.wages import THREE_FOURTHS, PayPeriod, hourly
from mobility.rules.cases.employers import EmployerState, may_recruit
from mobility.rules.cases.schemes import SchemeState
from mobility.rules.cases.vacancies import VacancyState
from mobility.security import audit
from mobility.security.actors import Actor
from mobility.security.policy import require
from mobility.services.concepts.search import ConceptShelf
from mobility.services.vacancies.certification import floor_names, rules_of
from mobility.services.vacancies.seasonal_occupations import OccupationFinder

SOURCE = "us-seasonal"
COUNTRY = "US"
CURRENCY = "USD"
IMPORTED = "imported certification"
BATCH = 500

#: What the law of each visa class asks of every certified order, whatever its row says.
BY_LAW: Mapping[str, Mapping[str, Any]] = {
    # 20 CFR 655.122(d) housing, (e) insurance, (h) transport, (i) guarantee
    "H-2A": {
        "housing_free": True,
        "transport_paid": True,
        "insurance": True,
        "guarantee_share": THREE_FOURTHS,
    },
    # 20 CFR 655.20(f) guarantee, (j) transport
    "H-2B": {
        "housing_free": False,
        "transport_paid": True,
        "insurance": False,
        "guarantee_share": THREE_FOURTHS,
    },
}

#: What to do about the reasons that only the import knows; see ``formats.faults.ADVICE`` for the rest.
OWN_ADVICE: Mapping[str, str] = {
    "employer_not_verified": "Nothing in the file: the ministry suspended this employer after an earlier import.",
    "unknown_region": "Correct the state of the worksite.",
}
ALL_ADVICE: Mapping[str, str] = {**ADVICE, **OWN_ADVICE}


@dataclass
class ImportReport:
    """What an import did: vacancies and employers made, cases that were there already, and a fault for each reason."""

    imported: int = 0
    already_there: int = 0
    employers: int = 0
    faults: list[RowFault] = field(default_factory=list)

    @property
    def skipped(self) -> int:
        """Rows left out on purpose."""
        return len({fault.line for fault in self.faults if fault.is_skip})

    @property
    def refused(self) -> int:
        """Rows that something is wrong with."""
        return len({fault.line for fault in self.faults if not fault.is_skip and not fault.is_remark})

    @property
    def chosen_by_title(self) -> int:
        """Rows whose occupation was found by their title alone."""
        return sum(fault.code == "chosen_by_title" for fault in self.faults)


def import_jobs(
    session: Session,
    actor: Actor,
    scheme_ref: str,
    rows: Iterable[SeasonalJob | RowFault],
    crosswalk: Crosswalk,
    *,
    at: datetime,
    indexes: ConceptShelf | None = None,
    shift_years: int = 0,
    progress: Callable[[int], object] = lambda _: None,
) -> ImportReport:
    """Store each job of a file as an open vacancy of a scheme; a case that is there already is left as it is.

    Run it in one transaction for the whole file: then a crash leaves nothing, and what is there is complete. An
    imported order was certified by its own authority, so it names no shortage of ours and its employer counts as
    verified; the offered wage, which the authority held to the floors of its day, stands in for those floors.
    ``shift_years`` moves all dates, so that the file of a past year can rehearse a coming one.

    A row whose code leads nowhere, in the crosswalk given and in those imported, is looked up by its title in
    ``indexes``: a match that is clear (`mobility.rules.basics.taxonomies.is_clear`) is taken and reported as
    ``chosen_by_title``; any other is refused as ``suggested_by_title`` with the likeliest occupation in the report.

    Raises
    ------
    ForbiddenError
        The actor imports nothing.
    NotFoundError
        No such scheme.
    InvalidError
        The scheme is not active or leads to another country, or the reference data are not loaded.
    """
    require(actor, Permission.VACANCY_IMPORT)
    work = _Import(session, actor, _scheme(session, scheme_ref), crosswalk, indexes, at=at, shift_years=shift_years)
    for some in _batches(rows):
        work.take(some)
        progress(len(some))
    return work.report


def _scheme(session: Session, ref: str) -> Scheme:
    scheme = session.scalar(sa.select(Scheme).where(Scheme.ref == ref))
    if scheme is None:
        raise NotFoundError("scheme", ref)
    if scheme.state is not SchemeState.ACTIVE:
        raise InvalidError("scheme_active.not_active", field="scheme", state=scheme.state)
    if scheme.country != COUNTRY:
        raise InvalidError("import.other_country", field="scheme", country=scheme.country)
    return scheme


def _batches(rows: Iterable[SeasonalJob | RowFault]) -> Iterator[list[SeasonalJob | RowFault]]:
    batch: list[SeasonalJob | RowFault] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def registration_number(job: SeasonalJob) -> str:
    """Return the number under which an imported employer is registered: one for each name and state."""
    digest = sha256(f"{fold(job.employer_name)}\0{job.employer_state}".encode()).hexdigest()
    return f"{SOURCE}-{digest[:20]}"


class _Import:
    """One import on its way, batch by batch; every row ends as a vacancy, as known already, or as a fault."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        scheme: Scheme,
        crosswalk: Crosswalk,
        indexes: ConceptShelf | None,
        *,
        at: datetime,
        shift_years: int,
    ) -> None:
        self.report = ImportReport()
        self._session, self._actor, self._scheme, self._at = session, actor, scheme, at
        self._occupation_of = OccupationFinder(session, crosswalk, indexes)
        self._shift = shift_years
        self._floors = floor_names(rules_of(session, scheme.id, day_in(scheme.country, at)))
        self._regions = {region.code for region in reference.regions() if region.country == COUNTRY}
        codes = session.execute(sa.select(Occupation.code, Occupation.id))
        self._occupations = {code: key for code, key in codes}  # noqa: C416
        if not self._occupations:
            raise InvalidError("import.reference_missing")
        self._skills: defaultdict[int, list[int]] = defaultdict(list)
        links = sa.select(OccupationSkill.occupation_id, OccupationSkill.skill_id).where(OccupationSkill.essential)
        for occupation, skill in session.execute(links.order_by(OccupationSkill.id)):
            self._skills[occupation].append(skill)

    def take(self, rows: Sequence[SeasonalJob | RowFault]) -> None:
        """Store one batch."""
        self.report.faults += [row for row in rows if isinstance(row, RowFault)]
        jobs = self._new([row for row in rows if isinstance(row, SeasonalJob)])
        jobs = list(filter(self._check, jobs))
        employers = self._employers(jobs)
        good = [job for job in jobs if self._may_recruit(job, employers)]
        if good:
            self._store([self._row(job, employers[registration_number(job)][0]) for job in good])
            self.report.imported += len(good)

    def _new(self, jobs: Sequence[SeasonalJob]) -> list[SeasonalJob]:
        cases = [job.case_number for job in jobs]
        of_source = sa.select(Vacancy.external_ref).where(Vacancy.source == SOURCE, Vacancy.external_ref.in_(cases))
        known = set(self._session.scalars(of_source))
        self.report.already_there += sum(case in known for case in cases)
        return [job for job in jobs if job.case_number not in known]

    def _check(self, job: SeasonalJob) -> bool:
        before = len(self.report.faults)
        if remark := self._occupation_of.remark(job):
            self.report.faults.append(remark)
            before += remark.is_remark
        if f"{COUNTRY}-{job.worksite_state}" not in self._regions:
            self.report.faults.append(RowFault(job.line, job.case_number, "worksite_state", "unknown_region"))
        if job.hours_week is None:
            self.report.faults.append(RowFault(job.line, job.case_number, "hours_week", "missing"))
        return len(self.report.faults) == before

    def _may_recruit(self, job: SeasonalJob, employers: Mapping[str, tuple[int, EmployerState]]) -> bool:
        if may_recruit(employers[registration_number(job)][1]):
            return True
        self.report.faults.append(RowFault(job.line, job.case_number, "employer_name", "employer_not_verified"))
        return False

    def _employers(self, jobs: Sequence[SeasonalJob]) -> dict[str, tuple[int, EmployerState]]:
        """Return id and state of each job's employer by number, after registering those that are new."""
        names = {registration_number(job): job.employer_name for job in jobs}
        known = self._stored_employers(names)
        new = {number: name for number, name in names.items() if number not in known}
        if not new:
            return known
        reference_of = public_reference("O")
        refs = {number: reference_of() for number in new}
        organisation = {"kind": OrganisationKind.EMPLOYER, "country": COUNTRY}
        rows = [{**organisation, "ref": refs[number], "name": name} for number, name in new.items()]
        self._session.execute(sa.insert(Organisation), rows)
        select = sa.select(Organisation.ref, Organisation.id).where(Organisation.ref.in_(refs.values()))
        ids = {ref: key for ref, key in self._session.execute(select)}  # noqa: C416
        employer = {"country": COUNTRY, "state": EmployerState.VERIFIED, "state_reason": IMPORTED, "version": 1}
        self._session.execute(
            sa.insert(Employer),
            [
                {
                    **employer,
                    "organisation_id": ids[refs[number]],
                    "registration_number": number,
                    "created_at": self._at,
                }
                for number in new
            ],
        )
        made = self._stored_employers(new)
        audit.record_many(self._session, self._actor, "organisation.import", Organisation, [*ids.values()], at=self._at)
        made_ids = [key for key, _ in made.values()]
        audit.record_many(self._session, self._actor, "employer.import", Employer, made_ids, at=self._at, source=SOURCE)
        self.report.employers += len(made)
        return known | made

    def _stored_employers(self, numbers: Iterable[str]) -> dict[str, tuple[int, EmployerState]]:
        select = sa.select(Employer.registration_number, Employer.id, Employer.state).where(
            Employer.country == COUNTRY, Employer.registration_number.in_([*numbers])
        )
        return {number: (key, state) for number, key, state in self._session.execute(select)}

    def _row(self, job: SeasonalJob, employer_id: int) -> dict[str, Any]:
        hours, period = job.hours_week or Decimal(0), PayPeriod(job.pay_unit.value)
        rate = hourly(job.pay, period, hours)
        received = self._moved(job.received) if job.received else None
        return {
            "employer_id": employer_id,
            "scheme_id": self._scheme.id,
            "occupation_id": self._occupations[self._occupation_of.code(job)],
            "source": SOURCE,
            "external_ref": job.case_number,
            "title": job.title,
            "duties": job.primary_crop or None,
            "country": COUNTRY,
            "region": f"{COUNTRY}-{job.worksite_state}",
            "worksite": ", ".join(place for place in (job.worksite_city, job.worksite_county) if place) or None,
            "positions": max(job.workers_requested or 0, job.workers_certified),
            "certified_positions": job.workers_certified,
            "starts_on": self._moved(job.start),
            "ends_on": self._moved(job.end),
            "hours_week": hours,
            "pay": job.pay,
            "pay_period": period,
            "currency": CURRENCY,
            "overtime_pay": job.overtime_from,
            "experience_months": job.experience_months,
            "state": VacancyState.OPEN,
            "state_reason": IMPORTED,
            "wage_floors": dict.fromkeys(self._floors, f"{rate:f}"),
            "submitted_at": datetime.combine(received, time(), UTC) if received else None,
            "created_at": self._at,
            "version": 1,
            **BY_LAW[job.visa_class],
        }

    def _moved(self, day: date) -> date:
        year = day.year + self._shift
        is_leap_day = (day.month, day.day) == (2, 29)
        return day.replace(year=year, day=28) if is_leap_day and self._shift else day.replace(year=year)

    def _store(self, rows: Sequence[dict[str, Any]]) -> None:
        self._session.execute(sa.insert(Vacancy), rows)
        cases = [row["external_ref"] for row in rows]
        of_source = sa.and_(Vacancy.source == SOURCE, Vacancy.external_ref.in_(cases))
        stored = self._session.execute(sa.select(Vacancy.id, Vacancy.occupation_id).where(of_source)).all()
        asked = {"essential": True, "level": 1}
        needs = [
            {"vacancy_id": key, "skill_id": skill, **asked}
            for key, occupation in stored
            for skill in self._skills[occupation]
        ]
        if needs:
            self._session.execute(sa.insert(VacancySkill), needs)
        ids = [key for key, _ in stored]
        facts = {"scheme": self._scheme.ref, "source": SOURCE}
        audit.record_many(self._session, self._actor, "vacancy.import", Vacancy, ids, at=self._at, **facts)
