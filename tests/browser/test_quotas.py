"""The pages on which a ministry enters and reads quotas, on a phone, in three languages, without JavaScript too."""

from datetime import date

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe

from mobility.clock import now
from mobility.data.reference import LANGUAGES
from mobility.db import write_tx
from mobility.models.schemes.quotas import Quota
from mobility.rules.quotas.places import Places
from tests.browser.test_pages import PHONE, STICKS_OUT, WCAG
from tests.factories import Make

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def quotas(place):
    """The officer of a scheme with halves, a supplement and a set-aside, and its quotas; the first one is full."""
    year = now().year
    places = Places(
        date(year, 1, 1),
        date(year, 12, 31),
        33_000,
        date(year, 7, 1),
        33_000,
        date(year, 7, 1),
        supplement=64_716,
        set_aside=18_490,
        set_aside_for=("GT", "HN", "HT", "SV"),
    )
    with write_tx(place.sessions) as session:
        make = Make(session, now())
        officer = make.scheme_officer("US")
        scheme = make.scheme(officer, make.scheme_officer("GT", origin=True), quotas=[], places=[places])
        first, *rest = session.scalars(sa.select(Quota).where(Quota.scheme_id == scheme.id).order_by(Quota.id)).all()
        first.committed = first.cap
        return officer, [quota.ref for quota in (first, *rest)], scheme.ref


def addresses(refs, scheme):
    return [
        f"/schemes/{scheme}",
        "/schemes/new?example=us_h2b_like",
        f"/quotas/{refs[0]}",
        f"/quotas/{refs[3]}",
        f"/quotas/{refs[0]}/places",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_sticks_out_on_a_phone_and_axe_finds_nothing(place, open_page, quotas, language):
    officer, refs, scheme = quotas
    page = open_page(width=PHONE)
    place.enter(page, officer.user_id, language=language)
    for address in addresses(refs, scheme):
        page.goto(place.address + address)
        for details in page.locator("details:not([open]) > summary").all():
            details.click()
        assert page.evaluate(STICKS_OUT) is None, address
        found = Axe().run(page, options=WCAG)
        assert [each["id"] for each in found.response["violations"]] == [], address


def test_places_are_changed_without_javascript_and_below_what_is_taken_they_are_not(place, open_page, quotas):
    officer, refs, _ = quotas
    page = open_page(javascript=False, width=PHONE)
    place.enter(page, officer.user_id)
    page.goto(f"{place.address}/quotas/{refs[0]}")
    assert "No place is left." in page.locator("main").inner_text()
    page.get_by_role("button", name="Change the places").click()
    page.get_by_label("Places in the first half").fill("100")
    page.get_by_role("button", name="Change the places").click()
    assert "97716 places are taken already" in page.locator("main").inner_text()
    page.get_by_label("Places in the first half").fill("34000")
    page.get_by_role("button", name="Change the places").click()
    assert "The places are changed" in page.locator("main").inner_text()
