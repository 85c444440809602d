"""Pages of shortages."""

import pytest
import sqlalchemy as sa

from mobility.models.shortages import Shortage
from mobility.rules.organisations import OrganisationKind, Role
from mobility.rules.shortages import ShortageState

FORM = {
    "occupation": "9211",
    "region": "US-FL",
    "headcount": "40",
    "valid_from": ["1", "5", "2026"],
    "valid_to": ["30", "11", "2031"],
    "evidence_kind": "vacancy_rate",
    "evidence_figure": "7.5",
    "evidence_source": "Survey 2026",
    "evidence_date": ["31", "3", "2026"],
    "idempotency_key": "k1",
}


@pytest.fixture
def officer(session, make):
    made = make.actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.SHORTAGE_OFFICER)
    make.occupation("9211")
    session.commit()
    return made


def test_an_officer_drafts_and_declares(officer, browser_for, sessions):
    browser = browser_for(officer)

    drafted = browser.post("/shortages/new", FORM)
    page = browser.get(drafted.location)
    declared = browser.post(f"{drafted.location}/declare", {"version": "1"})

    assert drafted.status == declared.status == 302
    assert "Draft" in page.text
    with sessions() as session:
        assert session.scalars(sa.select(Shortage.state)).all() == [ShortageState.DECLARED]


def test_the_same_form_sent_twice_creates_once(officer, browser_for, sessions):
    browser = browser_for(officer)

    first, second = browser.post("/shortages/new", FORM), browser.post("/shortages/new", FORM)

    assert first.location == second.location
    with sessions() as session:
        assert len(session.scalars(sa.select(Shortage)).all()) == 1


def test_another_form_under_the_same_key_is_a_conflict(officer, browser_for):
    browser = browser_for(officer)
    browser.post("/shortages/new", FORM)
    assert browser.post("/shortages/new", {**FORM, "headcount": "41"}).status == 409


def test_an_empty_form_says_what_is_missing_at_every_field(officer, browser_for):
    answer = browser_for(officer).post("/shortages/new", {})
    assert answer.status == 422
    assert len(answer.errors) == 8
    assert "Region: Choose a region" in answer.errors


def test_a_stale_version_answers_409_and_changes_nothing(officer, browser_for):
    browser = browser_for(officer)
    location = browser.post("/shortages/new", FORM).location
    assert browser.post(f"{location}/declare", {"version": "7"}).status == 409
    assert "Draft" in browser.get(location).text


def test_the_list_filters_by_state_and_ignores_nonsense(officer, browser_for):
    browser = browser_for(officer)
    browser.post("/shortages/new", FORM)
    assert "Occupation 9211" in browser.get("/shortages/?state=draft").text
    assert "Occupation 9211" not in browser.get("/shortages/?state=declared").text
    assert browser.get("/shortages/?state=x&page=abc").status == 200


def test_visitors_are_sent_to_sign_in(officer, visitor):
    answer = visitor.get("/shortages/?state=draft")
    assert (answer.status, answer.location) == (302, "/sign-in?next=/shortages/?state%3Ddraft")
