"""Import of seasonal files: good rows go in once and whole, bad ones are reported, nothing half-done stays."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from mobility.db import write_tx
from mobility.errors import ForbiddenError, InvalidError, NotFoundError
from mobility.formats.crosswalk import Crosswalk, LinkKind, read_crosswalk
from mobility.formats.faults import RowFault
from mobility.formats.seasonal.jobs import SeasonalJob, read_seasonal_jobs
from mobility.formats.taxonomy_records import CodeLinkRecord
from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User
from mobility.models.concepts.occupations import Occupation, OccupationSkill
from mobility.models.employers import Employer
from mobility.models.platform.audit import AuditEvent
from mobility.models.vacancies import Vacancy, VacancySkill
from mobility.rules.basics.wages import PayPeriod
from mobility.rules.cases.employers import EmployerState
from mobility.rules.cases.schemes import SchemeState
from mobility.rules.cases.vacancies import VacancyState
from mobility.security import audit
from mobility.security.actors import SYSTEM
from mobility.security.audit_verification import verify
from mobility.services import employers
from mobility.services.concepts import taxonomies
from mobility.services.concepts.search import ConceptShelf
from mobility.services.platform import reference_data
from mobility.services.vacancies import seasonal_jobs, vacancies
from mobility.services.vacancies.seasonal_jobs import import_jobs
from mobility.wording import SENTENCES
from tests.days import new_day

SAMPLES = Path(__file__).parents[2] / "files" / "seasonal"
CROSSWALK = read_crosswalk([SAMPLES / "soc_isco_sample.csv"])


def rows(name):
    return list(read_seasonal_jobs(SAMPLES / name))


H2A, H2B, LATER = rows("h2a_fy2017_sample.csv"), rows("h2b_fy2018_sample.csv.gz"), rows("h2b_fy2021_sample.xlsx")
ONE = next(row for row in H2B if isinstance(row, SeasonalJob))


@pytest.fixture
def scheme(session, make):
    reference_data.load(session)
    return make.scheme(make.scheme_officer("US"), make.scheme_officer("HN", origin=True), code="us_h2b_like")


def take(session, scheme, jobs, at, **options):
    return import_jobs(session, SYSTEM, scheme.ref, jobs, CROSSWALK, at=at, **options)


def cases(session):
    select = sa.select(Vacancy).options(
        joinedload(Vacancy.occupation), joinedload(Vacancy.employer).joinedload(Employer.organisation)
    )
    return {vacancy.external_ref: vacancy for vacancy in session.scalars(select)}


def test_each_certified_case_becomes_an_open_vacancy_with_its_terms(session, scheme, at):
    done = take(session, scheme, H2B, at)

    found = cases(session)
    assert done.imported == len(found) == 6
    grill = found["H-400-18001-000003"]
    assert (grill.state, grill.positions, grill.certified_positions, grill.filled_positions) == (
        VacancyState.OPEN,
        12,
        7,
        0,
    )
    assert (grill.occupation.code, grill.country, grill.region) == ("5120", "US", "US-MA")
    assert (grill.starts_on, grill.ends_on) == (date(2018, 5, 1), date(2018, 10, 15))
    assert (grill.hours_week, grill.pay, grill.pay_period, grill.currency) == (40, 16, PayPeriod.HOUR, "USD")
    assert (grill.source, grill.shortage_id, grill.scheme_id) == ("us-seasonal", None, scheme.id)
    assert (grill.worker_fees, grill.guarantee_share, grill.transport_paid) == (0, Decimal("0.75"), True)
    assert grill.wage_floors == {"prevailing": "16.0000"}


def test_weekly_pay_stands_in_for_the_floor_by_the_hour(session, scheme, at):
    take(session, scheme, H2B, at)
    shows = cases(session)["H-400-18001-000004"]
    assert (shows.pay, shows.pay_period) == (Decimal("441.2"), PayPeriod.WEEK)
    assert shows.wage_floors == {"prevailing": "9.1917"}


def test_an_imported_vacancy_asks_for_the_essential_skills_of_its_occupation(session, scheme, at):
    take(session, scheme, H2B, at)
    vacancy = session.scalars(
        sa.select(Vacancy)
        .where(Vacancy.external_ref == "H-400-18001-000001")
        .options(selectinload(Vacancy.skills).joinedload(VacancySkill.skill))
    ).one()
    wanted = session.scalars(
        sa.select(OccupationSkill.skill_id)
        .join(Occupation, OccupationSkill.occupation_id == Occupation.id)
        .where(Occupation.code == "9214", OccupationSkill.essential)
    ).all()
    assert wanted
    assert {need.skill_id for need in vacancy.skills} == set(wanted)
    assert {(need.essential, need.level) for need in vacancy.skills} == {(True, 1)}


def test_what_the_law_of_a_visa_class_asks_of_every_order_is_given(session, make, scheme, at):
    take(session, scheme, H2A, at)
    apples = cases(session)["H-300-17001-000001"]
    given = (apples.housing_free, apples.transport_paid, apples.insurance, apples.guarantee_share)
    assert given == (True, True, True, Decimal("0.75"))


def test_one_employer_is_registered_for_each_name_and_state(session, scheme, at):
    job = replace(ONE, employer_name="Crab House", employer_state="MD")
    jobs = [
        job,
        replace(job, case_number="H-400-18001-000901", employer_name=" CRAB  HOUSE"),
        replace(job, case_number="H-400-18001-000902", employer_state="VA"),
    ]

    assert take(session, scheme, jobs, at).employers == 2

    found = cases(session)
    assert found[jobs[0].case_number].employer_id == found[jobs[1].case_number].employer_id
    other = found[jobs[2].case_number].employer
    assert (other.state, other.state_reason, other.organisation.name) == (
        EmployerState.VERIFIED,
        "imported certification",
        "Crab House",
    )


def test_a_second_import_changes_nothing_and_says_already_there(session, scheme, at):
    take(session, scheme, H2B, at)
    before = session.execute(sa.select(Vacancy.id, Vacancy.version).order_by(Vacancy.id)).all()
    events = session.scalar(sa.select(sa.func.count(AuditEvent.id)))

    again = take(session, scheme, H2B, at)

    assert (again.imported, again.already_there, again.employers) == (0, 6, 0)
    assert session.execute(sa.select(Vacancy.id, Vacancy.version).order_by(Vacancy.id)).all() == before
    assert session.scalar(sa.select(sa.func.count(AuditEvent.id))) == events


def test_a_case_that_changed_since_then_stays_as_it_was_imported(session, scheme, at):
    take(session, scheme, [ONE], at)
    take(session, scheme, [replace(ONE, pay=Decimal(99))], at)
    assert cases(session)[ONE.case_number].pay == ONE.pay


def test_bad_rows_are_told_by_line_and_reason_while_good_ones_go_in(session, scheme, at):
    done = take(session, scheme, H2B, at)

    told = {(fault.line, fault.code) for fault in done.faults}
    assert told == {
        (7, "not_certified"),
        (8, "not_certified"),
        (9, "hidden_by_width"),
        (10, "not_a_number"),
        (10, "not_a_soc_code"),
        (10, "unknown_state"),
        (11, "repeated_case"),
        (13, "unknown_occupation"),
    }
    assert (done.skipped, done.refused) == (3, 3)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"hours_week": None}, "missing"),
        ({"worksite_state": "ZZ"}, "unknown_region"),
        ({"soc_code": "99-9999"}, "unknown_occupation"),
    ],
)
def test_what_only_the_import_can_know_is_a_fault_too(session, scheme, at, changes, code):
    done = take(session, scheme, [replace(ONE, **changes)], at)
    assert [(fault.line, fault.case_number, fault.code) for fault in done.faults] == [(ONE.line, ONE.case_number, code)]
    assert (done.imported, done.refused, cases(session)) == (0, 1, {})


def test_nobody_is_recruited_for_an_employer_that_was_suspended_meanwhile(session, make, scheme, at):
    take(session, scheme, [ONE], at)
    employer = cases(session)[ONE.case_number].employer
    employers.suspend(session, make.scheme_officer("US"), employer.ref, "Unpaid", version=employer.version, at=at)

    done = take(session, scheme, [replace(ONE, case_number="H-400-18001-000777")], at)

    assert [fault.code for fault in done.faults] == ["employer_not_verified"]
    assert done.imported == 0


def test_a_later_file_with_other_columns_goes_into_the_same_scheme(session, scheme, at):
    take(session, scheme, H2B, at)
    done = take(session, scheme, LATER, at)
    assert done.imported == 2
    hotel = cases(session)["H-400-20200-000001"]
    assert hotel.submitted_at == datetime(2021, 1, 2, tzinfo=UTC)


def test_moving_the_years_moves_every_date(session, scheme, at):
    leap = replace(ONE, start=date(2020, 2, 29), end=date(2020, 11, 1), received=date(2019, 12, 1))
    take(session, scheme, [leap], at, shift_years=6)
    vacancy = cases(session)[ONE.case_number]
    assert (vacancy.starts_on, vacancy.ends_on) == (date(2026, 2, 28), date(2026, 11, 1))
    assert vacancy.submitted_at == datetime(2025, 12, 1, tzinfo=UTC)


def test_a_day_that_exists_is_not_moved_without_need(session, scheme, at):
    take(session, scheme, [replace(ONE, start=date(2020, 2, 29), end=date(2020, 11, 1))], at)
    assert cases(session)[ONE.case_number].starts_on == date(2020, 2, 29)


def test_only_the_system_imports(session, scheme, make, at):
    with pytest.raises(ForbiddenError):
        import_jobs(session, make.scheme_officer("US"), scheme.ref, H2B, CROSSWALK, at=at)


def test_an_unknown_scheme_is_not_found(session, at):
    with pytest.raises(NotFoundError):
        import_jobs(session, SYSTEM, "S-0000-0000-0", H2B, CROSSWALK, at=at)


def test_a_scheme_that_is_not_active_takes_nothing_in(session, make, at):
    officer, origin = make.scheme_officer("US"), make.scheme_officer("HN", origin=True)
    draft = make.scheme(officer, origin, state=SchemeState.DRAFT)
    with pytest.raises(InvalidError, match="scheme_active.not_active"):
        take(session, draft, H2B, at)


def test_a_scheme_of_another_country_takes_no_american_file(session, make, at):
    scheme = make.scheme(make.scheme_officer("CA"), make.scheme_officer("HN", origin=True), code="ca_sawp_like")
    with pytest.raises(InvalidError, match="import.other_country"):
        take(session, scheme, H2B, at)


def test_without_reference_data_nothing_starts(session, make, at):
    scheme = make.scheme(make.scheme_officer("US"), make.scheme_officer("HN", origin=True))
    with pytest.raises(InvalidError, match="import.reference_missing"):
        take(session, scheme, H2B, at)


def test_a_failure_on_the_way_leaves_nothing(session, sessions, scheme, at):
    session.commit()

    def breaking():
        yield from H2B
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk"), write_tx(sessions) as own:
        take(own, scheme, breaking(), at)
    with sessions() as reader:
        assert reader.scalar(sa.select(sa.func.count(Vacancy.id))) == 0
        assert reader.scalar(sa.select(sa.func.count(Employer.id))) == 0


def test_many_batches_are_told_as_they_go_and_leave_the_log_true(session, scheme, at):
    for model in (Organisation, User):
        ids = session.scalars(sa.select(model.id)).all()
        audit.record_many(session, SYSTEM, "created", model, ids, at=at)
    jobs = [replace(ONE, case_number=f"H-400-18002-{number:06}") for number in range(1100)]
    steps = []

    done = take(session, scheme, jobs, at, progress=steps.append)

    assert (done.imported, steps) == (1100, [500, 500, 100])
    assert verify(session, None).faults == ()


def test_imported_vacancies_expire_like_any_other(session, scheme, at):
    take(session, scheme, H2B, at)
    assert (
        sum(new_day(vacancies, session, at, code) for code in ("US", "US-TX", "US-CA", "US-AZ", "US-CO", "US-AK")) == 6
    )


def test_every_reason_has_its_remedy_in_both_wordings():
    assert {f"row.{code}" for code in seasonal_jobs.ALL_ADVICE} <= set(SENTENCES)
    assert all(
        str(fault.code) in seasonal_jobs.ALL_ADVICE for fault in (*H2A, *H2B, *LATER) if isinstance(fault, RowFault)
    )


class TestTitlesWithoutCodes:
    NEW = replace(ONE, case_number="H-400-18001-000950", soc_code="", title="Bricklayers and related workers")

    @pytest.fixture
    def take_by_title(self, session, scheme, at, index_folder):
        def take_one(job):
            return import_jobs(
                session, SYSTEM, scheme.ref, [job], Crosswalk({}), at=at, indexes=ConceptShelf(index_folder)
            )

        return take_one

    def test_a_title_that_means_one_occupation_for_sure_is_taken_and_reported(self, session, take_by_title):
        done = take_by_title(self.NEW)
        (remark,) = done.faults
        assert (done.imported, done.refused, done.chosen_by_title) == (1, 0, 1)
        assert (remark.code, remark.is_remark, remark.line) == ("chosen_by_title", True, self.NEW.line)
        assert remark.suggestion.startswith("7112 Bricklayers and related workers")
        assert cases(session)[self.NEW.case_number].occupation.code == "7112"

    def test_a_title_that_may_mean_it_is_refused_with_the_likeliest_as_a_suggestion(self, session, take_by_title):
        done = take_by_title(replace(self.NEW, title="Bricks"))
        assert (done.imported, done.refused, done.chosen_by_title) == (0, 1, 0)
        assert done.faults[0].code == "suggested_by_title"
        assert done.faults[0].suggestion
        assert cases(session) == {}

    def test_a_title_like_nothing_is_an_unknown_occupation(self, take_by_title):
        assert [fault.code for fault in take_by_title(replace(self.NEW, title="0000")).faults] == ["unknown_occupation"]

    def test_a_code_of_an_imported_crosswalk_goes_before_the_title(self, session, at, take_by_title):
        links = [CodeLinkRecord("soc2018", "45-2092", "isco08", "9211", LinkKind.BROAD)]
        taxonomies.import_links(session, SYSTEM, "soc", "1", links, digest="1", at=at)
        done = take_by_title(replace(self.NEW, soc_code="45-2092"))
        assert (done.imported, done.faults) == (1, [])
        assert cases(session)[self.NEW.case_number].occupation.code == "9211"

    def test_a_row_without_code_stays_unknown_where_nothing_can_be_searched(self, session, scheme, at):
        done = take(session, scheme, [self.NEW], at)
        assert [fault.code for fault in done.faults] == ["unknown_occupation"]
