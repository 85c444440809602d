"""The search boxes in a real browser: by keyboard and mouse, to a screen reader, on a phone, and without JavaScript."""

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe

from mobility.clock import now
from mobility.data.reference import LANGUAGES
from mobility.db import read_tx, write_tx
from mobility.models.shortages.shortages import Shortage
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.services.concepts.search import shelf
from tests.browser.officer import officer
from tests.browser.test_pages import PHONE, STICKS_OUT, WCAG
from tests.factories import Make
from tests.services.concepts.taxonomy_worlds import HELPER, PICKER, WELDER, sample_in

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def people(place):
    """Import the sample, make its indexes, and return who opens pages here."""
    with write_tx(place.sessions) as session:
        sample_in(session, now())
        make = Make(session, now())
        found = {
            "ministry": make.actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.SHORTAGE_OFFICER),
            "post": make.actor(OrganisationKind.CONSULAR_POST, "GT", Role.REGISTRATION_OFFICER),
        }
    with read_tx(place.sessions) as session:
        shelf(place.settings.instance_dir).refresh(session)
    return found


@pytest.fixture
def box(place, people, open_page):
    """Return a function that opens the form of a shortage and gives its page and its box."""

    def open_box(language="es", **options):
        me = officer(place, open_page(**options), people["ministry"], language=language)
        me.page.goto(f"{place.address}/shortages/new")
        return me.page, me.page.locator("#occupation")

    return open_box


def suggested(page):
    page.wait_for_selector("[role=option]")
    return page.locator("[role=option]")


def test_the_box_tells_a_screen_reader_what_it_is_and_how_many_there_are(box):
    page, field = box()
    assert field.get_attribute("role") == "combobox"
    assert field.get_attribute("aria-expanded") == "false"
    field.press_sequentially("soldador")
    options = suggested(page)
    assert field.get_attribute("aria-expanded") == "true"
    listbox = page.locator(f"#{field.get_attribute('aria-controls')}")
    assert listbox.get_attribute("role") == "listbox"
    assert listbox.get_attribute("aria-label") == "Sugerencias"
    status = page.locator(".app-combobox [role=status]")
    assert status.inner_text().startswith(f"Sugerencias: {options.count()}")


def test_arrows_move_enter_picks_and_escape_leaves(box):
    page, field = box()
    field.press_sequentially("soldador MIG")
    options = suggested(page)
    field.press("ArrowDown")
    assert options.nth(0).get_attribute("aria-selected") == "true"
    assert field.get_attribute("aria-activedescendant") == options.nth(0).get_attribute("id")
    field.press("ArrowUp")
    assert options.last.get_attribute("aria-selected") == "true"
    field.press("Escape")
    assert field.get_attribute("aria-expanded") == "false"
    assert field.input_value() == "soldador MIG"
    field.press("ArrowDown")
    field.press("Enter")
    assert page.url.endswith("/shortages/new")
    assert field.input_value() == "soldador de tuberías/soldadora de tuberías"
    assert page.locator("#occupation-key").input_value() == WELDER
    assert "7212" in page.locator("#occupation-chosen").inner_text()


def test_enter_without_a_choice_sends_the_form_and_picks_nothing(box):
    page, field = box()
    field.press_sequentially("soldador MIG")
    suggested(page)
    field.press("Enter")
    page.wait_for_selector(".govuk-error-summary")
    assert page.locator("#occupation").input_value() == "soldador MIG"
    assert page.locator("#occupation-key").count() == 0


def test_a_click_picks_and_other_words_afterwards_undo_it(box, place):
    page, field = box()
    field.press_sequentially("melonero")
    suggested(page).first.click()
    assert page.locator("#occupation-key").input_value() == PICKER
    field.fill("ayudante de albañil")
    page.get_by_role("button", name="Guardar el borrador").click()
    offered = page.locator("input[name=occupation_key][type=radio]")
    assert HELPER in offered.evaluate_all("all => all.map(each => each.value)")
    assert page.locator("#occupation").input_value() == "ayudante de albañil"


