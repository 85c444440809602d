from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from mobility.matching.facts.demand import demand_from_columns
from mobility.matching.runs.changes import Change, ChangeKind, possible_changes, smallest_change
from mobility.matching.scoring.attributes import attributes_of
from mobility.matching.scoring.features import feature_values
from mobility.matching.scoring.scorecard import expert_scorecard
from tests.matching import worlds

SEEDS = st.integers(0, 10_000)
CARD = expert_scorecard()
PAIR = np.zeros(1, dtype=np.intp)
EPOCH = worlds.TODAY.toordinal()
PARTS = {ChangeKind.SKILL_LEVEL: "skills", ChangeKind.EVIDENCE: "evidence", ChangeKind.EXPERIENCE: "experience"}


def score(pool, demand):
    return int(CARD.contributions(feature_values(attributes_of(pool.profile, EPOCH), demand, PAIR, PAIR)).sum())


def made(pool, change):
    """Make one change to a pool of one worker, the plain way."""
    words = pool.vocabulary
    if change.kind is ChangeKind.LANGUAGE:
        languages = pool.profile.languages.copy()
        languages[0, words.languages.index(change.subject)] = change.after
        return replace(pool, profile=replace(pool.profile, languages=languages))
    names = words.groups if change.kind is ChangeKind.EXPERIENCE else words.skills
    column = names.index(change.subject)
    cells = getattr(pool.profile, PARTS[change.kind]).toarray()
    assert cells[0, column] == change.before
    cells[0, column] = change.after
    parts = {PARTS[change.kind]: csr_array(cells)}
    if change.kind is ChangeKind.SKILL_LEVEL and change.before == 0:
        claimed = pool.profile.evidence.toarray()
        claimed[0, column] = 1
        parts["evidence"] = csr_array(claimed)
    return replace(pool, profile=replace(pool.profile, **parts))


@settings(max_examples=25)
@given(SEEDS)
def test_each_change_really_brings_the_score_it_promises(seed):
    pool, demand = worlds.pool(seed, 1), worlds.demand(seed, 1)
    for change in possible_changes(pool, demand, CARD, EPOCH):
        assert change.score == score(made(pool, change), demand)
        assert change.score >= score(pool, demand)
        assert change.after > change.before
        assert change.steps >= 1


@given(SEEDS, st.integers(0, 10_000))
def test_the_smallest_change_is_enough_and_nothing_smaller_is(seed, cut_off):
    pool, demand = worlds.pool(seed, 1), worlds.demand(seed, 1)
    changes = possible_changes(pool, demand, CARD, EPOCH)
    smallest = smallest_change(changes, cut_off)
    if smallest is None:
        assert all(change.score <= cut_off for change in changes)
    else:
        assert smallest.score > cut_off
        assert all(change.score <= cut_off for change in changes if change.steps < smallest.steps)


def test_of_equal_steps_the_better_one_is_named():
    changes = [Change(ChangeKind.LANGUAGE, name, 1, 2, 1, points) for name, points in (("en", 500), ("es", 700))]
    assert smallest_change(changes, 400).subject == "es"
    assert smallest_change(changes, 700) is None


def test_nobody_is_told_to_learn_what_is_not_asked():
    pool, demand = worlds.pool(6, 1), worlds.demand(6, 1)
    words, asked = pool.vocabulary, set(demand.essential.indices) | set(demand.optional.indices)
    for change in possible_changes(pool, demand, CARD, EPOCH):
        if change.kind in {ChangeKind.SKILL_LEVEL, ChangeKind.EVIDENCE}:
            assert words.skills.index(change.subject) in asked
        if change.kind is ChangeKind.LANGUAGE:
            assert demand.languages[0, words.languages.index(change.subject)] > 0


def test_a_vacancy_that_asks_nothing_leaves_nothing_to_gain():
    nothing = demand_from_columns(worlds.vocabulary(), key=[1], start=[1], end=[2], positions=[1])
    assert possible_changes(worlds.pool(6, 1), nothing, CARD, EPOCH) == ()
