import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.matching.allocation.allocation import Reason
from mobility.matching.allocation.quotas import Quotas, no_quotas
from mobility.matching.facts.columns import fact_column
from mobility.matching.facts.derived import pair_facts
from mobility.matching.runs.run import batches_of, digest, finish, match
from mobility.matching.search.shortlist import score_batch
from mobility.rules.basics.findings import Verdict, worst
from mobility.rules.law.rulesets import evaluate
from tests.matching import worlds

SEEDS = st.integers(0, 10_000)
V, W = 8, 40


def world(seed):
    return worlds.pool(seed, W), worlds.demand(seed, V), worlds.quotas(seed, V, W)


def moved(seed, pool, demand, quotas):
    """Return the same world with its rows shuffled."""
    rng = np.random.default_rng([seed, 9])
    workers, vacancies, order = rng.permutation(len(pool)), rng.permutation(len(demand)), rng.permutation(len(quotas))
    shuffled = Quotas(
        quotas.key[order],
        quotas.remaining[order],
        quotas.vacancies[vacancies][:, order],
        quotas.workers[workers][:, order],
        quotas.everybody[order],
        quotas.reserved[order],
        quotas.kept[order],
    )
    return pool.take(workers), demand.take(vacancies), shuffled


@settings(max_examples=25)
@given(SEEDS, st.integers(1, V))
def test_order_of_rows_batches_and_executor_change_no_bit(seed, batch):
    here = digest(match(*world(seed), worlds.run_settings(), batch=V))
    assert digest(match(*moved(seed, *world(seed)), worlds.run_settings(), batch=batch)) == here
    with ThreadPoolExecutor(3) as executor:
        assert digest(match(*world(seed), worlds.run_settings(), batch=batch, executor=executor)) == here


@settings(max_examples=25)
@given(SEEDS)
def test_every_proposal_passes_every_blocking_rule(seed):
    pool, demand, quotas = world(seed)
    proposals = match(pool, demand, quotas, worlds.run_settings()).proposals
    for vacancy_key, worker_key in zip(proposals.vacancy, proposals.worker, strict=True):
        vacancy, worker = (
            int(np.flatnonzero(keys == key)[0]) for keys, key in ((demand.key, vacancy_key), (pool.key, worker_key))
        )
        rules = worlds.schemes()[int(demand.scheme[vacancy])]
        findings = evaluate(rules, pair_facts(pool, worker, demand, vacancy), on=worlds.TODAY)
        assert worst(findings) is Verdict.PASS


@settings(max_examples=25)
@given(SEEDS, st.integers(0, 3), st.integers(0, 3))
def test_positions_quotas_and_workers_limits_hold(seed, per_position, a_worker):
    pool, demand, quotas = world(seed)
    result = match(pool, demand, quotas, worlds.run_settings(per_position=per_position, a_worker=a_worker))
    proposals = result.proposals
    assert result.check.sound
    vacancy = np.array([demand.key.tolist().index(key) for key in proposals.vacancy], dtype=int)
    worker = np.array([pool.key.tolist().index(key) for key in proposals.worker], dtype=int)
    assert (np.bincount(vacancy, minlength=V) <= demand.positions * per_position).all()
    assert (np.bincount(worker, minlength=W) <= a_worker).all()
    assert (np.atleast_1d(quotas.touched(vacancy, worker).sum(axis=0)) <= quotas.remaining).all()


@settings(max_examples=25)
@given(SEEDS)
def test_nobody_scored_higher_is_passed_over_without_a_reason(seed):
    result = match(*world(seed), worlds.run_settings())
    pairs, allocation = result.scored.eligible, result.allocation
    for vacancy in np.unique(pairs.vacancy):
        mine = pairs.vacancy == vacancy
        last = pairs.score[mine & allocation.proposed].min(initial=10_001)
        over = mine & (pairs.score > last) & ~allocation.proposed
        assert set(allocation.reason[over].tolist()) <= {Reason.QUOTA_FULL, Reason.WORKER_TAKEN}


#: Facts that rules may read but that may never move a score, and another value for each.
SWAPS = {
    "worker.birth_date": worlds.TODAY.replace(year=1990),
    "worker.nationalities": frozenset({"GT", "MX"}),
    "worker.displaced": True,
    "worker.reads_and_writes": True,
}


@settings(max_examples=25)
@given(SEEDS, st.sampled_from(sorted(SWAPS)))
def test_swapping_a_protected_fact_changes_no_score(seed, name):
    pool, demand, quotas = world(seed)
    swapped = replace(pool, facts={**pool.facts, name: fact_column([SWAPS[name]] * W)})
    run_settings = worlds.run_settings(schemes=[(), (), ()])
    assert digest(match(swapped, demand, quotas, run_settings)) == digest(match(pool, demand, quotas, run_settings))


def test_another_seed_draws_another_lottery():
    pool, demand, quotas = world(1)
    assert digest(match(pool, demand, quotas, worlds.run_settings(seed=1))) != digest(
        match(pool, demand, quotas, worlds.run_settings())
    )


def test_progress_is_told_after_each_batch():
    seen = []
    match(*world(2), worlds.run_settings(), batch=3, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(3, 8), (6, 8), (8, 8)]


def test_batches_may_be_scored_apart_and_put_together_later():
    pool, demand, quotas = world(3)
    run_settings = worlds.run_settings()
    batches = [score_batch(pool, demand, rows, run_settings) for rows in batches_of(demand, 3)]
    stored = [pickle.loads(pickle.dumps(batch)) for batch in reversed(batches)]
    assert digest(finish(pool, demand, quotas, run_settings, stored)) == digest(
        match(pool, demand, quotas, run_settings)
    )


def test_input_can_be_sent_to_another_process():
    pool, demand, quotas, run_settings = pickle.loads(pickle.dumps((*world(3), worlds.run_settings())))
    assert digest(match(pool, demand, quotas, run_settings)) == digest(match(*world(3), worlds.run_settings()))


def test_every_vacancy_is_in_exactly_one_batch():
    demand = worlds.demand(4, 20)
    rows = np.concatenate(batches_of(demand, 6))
    assert sorted(rows.tolist()) == list(range(20))
    with pytest.raises(ValueError, match="a batch needs at least one vacancy"):
        batches_of(demand, 0)


def test_a_missing_or_doubled_batch_is_refused():
    pool, demand, quotas = world(3)
    run_settings = worlds.run_settings()
    batches = [score_batch(pool, demand, rows, run_settings) for rows in batches_of(demand, 4)]
    for wrong in (batches[:1], [*batches, batches[0]], []):
        with pytest.raises(ValueError, match="each vacancy exactly once"):
            finish(pool, demand, quotas, run_settings, wrong)
    with pytest.raises(ValueError, match="quotas have other rows"):
        finish(pool, demand, no_quotas(V, W + 1), run_settings, batches)


@pytest.mark.parametrize(("workers", "vacancies"), [(0, 3), (4, 0), (0, 0)])
def test_a_run_may_have_nothing_to_do(workers, vacancies):
    pool, demand = worlds.pool(1, workers), worlds.demand(1, vacancies)
    result = match(pool, demand, no_quotas(vacancies, workers), worlds.run_settings())
    assert result.check.sound
    assert len(digest(result)) == 64
