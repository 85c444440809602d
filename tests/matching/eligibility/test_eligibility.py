from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mobility.matching.eligibility.eligibility import PoolRules, eligible, sole_obstacle, waterfall
from mobility.matching.eligibility.marks import Mark
from mobility.matching.facts.derived import pair_facts
from mobility.rules.basics.findings import Severity, Verdict, worst
from mobility.rules.basics.organisations import OrganisationKind
from mobility.rules.law.rulesets import evaluate, parse_rules
from tests.matching import worlds

SEEDS = st.integers(0, 10_000)
MARKS = arrays(np.int8, st.tuples(st.integers(0, 5), st.integers(0, 8)), elements=st.integers(-1, 1))
VERDICT = {Mark.FAIL: Verdict.FAIL, Mark.UNKNOWN: Verdict.UNKNOWN, Mark.PASS: Verdict.PASS}


def flags(marks, seed):
    return np.random.default_rng(seed).random(len(marks)) < 0.7


@settings(max_examples=25)
@given(SEEDS)
def test_the_answer_for_a_pool_is_the_answer_for_each_person(seed):
    pool, demand, schemes = worlds.pool(seed, 25), worlds.demand(seed, 6), worlds.schemes()
    rules = PoolRules(pool, schemes, worlds.TODAY)
    for vacancy in range(len(demand)):
        own = schemes[int(demand.scheme[vacancy])]
        marks = rules.marks(demand, vacancy)
        passed = eligible(marks, rules.blocking(int(demand.scheme[vacancy])))
        for worker in range(len(pool)):
            findings = evaluate(own, pair_facts(pool, worker, demand, vacancy), on=worlds.TODAY)
            assert [VERDICT[Mark(mark)] for mark in marks[:, worker]] == [finding.verdict for finding in findings]
            assert passed[worker] == (worst(findings) is Verdict.PASS)


@settings(max_examples=25)
@given(
    SEEDS, st.dictionaries(st.sampled_from(["age", "passport", "english", "orientation"]), st.sets(st.integers(0, 24)))
)
def test_with_waivers_too_the_answer_for_a_pool_is_the_answer_for_each_person(seed, given):
    """Of the rules, "age" may be waived by nobody: a waiver of it frees nobody."""
    pool, demand = worlds.pool(seed, 25), worlds.demand(seed, 6)
    waived = {name: np.sort(pool.key[sorted(rows)]) for name, rows in given.items()}
    pool = replace(pool, waived=waived)
    schemes = [
        tuple(rule if rule.id == "age" else replace(rule, waiver=OrganisationKind.ORIGIN_MINISTRY) for rule in rules)
        for rules in worlds.schemes()
    ]
    rules = PoolRules(pool, schemes, worlds.TODAY)
    shuffled = pool.take(np.random.default_rng(seed).permutation(len(pool)))
    for vacancy in range(len(demand)):
        own = schemes[int(demand.scheme[vacancy])]
        marks = rules.marks(demand, vacancy)
        for worker in range(len(pool)):
            mine = frozenset(name for name, keys in waived.items() if pool.key[worker] in keys)
            facts = pair_facts(pool, worker, demand, vacancy)
            findings = evaluate(own, facts, on=worlds.TODAY, waived=mine)
            assert [VERDICT[Mark(mark)] for mark in marks[:, worker]] == [finding.verdict for finding in findings]
        again = PoolRules(shuffled, schemes, worlds.TODAY).marks(demand, vacancy)
        assert np.array_equal(again[:, np.argsort(shuffled.key)], marks[:, np.argsort(pool.key)])


def test_only_the_law_of_the_day_is_applied():
    dated = [worlds.rule("age", "range", field="worker.age", min=18) | {"valid_to": "2026-03-01"}]
    dated.append(worlds.rule("age", "range", field="worker.age", min=90) | {"valid_from": "2026-03-02"})
    pool, demand = worlds.pool(1, 40), worlds.demand(1, 1).take(np.array([0]))
    for day, expected in ((worlds.TODAY, False), (worlds.TODAY.replace(day=1), True)):
        rules = PoolRules(pool, [parse_rules(dated)] * 3, day)
        assert (rules.marks(demand, 0) == Mark.PASS).any() == expected


def test_a_scheme_without_rules_lets_everybody_through():
    pool, demand = worlds.pool(1, 5), worlds.demand(1, 1)
    rules = PoolRules(pool, [(), (), ()], worlds.TODAY)
    marks = rules.marks(demand, 0)
    assert marks.shape == (0, 5)
    assert eligible(marks, rules.blocking(0)).all()
    assert waterfall(marks, rules.blocking(0)).eligible == 5


def test_blocking_rules_are_told_from_warnings():
    rules = PoolRules(worlds.pool(1, 2), worlds.schemes(), worlds.TODAY)
    expected = [rule.severity is Severity.BLOCK for rule in worlds.schemes()[0]]
    assert rules.blocking(0).tolist() == expected
    assert not all(expected)


@given(MARKS, SEEDS)
def test_counts_equal_counting_one_by_one(marks, seed):
    blocking = flags(marks, seed)
    counts = waterfall(marks, blocking)
    people = [[(rule, mark) for rule, mark in enumerate(person) if blocking[rule]] for person in marks.T.tolist()]
    short = [[rule for rule, mark in person if mark < 1] for person in people]
    assert counts.considered == marks.shape[1]
    assert counts.eligible == sum(not rules for rules in short)
    assert counts.unclear == sum(
        bool(rules) and min(mark for _, mark in person) == 0 for rules, person in zip(short, people, strict=True)
    )
    for rule in range(len(marks)):
        assert counts.failed[rule] == (marks[rule] == -1).sum()
        assert counts.unknown[rule] == (marks[rule] == 0).sum()
        assert counts.sole[rule] == sum(rules == [rule] for rules in short)
        assert counts.left[rule] == sum(not rules or rules[0] > rule for rules in short)


@given(MARKS, SEEDS)
def test_the_sole_obstacle_is_the_only_rule_not_passed(marks, seed):
    blocking = flags(marks, seed)
    for worker, rule in enumerate(sole_obstacle(marks, blocking).tolist()):
        short = [row for row in range(len(marks)) if blocking[row] and marks[row, worker] < 1]
        assert (short == [rule]) if rule >= 0 else (len(short) != 1)


@given(MARKS, SEEDS)
def test_lifting_a_rule_lets_in_exactly_those_it_alone_kept_out(marks, seed):
    blocking = flags(marks, seed)
    counts = waterfall(marks, blocking)
    for rule in np.flatnonzero(blocking).tolist():
        without = blocking.copy()
        without[rule] = False
        assert eligible(marks, without).sum() == counts.eligible + counts.sole[rule]


@given(MARKS, SEEDS, st.integers(0, 8))
def test_counts_of_two_parts_add_up_to_those_of_the_whole(marks, seed, cut):
    blocking = flags(marks, seed)
    both = waterfall(marks[:, :cut], blocking) + waterfall(marks[:, cut:], blocking)
    whole = waterfall(marks, blocking)
    for name in ("failed", "unknown", "sole", "left"):
        assert getattr(both, name).tolist() == getattr(whole, name).tolist()
    assert (both.considered, both.eligible, both.unclear) == (whole.considered, whole.eligible, whole.unclear)


@pytest.mark.parametrize("size", [0, 1])
def test_a_pool_may_be_empty(size):
    rules = PoolRules(worlds.pool(1, size), worlds.schemes(), worlds.TODAY)
    assert rules.marks(worlds.demand(1, 3), 0).shape[1] == size
