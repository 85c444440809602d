"""Pages of shortages."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from mobility.clock import now
from mobility.db import write_tx
from mobility.models.shortages.shortages import Shortage
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.shortages import ShortageState
from tests.factories import Make

FORM = {
    "occupation": "9211",
    "region": "US-FL",
    "headcount": "40",
    "valid_from": ["1", "5", "2026"],
    "valid_to": ["30", "11", "2031"],
    "evidence_kind": "vacancy_rate",
    "evidence_figure": "7.5",
    "evidence_period_from": ["1", "1", "2026"],
    "evidence_period_to": ["31", "3", "2026"],
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
    assert answer.errors[0].startswith("Occupation")
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


def drafted(browser, **changes):
    return browser.post("/shortages/new", {**FORM, **changes}).location


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"evidence_figure": "750"}, "Figure: This cannot be true: the figure must lie between 0 and 60."),
        ({"evidence_figure": ""}, "Figure: This kind of evidence is a figure. Enter it."),
        ({"evidence_kind": "plan_reference"}, "Figure: A plan or a disaster is a document."),
        ({"evidence_period_to": ["31", "12", "2025"]}, "Measured to: The last day lies before the first one."),
    ],
)
def test_evidence_that_cannot_be_true_is_said_at_its_field_and_stores_nothing(
    officer, browser_for, sessions, changes, error
):
    answer = browser_for(officer).post("/shortages/new", {**FORM, **changes})
    assert answer.status == 422
    assert answer.errors[0].startswith(error)
    with sessions() as session:
        assert session.scalars(sa.select(Shortage)).all() == []


def test_a_page_shows_the_figure_with_its_unit_period_and_region(officer, browser_for):
    browser = browser_for(officer)
    page = browser.get(drafted(browser, evidence_region="US-TX"))
    assert "7.5 percent" in page.text
    assert "1 January 2026 to 31 March 2026" in page.text
    assert "Texas" in page.text


def test_more_evidence_and_a_review_stand_on_the_page(officer, browser_for):
    browser = browser_for(officer)
    location = drafted(browser)
    evidence = {name: value for name, value in FORM.items() if name.startswith("evidence_")}
    assert browser.post(f"{location}/evidence", {**evidence, "evidence_source": "Census", "version": "1"}).status == 302
    assert browser.post(f"{location}/declare", {"version": "2"}).status == 302
    soon = (now() + timedelta(days=90)).date()
    review = {"note": "Looked again", "next_on": [str(soon.day), str(soon.month), str(soon.year)], "version": "3"}
    assert browser.post(f"{location}/review", review).status == 302

    page = browser.get(location)

    assert "Census" in page.text
    assert "Looked again" in page.text


def test_a_review_says_why_and_when_next(officer, browser_for):
    browser = browser_for(officer)
    location = drafted(browser)
    browser.post(f"{location}/declare", {"version": "1"})
    assert browser.post(f"{location}/review", {"version": "2"}).errors == [
        "Why does it still hold?: Say why it still holds",
        "Next review on: Enter the day of the next review",
    ]
    late = browser.post(f"{location}/review", {"note": "x", "next_on": ["1", "1", "2099"], "version": "2"})
    assert late.errors == ["Next review on: Choose a day within the next 12 months."]


def test_the_form_of_a_suggestion_is_filled_and_its_draft_stored_once(officer, browser_for, sessions, at):
    with write_tx(sessions) as opened:
        suggestion = Make(opened, at).suggestion(officer)
    browser, address = browser_for(officer), f"/shortages/new?suggestion={suggestion.ref}"

    page = browser.get(address)
    first = browser.post(address, {**FORM, "version": "1"})
    second = browser.post(address, {**FORM, "version": "1"})

    assert 'value="40"' in page.text
    assert "Shortage list. Office of labour, table 1" in page.text
    assert first.status == 302
    assert first.location == second.location
    assert first.location in browser.get(f"/suggestions/{suggestion.ref}").text
    with sessions() as other:
        assert len(other.scalars(sa.select(Shortage)).all()) == 1


def test_cover_is_a_page_and_a_table(officer, browser_for, sessions, at):
    with write_tx(sessions) as opened:
        Make(opened, at).shortage(officer, headcount=80)
    browser = browser_for(officer)

    page = browser.get("/shortages/cover?state=declared")
    table = browser.get("/shortages/cover.csv")

    assert page.heading == "How far shortages are covered"
    assert page.text.count("<svg") >= 8
    assert table.text.splitlines()[1].endswith(",80,0,0,0,0")
    assert "Declared,80" in table.text


def test_employers_see_no_cover(session, make, browser_for):
    boss = make.employer_actor(make.employer())
    session.commit()
    assert browser_for(boss).get("/shortages/cover").status == 404
