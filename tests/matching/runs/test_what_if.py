from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.matching.kernels.engines import Kernel
from mobility.matching.runs.what_if import changed, counted, simulation, with_columns
from mobility.matching.snapshots.snapshot import SnapshotError
from mobility.rules.law.rulesets import parse_rules
from tests.matching import worlds
from tests.matching.engines import planned, rich_settings, snapshot

SEEDS = st.integers(0, 10_000)
V, W = 12, 150


def without(rules, name):
    return [rule for rule in rules if rule["id"] != name]


def with_params(rules, name, **params):
    return [{**rule, "params": {**rule["params"], **params}} if rule["id"] == name else rule for rule in rules]


CHANGES = {
    "the same": worlds.FARM,
    "a rule dropped": without(worlds.FARM, "experience"),
    "a rule relaxed": with_params(worlds.FARM, "age", max=99),
    "a rule tightened": with_params(worlds.FARM, "spanish", level="B2"),
    "one of each": with_params(without(worlds.FARM, "police"), "experience", min=24),
    "a rule more": [*worlds.FARM, worlds.rule("schooled", "range", field="worker.education_years", min=8)],
    "no rule": [],
}


def run(seed, schemes, keep=5, size=W):
    pool, demand, run_settings = worlds.pool(seed, size), worlds.demand(seed, V), rich_settings(seed)
    demand = replace(demand, scheme=np.minimum(demand.scheme, 1).astype(np.int32))
    held = snapshot(pool, demand, run_settings._replace(schemes=worlds.schemes()), 64)
    return simulation(pool, held, demand, schemes, worlds.TODAY, keep, run_settings.scorecard, run_settings.seed)


def answers(held):
    rule_counts = held.result.rule_counts
    counts = [part.tolist() for part in (rule_counts.failed, rule_counts.unknown, *rule_counts.counts)]
    return held.result.eligible.keys.tolist(), held.result.eligible.length.tolist(), rule_counts.considered, counts


@settings(max_examples=6)
@given(SEEDS, st.sampled_from([0, 1, 5, W]))
@pytest.mark.parametrize("kernel", [Kernel.NUMPY, Kernel.NUMBA])
@pytest.mark.parametrize("name", CHANGES)
def test_a_change_ends_where_a_whole_run_would(name, kernel, seed, keep):
    care = worlds.schemes()[1]
    rules = (parse_rules(CHANGES[name]), care)
    before = run(seed, (worlds.schemes()[0], care), keep)
    after = changed(before, rules, kernel)
    assert answers(after) == answers(run(seed, rules, keep))
    assert answers(changed(after, (worlds.schemes()[0], care), kernel)) == answers(before)


def test_relaxing_searches_nothing_again_and_the_same_rules_change_nothing():
    before = run(7, (worlds.schemes()[0], worlds.schemes()[1]))
    looser = changed(before, (parse_rules(CHANGES["a rule dropped"]), worlds.schemes()[1]))
    assert looser.searched == 0
    assert looser.result.rule_counts.counts.eligible.sum() > before.result.rule_counts.counts.eligible.sum()
    assert changed(before, (worlds.schemes()[0], worlds.schemes()[1])).searched == 0


def test_a_list_that_lost_somebody_is_filled_again():
    before = run(7, (worlds.schemes()[0], worlds.schemes()[1]), keep=2)
    tighter = changed(before, (parse_rules(CHANGES["a rule tightened"]), worlds.schemes()[1]))
    assert tighter.searched > 0


def test_only_columns_that_are_lacking_are_worked_out():
    pool, demand, run_settings = worlds.pool(3, W), worlds.demand(3, V), worlds.run_settings()
    people, rule_columns = pool.take(np.argsort(pool.key)), planned(pool, demand, run_settings)
    held = snapshot(pool, demand, run_settings)
    assert with_columns(held, people, rule_columns) is held
    wider = with_columns(snapshot(pool, demand, run_settings._replace(schemes=[(), (), ()])), people, rule_columns)
    assert wider.columns == held.columns
    one, other = counted(wider, rule_columns), counted(held, rule_columns)
    assert [part.tolist() for part in one.counts] == [part.tolist() for part in other.counts]
    assert one.unknown.tolist() == other.unknown.tolist()


def test_facts_of_other_people_are_refused():
    pool, demand, run_settings = worlds.pool(3, W), worlds.demand(3, V), worlds.run_settings()
    lawless = snapshot(pool, demand, run_settings._replace(schemes=[(), (), ()]))
    for other in (worlds.pool(4, W - 1), replace(pool, key=pool.key + 1)):
        with pytest.raises(SnapshotError, match="other workers than the pool") as refused:
            with_columns(lawless, other.take(np.argsort(other.key)), planned(pool, demand, run_settings))
        assert refused.value.code == "snapshot.pool"
