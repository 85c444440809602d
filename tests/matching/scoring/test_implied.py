import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.matching.scoring.implied import implied_from_columns, with_implied
from mobility.matching.search.shortlist import score_batch
from tests.matching import worlds
from tests.matching.engines import parts_of, snapshot

SEEDS = st.integers(0, 10_000)


def some_implied(seed, skills=30, size=25):
    rng = np.random.default_rng([seed, 8])
    narrower = rng.integers(0, skills, size)
    return implied_from_columns(
        skills, narrower, (narrower + rng.integers(1, skills, size)) % skills, rng.integers(1, 1001, size)
    )


@given(SEEDS)
def test_of_own_and_implied_skills_the_best_stands_and_never_the_sum(seed):
    profile, implied = worlds.pool(seed, 9).profile, some_implied(seed)
    levels, evidence = profile.skills.toarray().astype(int), profile.evidence.toarray().astype(int)
    expected, vouched = levels.copy(), evidence.copy()
    for narrower, broader, share in zip(implied.narrower, implied.broader, implied.share, strict=True):
        for row in range(9):
            level = levels[row, narrower] * share // 1000
            if level:
                expected[row, broader] = max(expected[row, broader], level)
                vouched[row, broader] = max(vouched[row, broader], evidence[row, narrower])
    found = with_implied(profile, implied)
    assert found.skills.toarray().tolist() == expected.tolist()
    assert found.evidence.toarray().tolist() == vouched.tolist()


@settings(max_examples=10)
@given(SEEDS)
def test_what_is_implied_never_lowers_a_score(seed):
    pool, demand = worlds.pool(seed, 30), worlds.demand(seed, 4)
    everyone = worlds.run_settings(top=30, near=0, schemes=[(), (), ()])
    plain = score_batch(pool, demand, np.arange(4), everyone)
    more = score_batch(pool, demand, np.arange(4), everyone._replace(implied=some_implied(seed)))
    scores = [
        dict(zip(zip(pairs.vacancy.tolist(), pairs.worker.tolist(), strict=True), pairs.score.tolist(), strict=True))
        for pairs in (plain.eligible, more.eligible)
    ]
    assert scores[0].keys() == scores[1].keys()
    assert all(scores[1][pair] >= score for pair, score in scores[0].items())


def test_nothing_implied_changes_nothing():
    pool, demand, run_settings = worlds.pool(2, 9), worlds.demand(2, 3), worlds.run_settings()
    nothing = implied_from_columns(30, (), (), ())
    assert with_implied(pool.profile, None) is with_implied(pool.profile, nothing) is pool.profile
    rows = np.arange(3)
    plain, same = (score_batch(pool, demand, rows, run_settings._replace(implied=each)) for each in (None, nothing))
    assert parts_of(plain) == parts_of(same)
    assert len(snapshot(pool, demand, run_settings)) == 9


@pytest.mark.parametrize(
    ("narrower", "broader", "share", "message"),
    [
        ([3], [3], [500], "skill 3 implies itself"),
        ([30], [1], [500], r"narrower\[0\] is 30"),
        ([1], [2], [0], r"share\[0\] is 0"),
        ([1], [2], [1001], r"share\[0\] is 1001"),
        ([1, 2], [2], [500], "broader has shape"),
        ([1.5], [2], [500], "not a whole number"),
    ],
)
def test_implications_that_make_no_sense_are_refused(narrower, broader, share, message):
    with pytest.raises(ValueError, match=message):
        implied_from_columns(30, narrower, broader, share)
