"""The page of a quota's cap: raised, lowered as far as places are free, refused below with the figures."""

import re
from datetime import date

import pytest
import sqlalchemy as sa

from mobility.db import write_tx
from mobility.models.employers import Employer
from mobility.models.schemes.quotas import Quota
from mobility.models.schemes.schemes import Scheme
from mobility.rules.basics.causes import Cause, Why
from mobility.rules.quotas.counters import QuotaDimension
from mobility.rules.quotas.places import Places
from mobility.services.schemes import schemes
from tests.conftest import NOW
from tests.factories import Make


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
        schemes.close(
            session, corridor.destination, scheme.ref, Why(Cause.REPLACED, "Over"), version=scheme.version, at=after
        )
    browser = browser_for(corridor.destination)
    assert f"/quotas/{corridor.quota}/cap" not in browser.get(f"/schemes/{corridor.scheme.ref}").text
    assert send(browser, corridor.quota, 200).status == 409


# --- the page of a quota, and its places


@pytest.fixture
def h2b(sessions, corridor):
    """A scheme with halves, a supplement and a set-aside, beside the corridor's; its quotas' references."""
    places = Places(
        date(2026, 1, 1),
        date(2026, 12, 31),
        30,
        date(2026, 7, 1),
        20,
        date(2026, 7, 1),
        supplement=10,
        set_aside=4,
        set_aside_for=("GT", "HN"),
    )
    with write_tx(sessions) as session:
        made = Make(session, NOW).scheme(corridor.destination, corridor.origin, quotas=[], places=[places])
        found = session.scalars(sa.select(Quota).where(Quota.scheme_id == made.id).order_by(Quota.id)).all()
        found[0].committed = 37
        return [quota.ref for quota in found]


def words(page):
    """Return what a page says, without its marks."""
    return " ".join(re.sub(r"<[^>]*>", " ", page.text).split())


def test_the_page_shows_what_is_taken_what_came_back_and_what_is_left(corridor, browser_for, sessions):
    with sessions.begin() as session:
        session.execute(sa.update(Quota).values(released=3))
    page = browser_for(corridor.origin).get(f"/quotas/{corridor.quota}")
    assert page.status == 200
    for told in ("Places approved 4", "Held 1", "Arrived 2", "Came back 3", "Left 93", "Places left: 93."):
        assert told in words(page)
    assert "/cap" not in page.text


def test_a_full_quota_says_why_an_approval_would_be_refused(corridor, browser_for, sessions):
    with sessions.begin() as session:
        session.execute(sa.update(Quota).values(cap=7))
    page = browser_for(corridor.destination).get(f"/quotas/{corridor.quota}")
    assert "No place is left." in page.text
    assert "the approval is refused" in page.text
    assert f"/quotas/{corridor.quota}/cap" in page.text


def test_a_quota_with_conditions_says_all_of_them(sessions, corridor, browser_for):
    with sessions.begin() as session:
        employer = session.scalars(sa.select(Employer.ref)).first()
        asked = f"origin!=GT,HN;employer={employer};returning=yes"
        session.execute(sa.update(Quota).values(dimension=QuotaDimension.SECTOR, value="agriculture", conditions=asked))
    page = browser_for(corridor.destination).get(f"/quotas/{corridor.quota}")
    assert f"; Country of origin, all but: Guatemala, Honduras; Employer: {employer}; Returning workers: Yes" in words(
        page
    )
    assert "Who counts Sector: " in words(page)


def test_what_follows_from_places_says_so_and_leads_to_them(corridor, h2b, browser_for):
    ours = browser_for(corridor.destination)
    page = ours.get(f"/quotas/{h2b[0]}")
    for told in (
        "Places in the first half 30",
        "Places in the second half, from",
        "Guatemala, Honduras, who need not return 4",
    ):
        assert told in words(page)
    assert f"/quotas/{h2b[0]}/places" in page.text
    assert f"/quotas/{h2b[0]}/cap" not in page.text
    assert "/places" not in browser_for(corridor.origin).get(f"/quotas/{h2b[0]}").text


def change(browser, ref, version=1, **figures):
    given = {"regular": 30, "second": 20, "supplement": 10, "set_aside": 4, **figures}
    return browser.post(f"/quotas/{ref}/places", {**given, "version": str(version)})


def test_places_are_changed_together(corridor, h2b, browser_for, sessions):
    answer = change(browser_for(corridor.destination), h2b[3], supplement=15)
    assert answer.status == 302
    with sessions() as session:
        caps = dict(session.execute(sa.select(Quota.ref, Quota.cap)).all())
    assert (caps[h2b[0]], caps[h2b[3]]) == (45, 30)


def test_places_below_what_is_taken_are_refused_with_the_figures(corridor, h2b, browser_for, sessions):
    page = change(browser_for(corridor.destination), h2b[0], regular=20)
    assert page.status == 422
    assert "37 places are taken already" in page.text
    with sessions() as session:
        assert session.scalar(sa.select(Quota.cap).where(Quota.ref == h2b[0])) == 40


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"set_aside": 11}, "11 places cannot be set aside out of 10 for returning workers."),
        ({"supplement": 0}, "Enter a whole number from 1 to 1000000"),
        ({"second": ""}, "Enter the number of places"),
    ],
)
def test_places_that_contradict_one_another_are_refused(corridor, h2b, browser_for, wrong, said):
    page = change(browser_for(corridor.destination), h2b[0], **wrong)
    assert page.status == 422
    assert said in page.text


def test_of_two_who_change_places_the_second_is_told(corridor, h2b, browser_for):
    browser = browser_for(corridor.destination)
    assert change(browser, h2b[0], regular=31).status == 302
    assert change(browser, h2b[0], regular=32).status == 409


def test_a_quota_of_its_own_has_no_places_and_one_that_follows_has_no_cap(corridor, h2b, browser_for):
    browser = browser_for(corridor.destination)
    assert browser.get(f"/quotas/{corridor.quota}/places").status == 409
    assert browser.get(f"/quotas/{h2b[0]}/places").status == 200
    assert browser.post(f"/quotas/{h2b[0]}/cap", {"cap": "99", "seen": "40"}).status == 409


@pytest.mark.parametrize("language", ["es", "fr"])
def test_the_pages_speak_the_readers_language(corridor, h2b, browser_for, language):
    browser = browser_for(corridor.destination)
    browser.post("/language", {"code": language})
    page = browser.get(f"/quotas/{h2b[0]}")
    assert {"es": "De dónde sale este número", "fr": "D’où vient ce nombre"}[language] in page.text
    assert {"es": "Cambiar las plazas", "fr": "Modifier les places"}[language] in browser.get(
        f"/quotas/{h2b[0]}/places"
    ).text
