"""Pages of publications: a file is previewed, its faults told, and taken in only when the officer says so."""

import io
from threading import Thread
from time import monotonic, sleep

import pytest
import sqlalchemy as sa

from mobility.db import write_tx
from mobility.models.shortages.publications import Publication, PublishedFigure, ShortageSuggestion
from mobility.rules.basics.organisations import OrganisationKind, Role
from tests.formats.bombs import sheet_bomb

LIST = "Code,Job,Region\n9211,Pickers,US-FL\n7112,Bricklayers,\n"
FORM = {
    "kind": "shortage_list",
    "codes": "isco08",
    "title": "State list",
    "source": "State office, 2026",
    "published_on": ["1", "3", "2026"],
    "code_column": "Code",
    "title_column": "Job",
    "region_column": "Region",
    "idempotency_key": "k1",
}
FIGURES = {
    "kind": "figures",
    "indicator": "vacancy_rate",
    "value_column": "2",
    "code_column": "1",
    "title_column": "",
    "region_column": "",
    "period_from": ["1", "1", "2026"],
    "period_to": ["31", "3", "2026"],
}


@pytest.fixture
def officer(session, make):
    made = make.actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.SHORTAGE_OFFICER)
    for code in ("9211", "7112", "9216"):
        make.occupation(code)
    session.commit()
    return made


def send(browser, text=LIST, code_map=None, **changes):
    data = {**FORM, **changes, "file": (io.BytesIO(text.encode()), "list.csv")}
    if code_map is not None:
        data["code_map"] = (io.BytesIO(code_map.encode()), "map.csv")
    return browser.post("/publications/new", data, content_type="multipart/form-data")


def stored(sessions, model):
    with sessions() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(model))


def test_a_list_is_previewed_then_taken_in(officer, browser_for, sessions):
    browser = browser_for(officer)

    sent = send(browser)
    page = browser.get(sent.location)
    assert (sent.status, page.heading) == (302, "State list")
    assert "Bricklayers" in page.text
    assert stored(sessions, ShortageSuggestion) == 0

    taken = browser.post(f"{sent.location}/take-in", {"version": "1"})
    assert taken.status == 302
    assert "Suggestions made: 2. Nothing is declared" in browser.get(sent.location).text
    assert stored(sessions, ShortageSuggestion) == 2


def test_a_list_with_faults_says_each_and_changes_nothing_until_they_are_left_out(officer, browser_for, sessions):
    browser = browser_for(officer)
    location = send(browser, f"{LIST}9999,Nobody,\n9211,Pickers,US-FL\n").location

    page = browser.get(location)
    assert "9999 is not an ISCO-08 unit group. Correct the code." in page.text
    assert "9211 stands in line 2 already, for the same region. Keep one line." in page.text
    refused = browser.post(f"{location}/take-in", {"version": "1"})
    assert refused.status == 422
    assert refused.errors[0].startswith("Leave out the lines that do not fit: Lines that do not fit: 2.")
    assert stored(sessions, ShortageSuggestion) == 0

    assert browser.post(f"{location}/take-in", {"version": "1", "leave_out": "y"}).status == 302
    assert stored(sessions, ShortageSuggestion) == 2


def test_the_report_has_a_row_for_each_line(officer, browser_for):
    browser = browser_for(officer)
    location = send(browser, f"{LIST}=9999,Nobody,\n").location
    rows = browser.get(f"{location}/report.csv").text.splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ["2", "3", "4"]
    assert rows[3].split(",")[1] == "'=9999"  # no spreadsheet takes it for a formula


def test_the_same_file_again_is_known_and_makes_nothing(officer, browser_for, sessions):
    browser = browser_for(officer)
    for key in ("k1", "k2"):
        location = send(browser, idempotency_key=key).location
        assert browser.post(f"{location}/take-in", {"version": "1"}).status == 302
    assert "There already" in browser.get(location).text
    assert stored(sessions, ShortageSuggestion) == 2


def test_the_same_form_sent_twice_makes_one_preview(officer, browser_for, sessions):
    browser = browser_for(officer)
    assert send(browser).location == send(browser).location
    assert stored(sessions, Publication) == 1


