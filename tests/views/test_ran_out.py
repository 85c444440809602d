"""Lists and pages mark what has run out, by the day where it belongs, whatever the daily job did."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from mobility.clock import now
from mobility.db import write_tx
from mobility.models.accounts.organisations import Organisation
from mobility.models.proposals import MatchProposal
from mobility.models.schemes.agreements import Agreement
from mobility.models.schemes.quotas import Quota
from mobility.models.schemes.waivers import Waiver
from mobility.models.shortages.shortages import Shortage
from mobility.models.vacancies import Vacancy
from mobility.models.workers.papers import Check, IdentityDocument
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.basics.places import day_in
from tests.factories import Make

WORDS = {"en": "Ran out on", "es": "Venció el", "fr": "A expiré le"}
#: What is the last day of each thing, where that day belongs, who looks, and on which pages.
MARKED = {
    "vacancy": (Vacancy.ends_on, "US-FL", "destination", ("/vacancies/", "/vacancies/{vacancy}")),
    "vacancy of a proposal": (Vacancy.ends_on, "US-FL", "endorser", ("/proposals/?state=", "/proposals/{proposal}")),
    "shortage": (Shortage.valid_to, "US", "officer", ("/shortages/", "/shortages/{shortage}")),
    "agreement": (Agreement.valid_to, "US", "destination", ("/agreements/", "/agreements/{agreement}")),
    "agreement of a scheme": (Agreement.valid_to, "US", "destination", ("/schemes/", "/schemes/{scheme}")),
    "quota": (Quota.period_to, "US", "destination", ("/schemes/{scheme}", "/quotas/{quota}")),
    "waiver": (Waiver.valid_until, "US", "endorser", ("/proposals/{proposal}",)),
    "check": (Check.valid_until, "GT", "post", ("/workers/{worker}",)),
    "paper": (IdentityDocument.expires_on, "GT", "post", ("/workers/{worker}",)),
}


@pytest.fixture
def world(sessions):
    """Commit a corridor of the day before yesterday, with one of each thing that has a last day."""
    with write_tx(sessions) as session:
        make = Make(session, now() - timedelta(days=2))
        made = make.corridor(workers=1, vacancies=1)
        proposal = make.proposals(make.match(made))[0]
        make.waiver(made.endorser, proposal)
        home = session.get_one(Organisation, made.destination.organisation_id)
        officer = make.actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.SHORTAGE_OFFICER, of=home)
        refs = {
            "vacancy": made.vacancies[0].ref,
            "worker": made.workers[0].ref,
            "proposal": proposal.ref,
            "scheme": made.scheme.ref,
            "shortage": make.shortage(officer).ref,
            "agreement": session.scalars(sa.select(Agreement.ref)).one(),
            "quota": session.scalars(sa.select(Quota.ref)).one(),
        }
        names = ("destination", "approver", "endorser", "post")
        return {"officer": officer, **{name: getattr(made, name) for name in names}}, refs


def end(sessions, column, code, days):
    """Let a thing end some days from today, as it is counted there; other dates of it come before."""
    last = day_in(code, now()) + timedelta(days=days)
    early = {"starts_on", "valid_from", "period_from", "issued_on", "checked_on"} & set(
        column.class_.__table__.columns.keys()
    )
    with write_tx(sessions) as session:
        earlier = dict.fromkeys(early, last - timedelta(days=100))
        session.execute(sa.update(column.class_).values({column.key: last, **earlier}))


@pytest.mark.parametrize("thing", MARKED)
def test_what_ended_yesterday_is_marked_in_lists_and_pages_and_what_ends_today_is_not(
    world, sessions, browser_for, thing
):
    people, refs = world
    column, code, who, pages = MARKED[thing]
    browser = browser_for(people[who])
    for days, marked in ((0, False), (-1, True)):
        end(sessions, column, code, days)
        for page in pages:
            text = browser.get(page.format(**refs)).text
            assert (WORDS["en"] in text) is marked, (page, days)


@pytest.mark.parametrize("language", ["es", "fr"])
def test_the_mark_is_in_the_readers_language(world, sessions, browser_for, language):
    people, refs = world
    end(sessions, Vacancy.ends_on, "US-FL", -1)
    browser = browser_for(people["destination"])
    browser.post("/language", {"code": language})
    assert WORDS[language] in browser.get(f"/vacancies/{refs['vacancy']}").text


def test_a_proposal_whose_time_has_run_out_is_marked_while_it_stands_open(world, sessions, browser_for):
    people, refs = world
    browser = browser_for(people["endorser"])
    pages = ("/proposals/?state=", f"/proposals/{refs['proposal']}")
    for moment, marked in ((now() + timedelta(minutes=5), False), (now() - timedelta(minutes=5), True)):
        with write_tx(sessions) as session:
            session.execute(sa.update(MatchProposal).values(expires_at=moment))
        for page in pages:
            assert (WORDS["en"] in browser.get(page).text) is marked, page
    with write_tx(sessions) as session:
        session.execute(sa.update(MatchProposal).values(state="placed"))
    assert WORDS["en"] not in browser.get(pages[0]).text
