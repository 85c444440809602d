"""Places in halves and with a set-aside: what follows from them lets in exactly those for whom there is a place."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.errors import InvalidError
from mobility.rules.cases.workers import Sex
from mobility.rules.quotas import places as quota_places
from mobility.rules.quotas.counters import QuotaDimension, QuotaFacts, QuotaKey, read_conditions, touches
from mobility.rules.quotas.places import (
    Places,
    carried_over,
    check_places,
    is_derived_apart,
    left_in_first_half,
    quotas_of,
)

YEAR = (date(2025, 10, 1), date(2026, 9, 30))
APRIL = date(2026, 4, 1)
LAST_OF_MARCH = date(2026, 3, 31)
HALVES = Places(*YEAR, 33_000, APRIL, 33_000, APRIL)
WHOLE = replace(HALVES, supplement=64_716, set_aside=18_490, set_aside_for=("GT", "HN", "HT", "SV"))

#: First days of work, countries and whether somebody returns: all kinds of people that places tell apart.
KINDS = tuple(product((YEAR[0], LAST_OF_MARCH, APRIL, YEAR[1]), ("GT", "MX"), (True, False)))
PLACES = st.builds(
    lambda halves, first, second, supplement, share: Places(
        *YEAR,
        first,
        APRIL if halves else None,
        second if halves else 0,
        APRIL if halves else None,
        supplement=supplement,
        set_aside=min(share, supplement),
        set_aside_for=("GT",) if min(share, supplement) else (),
    ),
    st.booleans(),
    *[st.integers(0, 3)] * 4,
)


def facts(kind):
    day, origin, returning = kind
    return QuotaFacts(1, day, origin, frozenset(), "US-FL", "E-1", returning=returning, sex=Sex.FEMALE)


def keys(places):
    return [
        (
            QuotaKey(1, each.period_from, each.period_to, each.dimension, each.value, read_conditions(each.conditions)),
            each.cap,
        )
        for each in quotas_of(places)
    ]


def let_in(places, kinds):
    """Let people in one after another, each if every quota that they touch has room; return who got in."""
    left = [[key, cap] for key, cap in keys(places)]
    found = []
    for kind in kinds:
        mine = [quota for quota in left if touches(quota[0], facts(kind))]
        if all(cap > 0 for _, cap in mine):
            found.append(kind)
            for quota in mine:
                quota[1] -= 1
    return found


def seats(places):
    """Return each place there is, as the test whether somebody may have it."""
    first_half = lambda kind: places.second_from is None or kind[0] < places.second_from  # noqa: E731
    return [
        *[first_half] * (places.regular - places.carried),
        *[lambda kind: not first_half(kind)] * (places.second + places.carried),
        *[lambda kind: kind[1] in places.set_aside_for] * places.set_aside,
        *[lambda kind: kind[2]] * (places.supplement - places.set_aside),
    ]


def can_all_sit(people, places):
    """Whether each can be given a place of their own: augmenting paths, place by place."""
    there = seats(places)
    held = {}

    def seat(person, tried):
        for number, fits in enumerate(there):
            if number not in tried and fits(people[person]):
                tried.add(number)
                if number not in held or seat(held[number], tried):
                    held[number] = person
                    return True
        return False

    return all(seat(person, set()) for person in range(len(people)))


@settings(max_examples=300)
@given(places=PLACES, people=st.lists(st.sampled_from(KINDS), max_size=14))
def test_somebody_is_let_in_exactly_if_all_who_are_in_can_still_be_given_a_place(places, people):
    check_places(places)
    inside = []
    allowed = let_in(places, people)
    for person in people:
        if can_all_sit([*inside, person], places):
            inside.append(person)
    assert allowed == inside


@settings(max_examples=300)
@given(
    places=PLACES,
    early=st.lists(st.sampled_from(KINDS), max_size=8),
    late=st.lists(st.sampled_from(KINDS), max_size=10),
)
def test_it_is_so_after_a_carry_over_too(places, early, late):
    inside = let_in(places, early)
    taken = sum(1 for kind in inside if kind[0] < APRIL)
    after = carried_over(places, taken, APRIL)

    assert after.regular + after.second == places.regular + places.second
    assert sum(cap for _, cap in keys(after)[:1]) >= taken or after == places
    for key, cap in keys(after):
        assert sum(touches(key, facts(kind)) for kind in inside) <= cap
    everybody = [kind for kind in late if kind[0] >= APRIL]
    more = let_in(after, [*inside, *everybody])
    assert more[: len(inside)] == inside
    assert can_all_sit(more, after)
    assert len(let_in(after, [*inside, *everybody])) >= len(let_in(places, [*inside, *everybody]))


def test_the_h2b_like_year_has_the_caps_that_its_text_says():
    rows = {(each.period_from, each.period_to, each.dimension, each.conditions): each.cap for each in quotas_of(WHOLE)}
    nationals = "origin!=GT,HN,HT,SV"
    total, returning = QuotaDimension.TOTAL, QuotaDimension.RETURNING
    assert rows[*YEAR, total, ""] == 66_000 + 64_716
    assert rows[*YEAR, total, nationals] == 66_000 + 46_226
    assert rows[*YEAR, returning, ""] == 66_000 + 18_490
    assert rows[YEAR[0], LAST_OF_MARCH, returning, nationals] == 33_000
    assert rows[APRIL, YEAR[1], total, ""] == 33_000 + 64_716
    assert len(rows) == len(quotas_of(WHOLE)) == 11


def test_halves_alone_are_two_quotas_that_count_everybody():
    first, second = quotas_of(HALVES)
    assert (first.period_from, first.period_to, first.cap) == (YEAR[0], LAST_OF_MARCH, 33_000)
    assert (second.period_from, second.period_to, second.cap) == (APRIL, YEAR[1], 33_000)
    assert {first.dimension, second.dimension} == {QuotaDimension.TOTAL}


def test_places_without_halves_or_supplement_are_one_quota():
    plain = Places(*YEAR, 12)
    (only,) = quotas_of(plain)
    assert (only.period_from, only.period_to, only.cap) == (*YEAR, 12)
    assert not is_derived_apart(plain)
    assert is_derived_apart(HALVES)
    assert is_derived_apart(replace(plain, supplement=1))


def test_a_supplement_without_regular_places_lets_in_returning_workers_and_nationals_of_the_set_aside_alone():
    places = Places(*YEAR, 0, supplement=3, set_aside=1, set_aside_for=("GT",))
    new, again = (YEAR[0], "MX", False), (YEAR[0], "MX", True)
    national, once_more = (YEAR[0], "GT", False), (YEAR[0], "GT", True)
    assert let_in(places, [new, again, national, national, once_more, again]) == [again, national, once_more]
    assert let_in(places, [once_more, once_more, national, again, national]) == [once_more, once_more, national]
    assert let_in(places, [again, again, again, once_more]) == [again, again, once_more]


@given(places=PLACES)
def test_each_quota_that_follows_counts_something_else(places):
    found = quotas_of(places)
    assert max(Counter(each.key for each in found).values()) == 1
    assert found[0].dimension is QuotaDimension.TOTAL
    assert found[0].conditions == ""
    assert found[0].period_from == places.period_from
    assert min(each.cap for each in found) >= 0


# --- carrying over


def test_what_the_first_half_has_left_goes_over_on_the_day_and_not_before():
    assert carried_over(HALVES, 30_000, APRIL - timedelta(days=1)) == HALVES
    after = carried_over(HALVES, 30_000, APRIL)
    assert after.carried == 3_000
    assert [each.cap for each in quotas_of(after)] == [30_000, 36_000]


def test_asked_again_nothing_goes_over_twice_and_what_came_back_meanwhile_goes_too():
    after = carried_over(HALVES, 30_000, APRIL)
    assert carried_over(after, 30_000, APRIL + timedelta(days=9)) == after
    assert carried_over(after, 29_990, APRIL).carried == 3_010


def test_without_carry_over_what_is_left_lapses():
    assert carried_over(replace(HALVES, carry_on=None), 0, YEAR[1]).carried == 0


def test_regular_places_are_used_before_those_of_a_supplement():
    assert left_in_first_half(WHOLE, 20_000) == 13_000
    assert left_in_first_half(WHOLE, 33_001) == left_in_first_half(WHOLE, 33_000) == 0


# --- bad input


@pytest.mark.parametrize(
    ("changes", "code", "field", "figures"),
    [
        ({"period_to": date(2025, 9, 30)}, "period_reversed", "period_to", {}),
        ({"regular": -1}, "quota.negative_cap", "regular", {}),
        ({"second": -1}, "quota.negative_cap", "second", {}),
        ({"supplement": -1}, "quota.negative_cap", "supplement", {}),
        ({"set_aside": -1}, "quota.negative_cap", "set_aside", {}),
        ({"second_from": YEAR[0]}, "quota.half_outside_year", "second_from", {"start": "2025-10-01"}),
        ({"second_from": date(2026, 10, 1)}, "quota.half_outside_year", "second_from", {"end": "2026-09-30"}),
        ({"second_from": None}, "quota.half_without_day", "second_from", {}),
        ({"second_from": None, "second": 0}, "quota.carry_without_half", "carry_on", {}),
        ({"carry_on": LAST_OF_MARCH}, "quota.carry_outside_half", "carry_on", {"start": "2026-04-01"}),
        ({"carry_on": date(2026, 10, 1)}, "quota.carry_outside_half", "carry_on", {"end": "2026-09-30"}),
        ({"set_aside": 64_717}, "quota.set_aside_above_pot", "set_aside", {"set_aside": 64_717, "pot": 64_716}),
        ({"set_aside_for": ()}, "quota.set_aside_incomplete", "set_aside_for", {}),
        ({"set_aside": 0}, "quota.set_aside_incomplete", "set_aside_for", {}),
    ],
)
def test_places_that_contradict_one_another_are_refused_with_the_figures(changes, code, field, figures):
    with pytest.raises(InvalidError) as refused:
        check_places(replace(WHOLE, **changes))
    assert (refused.value.code, refused.value.field) == (code, field)
    assert figures.items() <= refused.value.params.items()
    assert code in quota_places.CODES


def test_sound_places_pass():
    for places in (WHOLE, HALVES, Places(*YEAR, 0), replace(WHOLE, set_aside=0, set_aside_for=())):
        check_places(places)
