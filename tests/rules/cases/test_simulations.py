"""Changes of a scheme as text and applied; which rules bar a job anew; cells hidden on both sides of a change."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.errors import InvalidError
from mobility.rules.cases.schemes import ReviewOrder
from mobility.rules.cases.simulations import (
    CODES,
    Changes,
    changed_rules,
    hide_pair,
    law_on,
    newly_barred,
    read_changes,
    share_cap,
    write_changes,
)
from mobility.rules.law.rulesets import about_jobs, about_workers, blocking, parse_rules
from tests.rules.rule_worlds import refusal_of

TODAY = date(2026, 5, 4)


def rule(name, operator, *, severity="block", first="2020-01-01", last=None, **params):
    return {
        "id": name,
        "operator": operator,
        "params": params,
        "severity": severity,
        "source": "Example order",
        "valid_from": first,
        "valid_to": last,
    }


RULES = parse_rules(
    [
        rule("age", "range", field="worker.age", min=18, max=60),
        rule("spanish", "at_least_level", field="worker.language.es", level="A2", last="2026-12-31"),
        rule("spanish", "at_least_level", field="worker.language.es", level="B1", first="2027-01-01"),
        rule("notice", "no_later_than", severity="warn", field="worker.earliest_start", than="vacancy.start"),
        rule("pay", "range", field="vacancy.pay_hourly", min="10"),
    ]
)
NAMES = st.text("abcdefg_", min_size=1, max_size=8)
CHANGES = st.builds(
    Changes,
    base=st.sampled_from(["", "draft", "2"]),
    params=st.dictionaries(NAMES, st.dictionaries(NAMES, st.integers() | st.text(max_size=5), max_size=3), max_size=3),
    left_out=st.frozensets(NAMES, max_size=3),
    caps=st.dictionaries(NAMES, st.integers(0, 10_000), max_size=3),
    shares=st.dictionaries(NAMES, st.integers(0, 100), max_size=3),
    occupations=st.frozensets(NAMES, max_size=3),
    review_order=st.none() | st.sampled_from(ReviewOrder),
)


@given(CHANGES)
def test_changes_come_back_from_their_text(changes):
    assert read_changes(write_changes(changes)) == changes


def test_no_change_is_no_text():
    assert write_changes(Changes()) == ""
    assert not read_changes("")
    assert read_changes('{"left_out":["age"]}')


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text):
    refused = refusal_of(read_changes, text)
    assert refused is None or refused.code in CODES


@pytest.mark.parametrize(
    "raw",
    [
        {"unknown": 1},
        {"caps": {"Q": -1}},
        {"caps": {"Q": True}},
        {"caps": {"Q": "5"}},
        {"shares": {"GT": 101}},
        {"left_out": "age"},
        {"left_out": [1]},
        {"left_out": ["x" * 61]},
        {"occupations": ["9211"] * 501},
        {"params": ["age"]},
        {"params": {"age": 3}},
        {"review_order": "anybody"},
        [],
        3,
        {"base": "x" * 20_000},
    ],
)
def test_what_is_no_change_is_refused(raw):
    with pytest.raises(InvalidError) as refused:
        read_changes(json.dumps(raw))
    assert refused.value.code == "simulation.unreadable"


def test_the_law_of_a_day_has_one_version_of_each_rule_and_no_dates():
    later = law_on(RULES, date(2027, 2, 1))
    assert [each.id for each in later] == ["age", "spanish", "notice", "pay"]
    assert later[1].params["level"] == "B1"
    assert all(each.applies_on(TODAY) for each in later)


def test_a_rule_is_changed_left_out_or_stays_and_nothing_else():
    law = law_on(RULES, TODAY)
    params = {"field": "worker.age", "min": 21}
    found = changed_rules(law, Changes(params={"age": params}, left_out=frozenset({"notice"})))
    assert [each.id for each in found] == ["age", "spanish", "pay"]
    assert found[0].params == params
    assert found[1:] == (law[1], law[3])
    assert changed_rules(law, Changes()) == law


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        (Changes(left_out=frozenset({"agee"})), "rules.no_such_rule", "rule"),
        (Changes(params={"age": {"field": "worker.age", "min": "x"}}), "rules.not_an_integer", "rule[0].params.min"),
        (Changes(params={"age": {"field": "worker.sex", "min": 3}}), "facts.discriminatory", "rule[0].params.field"),
    ],
)
def test_what_is_no_rule_is_refused_with_its_place(changes, code, field):
    with pytest.raises(InvalidError) as refused:
        changed_rules(law_on(RULES, TODAY), changes)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_two_rules_that_exclude_each_other_are_refused():
    law = law_on(parse_rules([rule("a", "range", field="worker.age", min=18),
                              rule("b", "range", field="worker.age", max=60)]), TODAY)  # fmt: skip
    with pytest.raises(InvalidError, match=r"rules\.contradiction"):
        changed_rules(law, Changes(params={"b": {"field": "worker.age", "max": 17}}))


def test_runs_ask_rules_on_workers_and_certification_those_on_jobs():
    law = law_on(RULES, TODAY)
    assert [each.id for each in blocking(about_workers(law))] == ["age", "spanish"]
    assert [each.id for each in blocking(about_jobs(law))] == ["pay"]


def test_only_a_change_refuses_an_open_vacancy_and_what_is_not_known_refuses_nothing():
    before = blocking(about_jobs(law_on(RULES, TODAY)))
    after = blocking(about_jobs(changed_rules(law_on(RULES, TODAY), Changes(
        params={"pay": {"field": "vacancy.pay_hourly", "min": "12"}}))))  # fmt: skip
    facts = {"vacancy.pay_hourly": Decimal(11)}
    assert newly_barred(before, after, facts, TODAY)
    assert not newly_barred(before, before, {"vacancy.pay_hourly": Decimal(9)}, TODAY)
    assert not newly_barred(before, after, {"vacancy.pay_hourly": Decimal(9)}, TODAY)  # it failed before: nothing new
    assert not newly_barred(before, after, {}, TODAY)
    assert not newly_barred(before, (), facts, TODAY)


def test_a_share_of_the_positions_is_rounded_down():
    assert [share_cap(7, percent) for percent in (0, 50, 100)] == [0, 3, 7]


GROUPS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 20), st.integers(0, 20)), max_size=7)


@given(GROUPS)
def test_nothing_about_few_people_is_shown_or_follows(rows):
    before = {str(number): row[0] for number, row in enumerate(rows)}
    after = {str(number): row[1] for number, row in enumerate(rows)}
    earlier = tuple(
        {str(number): row[side] + row[side + 2] for number, row in enumerate(rows)} for side in (0, 1)
    )  # fmt: skip
    one, other = hide_pair(before, after, earlier=[earlier])

    hidden = {group for group, count in one.items() if count is None}
    assert hidden == {group for group, count in other.items() if count is None}
    for group in before.keys() - hidden:
        assert min(one[group], other[group]) >= 5
        gaps = (one[group] - other[group], earlier[0][group] - one[group], earlier[1][group] - other[group])
        assert not any(0 < abs(gap) < 5 for gap in gaps)
    if hidden and hidden != set(before):
        sums = [sum(side[group] for group in hidden) for side in (before, after)]
        assert len(hidden) > 1
        assert min(sums) >= 5
        assert not 0 < abs(sums[0] - sums[1]) < 5


def test_large_cells_that_change_by_many_or_by_nobody_are_shown():
    before, after = {"GT": 30, "HN": 40}, {"GT": 30, "HN": 20}
    assert hide_pair(before, after) == (before, after)
    assert hide_pair(before, {"GT": 30, "HN": 38}) == ({"GT": None, "HN": None},) * 2
    assert hide_pair({}, {}) == ({}, {})
