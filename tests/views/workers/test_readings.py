"""Who looked at whose file: written with every page that shows one, told to those who answer for it."""

import ast
from pathlib import Path

import pytest
import sqlalchemy as sa

from mobility.models.accounts.organisations import Organisation
from mobility.models.workers.readings import Reading
from mobility.rules.basics.organisations import OrganisationKind as Kind
from mobility.rules.basics.organisations import Role
from mobility.security import readings

ROOT = Path(__file__).resolve().parents[3]
NAMES = {"given_names", "family_names"}


@pytest.fixture
def corridor(session, make):
    """A corridor with proposals that the origin endorsed, and administrators on both sides."""
    made = make.corridor(workers=2, vacancies=1, positions=2)
    made.run = make.match(made)
    made.proposals = make.proposals(made.run)
    homes = {
        "gt": (Kind.ORIGIN_MINISTRY, "GT", made.origin.organisation_id, Role.ADMINISTRATOR),
        "case": (Kind.ORIGIN_MINISTRY, "GT", made.origin.organisation_id, Role.SCHEME_OFFICER),
        "us": (Kind.DESTINATION_MINISTRY, "US", made.destination.organisation_id, Role.ADMINISTRATOR),
    }
    made.people = {
        name: make.actor(kind, country, role, of=session.get_one(Organisation, home))
        for name, (kind, country, home, role) in homes.items()
    }
    made.people["auditor"] = make.actor(Kind.OVERSIGHT_BODY, "US", Role.AUDITOR)
    made.people["hn"] = make.actor(Kind.ORIGIN_MINISTRY, "HN", Role.ADMINISTRATOR)
    session.commit()
    return made


def written(sessions):
    """Return (user, worker, page, fields) of every reading."""
    with sessions() as session:
        rows = session.scalars(sa.select(Reading).order_by(Reading.id)).all()
        return [(row.user_id, row.worker_id, row.page, set(row.fields.split(",")) - {""}) for row in rows]


def test_opening_a_file_is_recorded_with_what_was_unsealed(corridor, browser_for, sessions):
    worker = corridor.workers[0]
    assert browser_for(corridor.post).get(f"/workers/{worker.ref}").status == 200
    assert written(sessions) == [
        (corridor.post.user_id, worker.id, "workers.show", {*NAMES, "phone", "address", "document_numbers"})
    ]


def test_a_reviewer_who_decides_blind_is_recorded_with_nothing_unsealed(corridor, browser_for, sessions):
    proposal = corridor.proposals[0]
    browser_for(corridor.endorser).get(f"/proposals/{proposal.ref}")
    assert written(sessions) == [(corridor.endorser.user_id, proposal.worker_id, "proposals.show", set())]


def test_a_list_with_names_is_recorded_for_each_of_them_and_one_without_is_not(corridor, browser_for, sessions):
    browser_for(corridor.endorser).get("/workers/")
    assert written(sessions) == []
    browser_for(corridor.post).get("/workers/")
    assert {(worker, page, frozenset(names)) for _, worker, page, names in written(sessions)} == {
        (each.id, "workers.index", frozenset(NAMES)) for each in corridor.workers
    }


def test_a_search_that_finds_somebody_is_recorded(corridor, browser_for, sessions):
    browser = browser_for(corridor.post)
    browser.post("/workers/search", {"text": "Nobody At All"})
    assert written(sessions) == []
    browser.post("/workers/search", {"text": corridor.workers[1].ref})
    assert [(worker, page) for _, worker, page, _ in written(sessions)] == [(corridor.workers[1].id, "workers.search")]


def test_a_form_that_comes_back_with_errors_shows_the_file_and_is_recorded(corridor, browser_for, sessions):
    worker = corridor.workers[0]
    assert browser_for(corridor.post).post(f"/workers/{worker.ref}/check", {}).status == 422
    assert [(whose, page) for _, whose, page, _ in written(sessions)] == [(worker.id, "workers.check")]


@pytest.mark.parametrize("path", ["/workers/W-0000-0000-0", "/workers/{far}"])
def test_a_file_that_one_may_not_see_is_not_read(corridor, browser_for, sessions, path):
    far = corridor.workers[0].ref
    assert browser_for(corridor.people["hn"]).get(path.format(far=far)).status == 404
    assert written(sessions) == []


def test_without_the_record_no_page_leaves(corridor, browser_for, monkeypatch):
    def fail(*_args, **_options):
        raise sa.exc.OperationalError("INSERT", {}, Exception("disk full"))

    browser = browser_for(corridor.post)
    browser.app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr(readings, "record", fail)
    page = browser.get(f"/workers/{corridor.workers[0].ref}")
    assert page.status >= 500
    assert "Ana" not in page.text


def test_a_ministry_answers_who_looked_at_the_files_of_its_nationals(corridor, browser_for):
    worker = corridor.workers[0]
    browser_for(corridor.post).get(f"/workers/{worker.ref}")
    browser_for(corridor.people["case"]).get(f"/workers/{worker.ref}")

    page = browser_for(corridor.people["gt"]).get(f"/readings/?worker={worker.ref.lower()}")

    assert page.heading == "Who looked at whose file"
    assert corridor.post.name in page.text
    assert corridor.people["case"].name in page.text
    assert "given names" in page.text
    assert "Ana" not in page.text
    assert browser_for(corridor.people["gt"]).get(f"/workers/{worker.ref}").status == 200


@pytest.mark.parametrize(("who", "sees"), [("gt", True), ("auditor", True), ("us", False), ("hn", False)])
def test_each_reads_of_what_they_answer_for(corridor, browser_for, who, sees):
    worker = corridor.workers[0]
    browser_for(corridor.post).get(f"/workers/{worker.ref}")
    page = browser_for(corridor.people[who]).get("/readings/")
    assert page.status == 200
    assert (worker.ref in page.text) is sees


@pytest.mark.parametrize("who", ["post", "endorser", "approver", "destination", "origin"])
def test_nobody_else_reads_the_record(corridor, browser_for, who):
    assert browser_for(getattr(corridor, who)).get("/readings/").status == 404


def test_it_is_filtered_by_reader_and_by_day(corridor, browser_for):
    browser_for(corridor.post).get(f"/workers/{corridor.workers[0].ref}")
    browser_for(corridor.people["case"]).get(f"/workers/{corridor.workers[1].ref}")
    admin = browser_for(corridor.people["gt"])
    mine = admin.get(f"/readings/?user={corridor.post.user_ref}").text
    assert corridor.workers[0].ref in mine
    assert corridor.workers[1].ref not in mine
    for query in ("?to=2020-01-01", "?from=2190-01-01", "?worker=nonsense", "?user=%00"):
        page = admin.get(f"/readings/{query}")
        assert "Nobody looked." in page.text, query
    assert corridor.workers[0].ref in admin.get("/readings/?from=2020-01-01&to=not-a-day").text


def test_no_view_projects_a_worker_past_the_record():
    """Every page gets its worker from ``views/files.py``, so that none can forget to write the reading."""
    for file in (ROOT / "mobility" / "views").rglob("*.py"):
        names = {node.id for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Name)}
        assert "project_worker" not in names or file.name == "files.py", file
