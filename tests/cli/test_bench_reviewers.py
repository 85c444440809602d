"""The simulated reviewers of the ranker's benchmark are seeded, show lists as described, and value more of a good thing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import reviewers
from bench.reviewers import EXPERT, MONOTONE, SHOWN, TRAITS
from mobility.matching.learning.quality import ndcg


def test_eighteen_features_help_and_two_are_noise():
    assert MONOTONE.sum() == 18
    assert [trait.name for trait in TRAITS if not trait.monotone] == ["noise_1", "noise_2"]
    assert (EXPERT[~MONOTONE] == 0).all()
    assert (EXPERT[MONOTONE] > 0).all()


@given(st.integers(0, 1000), st.sampled_from([0.0, 1.0, 3.0]))
def test_more_of_a_good_thing_is_never_worth_less(seed, strength):
    rng = np.random.default_rng(seed)
    values = reviewers.workers(rng, 50)
    better = np.where(rng.random(values.shape) < 0.3, np.maximum(values, reviewers.workers(rng, 50)), values)
    better[:, ~MONOTONE] = rng.normal(size=(50, 2))
    assert (reviewers.worth(better, strength) >= reviewers.worth(values, strength) - 1e-9).all()


def test_equal_seeds_give_equal_decisions():
    first, second = (reviewers.decisions(5, 20, 1.0) for _ in range(2))
    assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))
    assert not np.array_equal(first.favourable, reviewers.decisions(6, 20, 1.0).favourable[: len(first.favourable)])


def test_a_list_is_looked_at_from_the_top_and_each_place_at_most_once():
    found = reviewers.decisions(7, 400, 1.0)
    assert 10 < len(found.favourable) / 400 < 14
    assert found.position.max() == SHOWN - 1
    assert len(set(zip(found.lists.tolist(), found.position.tolist(), strict=True))) == len(found.lists)
    seen = np.bincount(found.position) / 400
    assert seen[0] == 1
    assert seen[-1] == pytest.approx(1 / (1 + 0.08 * 19), abs=0.1)
    assert 0.3 < found.favourable.mean() < 0.8


def test_two_of_a_list_are_drawn_from_the_rest():
    found = reviewers.decisions(8, 200, 1.0)
    falls = [(np.diff(found.values[found.lists == number] @ EXPERT) > 0).sum() for number in range(200)]
    assert 0 < np.mean(falls) <= 2


def test_a_trial_can_be_ranked_perfectly_by_its_worth_and_not_by_the_experts():
    trial = reviewers.trial(1.0, lists=10, count=200)
    best = reviewers.worth(trial.values, 1.0).reshape(trial.relevance.shape)
    assert ndcg(best, trial.relevance).tolist() == pytest.approx([1.0] * 10)
    experts = (trial.values @ EXPERT).reshape(trial.relevance.shape)
    assert 0.8 < ndcg(experts, trial.relevance).mean() < 0.99
