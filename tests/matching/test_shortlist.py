import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.matching import shortlist
from mobility.matching.attributes import attributes_of
from mobility.matching.eligibility import PoolRules, eligible, sole_obstacle
from mobility.matching.features import feature_values
from mobility.matching.scorecard import scorecard_from
from mobility.matching.shortlist import Shortlist, score_chunk
from mobility.matching.ties import tie_order
from tests.matching import worlds
from tests.matching.scorecards import rich_document

SEEDS = st.integers(0, 10_000)
V, W = 5, 40
EPOCH = worlds.TODAY.toordinal()


def plain_ranking(pool, demand, terms, vacancy, rows):
    """Rank workers the slow way: (score, lottery) one by one."""
    scored = []
    for row in rows:
        values = feature_values(attributes_of(pool.profile, EPOCH), demand, np.array([vacancy]), np.array([row]))
        key = int(pool.key[row])
        tie = int(tie_order(terms.seed, demand.key[[vacancy]], pool.key[[row]])[0])
        scored.append((-int(terms.scorecard.contributions(values).sum()), tie, key))
    return [(key, -score) for score, _, key in sorted(scored)]


def listed(pairs: Shortlist, vacancy):
    mine = pairs.vacancy == vacancy
    return list(zip(pairs.worker[mine].tolist(), pairs.score[mine].tolist(), strict=True))


@settings(max_examples=15)
@given(SEEDS, st.integers(0, 6), st.integers(0, 3))
def test_the_shortlist_is_the_top_of_a_plain_ranking(seed, top, near):
    pool, demand = worlds.pool(seed, W), worlds.demand(seed, V)
    terms = worlds.terms(top=top, near=near, per_position=1)
    chunk = score_chunk(pool, demand, np.arange(V), terms)
    rules = PoolRules(pool, terms.schemes, terms.on)
    for vacancy in range(V):
        marks, blocking = rules.marks(demand, vacancy), rules.blocking(int(demand.scheme[vacancy]))
        fits = np.flatnonzero(eligible(marks, blocking))
        obstacle = sole_obstacle(marks, blocking)
        ranking = plain_ranking(pool, demand, terms, vacancy, fits)
        key = int(demand.key[vacancy])
        assert listed(chunk.eligible, key) == ranking[: int(demand.positions[vacancy]) + top]
        assert (
            listed(chunk.near, key) == plain_ranking(pool, demand, terms, vacancy, np.flatnonzero(obstacle >= 0))[:near]
        )
        place = chunk.vacancies.tolist().index(key)
        assert chunk.waterfalls[place].eligible == len(fits)
        assert chunk.truncated[place] == (len(fits) > demand.positions[vacancy] + top)


@settings(max_examples=25)
@given(SEEDS)
def test_contributions_sum_to_the_score_exactly(seed):
    chunk = score_chunk(worlds.pool(seed, W), worlds.demand(seed, V), np.arange(V), worlds.terms())
    for pairs in (chunk.eligible, chunk.near):
        assert pairs.contributions.sum(axis=1).tolist() == pairs.score.tolist()
    assert (chunk.eligible.obstacle == -1).all()
    assert (chunk.near.obstacle >= 0).all()


@settings(max_examples=15)
@given(SEEDS, st.integers(1, 50), st.integers(1, 300))
def test_the_size_of_blocks_changes_nothing(seed, block, at_once):
    pool, demand, terms = worlds.pool(seed, W), worlds.demand(seed, V), worlds.terms(top=3)
    whole = score_chunk(pool, demand, np.arange(V), terms)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shortlist, "BLOCK", block)
        patch.setattr(shortlist, "PAIRS_AT_ONCE", at_once)
        parts = score_chunk(pool, demand, np.arange(V), terms)
    for name in ("vacancy", "worker", "score", "tie", "contributions", "obstacle"):
        assert getattr(parts.eligible, name).tolist() == getattr(whole.eligible, name).tolist()
        assert getattr(parts.near, name).tolist() == getattr(whole.near, name).tolist()
    for one, other in zip(parts.waterfalls, whole.waterfalls, strict=True):
        assert (one.considered, one.eligible, one.unclear) == (other.considered, other.eligible, other.unclear)
        assert one.sole.tolist() == other.sole.tolist()


@pytest.mark.parametrize(("workers", "vacancies"), [(0, 3), (4, 0), (0, 0)])
def test_pool_and_demand_may_be_empty(workers, vacancies):
    chunk = score_chunk(worlds.pool(1, workers), worlds.demand(1, vacancies), np.arange(vacancies), worlds.terms())
    assert len(chunk.waterfalls) == len(chunk.truncated) == vacancies
    assert len(chunk.eligible) == 0 or workers > 0


def test_arrays_and_terms_that_do_not_fit_are_refused():
    pool, demand, rows = worlds.pool(1, 3), worlds.demand(1, 6), np.arange(6)
    with pytest.raises(ValueError, match="different vocabularies"):
        score_chunk(worlds.pool(1, 3, worlds.vocabulary(4)), demand, rows, worlds.terms())
    with pytest.raises(ValueError, match="a vacancy names scheme 2 of 1"):
        score_chunk(pool, demand, rows, worlds.terms(schemes=[()]))
    with pytest.raises(ValueError, match="a term of the run is negative"):
        score_chunk(pool, demand, rows, worlds.terms(top=-1))


def test_a_scorecard_with_pairs_has_a_column_for_each_of_its_terms():
    card = scorecard_from(rich_document())
    chunk = score_chunk(worlds.pool(1, W), worlds.demand(1, V), np.arange(V), worlds.terms(scorecard=card))
    assert len(chunk.eligible)
    for pairs in (chunk.eligible, chunk.near):
        assert pairs.contributions.shape == (len(pairs), len(card.terms))
        assert pairs.contributions.sum(axis=1).tolist() == pairs.score.tolist()
