"""Pages of notices."""

import pytest

from mobility.db import write_tx
from mobility.rules.basics.causes import Cause, Why
from mobility.services.schemes import schemes
from tests.factories import Make


@pytest.fixture
def corridor(session, make, at):
    made = make.corridor(workers=2, vacancies=1)
    make.match(made)
    now = schemes.get(session, made.destination, made.scheme.ref)
    schemes.suspend(session, made.destination, now.ref, Why(Cause.UNDER_REVIEW, "Flood"), version=now.version, at=at)
    session.commit()
    return made


def test_a_ministry_reads_that_its_proposals_are_frozen(corridor, browser_for):
    page = browser_for(corridor.origin).get("/notices/")
    assert "A scheme is suspended" in page.text
    assert "Open proposals are frozen (people concerned: 2)" in page.text
    assert f"/schemes/{corridor.scheme.ref}" in page.text


def test_a_post_reads_which_workers_to_tell_by_reference(corridor, browser_for):
    page = browser_for(corridor.post).get("/notices/")
    assert "For a worker: the scheme is suspended" in page.text
    assert any(worker.ref in page.text for worker in corridor.workers)
    assert "Núñez" not in page.text


def test_notices_are_marked_one_by_one_and_all_at_once(corridor, browser_for):
    browser = browser_for(corridor.post)
    page = browser.get("/notices/?state=unread")
    first = page.text.split('action="/notices/N-')[1].partition("/read")[0]

    assert browser.post(f"/notices/N-{first}/read").location == "/notices/?state=unread"
    assert f"N-{first}" not in browser.get("/notices/?state=unread").text
    assert browser.post("/notices/read").location == "/notices/"
    assert "No notices." in browser.get("/notices/?state=unread").text
    assert "Read by" in browser.get("/notices/").text


def test_a_page_of_notices_stays_the_organisations_own(corridor, sessions, at, browser_for):
    with write_tx(sessions) as opened:
        stranger = Make(opened, at).scheme_officer("CA")
    assert "No notices." in browser_for(stranger).get("/notices/").text
