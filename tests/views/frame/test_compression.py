"""What goes over the wire: compressed where the browser takes it, with every header that it had, and never heavy."""

import re

import pytest

from mobility.compressed import FORMS, of_file
from mobility.views.frame.access import ACCESS
from tests.structure.test_access import routes
from tests.structure.world import World

#: The form that every browser takes; the other is smaller.
ZIPPED = {"Accept-Encoding": "gzip"}
#: What today's browsers say.
MODERN = {"Accept-Encoding": "gzip, deflate, br, zstd"}
BARE = re.compile(rb'nonce="[^"]+"|value="[^"]+"')
#: Kilobytes of the heaviest page with everything that it loads, and of the page alone once that is kept.
FIRST, AFTER = 45, 20
PEOPLE = ("us_scheme_officer", "us_shortage_officer", "gt_reviewer", "registrar", "employer", "auditor")


@pytest.mark.parametrize(("taken", "coding"), [("gzip", "gzip"), ("gzip, deflate, br, zstd", "br"), ("*", "br")])
def test_a_page_says_the_same_compressed_and_keeps_its_headers(app, taken, coding):
    client = app.test_client()
    plain, packed = client.get("/sign-in"), client.get("/sign-in", headers={"Accept-Encoding": taken})
    assert packed.headers["Content-Encoding"] == coding
    assert BARE.sub(b"", FORMS[coding].read(packed.data)) == BARE.sub(b"", plain.data)
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
    assert "Content-Encoding" not in plain.headers
    for answer in (plain, packed):
        assert {"accept-encoding", "cookie", "accept-language", "hx-request"} == set(answer.vary.as_set())
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Cache-Control"):
        assert name in packed.headers


def test_a_browser_gets_the_form_that_it_likes_best(app):
    answer = app.test_client().get("/sign-in", headers={"Accept-Encoding": "br;q=0.5, gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize(("taken", "coding"), [("gzip", "gzip"), ("gzip, br", "br")])
def test_a_file_is_compressed_kept_for_ever_and_known_again_by_its_tag(app, taken, coding):
    client, headers = app.test_client(), {"Accept-Encoding": taken}
    plain = client.get("/static/js/combobox.js?v=1", buffered=True)
    packed = client.get("/static/js/combobox.js?v=1", headers=headers)
    assert packed.headers["Content-Encoding"] == coding
    assert FORMS[coding].read(packed.data) == plain.data
    assert "immutable" in packed.headers["Cache-Control"]
    assert packed.headers["X-Content-Type-Options"] == "nosniff"
    again = client.get(
        "/static/js/combobox.js?v=1", headers={**headers, "If-None-Match": packed.headers["ETag"]}, buffered=True
    )
    assert (again.status_code, again.data) == (304, b"")
    for answer in (plain, packed, again):
        assert set(answer.vary.as_set()) == {"accept-encoding"}, "signing in would throw away what a browser kept"


@pytest.mark.parametrize("given", ["", "identity", "gzip;q=0", "zstd", "br;q=0, gzip;q=0"])
def test_a_browser_that_takes_neither_form_gets_neither(app, given):
    answer = app.test_client().get("/static/dist/mobility.css", headers={"Accept-Encoding": given}, buffered=True)
    assert "Content-Encoding" not in answer.headers
    assert b"govuk" in answer.data


@pytest.mark.parametrize("coding", FORMS)
def test_the_length_of_a_page_does_not_tell_what_is_in_it(app, coding):
    client, headers = app.test_client(), {"Accept-Encoding": coding}
    lengths = {len(client.get("/static/none-such", headers=headers).data) for _ in range(30)}
    assert len(lengths) > 10


@pytest.mark.parametrize("coding", FORMS)
@pytest.mark.parametrize("length", [0, 1, 2, 63, 64, 65, 100])
def test_padding_of_any_length_is_read_over(coding, length):
    content = b"a page " * 300
    packed = FORMS[coding].quick(content, "x" * length)
    assert FORMS[coding].read(packed) == content
    assert len(packed) >= len(FORMS[coding].quick(content, "")) + length


@pytest.mark.parametrize(
    ("site", "known", "compressed"),
    [
        ("same-origin", True, True),
        ("none", True, True),
        ("cross-site", False, True),
        ("cross-site", True, False),
        ("same-site", True, False),
    ],
)
def test_a_page_with_secrets_that_another_site_asked_for_is_not_compressed(app, site, known, compressed):
    client = app.test_client()
    if known:
        client.get("/sign-in")
    answer = client.get("/sign-in", headers={**MODERN, "Sec-Fetch-Site": site})
    assert ("Content-Encoding" in answer.headers) == compressed


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_what_stands_beside_a_file_is_taken_only_where_it_is_of_that_file(tmp_path, form):
    file, content = tmp_path / "words.js", b"new words " * 200
    file.write_bytes(content)
    beside = tmp_path / f"words.js{form.ending}"
    beside.write_bytes(form.quick(content, "own"))
    assert of_file(file, form) == beside.read_bytes()
    for spoiled in (form.best(b"old words"), form.best(content)[:-1], b"broken", b""):
        beside.write_bytes(spoiled)
        assert of_file(file, form) == form.best(content)


def test_no_page_of_a_whole_world_is_heavy(app, session, make, browser_for):
    world = World.build(make)
    session.commit()
    sizes, heavy, form = {}, {}, FORMS["gzip"]
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
                files = set(re.findall(r'"(/static/[^"?]+(?:\?v=\w+)?)"', form.read(answer.data).decode()))
                for file in files - set(sizes):
                    sizes[file] = len(client.get(file, headers=ZIPPED).data)
                heavy[route.path(ref)] = (len(answer.data), len(answer.data) + sum(sizes[file] for file in files))
    assert len(heavy) > 40
    assert max(page for page, _ in heavy.values()) <= AFTER * 1024
    assert max(everything for _, everything in heavy.values()) <= FIRST * 1024, max(
        heavy.items(), key=lambda one: one[1][1]
    )
