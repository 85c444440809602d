from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.matching.eligibility.eligibility import PoolRules
from mobility.matching.eligibility.rule_columns import NO_RULE, column_id, dependence, rule_columns_of
from mobility.rules.law.rulesets import in_force, parse_rules
from tests.matching import worlds
from tests.matching.engines import planned

SEEDS = st.integers(0, 10_000)


@settings(max_examples=20)
@given(SEEDS)
def test_the_column_of_a_vacancys_rule_answers_that_rule(seed):
    pool, demand, run_settings = worlds.pool(seed, 20), worlds.demand(seed, 12), worlds.run_settings()
    rule_columns, rules = planned(pool, demand, run_settings), PoolRules(pool, run_settings.schemes, run_settings.on)
    for vacancy in range(len(demand)):
        marks = rules.marks(demand, vacancy)
        assert rule_columns.rules_of(vacancy) == len(marks)
        assert (
            rule_columns.blocking[vacancy, : len(marks)].tolist()
            == rules.blocking(int(demand.scheme[vacancy])).tolist()
        )
        for rule in range(len(marks)):
            asked = rule_columns.questions[rule_columns.numbers[vacancy, rule]]
            assert rules.answers(asked).tolist() == marks[rule].tolist()


def test_vacancies_of_one_start_share_the_column_of_age():
    demand = worlds.demand(3, 40, starts=2)
    told = tuple({**facts, "vacancy.start": worlds.TODAY} for facts in demand.facts)
    demand = replace(demand, facts=told, scheme=np.zeros(40, np.int32))
    rule_columns = planned(worlds.pool(3, 5), demand, worlds.run_settings())
    names = [rule.id for rule in in_force(worlds.schemes()[0], worlds.TODAY)]
    assert len(np.unique(rule_columns.numbers[:, names.index("age")])) == 1
    assert len(np.unique(rule_columns.numbers[:, names.index("origin")])) == 1
    assert len(np.unique(rule_columns.numbers[:, names.index("passport")])) == len(
        {facts["vacancy.end"] for facts in told}
    )


def test_equal_rules_of_two_schemes_share_a_column():
    rules = parse_rules(worlds.FARM)
    demand = replace(worlds.demand(3, 2), scheme=np.array([0, 1], np.int32))
    demand = replace(demand, facts=(demand.facts[0],) * 2, group=demand.group[[0, 0]])
    rule_columns = rule_columns_of(demand, [rules, rules], worlds.TODAY, frozenset())
    assert rule_columns.numbers[0].tolist() == rule_columns.numbers[1].tolist()


def test_a_vacancy_with_fewer_rules_is_filled_up_and_one_without_has_none():
    rule_columns = rule_columns_of(
        replace(worlds.demand(3, 3), scheme=np.array([0, 1, 2], np.int32)), worlds.schemes(), worlds.TODAY, frozenset()
    )
    assert [rule_columns.rules_of(vacancy) for vacancy in range(3)] == [8, 5, 0]
    assert rule_columns.numbers[1, 5:].tolist() == [NO_RULE] * 3
    assert rule_columns.take(np.array([2])).rules_of(0) == 0


def test_an_id_tells_facts_and_conditions_apart_and_is_the_same_everywhere():
    rule = worlds.schemes()[0][3]
    ends = [date(2026, 9, 1), date(2026, 9, 2)]
    ids = [column_id(dependence(rule, {"vacancy.end": end}, -1, frozenset())) for end in (*ends, ends[0])]
    assert ids[0] == ids[2] != ids[1]
    assert ids[0] == "969a92ddeb64f207ff322876e898357c"
    held = column_id(dependence(rule, {"vacancy.end": ends[0]}, -1, frozenset(rule.fields)))
    assert held != ids[0]


def test_rules_with_one_condition_share_a_column_unless_somebody_may_waive_one_of_them():
    same = [worlds.rule(name, "range", field="worker.age", min=18) for name in ("age", "adult")]
    ministry = {"waiver": "destination_ministry"}
    for rules, columns in ((same, 1), ([same[0] | ministry, same[1]], 2), ([each | ministry for each in same], 2)):
        demand = worlds.demand(1, 4)
        rule_columns = rule_columns_of(demand, [parse_rules(rules)] * 3, worlds.TODAY, frozenset({"worker.age"}))
        assert len(rule_columns.columns) == len(set(rule_columns.columns)) == columns


def test_a_scheme_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="a vacancy names scheme 2 of 1"):
        rule_columns_of(replace(worlds.demand(1, 1), scheme=np.array([2], np.int32)), [()], worlds.TODAY, frozenset())
