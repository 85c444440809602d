"""The page of simulations: figures, forms and their errors in three languages, CSV, nothing stored, large pools."""

import csv
import io
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from mobility import clock
from mobility.db import write_tx
from mobility.models.base import Base
from mobility.models.platform.audit import AuditEvent
from mobility.models.vacancies import Vacancy
from mobility.models.workers.workers import Worker
from mobility.queries.lists import quota_lists
from mobility.rules.cases.simulations import Changes, read_changes, write_changes
from mobility.rules.cases.vacancies import VacancyState
from mobility.rules.cases.workers import WorkerState
from mobility.services.schemes import schemes
from mobility.services.simulations import worlds
from tests.factories import Make
from tests.forms_on_pages import forms, held


@pytest.fixture
def corridor(session, make):
    made = make.corridor(workers=12, vacancies=3, positions=2)
    for number, worker in enumerate(made.workers):
        worker.born_on = date(1970 + number * 3, 3, 1)
    session.flush()
    make.match(made)
    session.commit()
    return made


@pytest.fixture
def address(corridor):
    return f"/schemes/{corridor.scheme.ref}/simulation"


@pytest.fixture
def browser(browser_for, corridor):
    return browser_for(corridor.destination)


def asked(address, changes):
    return f"{address}?{write_changes_query(changes)}"


def write_changes_query(changes):
    return f"changes={write_changes(changes)}"


def form_of(page):
    """Return the page's form of changes as it stands."""
    return next(sent for sent in map(held, forms(page)) if "review_order" in sent)


def age(least):
    return Changes(params={"age": {"field": "worker.age", "min": least}})


def table_of(browser, address, changes=None):
    text = browser.get(f"{address}.csv" + (f"?{write_changes_query(changes)}" if changes else "")).text
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def watched(shelf, monkeypatch):
    """Return the readings that a shelf begins from now on."""
    begun, begin = [], shelf.begin
    monkeypatch.setattr(shelf, "begin", lambda *asked: begun.append(begin(*asked)) or begun[-1])
    return begun


def rows_in(sessions):
    """Return how many rows each table has."""
    with sessions() as session:
        return {
            table.name: session.scalar(sa.select(sa.func.count()).select_from(table))
            for table in Base.metadata.sorted_tables
            if table.name != "user_session"
        }


def test_the_scheme_as_it_is(browser, address):
    page = browser.get(address)
    assert (page.status, page.heading) == (200, "Simulate changes")
    assert "Nothing is changed yet" in page.text
    for said in ("In short", "What each rule keeps out, then", "What one step looser would bring, rule by rule",
                 "By country of origin", "By sex", "How far shortages would be covered", "Fairness"):  # fmt: skip
        assert said in page.text, said


def test_what_is_sent_is_read_and_shown_under_its_own_address(browser, address):
    page = browser.get(address)
    sent = form_of(page)
    name = next(name for name, value in sent.items() if value == ["18"])
    answer = browser.post(address, {**sent, name: "40"})
    assert answer.status == 302
    found = urlsplit(answer.location)
    assert found.fragment == "results"
    changes = read_changes(parse_qs(found.query)["changes"][0])
    assert set(changes.params) == {"age"}
    assert changes.params["age"]["min"] == 40
    shown = browser.get(answer.location)
    assert "Changed rule" in shown.text
    assert "18 → 40" in shown.text
    assert "Who would lose" in shown.text
    again = form_of(shown)
    assert again[name] == ["40"]
    assert browser.post(address, again).location == answer.location


def test_a_form_sent_untouched_changes_nothing(browser, address):
    answer = browser.post(address, form_of(browser.get(address)))
    assert answer.status == 302
    assert "changes" not in urlsplit(answer.location).query


@pytest.mark.parametrize(
    ("language", "title", "error"),
    [
        ("en", "There is a problem", "A whole number is expected here."),
        ("es", "Hay un problema", None),
        ("fr", "Il y a un problème", None),
    ],
)
def test_a_rule_that_does_not_fit_is_said_at_its_field_in_the_language_of_the_page(
    browser, address, language, title, error
):
    sent = form_of(browser.get(address))
    browser.post("/language", {"code": language})
    name = next(name for name, value in sent.items() if value == ["18"])
    answer = browser.post(address, {**sent, name: "many"})
    assert answer.status == 422
    assert title in answer.text
    assert len(answer.errors) == 1
    assert error is None or answer.errors[0].endswith(error)
    assert f'id="{name}-error"' in answer.text
    assert form_of(answer)[name] == ["many"]


