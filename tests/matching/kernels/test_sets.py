from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from mobility.matching.kernels.engines import Kernel
from mobility.matching.kernels.machine import ALL, NONE
from mobility.matching.kernels.sets import drop_below_bound
from mobility.matching.scoring.scorecard import scorecard_from
from mobility.matching.search.search import KeysToKeep, search
from tests.matching import worlds
from tests.matching.engines import planned, snapshot
from tests.matching.scorecards import rich_document

SEEDS = st.integers(0, 10_000)
#: So many skills that hardly anybody brings one of those asked.
WORDS = worlds.vocabulary(2_000)
V, W = 8, 300
COUNTRY, SECTOR = np.array([0, 250, 500, 500], np.int16), np.array([0, 100, 300, 300], np.int16)


def found(kernel, pool, demand, run_settings, keep, near, rows):
    rule_columns = planned(pool, demand, run_settings)
    room = KeysToKeep(np.full(V, keep), np.full(V, near))
    lists = search(
        snapshot(pool, demand, run_settings, rows), demand, rule_columns, room, run_settings.scorecard, 7, kernel
    )
    return lists.eligible.keys.tolist(), lists.near.keys.tolist()


def willing(pool):
    """Return a pool in which every other worker brings as much as can be brought besides skills and experience."""
    profile, best = pool.profile, np.arange(len(pool)) % 2 == 0
    changes = {
        name: np.where(best.reshape(-1, *[1] * (getattr(profile, name).ndim - 1)), value, getattr(profile, name))
        for name, value in {
            "languages": 6, "earliest_start": 0, "months_away": 0, "pay_floor": 0, "returned_on_time": 5,
        }.items()
    }  # fmt: skip
    wishes = {
        name: csr_array(np.where(best[:, None], 1, getattr(profile, name).toarray()).astype(np.int8))
        for name in ("destinations", "sectors")
    }
    return replace(pool, profile=replace(profile, **changes, **wishes))


def paired(seed):
    """Return run settings in which experience and recency together bring a step."""
    document = rich_document(seed)
    document["pairs"][0]["points"] = [[0, 0, 0], *[[0, 100, 100]] * 3]
    return worlds.run_settings(scorecard=scorecard_from(document))


@settings(max_examples=40)
@given(SEEDS, st.sampled_from([1, 2, 5, 20]), st.sampled_from([0, 2]), st.sampled_from([paired, None]))
def test_whoever_is_dropped_unscored_would_not_have_been_kept(seed, keep, near, make):
    pool, demand = willing(worlds.pool(seed, W, WORDS)), worlds.demand(seed, V, WORDS)
    run_settings = make(seed) if make else worlds.run_settings()
    machine = found(Kernel.NUMBA, pool, demand, run_settings, keep, near, 16)
    assert machine == found(Kernel.NUMPY, pool, demand, run_settings, keep, near, 64)


def left(slack, *, shares=(), worked=()):
    """Return who is left of nine workers, one for each pair of (another, none, this) country and sector wanted."""
    wishes = np.zeros((5, 1), np.uint64)
    for worker, (country, sector) in enumerate((c, s) for c in (0, 1, 2) for s in (0, 1, 2)):
        for wish, rows in ((country, (None, 1, 0)), (sector, (None, 3, 2))):
            if rows[wish] is not None:
                wishes[rows[wish], 0] |= np.uint64(1) << np.uint64(worker)
    share, work = np.full(64, 5, np.uint32), np.zeros(64, np.uint8)
    share[list(shares)] = 6
    work[list(worked)] = 1
    words = np.array([2**9 - 1], np.uint64)
    wish = np.array([0, 1, 2, 3], np.int32)
    drop_below_bound(wishes, wish, (COUNTRY, SECTOR), slack, share, np.uint32(5), work, words)
    return [worker for worker in range(64) if int(words[0]) >> worker & 1]


@pytest.mark.parametrize(
    ("slack", "stay"),
    [
        (500, [0, 1, 2, 3, 4, 5, 6, 7, 8]),
        (499, [3, 4, 5, 6, 7, 8]),
        (300, [3, 4, 5, 6, 7, 8]),
        (299, [4, 5, 7, 8]),
        (249, [7, 8]),
        (99, [8]),
        (0, [8]),
        (-1, []),
    ],
)
def test_a_wish_that_costs_more_than_the_slack_is_out(slack, stay):
    assert left(slack) == stay


def test_whoever_brings_a_skill_or_experience_is_kept_for_scoring():
    assert left(-1, shares=[0, 4], worked=[7]) == [0, 4, 7]


def test_words_of_everybody_and_nobody_have_all_bits_and_none():
    assert (int(ALL), int(NONE)) == (2**64 - 1, 0)
