"""Pages of employers."""

import pytest
import sqlalchemy as sa

from mobility.models.employers import Employer
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.employers import EmployerState

ITEMS = {"legal_existence": "yes", "solvency": "yes", "wage_record": "yes"}


@pytest.fixture
def browser_for(session, browser_for):
    """Commit what a test made before the first page is opened."""

    def open_for(who):
        if session.in_transaction():
            session.commit()
        return browser_for(who)

    return open_for


def state_of(sessions, ref):
    with sessions() as session:
        return session.scalars(sa.select(Employer.state).where(Employer.ref == ref)).one()


def test_an_officer_registers_vets_and_verifies(officer, browser_for, sessions):
    browser = browser_for(officer)
    form = {"name": "Sunny Farm", "registration_number": "REG-1", "idempotency_key": "k"}

    first, second = browser.post("/employers/new", form), browser.post("/employers/new", form)
    assert first.status == 302
    assert first.location == second.location
    page = browser.get(first.location)
    assert page.heading == "Sunny Farm"
    assert "Begin vetting" in page.text

    browser.post(f"{first.location}/vet", {"step": "begin_vetting", "version": "1"})
    vetting = browser.get(first.location)
    assert "What did you look at?" in vetting.text
    assert "Not looked at yet: Legal existence." in vetting.text
    done = browser.post(f"{first.location}/vet", {"step": "verify", "version": "2", **ITEMS})

    assert done.status == 302
    assert "Verified" in browser.get(first.location).text
    assert state_of(sessions, first.location.rpartition("/")[2]) is EmployerState.VERIFIED


def test_a_number_that_is_taken_is_said_at_its_field(session, make, officer, browser_for):
    make.employer(registration_number="REG-1")
    answer = browser_for(officer).post("/employers/new", {"name": "Other", "registration_number": "REG-1"})
    assert answer.status == 422
    assert answer.errors == ["Number in the register of companies: An employer with this number is registered already."]


def test_an_empty_registration_says_what_is_missing(officer, browser_for):
    answer = browser_for(officer).post("/employers/new", {})
    assert (answer.status, len(answer.errors)) == (422, 2)


def test_an_item_not_looked_at_is_said_and_nothing_changes(session, make, officer, browser_for, sessions):
    ref = make.employer(EmployerState.VETTING).ref
    form = {"step": "verify", "version": "1", "legal_existence": "yes", "solvency": "no"}
    answer = browser_for(officer).post(f"/employers/{ref}/vet", form)
    assert answer.status == 422
    assert any("Not in order: Able to pay its wages." in error for error in answer.errors)
    assert state_of(sessions, ref) is EmployerState.VETTING


def test_suspending_without_a_reason_is_refused_and_with_one_shows_it(session, make, officer, browser_for):
    ref = make.employer().ref
    browser = browser_for(officer)

    refused = browser.post(f"/employers/{ref}/vet", {"step": "suspend", "version": "1"})
    assert (refused.status, refused.errors) == (422, ["Why?: Say why."])

    browser.post(f"/employers/{ref}/vet", {"step": "suspend", "version": "1", "reason": "Unpaid wages"})
    page = browser.get(f"/employers/{ref}")
    assert "Unpaid wages" in page.text
    assert "Reinstate this employer" in page.text
    assert "Debar this employer" in page.text


@pytest.mark.parametrize("step", ["", "explode", "registered"])
def test_a_step_that_does_not_exist_is_refused(session, make, officer, browser_for, step):
    ref = make.employer().ref
    assert browser_for(officer).post(f"/employers/{ref}/vet", {"step": step, "version": "1"}).status == 400


def test_a_step_out_of_turn_or_stale_is_a_conflict(session, make, officer, browser_for):
    ref = make.employer(EmployerState.REGISTERED).ref
    browser = browser_for(officer)
    assert browser.post(f"/employers/{ref}/vet", {"step": "begin_vetting", "version": "7"}).status == 409
    assert browser.post(f"/employers/{ref}/vet", {"step": "suspend", "reason": "x", "version": "1"}).status == 409


def test_the_list_filters_by_state_within_the_country(session, make, officer, browser_for):
    verified, new, abroad = make.employer(), make.employer(EmployerState.REGISTERED), make.employer(country="CA")
    names = [each.organisation.name for each in (verified, new, abroad)]
    browser = browser_for(officer)

    page, filtered = browser.get("/employers/"), browser.get("/employers/?state=verified&page=x")

    assert [f">{name}<" in page.text for name in names] == [True, True, False]
    assert [f">{name}<" in filtered.text for name in names] == [True, False, False]
    assert "Register an employer" in page.text


def test_others_look_without_buttons_or_not_at_all(session, make, browser_for):
    employer = make.employer(EmployerState.REGISTERED)
    boss = make.employer_actor(employer)
    reviewer = make.actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.REVIEWER)
    stranger = make.scheme_officer("CA")

    for who in (boss, reviewer):
        page = browser_for(who).get(f"/employers/{employer.ref}")
        assert page.status == 200
        assert "A scheme officer of the destination ministry vets this employer." in page.text
        assert "Begin vetting" not in page.text
        assert (
            browser_for(who).post(f"/employers/{employer.ref}/vet", {"step": "begin_vetting", "version": "1"}).status
            == 403
        )
    assert browser_for(stranger).get(f"/employers/{employer.ref}").status == 404
    assert browser_for(boss).get("/employers/").status == 404
    assert browser_for(reviewer).get("/employers/new").status == 404
