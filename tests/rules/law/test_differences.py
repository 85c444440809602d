"""What differs between two versions: every rule of both is told once, and every differing field by its name."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given

from mobility.rules.basics.findings import Severity
from mobility.rules.law.comparisons import Range
from mobility.rules.law.differences import ChangeKind, differences
from mobility.rules.law.edits import changed, ended
from mobility.rules.law.rulesets import Rule
from tests.rules.rule_worlds import RULES

JULY, LATER = date(2026, 7, 1), date(2026, 12, 1)
AGE = Rule("age", Range("worker.age", 18), Severity.BLOCK, "Decree 5", date(2026, 1, 1))
FEES = Rule("fees", Range("vacancy.worker_fees", None, Decimal(0)), Severity.BLOCK, "Law 1", date(2026, 1, 1))


def told(old, new):
    return [(each.rule, each.kind, each.fields) for each in differences(old, new)]


def test_a_changed_parameter_is_named():
    older = replace(AGE, condition=Range("worker.age", 21), source="Decree 7")
    assert told((AGE, FEES), (older, FEES)) == [
        ("age", ChangeKind.CHANGED, ("source", "params.min")),
        ("fees", ChangeKind.SAME, ()),
    ]


def test_a_change_from_a_day_on_is_one_change_before_and_after():
    after = changed(
        (AGE, FEES), "age", replace(AGE, condition=Range("worker.age", 21), valid_from=JULY), first_day=JULY
    )
    assert told((AGE, FEES), after) == [
        ("age", ChangeKind.CHANGED, ("valid_from", "params.min")),
        ("fees", ChangeKind.SAME, ()),
    ]
    again = changed(after, "age", replace(AGE, condition=Range("worker.age", 25), valid_from=LATER), first_day=LATER)
    assert told(after, again)[0] == ("age", ChangeKind.CHANGED, ("valid_from", "params.min"))
    assert [(each.old.condition.least, each.new.condition.least) for each in differences(after, again)[:1]] == [
        (21, 25)
    ]


def test_added_and_removed_rules_are_told_from_either_side():
    assert told((AGE,), (AGE, FEES))[-1] == ("fees", ChangeKind.ADDED, ())
    assert told((AGE, FEES), (AGE,))[-1] == ("fees", ChangeKind.REMOVED, ())


def test_another_operator_is_a_change_of_operator_and_parameters():
    never = replace(FEES, condition=Range("vacancy.worker_fees", Decimal(0), Decimal(0)))
    assert told((FEES,), (never,)) == [("fees", ChangeKind.CHANGED, ("params.min",))]


def test_an_end_is_a_changed_last_day():
    assert told((AGE, FEES), ended((AGE, FEES), "age", JULY, first_day=JULY))[0] == (
        "age",
        ChangeKind.CHANGED,
        ("valid_to",),
    )


@given(RULES)
def test_equal_versions_differ_in_nothing(rules):
    assert {each.kind for each in differences(rules, rules)} <= {ChangeKind.SAME}


@given(RULES, RULES)
def test_every_rule_of_both_versions_is_told(old, new):
    found = differences(old, new)
    assert {id(each.old) for each in found if each.old} == {id(rule) for rule in old}
    assert {id(each.new) for each in found if each.new} == {id(rule) for rule in new}
