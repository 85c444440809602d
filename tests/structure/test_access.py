"""Every address, person and object: answered as the policy table says, absent equals hidden, reading changes nothing."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from flask import Flask

from mobility.db import write_tx
from mobility.models.base import Base
from mobility.models.registry import METADATA
from mobility.rules.basics.permissions import Permission
from mobility.security.actors import Actor
from mobility.security.policy import AWAITED, POLICY, allowed
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
#: What a visit may write: when the browser was last seen, and who looked at whose file (ADR 7).
MAY_CHANGE = {"user_session", "reading"}


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
    assert set(POLICY) == set(Permission) - set(AWAITED)
    assert all(clauses and all(clauses) for clauses in POLICY.values())


def turned_away(route: Route) -> int:
    """Return how somebody who is not signed in is answered: a person is sent to sign in, a program is told."""
    return 401 if route.rule.startswith("/api/") else 302


def test_visitors_reach_only_what_is_public(app, visitor, world):
    for route in routes(app):
        status, _ = ask(visitor, route, route.path())
        if ACCESS[route.endpoint] is PUBLIC:
            assert status in {200, 302, 404, 422, 503}, route
        else:
            assert status == turned_away(route), route


@pytest.mark.slow
def test_each_person_reaches_exactly_what_the_policy_grants_and_reading_changes_nothing(
    app, world, sessions, browser_for, in_turn
):
    """One walk for four facts: the policy's answer, hidden as absent, no failure, and nothing changed by reading."""
    browsers = {name: (actor, browser_for(actor)) for name, actor in in_turn(world.people).items()}
    before = digest(sessions)
    read = [probe(app, world, sessions, "GET", name, *who) for name, who in browsers.items()]
    assert digest(sessions) == before
    sent = [probe(app, world, sessions, "POST", name, *who) for name, who in browsers.items()]

    counts = sum((*read, *sent), Counter())
    assert counts["asked"] > 600
    assert counts["opened"] > 150
    assert counts["compared"] > 100


def probe(app, world: World, sessions, method: str, name: str, actor: Actor, browser: Browser) -> Counter[str]:
    """Ask as one person for every address with a method, of every object; return how often what was seen."""
    counts: Counter[str] = Counter()
    for route in routes(app):
        if route.method != method or ACCESS[route.endpoint] is PUBLIC:
            continue
        absent = b""
        for ref, expected in expectations(sessions, world, actor, route):
            if ref == ABSENT and method == "POST":
                ask(browser, route, route.path(ref))  # shows what a step before left to say
            status, page = ask(browser, route, route.path(ref))
            assert fits(status, expected, route), (name, route, ref, status, expected)
            if ref == ABSENT:
                absent = plain(page, ABSENT)
            elif ref and expected == "hidden":
                assert plain(page, ref) == absent, (name, route, ref)
                counts["compared"] += 1
            counts["asked"] += 1
            counts["opened"] += status == 200
    return counts


def digest(sessions) -> dict[str, str]:
    """Return what stands in each table, but what a visit may write."""
    told = {}
    with sessions() as session:
        for table in METADATA.sorted_tables:
            if table.name not in MAY_CHANGE:
                rows = sorted(repr(tuple(row)) for row in session.execute(sa.select(table)))
                told[table.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return told


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
            assert ask(browser, route, route.path())[0] == turned_away(route), route
