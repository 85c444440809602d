"""The pages on which a vacancy is withdrawn or revoked: whom it touches comes first, and holds until the step."""

import re

import pytest
import sqlalchemy as sa

from mobility.db import write_tx
from mobility.models.proposals import MatchProposal
from mobility.models.vacancies import Vacancy
from mobility.rules.cases.proposals import ProposalState
from mobility.rules.cases.vacancies import VacancyState
from mobility.services.proposals import proposals

PEOPLE = {"en": "Approved: 1.", "es": "Aprobadas: 1.", "fr": "Approuvées : 1."}


@pytest.fixture
def world(session, make, at):
    made = make.corridor(positions=2)
    first, *_ = found = make.proposals(make.match(made))
    proposals.endorse(session, made.endorser, first.ref, version=first.version, at=at)
    proposals.approve(session, made.approver, first.ref, version=first.version, at=at)
    made.vacancy = made.vacancies[0]
    made.waiting = [each for each in found if each.vacancy_id == made.vacancy.id and each is not first]
    session.commit()
    return made


def mark(page):
    return re.search(r'name="seen" value="([0-9a-f]+)"', page.text)[1]


@pytest.mark.parametrize("language", PEOPLE)
def test_it_says_whom_it_touches_in_every_language(world, browser_for, language):
    officer = browser_for(world.destination)
    officer.post("/language", {"code": language})
    page = officer.get(f"/vacancies/{world.vacancy.ref}/revoke")
    assert page.status == 200
    assert PEOPLE[language] in page.text


def test_looking_changes_nothing_and_the_step_does_what_was_shown(world, browser_for, sessions):
    officer, path = browser_for(world.destination), f"/vacancies/{world.vacancy.ref}/revoke"
    page = officer.get(path)
    with sessions() as session:
        assert session.get_one(Vacancy, world.vacancy.id).state is VacancyState.OPEN
    form = {"version": str(world.vacancy.version), "seen": mark(page), "deficiencies": ["terms_broken"]}
    assert officer.post(path, form).status == 302
    with sessions() as session:
        mine = sa.select(MatchProposal.state).where(MatchProposal.vacancy_id == world.vacancy.id)
        assert set(session.scalars(mine)) == {ProposalState.SUPERSEDED}
        assert session.get_one(Vacancy, world.vacancy.id).state is VacancyState.REVOKED


def test_what_changed_meanwhile_is_shown_anew_and_what_was_typed_stays(world, browser_for, sessions, at):
    officer, path = browser_for(world.destination), f"/vacancies/{world.vacancy.ref}/revoke"
    seen = mark(officer.get(path))
    second = world.waiting[0]
    with write_tx(sessions) as other:
        proposals.endorse(other, world.endorser, second.ref, version=second.version, at=at)
    form = {"version": str(world.vacancy.version), "seen": seen, "deficiencies": ["terms_broken"], "note": "Report 7"}
    answer = officer.post(path, form)
    assert answer.status == 409
    assert "has changed since you looked" in answer.text
    assert "Report 7" in answer.text
    assert mark(answer) != seen
    with sessions() as fresh:
        assert fresh.get_one(Vacancy, world.vacancy.id).state is VacancyState.OPEN
    assert officer.post(path, {**form, "seen": mark(answer)}).status == 302


def test_the_page_is_for_those_who_may_take_the_step(world, browser_for):
    base = f"/vacancies/{world.vacancy.ref}"
    assert browser_for(world.origin).get(f"{base}/revoke").status == 403
    assert browser_for(world.destination).get(f"{base}/withdraw").status == 403