def test_a_filter_that_discriminates_is_refused_with_the_reason(browser, address):
    sent = form_of(browser.get(address))
    name = next(name for name, value in sent.items() if value == ["worker.age"])
    answer = browser.post(address, {**sent, name: "worker.marital_status"})
    assert answer.status == 422
    assert "decides nobody" in answer.errors[0]


def test_a_cap_below_what_is_taken_and_one_that_is_no_number_are_said_at_their_field(
    browser, address, corridor, sessions
):
    with write_tx(sessions) as session:
        quota = quota_lists.of_scheme(session, corridor.scheme.id)[0]
        ref, quota.committed = quota.ref, 3
    sent = form_of(browser.get(address))
    assert browser.post(address, {**sent, "cap_0": "x"}).status == 422
    located = browser.post(address, {**sent, "cap_0": "2"})
    page = browser.get(located.location)
    assert page.status == 200
    assert "3 places are taken already" in page.errors[0]
    assert ref in located.location


def test_an_address_that_cannot_be_read_is_refused_and_shows_the_scheme_as_it_is(browser, address):
    page = browser.get(f"{address}?changes={{nonsense")
    assert page.status == 422
    assert "This address does not say what to change" in page.text
    assert 'id="results"' in page.text


def test_a_rule_that_is_not_there_is_refused(browser, address):
    page = browser.get(f"{address}?{write_changes_query(Changes(left_out=frozenset({'height'})))}")
    assert "There is no rule height." in page.text
    assert 'id="results"' not in page.text


def test_nothing_is_stored_by_asking(browser, address, sessions):
    browser.get(address)
    before = rows_in(sessions)
    sent = form_of(browser.get(address))
    name = next(name for name, value in sent.items() if value == ["18"])
    browser.get(browser.post(address, {**sent, name: "40"}).location)
    table_of(browser, address, age(40))
    browser.post(f"{address}/renew", {})
    assert rows_in(sessions) == before


def test_the_table_has_every_figure_of_the_page(browser, address):
    head, *rows = table_of(browser, address, age(45))
    assert head == ["Table", "Item", "Measure", "Now", "Then"]
    assert all(len(row) == 5 for row in rows)
    people = next(row for row in rows if row[1].startswith("People who meet all rules for"))
    assert people[3:] == ["12", "4"]  # born in 1970, 1973, 1976 and 1979: 45 on the first day of work
    assert {row[0] for row in rows} >= {"In short", "By country of origin", "By sex", "What each rule keeps out",
                                        "One step looser"}  # fmt: skip
    step = next(row for row in rows if row[0] == "One step looser" and "45 → 44" in row[2])
    assert step[4] == "1"  # born in 1982


def test_small_cells_are_empty_in_the_table_and_hidden_on_the_page(browser, address):
    rows = table_of(browser, address, age(45))
    origin = [row for row in rows if row[0] == "By country of origin"]
    assert [row[3:] for row in origin] == [["", ""], ["", ""]]
    page = browser.get(f"{address}?{write_changes_query(age(45))}").text
    assert "hidden" in page
    assert "Further groups, all of whose figures are hidden" in page
    assert ">None<" not in page


def test_open_proposals_are_named_for_who_may_see_them(browser_for, corridor, address):
    origin = browser_for(corridor.origin).get(f"{address}?{write_changes_query(age(45))}")
    destination = browser_for(corridor.destination).get(f"{address}?{write_changes_query(age(45))}")
    assert "/proposals/P-" in origin.text
    assert "/proposals/P-" not in destination.text
    assert "Would be stopped" in destination.text


def test_without_workers_or_vacancies_the_page_says_so(browser, address, session, corridor, sessions):
    with write_tx(sessions) as opened:
        opened.execute(sa.update(Vacancy).values(state=VacancyState.WITHDRAWN))
    page = browser.get(address)
    assert "no open vacancy with positions left" in page.text
    assert 'id="results"' not in page.text
    assert len(table_of(browser, address)) == 1
    with write_tx(sessions) as opened:
        opened.execute(sa.update(Worker).values(state=WorkerState.PAUSED))
    worlds.shelf.cache_clear()
    assert "nobody to simulate with" in browser.get(address).text


