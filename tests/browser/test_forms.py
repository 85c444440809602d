"""What a person meets first and in passing: errors that take focus, a light first page, progress without reload."""

import gzip
import threading
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from mobility.clock import now
from mobility.db import write_tx
from mobility.jobs.match_run import MatchHandlers
from mobility.jobs.runner import Runner
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.services.platform import reference_data
from tests.browser.officer import officer
from tests.factories import Make

pytestmark = pytest.mark.browser

LIGHT = 45 * 1024
HARVEST = "9211"
#: What the box shows once the code is understood.
HARVEST_TITLE = "Peones de explotaciones agrícolas"


@pytest.fixture(scope="module")
def corridor(place):
    """Make a corridor with an open vacancy that starts ahead, and occupations to choose from."""
    with write_tx(place.sessions) as session:
        reference_data.load(session)
        make = Make(session, now())
        made = make.corridor(workers=4, vacancies=0)
        start = now().date() + timedelta(days=70)
        make.open_vacancy(made.scheme, starts_on=start, ends_on=start + timedelta(days=150))
    return made


@pytest.fixture(scope="module")
def shortage_officer(place):
    with write_tx(place.sessions) as session:
        return Make(session, now()).actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.SHORTAGE_OFFICER)


def test_errors_of_an_empty_form_take_focus_and_lead_to_their_fields(place, shortage_officer, corridor, open_page):
    me = officer(place, open_page(), shortage_officer)
    page = me.page
    page.goto(f"{place.address}/shortages/new")

    page.get_by_role("button", name=me.say("Store the draft"), exact=True).click()

    summary = page.locator(".govuk-error-summary")
    expect(summary).to_be_focused()
    assert page.title().startswith("Error:")
    links = summary.get_by_role("link").all()
    assert len(links) == 8
    for link in links:
        target = link.get_attribute("href")
        link.click()
        expect(page.locator(target)).to_be_focused()


def test_a_wrong_form_keeps_what_was_entered_and_says_what_is_wrong(place, shortage_officer, corridor, open_page):
    me = officer(place, open_page(javascript=False), shortage_officer)
    me.page.goto(f"{place.address}/shortages/new")
    me.fill("Occupation", HARVEST)
    me.fill("How many people are missing?", "many")

    me.page.get_by_role("button", name=me.say("Store the draft"), exact=True).click()

    number = me.page.get_by_role("textbox", name=me.say("How many people are missing?"))
    assert me.field("Occupation").input_value() == HARVEST_TITLE
    assert number.input_value() == "many"
    assert number.get_attribute("aria-describedby").endswith("-error")


def test_the_first_page_weighs_little(place, open_page):
    page, bodies = open_page(), []

    def keep(response):
        bodies.append(response)

    page.on("response", keep)

    page.goto(f"{place.address}/sign-in", wait_until="networkidle")

    weights = {response.url: len(gzip.compress(response.body())) for response in bodies}
    assert any(url.endswith("/sign-in") for url in weights)
    assert any(".css" in url for url in weights)
    assert sum(weights.values()) <= LIGHT, weights


def test_a_run_shows_its_progress_and_its_end_without_being_loaded_by_hand(place, corridor, open_page):
    me = officer(place, open_page(), corridor.destination)
    me.go("Match runs")
    me.follow("Start a match run")
    me.field("Scheme").select_option(index=1)
    me.press("Start the run")
    expect(me.page.get_by_role("progressbar")).to_be_visible()

    runner = Runner(place.sessions, MatchHandlers().handlers(), now)
    thread = threading.Thread(target=runner.until_empty)
    thread.start()

    expect(me.page.get_by_role("table", name=me.say("From pairs to proposals"))).to_be_visible(timeout=30_000)
    assert me.page.get_by_role("progressbar").count() == 0
    thread.join()
