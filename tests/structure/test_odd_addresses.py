"""Addresses that nobody should type: each is answered, by whoever it is asked for, and never fails."""

import pytest

from tests.structure.test_access import routes
from tests.structure.world import World

pytestmark = pytest.mark.slow

ODD = ["%00", "A" * 300, "W-7K3M-9QXA-4'--", "%F0%9F%98%80", "%ED%A0%80", "..%2F..%2Fetc", "w-7k3m-9qxa-4"]
QUERIES = ["?page=0", "?page=-1", "?page=99999999999", "?state=%00", "?q=%00'\"%25_", "?q=" + "x" * 2000, "?number=%00"]


def test_odd_addresses_are_answered_and_never_fail(app, session, make, browser_for, in_turn):
    people = World.build(make).people
    session.commit()
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
