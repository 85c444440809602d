from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.matching.eligibility.eligibility import PoolRules, Waterfall, waterfall
from mobility.matching.facts.columns import fact_column
from mobility.matching.kernels.engines import Kernel
from mobility.matching.scoring.attributes import attributes_of
from mobility.matching.scoring.features import feature_values
from mobility.matching.search.shortlist import Shortlist, score_batch, shortlist
from mobility.matching.snapshots.snapshot import SnapshotError
from tests.matching import worlds
from tests.matching.engines import EPOCH, parts_of, plain_ranking, plain_sets, planned, rich_settings, snapshot

SEEDS = st.integers(0, 10_000)
V, W = 5, 40
KERNELS = [Kernel.NUMPY, Kernel.NUMBA]


def listed(pairs: Shortlist, vacancy):
    mine = pairs.vacancy == vacancy
    return list(zip(pairs.worker[mine].tolist(), pairs.score[mine].tolist(), strict=True))


@settings(max_examples=15)
@given(SEEDS, st.integers(0, 6), st.integers(0, 3))
@pytest.mark.parametrize("kernel", KERNELS)
def test_the_shortlist_is_the_top_of_a_plain_ranking(kernel, seed, top, near):
    pool, demand = worlds.pool(seed, W), worlds.demand(seed, V)
    run_settings = rich_settings(seed, top=top, near=near, per_position=1)
    batch = score_batch(pool, demand, np.arange(V), run_settings, kernel=kernel)
    for vacancy in range(V):
        fits, close, _ = plain_sets(pool, demand, run_settings, vacancy)
        ranking = plain_ranking(pool, demand, run_settings, vacancy, fits)
        key = int(demand.key[vacancy])
        assert listed(batch.eligible, key) == ranking[: int(demand.positions[vacancy]) + top]
        assert listed(batch.near, key) == plain_ranking(pool, demand, run_settings, vacancy, close)[:near]
        place = batch.vacancies.tolist().index(key)
        assert batch.waterfalls[place].eligible == len(fits)
        assert batch.truncated[place] == (len(fits) > demand.positions[vacancy] + top)


@settings(max_examples=15)
@given(SEEDS)
@pytest.mark.parametrize("kernel", KERNELS)
def test_a_waterfall_counts_what_the_rules_say_of_each_worker(kernel, seed):
    pool, demand, run_settings = worlds.pool(seed, 90), worlds.demand(seed, V), worlds.run_settings()
    batch, rules = (
        score_batch(pool, demand, np.arange(V), run_settings, kernel=kernel),
        PoolRules(pool, run_settings.schemes, run_settings.on),
    )
    for place, vacancy in enumerate(np.argsort(demand.key).tolist()):
        marks, blocking = rules.marks(demand, vacancy), rules.blocking(int(demand.scheme[vacancy]))
        expected = waterfall(marks, blocking)
        for name in Waterfall.__dataclass_fields__:
            found = np.asarray(getattr(batch.waterfalls[place], name))
            assert found.tolist() == np.asarray(getattr(expected, name)).tolist(), name


@settings(max_examples=15)
@given(SEEDS, st.integers(0, 8), st.sampled_from([64, 100, 32_768]))
def test_both_kernels_and_every_cut_into_blocks_agree_to_the_last_bit(seed, top, rows):
    pool, demand = worlds.pool(seed, 300), worlds.demand(seed, V)
    for run_settings in (worlds.run_settings(top=top, near=4), rich_settings(seed, top=top, near=4)):
        plain = parts_of(score_batch(pool, demand, np.arange(V), run_settings, kernel=Kernel.NUMPY))
        for kernel in KERNELS:
            assert (
                parts_of(shortlist([snapshot(pool, demand, run_settings, rows)], demand, run_settings, kernel=kernel))
                == plain
            )


@settings(max_examples=15)
@given(SEEDS)
def test_contributions_are_those_of_the_definition_and_sum_to_the_score(seed):
    pool, demand, run_settings = worlds.pool(seed, W), worlds.demand(seed, V), rich_settings(seed)
    batch, workers = score_batch(pool, demand, np.arange(V), run_settings), attributes_of(pool.profile, EPOCH)
    for pairs in (batch.eligible, batch.near):
        vacancy = np.array([np.flatnonzero(demand.key == key)[0] for key in pairs.vacancy], np.intp)
        worker = np.array([np.flatnonzero(pool.key == key)[0] for key in pairs.worker], np.intp)
        expected = run_settings.scorecard.contributions(feature_values(workers, demand, vacancy, worker))
        assert pairs.contributions.tolist() == expected.tolist()
        assert pairs.contributions.sum(axis=1).tolist() == pairs.score.tolist()


