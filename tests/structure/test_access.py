"""Every address, person and object: what is answered is what the policy table says, and absent equals hidden."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from flask import Flask

from mobility.db import write_tx
from mobility.models.base import Base
from mobility.rules.basics.permissions import Permission
from mobility.security.actors import Actor
from mobility.security.policy import POLICY, allowed
from mobility.security.scopes import RELATED, visible
from mobility.views.frame.access import ACCESS, PUBLIC
from tests.structure.world import VISIBLE, World
from tests.web import Browser

ABSENT = "W-0000-0000-0"
#: Services that decide by what is sent ask for a further permission of their own.
REFINED = {"proposals.decide"}
#: Forms of a step that the object's state may no longer allow.
STATE_BOUND = {"vacancies.certify", "vacancies.edit", "schemes.new_version", "quotas.places"}
#: Pages of one part of an object, named in the query: without it there is no such page.
PART_BOUND = {"rules.change"}


@dataclass(frozen=True)
class Route:
    """One address with one method."""

    endpoint: str
    method: str
    rule: str

    def path(self, ref: str = ABSENT) -> str:
        return self.rule.replace("<ref>", ref).replace("<token>", "x").replace("<path:filename>", "x")


def routes(app: Flask) -> Iterator[Route]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Route(rule.endpoint, method, rule.rule)


@pytest.fixture
def world(session, make) -> World:
    made = World.build(make)
    session.commit()
    return made


def ask(browser: Browser, route: Route, path: str) -> tuple[int, bytes]:
    answer = browser.client.open(path, method=route.method, data={"version": "999"} if route.method == "POST" else None)
    return answer.status_code, answer.get_data()


def test_every_address_stands_in_the_access_table_and_the_table_names_no_other(app):
    assert {route.endpoint for route in routes(app)} == set(ACCESS)


def test_addresses_that_name_an_object_say_which_model_and_take_only_references(app):
    for route in routes(app):
        names_object = "<ref>" in route.rule
        assert names_object == (ACCESS[route.endpoint].of is not None), route
        assert "<" not in route.rule.replace("<ref>", "").replace("<token>", "").replace("<path:filename>", ""), route
        assert route.rule == route.rule.lower()
        assert "_" not in route.rule


def test_every_permission_has_a_clause_and_no_clause_is_empty():
    assert set(POLICY) == set(Permission)
    assert all(clauses and all(clauses) for clauses in POLICY.values())


def test_visitors_reach_only_what_is_public(app, visitor, world):
    for route in routes(app):
        status, _ = ask(visitor, route, route.path())
        if ACCESS[route.endpoint] is PUBLIC:
            assert status in {200, 302, 404, 422, 503}, route
        else:
            assert status == 302, route


@pytest.mark.slow
def test_each_person_reaches_exactly_what_the_policy_grants(app, world, sessions, browser_for, in_turn):
    probes = 0
    for name, actor in in_turn(world.people).items():
        browser = browser_for(actor)
        for route in routes(app):
            needed = ACCESS[route.endpoint]
            if needed is PUBLIC:
                continue
            for ref, expected in expectations(sessions, world, actor, route):
                status, _ = ask(browser, route, route.path(ref))
                probes += 1
                assert fits(status, expected, route), (name, route, ref, status, expected)
    assert probes > 300


def expectations(sessions, world: World, actor: Actor, route: Route) -> Iterator[tuple[str, str]]:
    """Yield (reference, "hidden" | "forbidden" | "granted") for each object of the address's model."""
    needed = ACCESS[route.endpoint]
    if needed.of is None:
        yield "", "granted" if allowed(actor, needed.permission) else "hidden"
        return
    yield ABSENT, "hidden"
    for ref in world.objects.get(needed.of, {}).values():
        with sessions() as session:
            yield ref, judged(session, actor, needed.of, ref, needed.permission)


def judged(session, actor: Actor, model: type[Base], ref: str, permission: Permission) -> str:
    column = sa.inspect(model).columns["ref"]
    thing = session.scalars(visible(actor, model).where(column == ref).options(*RELATED.get(model, ()))).first()
    if thing is None:
        return "hidden"
    return "granted" if allowed(actor, permission, thing) else "forbidden"


def fits(status: int, expected: str, route: Route) -> bool:
    if expected == "hidden":
        return status == 404
    if expected == "forbidden":
        return status == 403
    if route.method == "GET":
        if route.endpoint in PART_BOUND:
            return status == 404
        return status == 200 or (status == 409 and route.endpoint in STATE_BOUND)
    if route.endpoint in PART_BOUND:
        return status == 404
    return status in {200, 302, 400, 409, 422} or (route.endpoint in REFINED and status == 403)


@pytest.mark.slow
def test_a_hidden_object_cannot_be_told_from_an_absent_one(app, world, sessions, browser_for, in_turn):
    compared = 0
    for actor in in_turn(world.people).values():
        browser = browser_for(actor)
        for route in routes(app):
            needed = ACCESS[route.endpoint]
            for ref in world.objects.get(needed.of, {}).values() if needed.of else ():
                with sessions() as session:
                    if judged(session, actor, needed.of, ref, needed.permission) != "hidden":
                        continue
                hidden, absent = (ask(browser, route, route.path(each)) for each in (ref, ABSENT))
                assert plain(hidden[1], ref) == plain(absent[1], ABSENT), (route, ref)
                compared += 1
    assert compared > 100


def plain(page: bytes, ref: str) -> bytes:
    """Take out of a page what differs anyway: nonce, form token, request number, and the address itself."""
    text = page.replace(ref.encode(), b"REF")
    text = re.sub(rb"give this number: [0-9a-f]+", b"", text)
    for start in (b'nonce="', b'name="csrf_token" value="'):
        parts = text.split(start)
        text = parts[0] + b"".join(start + part.partition(b'"')[2] for part in parts[1:])
    return text


def test_who_sees_what_is_as_the_domain_says(world, sessions):
    """Held against a table written by hand from domain.md §2, not against the scopes under test."""
    for case in VISIBLE:
        ref = world.objects[case.model][case.thing]
        column = sa.inspect(case.model).columns["ref"]
        with sessions() as session:
            found = session.scalars(visible(world.people[case.person], case.model).where(column == ref)).first()
        assert (found is not None) is case.seen, case


def test_a_disabled_person_reaches_nothing(app, world, sessions, browser_for):
    from mobility.clock import now
    from mobility.models.accounts.users import User

    actor = next(iter(world.people.values()))
    browser = browser_for(actor)
    with write_tx(sessions) as opened:
        opened.execute(sa.update(User).where(User.id == actor.user_id).values(disabled_at=now()))
    for route in routes(app):
        if ACCESS[route.endpoint] is not PUBLIC:
            assert ask(browser, route, route.path())[0] == 302, route
