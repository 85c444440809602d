"""Waivers on the page of a proposal."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from mobility.clock import now
from mobility.models.proposals import MatchProposal
from mobility.models.schemes.waivers import Waiver
from mobility.models.workers.papers import IdentityDocument
from mobility.services.proposals import proposals
from mobility.services.workers import vectors

SOON = (now() + timedelta(days=60)).date()
FORM = {
    "rule": "document",
    "why": "A new passport is being printed",
    "until": [str(SOON.day), str(SOON.month), str(SOON.year)],
}


@pytest.fixture
def corridor(session, make):
    made = make.corridor(workers=1, vacancies=1)
    make.match(made)
    return made


@pytest.fixture
def address(session, corridor, at):
    proposal = session.scalars(sa.select(MatchProposal)).first()
    proposals.endorse(session, corridor.endorser, proposal.ref, version=proposal.version, at=at)
    session.execute(sa.update(IdentityDocument).values(expires_on=date(2026, 12, 1)))
    vectors.write(session, [proposal.worker_id])
    proposal.expires_at = now() + timedelta(days=30)  # pages ask the clock
    session.commit()
    return f"/proposals/{proposal.ref}"


def stored(sessions):
    with sessions() as session:
        return session.scalars(sa.select(Waiver)).all()


def test_a_rule_is_waived_on_the_page_and_taken_back_there(corridor, address, browser_for, sessions):
    browser = browser_for(corridor.approver)
    assert "Waive a rule for this person" in browser.get(address).text

    assert browser.post(f"{address}/waivers", FORM).status == 302
    page = browser.get(address)
    assert "A new passport is being printed" in page.text
    assert "Waive a rule for this person" not in page.text
    (waiver,) = stored(sessions)

    assert browser.post(f"/waivers/{waiver.ref}/withdraw", {"version": "1"}).location == address
    assert "Taken back" in browser.get(address).text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"why": ""}, "Why is it waived?: Say why"),
        ({"until": ["1", "1", "2020"]}, "Until: The waiver would be over on"),
        ({"rule": "age"}, "Rule: Not a valid choice"),
        ({"rule": ""}, "Rule: Choose a rule"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_nothing_is_stored(
    corridor, address, browser_for, sessions, changes, error
):
    answer = browser_for(corridor.approver).post(f"{address}/waivers", {**FORM, **changes})
    assert answer.status == 422
    assert answer.errors[0].startswith(error)
    assert stored(sessions) == []


def test_another_ministry_is_offered_no_waiver_and_gives_none(corridor, address, browser_for, sessions):
    browser = browser_for(corridor.endorser)
    assert "Waive a rule for this person" not in browser.get(address).text
    assert browser.post(f"{address}/waivers", FORM).status == 422
    assert stored(sessions) == []
