"""Adding, changing and ending rules: what is past stays, what comes after is dated without gap or overlap."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.errors import InvalidError
from mobility.rules.basics.findings import Severity
from mobility.rules.law.comparisons import Range
from mobility.rules.law.edits import added, changed, ended
from mobility.rules.law.rulesets import Rule, in_force
from tests.rules.rule_worlds import RULES

JULY = date(2026, 7, 1)


def age(least, start=date(2026, 1, 1), **changes):
    return Rule("age", Range("worker.age", least), Severity.BLOCK, "Decree 5", start, **changes)


FEES = Rule("fees", Range("vacancy.worker_fees", None, Decimal(0)), Severity.BLOCK, "Law 1", date(2026, 1, 1))
BOTH = (age(18), FEES)


def refused(call, *args, **kwargs):
    with pytest.raises(InvalidError) as error:
        call(*args, **kwargs)
    return error.value


def test_a_changed_rule_applies_from_its_day_and_the_one_before_stays_on_record():
    rules = changed(BOTH, "age", age(21, JULY), first_day=JULY)

    assert [(rule.id, rule.valid_from, rule.valid_to) for rule in rules] == [
        ("age", date(2026, 1, 1), date(2026, 6, 30)),
        ("age", JULY, None),
        ("fees", date(2026, 1, 1), None),
    ]
    assert [rule.condition.least for rule in in_force(rules, date(2026, 6, 30)) if rule.id == "age"] == [18]
    assert [rule.condition.least for rule in in_force(rules, JULY) if rule.id == "age"] == [21]


def test_changing_what_has_not_begun_replaces_it():
    once = changed(BOTH, "age", age(21, JULY), first_day=JULY)
    twice = changed(once, "age", age(20, JULY), first_day=JULY)
    assert [rule.condition.least for rule in twice if rule.id == "age"] == [18, 20]


def test_a_rule_is_never_changed_backwards():
    error = refused(changed, BOTH, "age", age(21, date(2026, 6, 30)), first_day=JULY)
    assert (error.code, error.params) == ("rules.starts_too_early", {"day": "2026-07-01"})


def test_a_change_keeps_the_name_of_its_rule():
    other = replace(age(21, JULY), id="years")
    assert {rule.id for rule in changed(BOTH, "age", other, first_day=JULY)} == {"age", "fees"}


@pytest.mark.parametrize(
    "call",
    [lambda: changed(BOTH, "agee", age(21, JULY), first_day=JULY), lambda: ended(BOTH, "agee", JULY, first_day=JULY)],
)
def test_a_rule_that_is_not_there_is_named_with_the_nearest(call):
    error = refused(call)
    assert (error.code, error.params["nearest"]) == ("rules.no_such_rule", "age")


def test_a_new_rule_needs_a_name_of_its_own_and_a_day_ahead():
    assert refused(added, BOTH, age(21, JULY), first_day=JULY).code == "rules.name_taken"
    early = replace(age(21, date(2026, 6, 1)), id="years")
    assert refused(added, BOTH, early, first_day=JULY).code == "rules.starts_too_early"
    assert len(added(BOTH, replace(early, valid_from=JULY), first_day=JULY)) == 3


def test_a_new_rule_that_excludes_another_is_refused_and_nothing_is_changed():
    most = Rule("most_age", Range("worker.age", None, 17), Severity.BLOCK, "Decree 6", JULY)
    assert refused(added, BOTH, most, first_day=JULY).code == "rules.contradiction"


def test_an_ended_rule_applies_until_its_last_day():
    rules = ended(BOTH, "age", date(2026, 9, 30), first_day=JULY)
    assert [rule.id for rule in in_force(rules, date(2026, 9, 30))] == ["age", "fees"]
    assert [rule.id for rule in in_force(rules, date(2026, 10, 1))] == ["fees"]


def test_a_version_that_begins_after_the_last_day_goes_away():
    later = changed(BOTH, "age", age(21, date(2026, 12, 1)), first_day=JULY)
    rules = ended(later, "age", date(2026, 9, 30), first_day=JULY)
    assert [(rule.valid_from, rule.valid_to) for rule in rules if rule.id == "age"] == [
        (date(2026, 1, 1), date(2026, 9, 30))
    ]


def test_a_rule_ends_neither_in_the_past_nor_twice_nor_as_the_last_one():
    assert refused(ended, BOTH, "age", date(2026, 6, 29), first_day=JULY).code == "rules.starts_too_early"
    once = ended(BOTH, "age", JULY, first_day=JULY)
    assert refused(ended, once, "age", date(2026, 8, 1), first_day=JULY).code == "rules.ended_already"
    alone = (age(21, date(2026, 8, 1)),)
    assert refused(ended, alone, "age", JULY, first_day=JULY).code == "rules.last_one"


@given(RULES.filter(bool), st.dates(date(2026, 1, 2), date(2027, 12, 31)), st.data())
def test_before_its_day_a_change_changes_nothing(rules, day, data):
    rule = data.draw(st.sampled_from(rules))
    new = replace(rule, valid_from=day, valid_to=None, source="New law")
    after = changed(rules, rule.id, new, first_day=day)
    eve = date.fromordinal(day.toordinal() - 1)

    def conditions(which, on):
        return [(each.id, each.condition, each.source) for each in in_force(which, on)]

    assert conditions(after, eve) == conditions(rules, eve)
    assert [each.source for each in in_force(after, day) if each.id == rule.id] == ["New law"]
