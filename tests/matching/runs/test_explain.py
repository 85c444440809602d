import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.matching.allocation.allocation import Reason
from mobility.matching.allocation.quotas import no_quotas
from mobility.matching.runs.explain import Meets, SkillMatch, cut_off, explain, near_misses, tied_with
from mobility.matching.runs.run import match
from mobility.matching.scoring.documents import FULL_SCORE
from mobility.matching.scoring.features import FEATURES
from mobility.matching.scoring.scorecard import scorecard_from
from mobility.rules.basics.findings import Verdict, worst
from mobility.rules.basics.skills import Evidence
from mobility.rules.law.rulesets import in_force
from tests.matching import worlds
from tests.matching.scorecards import rich_document

SEEDS = st.integers(0, 10_000)
V, W = 6, 40
RULES = [tuple(rule.id for rule in in_force(rules, worlds.TODAY)) for rules in worlds.schemes()]


def world(seed):
    return worlds.pool(seed, W), worlds.demand(seed, V)


def run(seed, **run_settings):
    pool, demand = world(seed)
    return match(pool, demand, worlds.quotas(seed, V, W), worlds.run_settings(**run_settings))


def row(keys, key):
    return int(np.flatnonzero(keys == key)[0])


def test_a_pair_of_features_is_explained_as_one_contribution():
    card = scorecard_from(rich_document())
    pool, demand = world(3)
    why = explain(pool, 0, demand, 0, worlds.run_settings(scorecard=card))
    parts = {part.feature: part for part in why.contributions}
    assert tuple(parts) == card.lines
    assert sum(part.points for part in why.contributions) == why.score
    together = parts["experience*recency"]
    assert together.value == min(parts["experience"].value, parts["recency"].value)
    assert (together.full, sum(part.full for part in why.contributions)) == (100, FULL_SCORE)


@settings(max_examples=25)
@given(SEEDS)
def test_an_explanation_agrees_with_the_run(seed):
    pool, demand = world(seed)
    pairs = run(seed).scored.eligible
    for number in range(0, len(pairs), 7):
        worker, vacancy = row(pool.key, pairs.worker[number]), row(demand.key, pairs.vacancy[number])
        told = explain(pool, worker, demand, vacancy, worlds.run_settings())
        assert told.score == pairs.score[number] == sum(part.points for part in told.contributions)
        assert [part.points for part in told.contributions] == pairs.contributions[number].tolist()
        assert [part.feature for part in told.contributions] == list(FEATURES)
        assert worst(told.findings) is Verdict.PASS


@settings(max_examples=25)
@given(SEEDS, st.integers(0, W - 1), st.integers(0, V - 1))
def test_every_skill_asked_is_matched_partial_or_missing(seed, worker, vacancy):
    pool, demand = world(seed)
    told = explain(pool, worker, demand, vacancy, worlds.run_settings())
    had = pool.profile.skills.toarray()[worker]
    assert len(told.skills) == demand.essential[[vacancy]].nnz + demand.optional[[vacancy]].nnz
    for skill in told.skills:
        column = pool.vocabulary.skills.index(skill.skill)
        assert skill.had == had[column]
        assert (skill.evidence is None) == (skill.had == 0)
        assert skill.asked == (demand.essential if skill.essential else demand.optional)[vacancy, column]


@pytest.mark.parametrize(
    ("asked", "had", "meets"),
    [(2, 0, Meets.MISSING), (2, 1, Meets.PARTIAL), (2, 2, Meets.MATCHED), (2, 4, Meets.MATCHED)],
)
def test_a_skill_is_matched_at_the_level_asked(asked, had, meets):
    assert SkillMatch("S1", True, asked, had, Evidence.CLAIMED).meets is meets


@settings(max_examples=25)
@given(SEEDS, st.integers(0, W - 1), st.integers(0, V - 1), st.integers(0, 10_000))
def test_what_would_change_it_lifts_the_score_over_the_cut_off(seed, worker, vacancy, cut):
    pool, demand = world(seed)
    told = explain(pool, worker, demand, vacancy, worlds.run_settings(), cut_off=cut)
    if told.score > cut:
        assert told.change is None
    elif told.change is not None:
        assert told.change.score > cut
    else:
        assert told.best_change is None or told.best_change.score <= cut
    if told.best_change is not None:
        assert told.best_change.score > told.score


@settings(max_examples=25)
@given(SEEDS)
def test_the_cut_off_is_the_last_proposed_score_of_a_full_vacancy(seed):
    result = run(seed)
    pairs, allocation = result.scored.eligible, result.allocation
    for vacancy in result.scored.vacancies.tolist():
        mine = pairs.vacancy == vacancy
        full = mine & (allocation.reason == Reason.VACANCY_FULL)
        cut = cut_off(result, vacancy)
        if full.any() and (mine & allocation.proposed).any():
            assert cut == pairs.score[mine & allocation.proposed].min()
            assert (pairs.score[full] <= cut).all()
        else:
            assert cut is None


@settings(max_examples=25)
@given(SEEDS)
def test_near_misses_are_eligible_but_left_out_or_kept_out_by_one_rule(seed):
    result, (_, demand) = run(seed), world(seed)
    proposed = set(zip(result.proposals.vacancy.tolist(), result.proposals.worker.tolist(), strict=True))
    for vacancy, scheme in zip(demand.key.tolist(), demand.scheme.tolist(), strict=True):
        misses = near_misses(result, vacancy, RULES[scheme], limit=4)
        assert len(misses) <= 8
        assert [miss.score for miss in misses] == sorted((miss.score for miss in misses), reverse=True)
        for miss in misses:
            assert (vacancy, miss.worker) not in proposed
            assert (miss.reason is None) != (miss.rule is None)
            assert (miss.quota is not None) == (miss.reason is Reason.QUOTA_FULL)
            assert miss.rule is None or miss.rule in RULES[scheme]


def test_a_rule_that_is_told_as_the_obstacle_really_is_the_only_one():
    pool, demand = world(11)
    near = run(11).scored.near
    assert len(near) > 5
    for number in range(len(near)):
        vacancy, worker = row(demand.key, near.vacancy[number]), row(pool.key, near.worker[number])
        told = explain(pool, worker, demand, vacancy, worlds.run_settings())
        short = [finding.rule for finding in told.findings if finding.blocks]
        assert short == [RULES[int(demand.scheme[vacancy])][near.obstacle[number]]]


def test_ties_are_counted_among_those_on_the_list():
    pool, demand = worlds.pool(1, 12), worlds.demand(1, 1)
    twins = pool.take(np.zeros(12, dtype=np.intp))
    same = type(pool)(pool.vocabulary, pool.key, twins.profile, {})
    result = match(same, demand, no_quotas(1, 12), worlds.run_settings(schemes=[(), (), ()]))
    assert tied_with(result, int(demand.key[0]), int(pool.key[3])) == 11
    assert tied_with(result, int(demand.key[0]), -5) == 0
