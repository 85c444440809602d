import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.coverage import best_covered, coverage_credit
from mobility.matching.core.ties import scores_of, tie_order, workers_of
from mobility.matching.kernels.lists import rows_of
from mobility.matching.scoring.features import all_asked
from tests.matching import worlds
from tests.matching.engines import snapshot

SEEDS = st.integers(0, 10_000)
V, W = 6, 150
SETTINGS = worlds.run_settings()


def plain(pool, demand, vacancy, keep, seed):
    """Rank by share of the skills asked, one by one: (worker, share)."""
    asked, credit = all_asked(demand), coverage_credit(demand)
    levels = pool.profile.skills.toarray().astype(int)
    first, last = asked.indptr[vacancy], asked.indptr[vacancy + 1]
    found = []
    for row in range(len(pool)):
        share = 0
        for entry in range(first, last):
            weight = int(credit[entry, -1])
            wanted = int(asked.data[entry])
            share += weight * min(int(levels[row, asked.indices[entry]]), wanted) // wanted
        if share:
            tie = int(tie_order(seed, demand.key[[vacancy]], pool.key[[row]])[0])
            found.append((-share, tie, int(pool.key[row])))
    return [(key, -share) for share, _, key in sorted(found)[:keep]]


@settings(max_examples=8)
@given(SEEDS, st.sampled_from([0, 1, 7, W]))
def test_the_best_covered_are_those_of_a_plain_ranking(seed, keep):
    pool, demand = worlds.pool(seed, W), worlds.demand(seed, V)
    parts = [snapshot(pool.take(np.flatnonzero(pool.key % 2 == part)), demand, SETTINGS, 64) for part in range(2)]
    found = best_covered(parts, demand, keep, 5)
    row = rows_of(found)
    worker, share = workers_of(5, demand.key[row], found.keys), scores_of(found.keys)
    for vacancy in range(V):
        mine = row == vacancy
        assert list(zip(worker[mine].tolist(), share[mine].tolist(), strict=True)) == plain(
            pool, demand, vacancy, keep, 5
        )


@given(SEEDS)
def test_weights_sum_to_ten_thousand_and_essential_ones_count_double(seed):
    demand = worlds.demand(seed, V)
    asked, weight = all_asked(demand), coverage_credit(demand)[:, -1].astype(int)
    for vacancy in range(V):
        mine = weight[asked.indptr[vacancy] : asked.indptr[vacancy + 1]]
        columns = asked.indices[asked.indptr[vacancy] : asked.indptr[vacancy + 1]]
        needed = np.isin(columns, demand.essential[[vacancy]].indices)
        assert mine.sum() == (10_000 if len(mine) else 0)
        if needed.any() and (~needed).any():
            assert abs(mine[needed].min() - 2 * mine[~needed].min()) <= 2


def test_arguments_that_do_not_fit_are_refused():
    held = snapshot(worlds.pool(1, 4), worlds.demand(1, 2), SETTINGS)
    with pytest.raises(ValueError, match="keep is -1"):
        best_covered([held], worlds.demand(1, 2), -1, 5)
    with pytest.raises(ValueError, match="different vocabularies"):
        best_covered([held], worlds.demand(1, 2, worlds.vocabulary(4)), 3, 5)