@settings(max_examples=15)
@given(SEEDS)
def test_a_near_miss_is_kept_out_by_the_rule_that_is_told(seed):
    pool, demand, run_settings = worlds.pool(seed, W), worlds.demand(seed, V), worlds.run_settings(near=9)
    batch = score_batch(pool, demand, np.arange(V), run_settings)
    assert (batch.eligible.obstacle == -1).all()
    for number in range(len(batch.near)):
        vacancy = int(np.flatnonzero(demand.key == batch.near.vacancy[number])[0])
        _, _, obstacle = plain_sets(pool, demand, run_settings, vacancy)
        assert batch.near.obstacle[number] == obstacle[pool.key == batch.near.worker[number]][0]


@settings(max_examples=10)
@given(SEEDS)
def test_what_is_protected_changes_nothing_among_the_eligible(seed):
    pool, demand = worlds.pool(seed, W), worlds.demand(seed, V)
    lawless = worlds.run_settings(schemes=[(), (), ()], top=W)
    others = worlds.facts(np.random.default_rng([seed, 77]), W)
    swapped = replace(pool, facts={**others, "worker.nationalities": fact_column([frozenset({"GT"})] * W)})
    assert parts_of(score_batch(pool, demand, np.arange(V), lawless)) == parts_of(
        score_batch(swapped, demand, np.arange(V), lawless)
    )


@settings(max_examples=10)
@given(SEEDS, st.integers(1, 4))
def test_parts_of_a_pool_give_what_the_whole_gives(seed, parts):
    pool, demand, run_settings = worlds.pool(seed, 120), worlds.demand(seed, V), worlds.run_settings(near=3)
    rule_columns = planned(pool, demand, run_settings)
    some = [pool.take(np.flatnonzero(pool.key % parts == part)) for part in range(parts)]
    shards = [snapshot(each, demand, run_settings) for each in some]
    whole = shortlist([snapshot(pool, demand, run_settings)], demand, run_settings)
    assert parts_of(shortlist(shards, demand, run_settings)) == parts_of(whole)
    assert parts_of(shortlist(shards[::-1], demand, run_settings, rule_columns=rule_columns)) == parts_of(whole)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize(("workers", "vacancies"), [(0, 3), (4, 0), (0, 0)])
def test_pool_and_demand_may_be_empty(kernel, workers, vacancies):
    pool, demand = worlds.pool(1, workers), worlds.demand(1, vacancies)
    batch = score_batch(pool, demand, np.arange(vacancies), worlds.run_settings(), kernel=kernel)
    assert len(batch.waterfalls) == len(batch.truncated) == vacancies
    assert len(batch.eligible) == 0 or workers > 0
    assert [waterfall.considered for waterfall in batch.waterfalls] == [workers] * vacancies


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_vacancy_without_skills_and_a_worker_with_none_are_scored_all_the_same(kernel):
    pool, demand = worlds.pool(1, 3), worlds.demand(1, 1)
    none = replace(pool.profile, skills=pool.profile.skills * 0, evidence=pool.profile.evidence * 0)
    for profile in (pool.profile, none):
        profile.skills.eliminate_zeros()
        profile.evidence.eliminate_zeros()
    asks_nothing = replace(demand, essential=demand.essential * 0, optional=demand.optional * 0)
    for part in (asks_nothing.essential, asks_nothing.optional):
        part.eliminate_zeros()
    run_settings = worlds.run_settings(schemes=[(), (), ()], top=3)
    found = score_batch(replace(pool, profile=none), asks_nothing, np.arange(1), run_settings, kernel=kernel)
    assert (found.eligible.contributions[:, :3] == [3000, 900, 1000]).all()
    short = score_batch(replace(pool, profile=none), demand, np.arange(1), run_settings, kernel=kernel)
    assert (short.eligible.contributions[:, 0] == (0 if demand.essential.nnz else 3000)).all()


def test_arrays_and_terms_that_do_not_fit_are_refused():
    pool, demand, rows = worlds.pool(1, 3), worlds.demand(1, 6), np.arange(6)
    with pytest.raises(ValueError, match="different vocabularies"):
        score_batch(worlds.pool(1, 3, worlds.vocabulary(4)), demand, rows, worlds.run_settings())
    with pytest.raises(ValueError, match="a vacancy names scheme 2 of 1"):
        score_batch(pool, demand, rows, worlds.run_settings(schemes=[()]))
    with pytest.raises(ValueError, match="a term of the run is negative"):
        score_batch(pool, demand, rows, worlds.run_settings(top=-1))
    with pytest.raises(ValueError, match="is not below 2"):
        score_batch(replace(pool, key=pool.key + 2**50), demand, rows, worlds.run_settings())


def test_a_rule_that_a_snapshot_has_no_answers_to_is_refused():
    pool, demand = worlds.pool(1, 9), worlds.demand(1, 6)
    lawless = snapshot(pool, demand, worlds.run_settings(schemes=[(), (), ()]))
    with pytest.raises(SnapshotError, match="refresh it with the rule columns of these vacancies") as refused:
        shortlist([lawless], demand, worlds.run_settings())
    assert refused.value.code == "snapshot.columns"
