"""Pages of suggestions: where one comes from, what the figures say, and what an officer does with it."""

import pytest

from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.figures.tightness import IndicatorKind


@pytest.fixture
def officer(session, make):
    return make.actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.SHORTAGE_OFFICER)


def test_a_suggestion_shows_its_list_and_the_composite_with_every_part(session, make, officer, browser_for):
    suggestion = make.suggestion(officer)
    make.figure(officer, IndicatorKind.VACANCY_RATE, "6")
    make.figure(officer, IndicatorKind.UNEMPLOYMENT, "4")
    session.commit()

    page = browser_for(officer).get(f"/suggestions/{suggestion.ref}")

    assert "Pickers" in page.text
    assert "77.5" in page.text
    assert page.text.count("No figure") == 2
    assert f"/shortages/new?suggestion={suggestion.ref}" in page.text


def test_a_suggestion_is_set_aside_with_a_reason_and_taken_up_again(session, make, officer, browser_for):
    suggestion = make.suggestion(officer)
    session.commit()
    browser, address = browser_for(officer), f"/suggestions/{suggestion.ref}"

    assert browser.post(f"{address}/set-aside", {"version": "1"}).errors == ["Why is it set aside?: Say why"]
    assert browser.post(f"{address}/set-aside", {"version": "1", "reason": "Covered"}).status == 302
    assert "Covered" in browser.get(address).text
    assert "Occupation 9211" in browser.get("/suggestions/?state=set_aside").text
    assert browser.post(f"{address}/reopen", {"version": "2"}).status == 302
    assert "Occupation 9211" not in browser.get("/suggestions/?state=set_aside").text
