"""Best first against a plain loop over the same pairs, reserves first, limits of any shape."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mobility.matching.allocation.allocation import sort_pairs
from mobility.matching.allocation.best_first import Queue, common_order
from mobility.matching.allocation.loads import limit_arrays_of
from mobility.matching.allocation.tree import open_caps
from tests.matching import contests

SEEDS = st.integers(0, 1_000_000)


def plain(pairs, limits):
    """Propose pair after pair: in the first round into reserved units alone, then wherever there is room."""
    quotas = limits.quotas
    touched = quotas.touched(pairs.vacancy, pairs.worker).toarray()
    places, units, offers = limits.places.copy(), quotas.remaining.copy(), np.zeros(contests.W, int)
    taken, unkept = np.zeros(len(quotas), int), open_caps(limits)[: contests.V].copy()
    held = np.zeros(len(pairs.score), bool)
    for first_round in (True, False):
        for pair in pairs.order():
            vacancy, worker, mine = pairs.vacancy[pair], pairs.worker[pair], touched[pair]
            room = places[vacancy] > 0 and (units[mine] > 0).all() and offers[worker] < limits.a_worker
            free = mine & (taken < quotas.reserved)
            kept = first_round and (free & quotas.kept).any()
            if held[pair] or not room or (first_round and not free.any()) or not (kept or unkept[vacancy] > 0):
                continue
            held[pair] = True
            places[vacancy] -= 1
            unkept[vacancy] -= not kept
            units[mine] -= 1
            taken[mine] += 1
            offers[worker] += 1
    return held


@given(SEEDS, st.sampled_from(["nested", "crossing"]))
def test_the_compiled_loop_proposes_whom_the_plain_one_proposes(seed, kind):
    rng = np.random.default_rng(seed)
    pairs = contests.pairs(rng)
    limits = contests.limits(rng, getattr(contests, kind)(rng))
    ready = sort_pairs(pairs, limits)
    ground = limit_arrays_of(ready, limits)
    parts = (ground.cell, ground.pointer, ground.limit, ground.cap, ground.open_cap, ground.reserved, ground.kept)
    found = common_order(Queue(ready.best, pairs.worker, *parts), contests.W, limits.a_worker)
    assert found.tolist() == plain(pairs, limits).tolist()
