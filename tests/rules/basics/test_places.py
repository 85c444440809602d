"""A date belongs to a place: its days begin at its own midnight, whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.data import reference
from mobility.rules.basics.places import (
    NOWHERE,
    day_at,
    day_in,
    first_moment,
    place_in,
    place_of,
    places_of,
    regions_apart,
)

EVERYWHERE = places_of([country.code for country in reference.countries()] + sorted(regions_apart()))


@pytest.mark.parametrize(
    ("code", "zone"),
    [
        ("GT", "America/Guatemala"),
        ("US", "America/New_York"),
        ("US-FL", "America/New_York"),
        ("US-CA", "America/Los_Angeles"),
        ("CA-NL", "America/St_Johns"),
        ("MX-SON", "America/Hermosillo"),
        ("ES-CN", "Atlantic/Canary"),
        ("HT", "America/Port-au-Prince"),
        ("BZ-CZL", "America/Belize"),
        ("", NOWHERE),
    ],
)
def test_a_region_keeps_its_own_clock_and_else_its_countrys(code, zone):
    assert place_of(code).zone == zone
    assert place_in(zone) == place_of(code)


def test_every_country_has_a_clock_that_is_known():
    assert {zone.code for zone in reference.zones() if "-" not in zone.code} == {
        country.code for country in reference.countries()
    }
    assert {zone.zone for zone in reference.zones()} <= available_timezones()
    regions = {region.code for region in reference.regions()}
    assert regions_apart() <= regions


def test_a_region_stands_apart_only_where_its_clock_is_another():
    zones = {each.code: each.zone for each in reference.zones()}
    assert all(zones[code] != zones[code[:2]] for code in regions_apart())


@given(st.sampled_from(EVERYWHERE), st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_a_day_begins_at_its_first_moment_and_not_before(place, day):
    begins = first_moment(place, day)
    assert begins.tzinfo is UTC
    assert day_at(place, begins) == day
    assert day_at(place, begins - timedelta(microseconds=1)) == day - timedelta(days=1)


@given(st.sampled_from(EVERYWHERE), st.integers(0, 7300), st.integers(0, 10**6))
def test_days_never_go_back_not_even_when_clocks_do(place, number, seconds):
    at = datetime(2020, 1, 1, 3, tzinfo=UTC) + timedelta(days=number, seconds=seconds % 86_400)
    assert day_at(place, at) <= day_at(place, at + timedelta(seconds=seconds))


def test_one_moment_is_two_days():
    at = datetime(2026, 12, 1, 5, 30, tzinfo=UTC)
    assert (day_in("GT", at), day_in("US", at), day_in("ES", at)) == (
        date(2026, 11, 30),
        date(2026, 12, 1),
        date(2026, 12, 1),
    )
