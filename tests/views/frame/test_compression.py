"""What goes over the wire: compressed where the browser takes it, with every header that it had, and never heavy."""

import gzip
import re

import pytest

from mobility.views.frame.access import ACCESS
from tests.structure.test_access import routes
from tests.structure.world import World

ZIPPED = {"Accept-Encoding": "gzip"}
#: Kilobytes of the heaviest page with everything that it loads, and of the page alone once that is kept.
FIRST, AFTER = 45, 20
PEOPLE = ("us_scheme_officer", "us_shortage_officer", "gt_reviewer", "registrar", "employer", "auditor")


def test_a_page_says_the_same_compressed_and_keeps_its_headers(app):
    client = app.test_client()
    plain, zipped = client.get("/sign-in"), client.get("/sign-in", headers=ZIPPED)
    bare = re.compile(rb'nonce="[^"]+"|value="[^"]+"')
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert bare.sub(b"", gzip.decompress(zipped.data)) == bare.sub(b"", plain.data)
    assert int(zipped.headers["Content-Length"]) == len(zipped.data) < len(plain.data) / 2
    assert "Accept-Encoding" in str(plain.vary)
    assert "Content-Encoding" not in plain.headers
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Cache-Control"):
        assert name in zipped.headers


def test_a_file_is_compressed_kept_for_ever_and_known_again_by_its_tag(app):
    client = app.test_client()
    plain = client.get("/static/js/combobox.js?v=1", buffered=True)
    zipped = client.get("/static/js/combobox.js?v=1", headers=ZIPPED)
    assert gzip.decompress(zipped.data) == plain.data
    assert "immutable" in zipped.headers["Cache-Control"]
    assert zipped.headers["X-Content-Type-Options"] == "nosniff"
    again = client.get(
        "/static/js/combobox.js?v=1", headers={**ZIPPED, "If-None-Match": zipped.headers["ETag"]}, buffered=True
    )
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("given", ["", "identity", "gzip;q=0"])
def test_a_browser_that_takes_no_gzip_gets_none(app, given):
    answer = app.test_client().get("/static/dist/mobility.css", headers={"Accept-Encoding": given}, buffered=True)
    assert "Content-Encoding" not in answer.headers
    assert b"govuk" in answer.data


def test_the_length_of_a_page_does_not_tell_what_is_in_it(app):
    client = app.test_client()
    lengths = {len(client.get("/static/none-such", headers=ZIPPED).data) for _ in range(30)}
    assert len(lengths) > 10


def test_no_page_of_a_whole_world_is_heavy(app, session, make, browser_for):
    world = World.build(make)
    session.commit()
    sizes, heavy = {}, {}
    for name in PEOPLE:
        client = browser_for(world.people[name]).client
        for route in routes(app):
            if route.method != "GET" or route.endpoint == "static" or route.endpoint.startswith("simulations."):
                continue
            model = ACCESS[route.endpoint].of
            for ref in list(world.objects.get(model, {}).values())[:1] if model else [""]:
                answer = client.get(route.path(ref), headers=ZIPPED)
                if answer.mimetype != "text/html" or answer.headers.get("Content-Encoding") != "gzip":
                    continue
                files = set(re.findall(r'"(/static/[^"?]+(?:\?v=\w+)?)"', gzip.decompress(answer.data).decode()))
                for file in files - set(sizes):
                    sizes[file] = len(client.get(file, headers=ZIPPED).data)
                heavy[route.path(ref)] = (len(answer.data), len(answer.data) + sum(sizes[file] for file in files))
    assert len(heavy) > 40
    assert max(page for page, _ in heavy.values()) <= AFTER * 1024
    assert max(everything for _, everything in heavy.values()) <= FIRST * 1024, max(
        heavy.items(), key=lambda one: one[1][1]
    )