def test_words_like_nothing_are_said_to_have_no_suggestions(box):
    page, field = box()
    with page.expect_response("**/concepts/occupations**"):
        field.press_sequentially("\u03be\u03be\u03be\u03be\u03be")
    page.wait_for_function("document.querySelector('.app-combobox [role=status]').textContent !== ''")
    assert page.locator(".app-combobox [role=status]").inner_text() == "Sin sugerencias. Pruebe con otras palabras."
    assert field.get_attribute("aria-expanded") == "false"


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_open_list_is_accessible_and_fits_a_phone(box, language):
    page, field = box(language, width=PHONE)
    field.press_sequentially("soldador MIG")
    suggested(page)
    field.press("ArrowDown")
    assert page.evaluate(STICKS_OUT) is None
    found = Axe().run(page, options=WCAG).response["violations"]
    assert [f"{each['id']}: {each['nodes'][0]['html']}" for each in found] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_suggestions_without_javascript_are_accessible_and_fit_a_phone(place, people, open_page, language):
    scripted = open_page(width=PHONE)
    me = officer(place, scripted, people["ministry"], language=language)
    me.page.goto(f"{place.address}/shortages/new")
    me.page.locator("#occupation").fill("soldador MIG")
    me.page.get_by_role("button", name=me.say("Store the draft")).click()
    me.page.wait_for_selector("#occupation-suggestions")
    assert me.page.evaluate(STICKS_OUT) is None
    found = Axe().run(me.page, options=WCAG).response["violations"]
    assert [f"{each['id']}: {each['nodes'][0]['html']}" for each in found] == []


def test_without_javascript_one_searches_picks_and_goes_on_with_all_that_was_typed(place, people, open_page):
    me = officer(place, open_page(javascript=False), people["ministry"])
    page = me.page
    page.goto(f"{place.address}/shortages/new")
    page.locator("#occupation").fill("soldador MIG")
    page.locator("#headcount").fill("12")
    page.get_by_role("button", name=me.say("Find this occupation")).click()
    assert page.locator(".govuk-error-summary").count() == 0
    assert page.locator("#headcount").input_value() == "12"
    page.get_by_label("soldador de tuberías/soldadora de tuberías").check()
    page.get_by_role("button", name=me.say("Store the draft")).click()
    assert page.locator("input[name=occupation_key]").input_value() == WELDER
    assert page.locator("#headcount").input_value() == "12"
    with read_tx(place.sessions) as session:
        assert session.scalars(sa.select(Shortage)).all() == []


def test_skills_of_a_text_are_shown_with_their_words_and_fit_a_phone(place, people, open_page):
    me = officer(place, open_page(width=PHONE), people["post"])
    page = me.page
    page.goto(f"{place.address}/workers/new?occupation=9211&second_occupation=&language=es")
    page.locator("#experience").fill("Dos años de soldadura MIG en un astillero")
    page.get_by_role("button", name=me.say("Find skills in this text")).click()
    assert page.locator("#experience-found q").first.inner_text().strip("«»“” ") == "soldadura MIG"
    assert page.locator("#experience").input_value() == "Dos años de soldadura MIG en un astillero"
    assert page.evaluate(STICKS_OUT) is None
    found = Axe().run(page, options=WCAG).response["violations"]
    assert [f"{each['id']}: {each['nodes'][0]['html']}" for each in found] == []


@pytest.fixture
def registration(place, people, open_page):
    """Return a function that opens the second step of a registration."""

    def open_registration(**options):
        me = officer(place, open_page(**options), people["post"])
        me.page.goto(f"{place.address}/workers/new?occupation=9211&second_occupation=&language=es")
        return me.page, me

    return open_registration


def comes_into_sight(page, selector):
    """Wait until a browser that followed the address to a place has moved there."""
    page.wait_for_function(
        "selector => { const at = document.querySelector(selector).getBoundingClientRect();"
        " return scrollY > 0 && at.top > -2 && at.bottom < innerHeight; }",
        arg=selector,
    )


@pytest.mark.parametrize("javascript", [True, False])
def test_a_search_leads_back_to_its_own_place_on_a_long_page(registration, javascript):
    page, me = registration(javascript=javascript, width=PHONE)
    page.locator("#experience").fill("Dos años de soldadura MIG en un astillero")
    page.get_by_role("button", name=me.say("Find skills in this text")).click()
    page.wait_for_selector("#experience-found")
    comes_into_sight(page, "#experience-place")
    page.locator("#more_skills").fill("mortero")
    page.get_by_role("button", name=me.say("Find this skill")).click()
    page.wait_for_url("**#more_skills-place")
    comes_into_sight(page, "#more_skills")
    assert page.locator("#experience").input_value() == "Dos años de soldadura MIG en un astillero"


def test_enter_in_the_box_of_skills_searches_and_sends_nothing(registration):
    page, _ = registration()
    field = page.locator("#more_skills")
    field.press_sequentially("mortero")
    suggested(page)
    field.press("Enter")
    page.wait_for_url("**#more_skills-place")
    assert page.locator(".govuk-error-summary").count() == 0
    assert page.get_by_label("preparar mortero").count() == 1


@pytest.mark.parametrize("javascript", [True, False])
def test_enter_in_any_other_field_of_a_long_form_sends_it(registration, javascript):
    page, _ = registration(javascript=javascript)
    page.locator("#given_names").fill("Ana")
    page.locator("#given_names").press("Enter")
    page.wait_for_selector(".govuk-error-summary")
    assert page.locator("#given_names").input_value() == "Ana"