def test_a_later_version_can_be_started_from(browser, address, corridor, at, sessions):
    assert "Start from:" not in browser.get(address).text
    with write_tx(sessions) as opened:
        make = Make(opened, at)
        now = schemes.get(opened, corridor.destination, corridor.scheme.ref)
        rules = make.changed_rules(now, "age", min=40)
        first_day = (clock.now() + timedelta(days=60)).date()
        make.later_version(corridor.destination, corridor.scheme, rules, first_day=first_day)
    assert "Version 2 of the rules" in browser.get(address).text
    assert "Starts from: Version 2 of the rules." in browser.get(f'{address}?changes={{"base":"2"}}').text
    people = next(row for row in table_of(browser, address, Changes(base="2")) if row[1].startswith("People who meet"))
    assert people[3:] == ["12", "6"]
    for base in ("draft", "9"):
        assert browser.get(f'{address}?changes={{"base":"{base}"}}').status == 404


def test_a_large_pool_is_read_in_the_background_and_the_page_says_how_far(browser, address, app, corridor, monkeypatch):
    shelf = worlds.SimulationCache(at_once=3)
    monkeypatch.setattr(worlds, "shelf", lambda _folder: shelf)
    begun = watched(shelf, monkeypatch)
    page = browser.get(address)
    assert begun[0].over.wait(120)
    assert "read into memory once" in page.text
    assert "Workers read" in page.text
    assert 'http-equiv="refresh"' in page.text
    ready = browser.get(address)
    assert 'id="results"' in ready.text
    assert browser.client.get(f"{address}/progress").headers["HX-Refresh"] == "true"


def test_a_large_pool_that_changed_since_says_so_and_is_read_anew_when_asked(
    browser, address, corridor, monkeypatch, sessions
):
    shelf = worlds.SimulationCache(at_once=3)
    monkeypatch.setattr(worlds, "shelf", lambda _folder: shelf)
    begun = watched(shelf, monkeypatch)
    browser.get(address)
    assert begun[0].over.wait(120)
    with write_tx(sessions) as opened:
        opened.execute(sa.update(Vacancy).where(Vacancy.id == corridor.vacancies[0].id).values(positions=3, version=9))
    page = browser.get(address)
    assert "Figures rest on workers and vacancies as of" in page.text
    assert browser.post(f"{address}/renew", {"from": ""}).status == 302
    assert shelf.held(corridor.scheme.id) is None


def test_a_reading_that_fails_is_said_and_can_be_tried_again(browser, address, corridor, monkeypatch):
    shelf = worlds.SimulationCache(at_once=3)
    monkeypatch.setattr(worlds, "shelf", lambda _folder: shelf)

    def broken(_progress):
        raise RuntimeError("no")

    assert shelf.begin(corridor.scheme.id, broken).over.wait(120)
    assert "could not be read because of an error" in browser.get(address).text
    browser.post(f"{address}/renew", {})
    assert shelf.loading(corridor.scheme.id) is None


def test_a_pool_that_would_not_fit_is_refused(browser, address, monkeypatch):
    monkeypatch.setattr(worlds, "shelf", lambda _folder: worlds.SimulationCache(most_bytes=1000))
    assert "more than this server can hold at once" in browser.get(address).text


def test_only_scheme_officers_and_oversight_simulate(browser_for, corridor, address):
    assert browser_for(corridor.origin).get(address).status == 200
    for actor in (corridor.endorser, corridor.approver):
        assert browser_for(actor).get(address).status == 403
    assert browser_for(corridor.post).get(address).status in {403, 404}


def test_asking_leaves_no_trace_in_the_log(browser, address, sessions):
    with sessions() as opened:
        before = opened.scalar(sa.select(sa.func.count()).select_from(AuditEvent))
    browser.get(f"{address}?{write_changes_query(age(30))}")
    with sessions() as opened:
        assert opened.scalar(sa.select(sa.func.count()).select_from(AuditEvent)) == before
