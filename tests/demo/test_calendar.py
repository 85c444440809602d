from datetime import UTC, date, timedelta

from mobility.demo.calendar import COMING_SEASON, LAST_SEASON, Calendar

TODAY = date(2026, 5, 4)


def test_days_and_moments_count_from_today():
    calendar = Calendar(TODAY)
    assert calendar.day(-1) == TODAY - timedelta(days=1)
    assert calendar.moment(3).date() == TODAY + timedelta(days=3)
    assert calendar.moment(3).tzinfo is UTC
    assert calendar.now.date() == TODAY


def test_the_seasons_follow_each_other_without_a_gap():
    assert LAST_SEASON[1] + 1 == COMING_SEASON[0]
    assert COMING_SEASON[0] < 0 < COMING_SEASON[1]


def test_schemes_are_signed_before_the_first_match():
    calendar = Calendar(TODAY)
    assert calendar.signed < calendar.last_match < calendar.now
