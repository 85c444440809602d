"""Reading changes nothing: every GET address, asked for by many people, leaves every table as it was."""

import hashlib

import pytest
import sqlalchemy as sa

from mobility.models.match_runs import MatchRun
from mobility.models.proposals import MatchProposal
from mobility.models.registry import METADATA
from mobility.models.schemes.schemes import Scheme
from mobility.models.vacancies import Vacancy
from mobility.models.workers.workers import Worker
from mobility.views.frame.access import ACCESS
from tests.structure.test_access import ABSENT, routes
from tests.structure.world import World

pytestmark = pytest.mark.slow

#: What a visit may write: when the browser was last seen, and who looked at whose file (ADR 7).
MAY_CHANGE = {"user_session", "reading"}
ODD = ["%00", "A" * 300, "W-7K3M-9QXA-4'--", "%F0%9F%98%80", "%ED%A0%80", "..%2F..%2Fetc", "w-7k3m-9qxa-4"]
QUERIES = ["?page=0", "?page=-1", "?page=99999999999", "?state=%00", "?q=%00'\"%25_", "?q=" + "x" * 2000, "?number=%00"]


@pytest.fixture
def crawled(session, make):
    world = World.build(make)
    corridor = make.corridor(workers=2, vacancies=1)
    run = make.match(corridor)
    people = {**world.people, "destination": corridor.destination, "origin": corridor.origin, "post": corridor.post}
    people |= {"endorser": corridor.endorser, "approver": corridor.approver}
    objects = {model: list(named.values()) for model, named in world.objects.items()}
    for model, thing in ((Scheme, corridor.scheme), (MatchRun, run), (Worker, corridor.workers[0])):
        objects.setdefault(model, []).append(thing.ref)
    objects.setdefault(Vacancy, []).append(corridor.vacancies[0].ref)
    objects.setdefault(MatchProposal, []).extend(each.ref for each in make.proposals(run)[:1])
    session.commit()
    return people, objects


def digest(sessions):
    told = {}
    with sessions() as session:
        for table in METADATA.sorted_tables:
            if table.name not in MAY_CHANGE:
                rows = sorted(repr(tuple(row)) for row in session.execute(sa.select(table)))
                told[table.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return told


def addresses(app, objects):
    for route in routes(app):
        if route.method == "GET" and route.endpoint != "static":
            needed = ACCESS[route.endpoint]
            for ref in [ABSENT, *objects.get(needed.of, ())] if needed.of else [""]:
                yield route.path(ref)


def test_no_get_changes_anything(app, crawled, sessions, browser_for, in_turn):
    people, objects = crawled
    browsers = {name: browser_for(actor) for name, actor in in_turn(people).items()}
    before = digest(sessions)
    asked, good = 0, 0
    for name, browser in browsers.items():
        for path in addresses(app, objects):
            status = browser.client.get(path).status_code
            assert status < 500, (name, path)
            asked, good = asked + 1, good + (status == 200)
    assert digest(sessions) == before
    assert asked > 500
    assert good > 150


def test_odd_addresses_are_answered_and_never_fail(app, crawled, browser_for, in_turn):
    people, _ = crawled
    some = {name: people[name] for name in ("us_scheme_officer", "auditor", "registrar")}
    for actor in in_turn(some).values():
        browser = browser_for(actor)
        for route in routes(app):
            if route.method != "GET" or route.endpoint == "static":
                continue
            paths = [route.rule.replace("<ref>", odd) for odd in ODD] if "<ref>" in route.rule else []
            paths += [route.path() + query for query in QUERIES]
            for path in paths:
                assert browser.client.get(path.replace("<token>", "%00")).status_code < 500, path
