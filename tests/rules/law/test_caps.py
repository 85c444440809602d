"""Caps with caps inside them and cases that they do not bind: three truth values, worked by hand and as laws."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.errors import InvalidError
from mobility.rules.basics.dates import Period
from mobility.rules.basics.findings import Verdict
from mobility.rules.law.caps import Capped
from mobility.rules.law.combinations import AllOf, both, either
from mobility.rules.law.durations import StayCap, Window
from mobility.rules.law.operators import parse_condition
from tests.rules.rule_worlds import ALL_FACTS, LEAVES, SOME_FACTS, STAY_CAPS

#: Nine months in a calendar year and four in one stay, unless the worker returned on time from three seasons.
NINE_AND_FOUR = {
    "cap": {"max_months": 9, "window": "calendar_year"},
    "sub_caps": [{"max_months": 4, "window": "stay"}],
    "exempt": {"operator": "history", "params": {"min_seasons": 3, "returned_on_time": True}},
}
HERE = {"vacancy.start": date(2026, 6, 1), "vacancy.end": date(2026, 9, 30), "vacancy.months": 4, "worker.stays": ()}
CAPPED = st.builds(Capped, STAY_CAPS, st.lists(STAY_CAPS, max_size=2).map(tuple), st.none() | LEAVES)


def asked(**changes):
    return parse_condition({"operator": "capped", "params": {**NINE_AND_FOUR, **changes}})


def refused(**params):
    with pytest.raises(InvalidError) as error:
        parse_condition({"operator": "capped", "params": params})
    return error.value.code, error.value.field


@pytest.mark.parametrize(
    ("changes", "verdict", "code"),
    [
        ({}, Verdict.PASS, "capped.met"),
        ({"vacancy.months": 5}, Verdict.UNKNOWN, "fact.missing"),
        ({"vacancy.months": 5, "worker.seasons_completed": 1}, Verdict.FAIL, "stay_cap.too_long"),
        (
            {
                "vacancy.months": 5,
                "worker.seasons_completed": 3,
                "worker.last_returned_on_time": True,
            },
            Verdict.PASS,
            "capped.exempt",
        ),
        (
            {"worker.stays": (Period(date(2026, 1, 1), date(2026, 5, 31)),), "worker.seasons_completed": 0},
            Verdict.PASS,
            "capped.met",
        ),
        (
            {
                "worker.stays": (Period(date(2026, 1, 1), date(2026, 5, 31)),),
                "vacancy.end": date(2026, 10, 1),
                "worker.seasons_completed": 0,
            },
            Verdict.FAIL,
            "stay_cap.too_long",
        ),
    ],
)
def test_a_seasonal_permit_worked_by_hand(changes, verdict, code):
    found = asked().apply({**HERE, **changes})
    assert (found.verdict, found.code) == (verdict, code)


def test_an_unknown_names_everything_that_could_settle_it():
    found = asked().apply({"vacancy.months": 5})
    missing = found.params["missing"].split(",")
    assert "worker.seasons_completed" in missing


def test_a_fiscal_year_is_counted_from_its_own_first_day():
    cap = parse_condition(
        {"operator": "stay_cap", "params": {"max_months": 5, "window": "fiscal_year", "year_opens": "10-01"}}
    )
    winter = {"vacancy.start": date(2025, 11, 1), "vacancy.end": date(2026, 4, 30), "worker.stays": ()}
    assert cap.apply(winter).verdict is Verdict.FAIL
    over = {"vacancy.start": date(2026, 7, 1), "vacancy.end": date(2026, 12, 31), "worker.stays": ()}
    assert cap.apply(over).verdict is Verdict.PASS


def test_a_fiscal_year_needs_its_first_day_and_no_other_window_has_one():
    with pytest.raises(InvalidError, match=r"rules\.required"):
        parse_condition({"operator": "stay_cap", "params": {"max_months": 5, "window": "fiscal_year"}})
    with pytest.raises(InvalidError, match=r"rules\.unknown_parameter"):
        parse_condition(
            {"operator": "stay_cap", "params": {"max_months": 5, "window": "calendar_year", "year_opens": "10-01"}}
        )


@pytest.mark.parametrize(
    ("params", "code", "field"),
    [
        ({}, "rules.required", "condition.params.cap"),
        ({"cap": {"max_months": 0}}, "rules.out_of_bounds", "condition.params.cap.max_months"),
        ({"cap": {"max_months": 9}, "sub_caps": []}, "rules.empty", "condition.params.sub_caps"),
        ({"cap": {"max_months": 9}, "sub_caps": [3]}, "rules.not_an_object", "condition.params.sub_caps[0]"),
        ({"cap": {"max_months": 9}, "most": 3}, "rules.unknown_parameter", "condition.params"),
        (
            {"cap": {"max_months": 9}, "exempt": {"operator": "is_true", "params": {"field": "worker.married"}}},
            "facts.discriminatory",
            "condition.params.exempt.params.field",
        ),
    ],
)
def test_parameters_that_do_not_fit_are_refused_with_their_path(params, code, field):
    assert refused(**params) == (code, field)


@given(CAPPED, SOME_FACTS)
def test_the_verdict_is_that_of_all_caps_or_the_exemption(capped, facts):
    within = capped.cap.apply(facts).verdict
    for each in capped.sub_caps:
        within = both(within, each.apply(facts).verdict)
    expected = within if capped.exempt is None else either(within, capped.exempt.apply(facts).verdict)
    assert capped.apply(facts).verdict is expected


@given(STAY_CAPS, SOME_FACTS)
def test_a_cap_alone_is_that_cap(cap, facts):
    assert Capped(cap).apply(facts).verdict is AllOf((cap,)).apply(facts).verdict


@given(CAPPED, STAY_CAPS, ALL_FACTS)
def test_one_more_cap_never_lets_anybody_in(capped, cap, facts):
    stricter = Capped(capped.cap, (*capped.sub_caps, cap), capped.exempt)
    if stricter.apply(facts).verdict is Verdict.PASS:
        assert capped.apply(facts).verdict is Verdict.PASS


@given(CAPPED)
def test_writing_and_reading_gives_the_same_condition(capped):
    assert parse_condition({"operator": "capped", "params": capped.params()}) == capped


def test_windows_that_a_cap_may_count_over():
    assert {window.value for window in Window} == {"stay", "rolling", "calendar_year", "fiscal_year", "since_reset"}
    assert StayCap(3, Window.FISCAL_YEAR).fields == {"vacancy.start", "vacancy.end", "worker.stays"}
