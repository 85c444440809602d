"""Pages of scenarios: saved from a simulation, listed, compared, attached where ministries sign, deleted."""

import pytest
import sqlalchemy as sa

from mobility.db import write_tx
from mobility.models.scenarios import Scenario
from mobility.rules.cases.simulations import Changes, write_changes
from mobility.services.schemes import schemes
from tests.factories import Make
from tests.factories.policy import AHEAD

CHANGES = write_changes(Changes(params={"age": {"field": "worker.age", "min": 30}}))


@pytest.fixture
def corridor(session, make):
    made = make.corridor(workers=6, vacancies=2)
    for name in ("One", "Two", "Three"):
        make.scenario(made.destination, made.scheme, name)
    rules = make.changed_rules(schemes.get(session, made.destination, made.scheme.ref), "age", min=21)
    make.later_version(made.destination, made.scheme, rules, first_day=AHEAD.replace(year=2199))
    session.commit()
    return made


@pytest.fixture
def browser(browser_for, corridor):
    return browser_for(corridor.destination)


def scenario(sessions, name):
    with sessions() as session:
        return session.scalars(sa.select(Scenario).where(Scenario.name == name)).one_or_none()


def saved(browser, corridor, **changes):
    sent = {"name": "Thirty", "note": "Why", "changes": CHANGES, "idempotency_key": "k", **changes}
    return browser.post(f"/schemes/{corridor.scheme.ref}/scenarios/save", sent)


def test_a_simulation_is_saved_once_with_the_figures_of_its_page(browser, corridor, sessions):
    page = browser.get(f"/schemes/{corridor.scheme.ref}/simulation?changes={CHANGES}")
    assert "Save as a scenario" in page.text
    answer = saved(browser, corridor)
    assert answer.status == 302
    assert saved(browser, corridor).location == answer.location
    kept = scenario(sessions, "Thirty")
    assert (kept.figures["workers"], kept.note) == (6, "Why")
    shown = browser.get(answer.location)
    assert shown.heading == "Thirty"
    assert "18 → 30" in shown.text
    assert "Attach it to the version to be signed" in shown.text


@pytest.mark.parametrize(
    ("language", "changes", "error"),
    [
        ("en", {"name": ""}, "Name of the scenario: Enter a name"),
        ("es", {"name": ""}, "Nombre del escenario: Escriba un nombre"),
        ("fr", {"name": ""}, "Nom du scénario: Indiquez un nom"),
        ("en", {"name": "One"}, "Name of the scenario: Your ministry has a scenario of this name"),
        ("en", {"changes": ""}, "Change something first"),
        ("en", {"changes": "{"}, "This address does not say what to change"),
    ],
)
def test_what_cannot_be_saved_is_said_in_the_language_of_the_page(
    browser, corridor, sessions, language, changes, error
):
    browser.post("/language", {"code": language})
    answer = saved(browser, corridor, **changes)
    assert answer.status == 422
    assert any(error in said for said in answer.errors), answer.errors
    assert scenario(sessions, "Thirty") is None


def test_the_list_names_own_scenarios_and_others_only_once_attached(browser, browser_for, corridor, sessions):
    address = f"/schemes/{corridor.scheme.ref}/scenarios"
    assert all(name in browser.get(address).text for name in ("One", "Two", "Three"))
    origin = browser_for(corridor.origin)
    assert "No scenario is kept yet." in origin.get(address).text
    one = scenario(sessions, "One")
    assert browser.post(f"/scenarios/{one.ref}/attach", {"version": str(one.version)}).status == 302
    assert "One" in origin.get(address).text
    assert "Two" not in origin.get(address).text
    assert origin.get(f"/scenarios/{scenario(sessions, 'Two').ref}").status == 404


def test_both_signatories_see_what_is_attached_where_they_sign(browser, browser_for, corridor, sessions):
    one = scenario(sessions, "One")
    browser.post(f"/scenarios/{one.ref}/attach", {"version": str(one.version)})
    for officer in (corridor.destination, corridor.origin):
        page = browser_for(officer).get(f"/schemes/{corridor.scheme.ref}")
        assert "Scenarios attached to this version" in page.text
        assert "Sign for my ministry" in page.text
        assert f"/scenarios/{one.ref}" in page.text
    reviewer = browser_for(corridor.endorser).get(f"/schemes/{corridor.scheme.ref}")
    assert "Scenarios attached" not in reviewer.text


def test_two_to_four_are_compared(browser, corridor, sessions):
    refs = [scenario(sessions, name).ref for name in ("One", "Two", "Three")]
    address = f"/schemes/{corridor.scheme.ref}/scenarios/compare"
    page = browser.get(f"{address}?scenario={refs[0]}&scenario={refs[1]}")
    assert page.heading == "Scenarios side by side"
    assert "12 (+3)" in page.text
    for asked in ("", f"?scenario={refs[0]}", "?scenario=C-NONE&scenario=C-NONE"):
        assert "Choose two to four scenarios to compare" in browser.get(f"{address}{asked}").text


def test_what_was_signed_beside_stays_and_the_rest_can_be_deleted(browser, corridor, sessions, at):
    one = scenario(sessions, "One")
    browser.post(f"/scenarios/{one.ref}/attach", {"version": str(one.version)})
    with write_tx(sessions) as opened:
        now = schemes.get(opened, corridor.destination, corridor.scheme.ref)
        schemes.sign(opened, corridor.destination, corridor.scheme.ref, version=now.version, at=at)
    version = {"version": str(scenario(sessions, "One").version)}
    for step in ("detach", "delete"):
        refused = browser.post(f"/scenarios/{one.ref}/{step}", version)
        assert refused.status == 422
        assert "It stays as it was seen" in refused.text
    assert "Delete this scenario" not in browser.get(f"/scenarios/{one.ref}").text
    two = scenario(sessions, "Two")
    assert browser.post(f"/scenarios/{two.ref}/delete", {"version": str(two.version)}).status == 302
    assert browser.get(f"/scenarios/{two.ref}").status == 404


def test_an_older_page_is_told(browser, corridor, sessions):
    one = scenario(sessions, "One")
    assert browser.post(f"/scenarios/{one.ref}/delete", {"version": "99"}).status == 409


def test_a_scenario_made_by_a_colleague_is_open_to_all_scheme_officers_of_the_ministry(
    browser_for, corridor, sessions, at
):
    with write_tx(sessions) as opened:
        colleague = Make(opened, at).another(corridor.destination)
    one = scenario(sessions, "One")
    assert browser_for(colleague).post(f"/scenarios/{one.ref}/delete", {"version": str(one.version)}).status == 302
