"""The page of the audit log."""

import pytest

from mobility.models.accounts.organisations import Organisation
from mobility.rules.basics.organisations import OrganisationKind, Role


@pytest.fixture
def world(session, make):
    made = make.corridor()
    made.run = make.match(made)
    made.auditor = make.actor(OrganisationKind.OVERSIGHT_BODY, "US", Role.AUDITOR)
    home = session.get_one(Organisation, made.destination.organisation_id)
    made.administrator = make.actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.ADMINISTRATOR, of=home)
    session.commit()
    return made


def test_an_auditor_reads_every_stream(world, browser_for):
    text = browser_for(world.auditor).get("/audit/").text
    assert "proposal.generate" in text
    assert "The system" in text
    assert "match_run.start" in text


def test_an_administrator_reads_the_own_stream_alone(world, browser_for):
    text = browser_for(world.administrator).get("/audit/").text
    assert "match_run.start" in text
    assert "proposal.generate" not in text


def test_others_do_not_find_it(world, browser_for):
    for actor in (world.destination, world.endorser, world.post):
        assert browser_for(actor).get("/audit/").status == 404


def test_it_filters_by_reference_step_and_day(world, browser_for):
    browser = browser_for(world.auditor)
    ref = world.run.ref
    one = browser.get(f"/audit/?object={ref.lower().replace('-', ' ')}").text
    assert "match_run.finish" in one
    assert "worker.register</" not in one.partition("<table")[2]
    step = browser.get("/audit/?action=match_run.start").text.partition("<table")[2]
    assert "match_run.start" in step
    assert "match_run.finish" not in step
    assert "match_run.start" in browser.get("/audit/?from=2026-05-04&to=2026-05-04").text.partition("<table")[2]
    assert "No step fits" in browser.get("/audit/?from=2027-01-01").text
    assert "No step fits" in browser.get("/audit/?to=2020-01-01").text


def test_nonsense_in_the_address_finds_nothing_or_is_ignored(world, browser_for):
    browser = browser_for(world.auditor)
    assert "No step fits" in browser.get("/audit/?object=%27%3B--").text
    assert browser.get("/audit/?from=x&to=2026-13-45&page=zz").status == 200


def test_no_personal_data_stand_in_it(world, browser_for):
    text = browser_for(world.auditor).get("/audit/").text
    for secret in ("Ana María", "Núñez", "5555 0100"):
        assert secret not in text