def test_codes_go_through_a_file_of_codes(officer, browser_for):
    browser = browser_for(officer)
    assert send(browser, codes="other").errors == [
        "File that leads from these codes to ISCO-08: Add the file that leads from these codes to ISCO-08."
    ]
    location = send(
        browser,
        "9119,Deckhands\n",
        "9119,9216\n",
        codes="other",
        code_column="1",
        title_column="2",
        region_column="",
        idempotency_key="k2",
    ).location
    assert "(9216)" in browser.get(location).text


def test_us_codes_go_through_the_published_crosswalk(officer, browser_for):
    browser = browser_for(officer)
    crosswalk = (
        "2010 SOC Code,2010 SOC Title,ISCO-08 Code,ISCO-08 Title EN\n45-2092,Farmworkers,9211,Crop farm labourers\n"
    )
    changes = {"codes": "us_soc", "code_column": "1", "title_column": "", "region_column": ""}
    location = send(browser, "45-2092,Farmworkers\n", crosswalk, **changes).location
    assert "(9211)" in browser.get(location).text


def test_figures_are_taken_in_and_read_as_a_composite(officer, browser_for, sessions):
    browser = browser_for(officer)
    location = send(browser, "9211,7.5\n", **FIGURES).location
    assert browser.post(f"{location}/take-in", {"version": "1"}).status == 302
    assert stored(sessions, PublishedFigure) == 1
    page = browser.get("/tightness/")
    assert "no composite" in page.text  # one of four indicators: a quarter of the weights
    assert "State list" in page.text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_column": "Kode"}, "Column of the codes: The file has no heading Kode. Most like it: Code."),
        ({"code_column": "9"}, "Column of the job titles: The file has no heading"),
        ({"kind": "figures", "value_column": ""}, "Column of the figures: Enter the column of the figures."),
        ({"kind": "figures", "value_column": "2"}, "Which figure is it?: Choose which figure the file holds."),
        ({"published_on": ["1", "1", "2099"]}, "Published on: The day of publication lies after today"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_nothing_is_stored(officer, browser_for, sessions, changes, error):
    if changes.get("code_column") == "9":
        changes = {**changes, "title_column": "Nothing like it"}
    answer = send(browser_for(officer), **changes)
    assert answer.status == 422
    assert answer.errors[0].startswith(error)
    assert stored(sessions, Publication) == 0


def test_an_empty_form_says_what_is_missing(officer, browser_for):
    answer = browser_for(officer).post("/publications/new", {})
    assert answer.status == 422
    assert "File: Choose a file" in answer.errors
    assert len(answer.errors) == 7


def test_a_file_of_another_kind_is_refused(officer, browser_for, sessions):
    answer = send(browser_for(officer), "%PDF-1.7")
    assert answer.status == 422
    assert answer.errors == ["File: This kind of file cannot be read (pdf). Expected: csv, csv.gz, xlsx, xls."]
    assert stored(sessions, Publication) == 0


def test_a_preview_is_put_away(officer, browser_for):
    browser = browser_for(officer)
    location = send(browser).location
    assert browser.post(f"{location}/discard", {"version": "1"}).location == "/publications/"
    assert "Put away" in browser.get(location).text
    assert "/take-in" not in browser.get(location).text


def test_a_sheet_that_takes_long_to_read_keeps_nobody_from_writing(officer, browser_for, sessions, tmp_path):
    """The reader works in a process of its own, after the request has let go of the writer's lock."""
    browser, bomb, sent = browser_for(officer), sheet_bomb(tmp_path).read_bytes(), []
    data = {**FORM, "file": (io.BytesIO(bomb), "list.xlsx")}
    upload = Thread(
        target=lambda: sent.append(browser.post("/publications/new", data, content_type="multipart/form-data"))
    )
    upload.start()
    waits = []
    while upload.is_alive():
        began = monotonic()
        with write_tx(sessions) as session:
            session.execute(sa.select(sa.func.count()).select_from(Publication))
        waits.append(monotonic() - began)
        sleep(0.05)
    upload.join()
    assert sent[0].status == 422
    assert len(waits) > 5
    assert max(waits) < 1.5
    assert stored(sessions, Publication) == 0
