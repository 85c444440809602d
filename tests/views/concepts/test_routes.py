"""Suggestions as JSON: for signed-in people, in the page's language, bounded, and about no person."""

import json

import pytest

from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.services.concepts.search import ConceptShelf
from mobility.views.concepts import routes
from mobility.views.frame.pace import Pace
from tests.services.concepts.taxonomy_worlds import MIG, WELDER, sample_in
from tests.services.concepts.test_search import ODD


@pytest.fixture
def browser(session, make, browser_for, at, index_folder):
    sample_in(session, at, ConceptShelf(index_folder))
    officer = make.actor(OrganisationKind.CONSULAR_POST, "GT", Role.REGISTRATION_OFFICER)
    session.commit()
    return browser_for(officer)


def ask(browser, kind, **query):
    answer = browser.client.get(f"/concepts/{kind}", query_string=query)
    return answer, json.loads(answer.get_data())


def test_an_occupation_comes_with_its_group_its_matched_name_and_a_word_of_confidence(browser):
    answer, told = ask(browser, "occupations", q="MIG pipe welder")
    best = told["suggestions"][0]
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert best == {
        "key": WELDER,
        "title": "pipe welder",
        "group": "Welders and flamecutters (ISCO-08 7212)",
        "matched": "MIG pipe welder",
        "confidence": "Very likely",
    }
    assert answer.headers["Cache-Control"] == "no-store"


def test_suggestions_are_in_the_language_of_the_page(browser):
    browser.post("/language", {"code": "es"})
    _, told = ask(browser, "skills", q="MIG welding")
    assert told["suggestions"][0]["key"] == MIG
    assert told["suggestions"][0]["title"] == "soldar tuberías por MIG"
    assert told["suggestions"][0]["confidence"] in {"Muy probable", "Probable", "Posible"}
    assert "Comisión Europea" in told["notice"]


def test_a_unit_group_does_not_say_its_title_twice(browser):
    for language, words, group in (
        ("en", "Welders and flamecutters", "ISCO-08 7212"),
        ("es", "Soldadores y oxicortadores", "CIUO-08 7212"),
    ):
        browser.post("/language", {"code": language})
        _, told = ask(browser, "occupations", q=words)
        assert (told["suggestions"][0]["title"], told["suggestions"][0]["group"]) == (words, group)


def test_only_some_groups_where_only_they_count(browser):
    _, told = ask(browser, "occupations", q="pipe welder", within="9211")
    assert WELDER not in {each["key"] for each in told["suggestions"]}
    _, told = ask(browser, "occupations", q="pipe welder", within="'; drop")
    assert told["suggestions"][0]["key"] == WELDER


@pytest.mark.parametrize("words", ODD, ids=range(len(ODD)))
def test_odd_words_are_answered(browser, words):
    for kind in ("occupations", "skills"):
        answer, told = ask(browser, kind, q=words)
        assert answer.status_code == 200
        assert len(told["suggestions"]) <= 8


def test_without_words_there_is_an_empty_list(browser):
    assert ask(browser, "occupations")[1]["suggestions"] == []


def test_visitors_are_sent_to_sign_in(visitor):
    assert visitor.get("/concepts/occupations?q=welder").status == 302


def test_whoever_asks_too_often_is_told_when_to_ask_again(browser, monkeypatch):
    monkeypatch.setattr(routes, "PACE", Pace(most=2, seconds=60))
    codes = [ask(browser, "occupations", q="welder")[0].status_code for _ in range(3)]
    answer, told = ask(browser, "skills", q="welder")
    assert codes == [200, 200, 429]
    assert answer.status_code == told["status"] == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_the_notice_of_esco_stands_where_esco_is_and_nowhere_else(browser):
    assert "ESCO classification of the European Commission" in browser.get("/workers/").text
    assert "ESCO classification of the European Commission" in ask(browser, "skills", q="x")[1]["notice"]


def test_without_esco_there_is_no_notice(session, make, browser_for):
    officer = make.actor(OrganisationKind.CONSULAR_POST, "GT", Role.REGISTRATION_OFFICER)
    session.commit()
    browser = browser_for(officer)
    assert "ESCO" not in browser.get("/workers/").text
    assert ask(browser, "skills", q="x")[1]["notice"] == ""
