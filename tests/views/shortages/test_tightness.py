"""Pages of the composite: parts, sources, weights."""

import csv
import io

import pytest

from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.figures.tightness import IndicatorKind

WEIGHTS = {"vacancy_rate": "70", "unemployment": "30", "wage_growth": "0", "days_to_fill": "0", "reason": "Surveys"}


@pytest.fixture
def officer(session, make):
    made = make.actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.SHORTAGE_OFFICER)
    make.figure(made, IndicatorKind.VACANCY_RATE, "6")
    make.figure(made, IndicatorKind.UNEMPLOYMENT, "4")
    session.commit()
    return made


def test_weights_change_the_composite_and_say_who_changed_them_and_why(officer, browser_for):
    browser = browser_for(officer)
    assert "77.5" in browser.get("/tightness/").text
    assert "No weights are stated yet" in browser.get("/tightness/").text

    assert browser.post("/tightness/weights", {**WEIGHTS, "version": "0"}).status == 302

    page = browser.get("/tightness/")
    assert "76.5" in page.text  # 75.0 x 0.7 + 80.0 x 0.3
    assert "Surveys" in page.text
    assert officer.name in page.text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"unemployment": "31"}, "Vacancy rate: The weights add up to 101. Make it 100."),
        ({"unemployment": "101"}, "Unemployment rate: Enter a whole number from 0 to 100"),
        ({"reason": ""}, "Why these weights?: Say why"),
    ],
)
def test_weights_that_do_not_fit_are_said_at_their_field_and_change_nothing(officer, browser_for, changes, error):
    browser = browser_for(officer)
    answer = browser.post("/tightness/weights", {**WEIGHTS, **changes, "version": "0"})
    assert answer.status == 422
    assert answer.errors == [error]
    assert "No weights are stated yet" in browser.get("/tightness/").text


def test_the_table_adds_up(officer, browser_for):
    text = browser_for(officer).get("/tightness/table.csv").text.lstrip("\N{BYTE ORDER MARK}")
    headings, row = list(csv.reader(io.StringIO(text)))
    points = [row[place] for place, heading in enumerate(headings) if heading.endswith(": points") and row[place]]
    assert sum(map(float, points)) == float(row[headings.index("Composite")]) == 77.5
