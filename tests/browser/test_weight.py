"""What a real browser fetches: brotli with its padding is read, files are fetched once, pages stay light."""

from collections import Counter

import pytest

from mobility.clock import now
from mobility.db import write_tx
from mobility.rules.basics.organisations import OrganisationKind, Role
from tests.browser.officer import officer
from tests.factories import Make
from tests.views.frame.test_compression import AFTER, FIRST

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def who(place):
    with write_tx(place.sessions) as session:
        return Make(session, now()).actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.SHORTAGE_OFFICER)


def test_a_first_visit_is_light_a_second_one_fetches_the_page_alone_even_after_signing_in(place, who, open_page):
    page = open_page()
    seen, weights = [], Counter()
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda event: weights.update(bytes=int(event["encodedDataLength"])))
    page.on("response", lambda answer: seen.append(answer))  # noqa: PLW0108  built-ins take no mark
    page.goto(f"{place.address}/sign-in", wait_until="networkidle")
    first, files = weights.pop("bytes"), {answer.url: answer for answer in seen if "/static/" in answer.url}
    assert {answer.headers.get("content-encoding") for answer in seen} == {"br"}
    assert {"mobility.css", "govuk-frontend.min.js"} <= {url.rpartition("/")[2].partition("?")[0] for url in files}

    me = officer(place, page, who)
    weights.clear()
    me.page.goto(f"{place.address}/shortages/new", wait_until="networkidle")
    second = weights.pop("bytes")
    assert me.page.locator("#occupation").count() == 1

    assert 10 * 1024 < first <= FIRST * 1024
    assert second <= AFTER * 1024
