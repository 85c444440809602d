"""Steps that cannot be taken back are shown with what follows, and taken only from there."""

import pytest
import sqlalchemy as sa

from mobility.models.shortages.shortages import Shortage
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.employers import EmployerState
from mobility.rules.cases.shortages import ShortageState
from mobility.rules.cases.workers import WorkerState
from mobility.views.checked import STEPS


@pytest.fixture
def officer(make):
    return make.actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.SHORTAGE_OFFICER)


@pytest.fixture
def stranger(make):
    return make.actor(OrganisationKind.CONSULAR_POST, "GT", Role.SCREENING_OFFICER)


@pytest.fixture
def draft(session, make, officer, stranger):
    made = make.shortage(officer, ShortageState.DRAFT)
    session.commit()
    return made


def test_declaring_is_asked_for_twice_and_done_once(draft, officer, sessions, browser_for):
    address = f"/shortages/{draft.ref}/declare"
    browser = browser_for(officer)

    asked = browser.post_unchecked(address, {"version": str(draft.version)})
    assert asked.status == 200
    assert "Check before you go on" in asked.text
    assert 'name="version" value="1"' in asked.text
    with sessions() as session:
        assert session.scalar(sa.select(Shortage.state)) is ShortageState.DRAFT

    assert browser.post(address, {"version": str(draft.version)}).status == 302
    with sessions() as session:
        assert session.scalar(sa.select(Shortage.state)) is ShortageState.DECLARED


def test_what_was_typed_goes_along_but_no_password(registered):
    browser, worker = registered
    asked = browser.post_unchecked(
        f"/workers/{worker.ref}/withdraw",
        {"withdraw-reason": "Goes to <study>", "version": str(worker.version), "password": "s3cret"},
    )
    assert 'name="withdraw-reason" value="Goes to &lt;study&gt;"' in asked.text
    assert "It ends no proposal." in asked.text
    assert "s3cret" not in asked.text
    assert asked.text.count('name="csrf_token"') >= 1


def test_somebody_who_may_not_take_the_step_sees_no_check_page(browser_for, draft, stranger):
    assert (
        browser_for(stranger).post_unchecked(f"/shortages/{draft.ref}/declare", {"version": str(draft.version)}).status
        == 404
    )


def test_of_an_employers_steps_only_debarring_is_asked_for_twice(session, make, browser_for):
    employer, officer = make.employer(EmployerState.SUSPENDED), make.scheme_officer("US")
    session.commit()
    browser, address = browser_for(officer), f"/employers/{employer.ref}/vet"

    asked = browser.post_unchecked(address, {"step": "debar", "reason": "Charged fees", "version": "1"})
    assert asked.heading == "Check before you go on"
    assert browser.post_unchecked(address, {"step": "reinstate", "version": "1"}).status == 302


def test_a_decision_is_asked_for_twice_unless_a_password_came_with_it(session, make, browser_for):
    world = make.corridor(workers=1, vacancies=1)
    [proposal] = make.proposals(make.match(world))
    session.commit()
    browser, address = browser_for(world.endorser), f"/proposals/{proposal.ref}/decision"

    assert browser.post_unchecked(address).heading == "Check before you go on"
    assert browser.post_unchecked(address, {"password": "s3cret"}).heading != "Check before you go on"


@pytest.fixture
def registered(session, make, browser_for):
    post = make.actor(OrganisationKind.CONSULAR_POST, "GT", Role.REGISTRATION_OFFICER)
    worker = make.worker(post, state=WorkerState.REGISTERED)
    session.commit()
    return browser_for(post), worker


def test_every_step_belongs_to_an_address_that_takes_it(app):
    posts = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in rule.methods}
    assert {name.split()[0] for name in STEPS} <= posts
    assert {step.back for step in STEPS.values()} <= set(app.view_functions)
