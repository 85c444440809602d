"""Pages of match runs."""

import pytest
import sqlalchemy as sa

from mobility.clock import now
from mobility.db import write_tx
from mobility.jobs.match_run import MatchHandlers
from mobility.jobs.runner import Runner
from mobility.models.accounts.organisations import Organisation
from mobility.models.match_runs import MatchRun
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.match_runs import MatchRunState
from tests.factories import Make


@pytest.fixture
def world(session, make):
    made = make.corridor()
    made.post_officer = made.post
    made.auditor = make.actor(OrganisationKind.OVERSIGHT_BODY, "US", Role.AUDITOR)
    home = session.get_one(Organisation, made.destination.organisation_id)
    made.administrator = make.actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.ADMINISTRATOR, of=home)
    session.commit()
    return made


def form(world, **changes):
    given = {"scheme": world.scheme.ref, "per_position": "2", "a_worker": "3", "days": "30", "seed": "7"}
    return {**given, "idempotency_key": "k", **changes}


def work(sessions):
    Runner(sessions, MatchHandlers().handlers(), now).until_empty()


def test_an_officer_starts_a_run_and_watches_it_end(world, browser_for, sessions):
    browser = browser_for(world.destination)

    started = browser.post("/match-runs/new", form(world))
    waiting = browser.get(started.location)
    work(sessions)
    done = browser.get(started.location)

    assert started.status == 302
    assert "Waiting for a job runner" in waiting.text
    assert "hx-get" in waiting.text
    assert 'http-equiv="refresh"' in waiting.text
    assert "hx-get" not in done.text
    for said in ("From pairs to proposals", "Which rule excludes how many", "8 USC 1182", "Who gets through, by sex"):
        assert said in done.text, said


def test_the_page_tells_the_highest_total_score_only_of_a_run_that_was_measured(world, browser_for, sessions, at):
    pytest.importorskip("ortools", reason="OR-Tools is not installed: the yardstick is not tested")
    with write_tx(sessions) as session:
        plain, measured = (Make(session, at).match(world, yardstick=asked) for asked in (False, True))
    browser = browser_for(world.destination)
    assert "Highest total score" not in browser.get(f"/match-runs/{plain.ref}").text
    page = browser.get(f"/match-runs/{measured.ref}").text
    assert f"{measured.counts['optimum']['reached']:,} of at most" in page


@pytest.mark.parametrize(
    ("code", "said"),
    [("not_nested", "lie within one another"), ("not_installed", "has no OR-Tools"), ("failed", "the solver failed")],
)
def test_the_page_says_why_the_highest_total_score_cannot_be_told(world, browser_for, sessions, at, code, said):
    with write_tx(sessions) as session:
        run = Make(session, at).match(world)
        run.counts = {**run.counts, "optimum": None, "no_optimum": code}
    assert said in browser_for(world.destination).get(f"/match-runs/{run.ref}").text


def test_the_form_says_what_a_run_would_cost(world, browser_for):
    page = browser_for(world.destination).get("/match-runs/new")
    assert "What a run would look at and cost today" in page.text
    assert "By the speed of a machine with two cores" in page.text
    refused = browser_for(world.destination).post("/match-runs/new", form(world, days=""))
    assert refused.status == 422
    assert "What a run would look at and cost today" in refused.text


def test_small_groups_are_hidden(world, browser_for, sessions):
    browser = browser_for(world.destination)
    location = browser.post("/match-runs/new", form(world)).location
    work(sessions)
    assert "Hidden" in browser.get(location).text


def test_progress_answers_a_part_of_the_page_and_asks_for_the_whole_at_the_end(world, browser_for, sessions):
    browser = browser_for(world.destination)
    location = browser.post("/match-runs/new", form(world)).location
    part = browser.client.get(f"{location}/progress")
    work(sessions)
    last = browser.client.get(f"{location}/progress")
    assert "<html" not in part.text
    assert part.headers["Vary"]
    assert "HX-Refresh" not in part.headers
    assert last.headers["HX-Refresh"] == "true"


def test_the_same_form_sent_twice_starts_one_run(world, browser_for, sessions):
    browser = browser_for(world.destination)
    first, second = browser.post("/match-runs/new", form(world)), browser.post("/match-runs/new", form(world))
    assert first.location == second.location
    with sessions() as session:
        assert len(session.scalars(sa.select(MatchRun)).all()) == 1


def test_a_second_run_waits_for_the_first(world, browser_for):
    browser = browser_for(world.destination)
    browser.post("/match-runs/new", form(world))
    answer = browser.post("/match-runs/new", form(world, idempotency_key="other"))
    assert answer.status == 409
    assert "under way" in answer.text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scheme": ""}, "Scheme"),
        ({"per_position": "0"}, "Proposals for each position"),
        ({"a_worker": "x"}, "Most proposals for one person"),
        ({"days": "999"}, "Days that a proposal stays open"),
        ({"seed": "-1"}, "Seed"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(world, browser_for, changes, field):
    answer = browser_for(world.destination).post("/match-runs/new", form(world, **changes))
    assert answer.status == 422
    assert [error.partition(":")[0] for error in answer.errors] == [field]


def test_a_run_can_be_cancelled_once(world, browser_for, sessions):
    browser = browser_for(world.destination)
    location = browser.post("/match-runs/new", form(world)).location
    assert browser.post(f"{location}/cancel").status == 302
    assert browser.post(f"{location}/cancel").status == 409
    work(sessions)
    with sessions() as session:
        assert session.scalars(sa.select(MatchRun.state)).all() == [MatchRunState.CANCELLED]


def test_who_may_not_start_is_not_offered_it(world, browser_for):
    location = browser_for(world.destination).post("/match-runs/new", form(world)).location
    for actor in (world.origin, world.endorser, world.approver, world.auditor):
        browser = browser_for(actor)
        assert browser.get("/match-runs/new").status == 404
        assert "Start a match run" not in browser.get("/match-runs/").text
        assert browser.get(location).status == 200
        assert "Cancel this run" not in browser.get(location).text
        assert browser.post(f"{location}/cancel").status == 403
    assert browser_for(world.post).get("/match-runs/").status == 404
    assert browser_for(world.post).get(location).status == 404


def test_the_list_filters_by_state(world, browser_for):
    browser = browser_for(world.destination)
    ref = browser.post("/match-runs/new", form(world)).location.rpartition("/")[2]
    assert ref in browser.get("/match-runs/?state=queued").text
    assert ref not in browser.get("/match-runs/?state=finished").text


def test_figures_by_group_are_on_the_page_of_those_who_may_see_them_alone(world, browser_for, sessions):
    location = browser_for(world.destination).post("/match-runs/new", form(world)).location
    work(sessions)

    for person, sees in ((world.endorser, True), (world.auditor, True), (world.administrator, False)):
        page = browser_for(person).get(location)
        assert page.status == 200
        assert ("share let through at each step" in page.text) is sees


def test_the_page_says_how_the_run_was_allocated_and_which_lists_were_too_short(world, browser_for, sessions):
    browser = browser_for(world.destination)
    location = browser.post("/match-runs/new", form(world, per_position="3", top="0", a_worker="1")).location
    work(sessions)
    page = browser.get(location)
    assert "Workers ask in the order of their wishes" in page.text
    assert "Start another run with longer lists" in page.text
