"""A search that somebody asks for before it is ready: it says so in their language, and what they typed stays."""

import pytest

from mobility.data.reference import LANGUAGES
from mobility.db import read_tx
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.services.concepts.search import shelf
from tests.services.concepts.taxonomy_worlds import sample_in
from tests.views.concepts.test_concept_forms import value
from tests.views.shortages.test_routes import FORM as SHORTAGE
from tests.views.workers.test_routes import FORM as WORKER
from tests.web import HTML

SAID = {
    "en": "The search is being made ready. Try again in a minute.",
    "es": "La búsqueda se está preparando. Inténtelo de nuevo en un minuto.",
    "fr": "La recherche est en préparation. Réessayez dans une minute.",
}
REGISTRATION = "/workers/new?occupation=9211&second_occupation=&language=es"


@pytest.fixture
def indexes(index_folder):
    """Return the indexes of a site that has just started."""
    kept = shelf(index_folder.parent, semantic=False)
    kept.keep_warm()
    return kept


@pytest.fixture
def officers(session, make, at, browser_for, indexes):
    sample_in(session, at)
    ministry = make.actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.SHORTAGE_OFFICER)
    post = make.actor(OrganisationKind.CONSULAR_POST, "GT", Role.REGISTRATION_OFFICER)
    session.commit()
    return browser_for(ministry), browser_for(post)


def statuses(answer):
    return [" ".join("".join(each.itertext()).split()) for each in answer.page.iter() if each.get("role") == "status"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_button_that_finds_an_occupation_says_that_it_is_too_early(officers, language):
    browser, _ = officers
    browser.post("/language", {"code": language})
    typed = {**SHORTAGE, "occupation": "cosechador de melon", "occupation_key": ""}
    found = browser.post("/shortages/new", {**typed, "find": "occupation"})
    assert (found.status, statuses(found), found.errors) == (200, [SAID[language]], [])
    sent = browser.post("/shortages/new", typed)
    assert sent.status == 422
    assert [error.partition(": ")[2] for error in sent.errors] == [SAID[language]]
    for answer in (found, sent):
        assert value(answer, "occupation") == "cosechador de melon"
        assert value(answer, "headcount") == str(SHORTAGE["headcount"])


def test_a_chosen_occupation_and_a_typed_code_need_no_search(officers):
    browser, _ = officers
    assert browser.post("/shortages/new", {**SHORTAGE, "occupation": "9211"}).status == 302


def test_the_buttons_that_find_skills_say_so_and_a_registration_goes_on_without(officers, indexes):
    _, browser = officers
    typed = {**WORKER, "more_skills": "mortero", "experience": "Dos años de soldadura MIG"}
    for button in ("more_skills", "experience"):
        answer = browser.post(REGISTRATION, {**typed, "find": button})
        assert (answer.status, statuses(answer)) == (200, [SAID["en"]] * 2)
        assert (value(answer, "more_skills"), value(answer, "given_names")) == ("mortero", WORKER["given_names"])
    untouched = browser.post(REGISTRATION, {**WORKER, "find": "more_skills"})
    assert statuses(untouched) == []


def test_boxes_that_suggest_while_one_types_are_told_when_to_ask_again(officers, indexes):
    browser, _ = officers
    answer = browser.client.get("/concepts/occupations?q=welder")
    assert (answer.status_code, answer.json["title"]) == (503, SAID["en"])
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_once_it_is_ready_words_are_answered(officers, indexes, sessions):
    browser, _ = officers
    with read_tx(sessions) as session:
        indexes.refresh(session)
    indexes.tried()
    found = browser.post("/shortages/new", {**SHORTAGE, "occupation": "cosechador de melon", "find": "occupation"})
    assert statuses(found) == []
    assert len([each for each in found.page.iter(f"{HTML}input") if each.get("name") == "occupation_key"]) > 1
