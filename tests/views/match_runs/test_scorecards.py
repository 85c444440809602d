"""Pages of scorecards: the list, one with its points, and their names wherever something was scored by them."""

import json

import pytest

from mobility.db import write_tx
from mobility.matching.scoring.scorecard import expert_scorecard, scorecard_from
from mobility.queries.lists.match_run_lists import newest_use
from mobility.rules.cases.match_runs import ScorecardOrigin
from mobility.security.actors import SYSTEM
from mobility.services.match_runs import scorecards
from tests.factories import Make


def learned():
    """Return a scorecard with a pair and a calibration."""
    document = json.loads(json.dumps(expert_scorecard().document))
    document["features"][0]["weight"] -= 100
    pair = {"first": "essential_skills", "second": "language", "first_from": [500], "second_from": [500]}
    pair |= {"points": [[0, 0], [0, 100]], "reason": "Together they help"}
    calibration = {"score": [0, 10_000], "chance": [1000, 9000], "reason": "On 900 decisions"}
    return scorecard_from({**document, "format": 2, "id": "learned-1", "pairs": [pair], "calibration": calibration})


@pytest.fixture
def corridor(sessions, at):
    with write_tx(sessions) as session:
        return Make(session, at).corridor()


@pytest.fixture
def browser(corridor, browser_for):
    return browser_for(corridor.destination)


def test_a_run_names_its_scorecard_and_leads_to_its_points(sessions, corridor, browser, at):
    with write_tx(sessions) as session:
        ref = Make(session, at).match(corridor).ref
    page = browser.get(f"/match-runs/{ref}").text
    assert "Scorecard 1, experts&#39;" in page
    with sessions() as session:
        card = scorecards.in_force(session).ref
    assert f'href="/scorecards/{card}"' in page
    points = browser.get(f"/scorecards/{card}").text
    assert "Essential skills" in points
    assert "3,000" in points
    assert "expert-1" in points


def test_the_list_leads_from_the_runs_and_tells_which_is_in_force(sessions, browser, at):
    with write_tx(sessions) as session:
        scorecards.store(session, SYSTEM, learned().text(), ScorecardOrigin.LEARNED, at=at)
    assert 'href="/scorecards/"' in browser.get("/match-runs/").text
    page = browser.get("/scorecards/").text
    assert page.index("Scorecard 2, learned") < page.index("Not in force") < page.index("Scorecard 1, experts")
    assert "Never yet" in page


def test_a_learned_one_shows_pairs_calibration_and_when_it_was_in_force(sessions, browser, at):
    with write_tx(sessions) as session:
        made = scorecards.store(session, SYSTEM, learned().text(), ScorecardOrigin.LEARNED, at=at)
        ref = made.ref
    assert "It was never in force." in browser.get(f"/scorecards/{ref}").text
    with write_tx(sessions) as session:
        scorecards.put_in_force(session, SYSTEM, 2, after=newest_use(session).number, at=at)
    page = browser.get(f"/scorecards/{ref}").text
    assert "Together: Essential skills; Languages" in page
    assert "On 900 decisions" in page
    assert "The installation" in page


def test_a_proposal_names_what_scored_it_and_links_it_for_who_may_read_it(sessions, corridor, browser_for, at):
    with write_tx(sessions) as session:
        make = Make(session, at)
        (first, *_) = make.proposals(make.match(corridor))
        ref, card = first.ref, scorecards.in_force(session).ref
    for reader, linked in ((corridor.endorser, True), (corridor.post, False)):
        page = browser_for(reader).get(f"/proposals/{ref}").text
        assert "Scorecard 1, experts&#39;" in page
        assert (f'href="/scorecards/{card}"' in page) is linked
