"""The page of a quota's cap: raised, lowered as far as places are free, refused below with the figures."""

import pytest
import sqlalchemy as sa

from mobility.db import write_tx
from mobility.models.quotas import Quota
from mobility.models.schemes import Scheme
from mobility.services import schemes


@pytest.fixture
def corridor(session, make):
    """A corridor whose one quota of 100 places has seven taken."""
    made = make.corridor(workers=1, vacancies=1)
    quota = session.scalars(sa.select(Quota)).one()
    quota.committed, quota.held, quota.used = 4, 1, 2
    session.commit()
    made.quota = quota.ref
    return made


def send(browser, ref, cap, seen="100"):
    return browser.post(f"/quotas/{ref}/cap", {"cap": cap, "seen": seen})


def cap(sessions):
    with sessions() as session:
        return session.scalars(sa.select(Quota.cap)).one()


def test_the_schemes_page_leads_to_it_for_those_who_may(corridor, browser_for):
    ours = browser_for(corridor.destination).get(f"/schemes/{corridor.scheme.ref}")
    theirs = browser_for(corridor.origin).get(f"/schemes/{corridor.scheme.ref}")
    assert f"/quotas/{corridor.quota}/cap" in ours.text
    assert f"/quotas/{corridor.quota}/cap" not in theirs.text


@pytest.mark.parametrize("new", [250, 100, 7])
def test_a_cap_is_raised_and_lowered_down_to_what_is_taken(corridor, browser_for, sessions, new):
    answer = send(browser_for(corridor.destination), corridor.quota, new)
    assert (answer.status, answer.location) == (302, f"/schemes/{corridor.scheme.ref}")
    assert cap(sessions) == new


def test_below_what_is_taken_it_is_refused_with_the_figures(corridor, browser_for, sessions):
    page = send(browser_for(corridor.destination), corridor.quota, 6)
    assert (page.status, page.errors) == (
        422,
        ["Places: 7 places are taken already. The quota cannot be smaller than that."],
    )
    assert cap(sessions) == 100


@pytest.mark.parametrize("wrong", ["", "-1", "many", "1.5", "1000001", "9" * 30])
def test_what_is_no_number_of_places_is_refused(corridor, browser_for, sessions, wrong):
    assert send(browser_for(corridor.destination), corridor.quota, wrong).status == 422
    assert cap(sessions) == 100


@pytest.mark.parametrize("seen", ["99", "x", "-100", "9" * 40])
def test_a_cap_that_a_colleague_changed_meanwhile_is_a_conflict(corridor, browser_for, sessions, seen):
    assert send(browser_for(corridor.destination), corridor.quota, 200, seen).status == 409
    assert cap(sessions) == 100


def test_the_origin_reads_the_quota_and_may_not_change_it(corridor, browser_for, sessions):
    assert send(browser_for(corridor.origin), corridor.quota, 200).status == 403
    assert cap(sessions) == 100


def test_a_closed_schemes_quota_offers_no_change(corridor, browser_for, sessions, at):
    with write_tx(sessions) as session:
        scheme = session.scalars(sa.select(Scheme)).one()
        vacancies = corridor.vacancies[0].ends_on.year + 1
        after = at.replace(year=vacancies)
        schemes.close(session, corridor.destination, scheme.ref, "Over", version=scheme.version, at=after)
    browser = browser_for(corridor.destination)
    assert "/quotas/" not in browser.get(f"/schemes/{corridor.scheme.ref}").text
    assert send(browser, corridor.quota, 200).status == 409
