import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mobility.matching.allocation.allocation import sort_pairs
from mobility.matching.allocation.loads import limit_arrays_of, limit_loads_of
from tests.matching import contests

SEEDS = st.integers(0, 1_000_000)


@given(SEEDS)
def test_loads_and_weakest_holders_are_those_of_the_pairs_held(seed):
    rng = np.random.default_rng(seed)
    pairs = contests.pairs(rng)
    limits = contests.limits(rng, contests.nested(rng))
    held = rng.random(len(pairs.score)) < 0.5
    ground = limit_arrays_of(sort_pairs(pairs, limits), limits)
    standing = limit_loads_of(ground, held)

    touched = limits.quotas.touched(pairs.vacancy, pairs.worker).toarray()
    touches = np.concatenate([np.equal.outer(pairs.vacancy, np.arange(contests.V)), touched], axis=1)
    n = len(pairs.score)
    for limit in range(touches.shape[1]):
        mine = held & touches[:, limit]
        assert standing.load[limit] == mine.sum()
        assert standing.weakest[limit] == min(standing.strength[mine], default=3 * n)


@given(SEEDS)
def test_the_best_of_a_reserve_stand_above_everybody_without_one(seed):
    rng = np.random.default_rng(seed)
    pairs = contests.pairs(rng)
    limits = contests.limits(rng, contests.nested(rng))
    held = rng.random(len(pairs.score)) < 0.5
    ground = limit_arrays_of(sort_pairs(pairs, limits), limits)
    strength, n = limit_loads_of(ground, held).strength, len(pairs.score)

    quotas = limits.quotas
    touched = quotas.touched(pairs.vacancy, pairs.worker).toarray()
    lifted = np.zeros(n, int)
    for quota in np.flatnonzero(quotas.reserved):
        members = np.flatnonzero(held & touched[:, quota])
        best = members[np.argsort(-ground.merit[members])][: quotas.reserved[quota]]
        lifted[best] = np.maximum(lifted[best], 2 if quotas.kept[quota] else 1)
    assert (strength[held] // max(n, 1)).tolist() == lifted[held].tolist()
    assert (strength % max(n, 1) == ground.merit).all()
