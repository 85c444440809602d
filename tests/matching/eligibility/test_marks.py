from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.matching.eligibility.marks import Mark, marks_by_value
from mobility.matching.facts.columns import fact_column
from mobility.rules.basics.dates import Period
from mobility.rules.basics.findings import Verdict
from mobility.rules.law.operators import parse_condition

DAY = date(2026, 4, 1)
NEAR = st.dates(DAY - timedelta(days=900), DAY + timedelta(days=900))
ALSO_UNKNOWN = st.lists(st.none() | NEAR, max_size=12)
NUMBER = {Verdict.FAIL: Mark.FAIL, Verdict.UNKNOWN: Mark.UNKNOWN, Verdict.PASS: Mark.PASS}


def condition(operator, **params):
    return parse_condition({"operator": operator, "params": params}, "rule", 0)


def one_by_one(asked, given, rows):
    return [NUMBER[asked.apply({**given, **row}).verdict] for row in rows]


@given(ALSO_UNKNOWN, NEAR, st.integers(0, 12))
def test_validity_by_bisection_equals_asking_each(days, end, months):
    asked = condition("valid_beyond_end", field="worker.document_valid_until", months=months)
    given_ = {"vacancy.end": end}
    found = marks_by_value(asked, given_, {"worker.document_valid_until": fact_column(days)}, len(days))
    assert found.tolist() == one_by_one(asked, given_, [{"worker.document_valid_until": day} for day in days])


@given(ALSO_UNKNOWN, NEAR, st.booleans())
def test_order_of_dates_by_bisection_equals_asking_each(days, start, worker_first):
    names = ("worker.earliest_start", "vacancy.start") if worker_first else ("vacancy.start", "worker.earliest_start")
    asked = condition("no_later_than", field=names[0], than=names[1])
    given_ = {"vacancy.start": start}
    found = marks_by_value(asked, given_, {"worker.earliest_start": fact_column(days)}, len(days))
    assert found.tolist() == one_by_one(asked, given_, [{"worker.earliest_start": day} for day in days])


PERIOD = st.tuples(NEAR, st.integers(0, 400)).map(lambda pair: Period(pair[0], pair[0] + timedelta(days=pair[1])))
STAYS = st.lists(st.none() | st.lists(PERIOD, max_size=4).map(tuple), max_size=8)
CAPS = st.sampled_from(
    [
        {"window": "since_reset", "max_months": 12, "reset_days": 60},
        {"window": "rolling", "max_months": 9, "over": 12},
        {"window": "calendar_year", "max_months": 8},
        {"window": "calendar_year", "max_months": 1},
    ]
)


@settings(max_examples=200)
@given(STAYS, CAPS, PERIOD)
def test_a_cap_on_stays_by_the_short_way_equals_the_long_way(stays, cap, here):
    asked = condition("stay_cap", **cap)
    given_ = {"vacancy.start": here.start, "vacancy.end": here.end}
    found = marks_by_value(asked, given_, {"worker.stays": fact_column(stays)}, len(stays))
    assert found.tolist() == one_by_one(asked, given_, [{"worker.stays": past} for past in stays])


READS = {"operator": "is_true", "params": {"field": "worker.reads_and_writes"}}
SCHOOLED = {"operator": "range", "params": {"field": "worker.education_years", "min": 6}}
HOUSED = {"operator": "is_true", "params": {"field": "vacancy.housing_free"}}
COMBINED = {
    "all": {"operator": "all_of", "params": {"of": [READS, SCHOOLED]}},
    "any": {"operator": "any_of", "params": {"of": [READS, SCHOOLED]}},
    "when": {"operator": "when", "params": {"if": READS, "then": SCHOOLED}},
    "nested": {
        "operator": "any_of",
        "params": {
            "of": [
                {"operator": "all_of", "params": {"of": [HOUSED, READS]}},
                {"operator": "when", "params": {"if": HOUSED, "then": SCHOOLED}},
            ]
        },
    },
}
ROWS = st.lists(st.tuples(st.none() | st.booleans(), st.none() | st.integers(0, 12)), max_size=12)


@pytest.mark.parametrize("name", COMBINED)
@given(rows=ROWS, housed=st.none() | st.booleans())
def test_conditions_made_of_others_equal_asking_each(name, rows, housed):
    asked = parse_condition(COMBINED[name], "rule", 0)
    given_ = {"vacancy.housing_free": housed}
    names = ("worker.reads_and_writes", "worker.education_years")
    columns = {field: fact_column([row[side] for row in rows]) for side, field in enumerate(names)}
    found = marks_by_value(asked, given_, columns, len(rows))
    assert found.tolist() == one_by_one(asked, given_, [dict(zip(names, row, strict=True)) for row in rows])


HISTORY = st.lists(
    st.tuples(st.none() | st.integers(0, 4), st.none() | st.integers(0, 5), st.none() | st.booleans()), max_size=12
)


@given(HISTORY)
def test_a_condition_on_several_facts_equals_asking_each(rows):
    asked = condition("history", min_seasons=2, within_years=3, returned_on_time=True)
    names = ("worker.seasons_completed", "worker.years_since_last_season", "worker.last_returned_on_time")
    columns = {field: fact_column([row[side] for row in rows]) for side, field in enumerate(names)}
    found = marks_by_value(asked, {}, columns, len(rows))
    assert found.tolist() == one_by_one(asked, {}, [dict(zip(names, row, strict=True)) for row in rows])


def test_a_fact_that_the_pool_lacks_is_unknown_for_everybody():
    asked = condition("is_true", field="worker.reads_and_writes")
    assert marks_by_value(asked, {}, {"worker.reads_and_writes": None}, 3).tolist() == [Mark.UNKNOWN] * 3


def test_a_rule_about_the_vacancy_alone_answers_for_everybody():
    asked = condition("is_true", field="vacancy.housing_free")
    assert marks_by_value(asked, {"vacancy.housing_free": False}, {}, 2).tolist() == [Mark.FAIL] * 2
    assert marks_by_value(asked, {"vacancy.housing_free": None}, {}, 2).tolist() == [Mark.UNKNOWN] * 2
