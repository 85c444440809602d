from types import SimpleNamespace

import pytest

from mobility.errors import ForbiddenError, TransitionError
from mobility.models.employers import Employer
from mobility.models.shortages.shortages import Shortage
from mobility.models.vacancies import Vacancy
from mobility.models.workers.workers import Worker
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.employers import EmployerEvent, EmployerState
from mobility.rules.cases.shortages import ShortageEvent, ShortageState
from mobility.rules.cases.vacancies import VacancyEvent, VacancyState
from mobility.rules.cases.workers import WorkerEvent, WorkerState
from mobility.security.actors import SYSTEM
from mobility.security.steps import advance, check_open, open_events, permission_for
from tests.security.test_policy import person


def row_of(model, state, **columns):
    row = model(state=state)
    for name, value in columns.items():
        row.__dict__[name] = value
    return row


class TestOpenEvents:
    def test_are_those_that_follow_and_that_the_policy_grants(self):
        officer = person(OrganisationKind.DESTINATION_MINISTRY, Role.SHORTAGE_OFFICER)
        shortage = row_of(Shortage, ShortageState.DECLARED, organisation_id=officer.organisation_id)
        assert open_events(officer, shortage) == (ShortageEvent.SUSPEND, ShortageEvent.END)
        shortage.state = ShortageState.SUSPENDED
        assert open_events(officer, shortage) == (ShortageEvent.RESUME, ShortageEvent.END)
        shortage.organisation_id = 0
        assert open_events(officer, shortage) == ()

    def test_of_the_system_are_what_comes_by_itself(self):
        shortage = row_of(Shortage, ShortageState.DECLARED, organisation_id=1)
        assert open_events(SYSTEM, shortage) == (ShortageEvent.EXPIRE,)
        assert open_events(SYSTEM, row_of(Worker, WorkerState.SCREENING)) == (WorkerEvent.MAKE_READY,)

    def test_of_an_employer_are_the_ministrys_in_its_country_alone(self):
        officer = person(OrganisationKind.DESTINATION_MINISTRY, Role.SCHEME_OFFICER)
        employer = row_of(Employer, EmployerState.SUSPENDED, country=officer.country)
        assert open_events(officer, employer) == (EmployerEvent.REINSTATE, EmployerEvent.DEBAR)
        employer.country = "HN"
        assert open_events(officer, employer) == ()

    def test_of_a_vacancy_differ_by_who_asks(self):
        recruiter = person(OrganisationKind.EMPLOYER, Role.RECRUITER)
        officer = person(OrganisationKind.DESTINATION_MINISTRY, Role.SCHEME_OFFICER)
        mine = SimpleNamespace(organisation_id=recruiter.organisation_id)
        vacancy = row_of(Vacancy, VacancyState.SUBMITTED, employer=mine, country=officer.country)
        assert open_events(recruiter, vacancy) == (VacancyEvent.WITHDRAW,)
        assert open_events(officer, vacancy) == (
            VacancyEvent.FIND_DEFICIENT,
            VacancyEvent.CERTIFY,
            VacancyEvent.CERTIFY_PARTIALLY,
            VacancyEvent.REFUSE,
        )


class TestAdvance:
    def test_gives_the_state_that_follows_and_changes_nothing(self):
        officer = person(OrganisationKind.DESTINATION_MINISTRY, Role.SHORTAGE_OFFICER)
        shortage = row_of(Shortage, ShortageState.DRAFT, organisation_id=officer.organisation_id)
        assert advance(officer, shortage, ShortageEvent.DECLARE) is ShortageState.DECLARED
        assert shortage.state is ShortageState.DRAFT

    def test_refuses_a_stranger_by_the_name_of_the_permission(self):
        officer = person(OrganisationKind.DESTINATION_MINISTRY, Role.SCHEME_OFFICER)
        shortage = row_of(Shortage, ShortageState.DRAFT, organisation_id=officer.organisation_id)
        with pytest.raises(ForbiddenError, match="^shortage_declare$"):
            check_open(officer, shortage, ShortageEvent.DECLARE)

    def test_refuses_a_person_what_only_the_system_fires(self):
        officer = person(OrganisationKind.DESTINATION_MINISTRY, Role.SHORTAGE_OFFICER)
        shortage = row_of(Shortage, ShortageState.DECLARED, organisation_id=officer.organisation_id)
        with pytest.raises(ForbiddenError, match="^expire$"):
            advance(officer, shortage, ShortageEvent.EXPIRE)
        assert advance(SYSTEM, shortage, ShortageEvent.EXPIRE) is ShortageState.EXPIRED

    def test_refuses_the_system_what_only_a_person_fires(self):
        shortage = row_of(Shortage, ShortageState.DRAFT, organisation_id=1)
        with pytest.raises(ForbiddenError, match="^shortage_declare$"):
            advance(SYSTEM, shortage, ShortageEvent.DECLARE)

    def test_refuses_what_cannot_follow(self):
        officer = person(OrganisationKind.DESTINATION_MINISTRY, Role.SHORTAGE_OFFICER)
        shortage = row_of(Shortage, ShortageState.EXPIRED, organisation_id=officer.organisation_id)
        with pytest.raises(TransitionError):
            advance(officer, shortage, ShortageEvent.DECLARE)


def test_the_permission_of_an_event_is_that_of_its_rows():
    assert permission_for(Worker, WorkerEvent.PAUSE).value == "worker_edit"
    with pytest.raises(LookupError):
        permission_for(Worker, WorkerEvent.PROPOSE)
