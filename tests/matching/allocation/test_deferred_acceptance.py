"""Deferred acceptance against its plain form and against the definition of stability, by enumeration."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.matching.allocation.allocation import contest_of, sort_pairs
from mobility.matching.allocation.deferred_acceptance import deferred_acceptance
from mobility.matching.allocation.quotas import Limits, no_quotas, quotas_from_columns
from mobility.matching.allocation.sorting import ScoredPairs
from mobility.matching.allocation.tree import tree_of
from mobility.matching.core.arrays import Entries
from tests.matching import contests
from tests.matching.plain_acceptance import choice, deferred_acceptance_plain

SEEDS = st.integers(0, 1_000_000)


def contest(pairs, limits):
    ready = sort_pairs(pairs, limits)
    tree = tree_of(ready.cells, limits)
    assert tree is not None
    return contest_of(pairs, ready, tree), ready.preferred


def world(seed, **options):
    rng = np.random.default_rng(seed)
    pairs = contests.pairs(rng)
    limits = contests.limits(rng, contests.nested(rng, **options))
    return pairs, limits, *contest(pairs, limits)


@given(SEEDS)
def test_the_compiled_loop_holds_whom_the_plain_one_holds(seed):
    _, limits, asked, _ = world(seed)
    compiled = deferred_acceptance(asked, limits.a_worker)
    plain = deferred_acceptance_plain(asked, limits.a_worker)
    assert compiled.tolist() == plain.tolist()


@given(SEEDS)
def test_no_pair_blocks_by_definition(seed):
    """A pair blocks if the limits would choose it beside what they hold, and its worker would rather have it."""
    _, limits, asked, _ = world(seed)
    held = set(np.flatnonzero(deferred_acceptance(asked, limits.a_worker)).tolist())
    assert choice(asked, held) == held
    for pair in set(range(len(asked.merit))) - held:
        worker = asked.owner[pair]
        own = [other for other in held if asked.owner[other] == worker]
        if limits.a_worker and (len(own) < limits.a_worker or pair < max(own)):
            assert pair not in choice(asked, held | {pair})


@given(SEEDS)
def test_choice_never_takes_back_what_it_would_choose_among_more(seed):
    """Substitutes: whoever is chosen among many is chosen among fewer; without it no stable outcome need exist."""
    _, _, asked, _ = world(seed)
    rng = np.random.default_rng(seed)
    many = set(np.flatnonzero(rng.random(len(asked.merit)) < 0.7).tolist())
    fewer = {pair for pair in many if rng.random() < 0.6}
    assert choice(asked, many) & fewer <= choice(asked, fewer)
    assert len(choice(asked, fewer)) <= len(choice(asked, many))


@given(SEEDS, st.integers(0, 5))
def test_with_one_offer_nobody_gains_by_other_wishes_than_their_own(seed, worker):
    rng = np.random.default_rng(seed)
    pairs = contests.pairs(rng)
    limits = contests.limits(rng, contests.nested(rng))._replace(a_worker=1)

    def vacancy_of(wish):
        asked, order = contest(pairs._replace(wish=wish), limits)
        held = order[deferred_acceptance(asked, 1)]
        mine = held[pairs.worker[held] == worker]
        return int(mine[0]) if len(mine) else None

    own = np.flatnonzero(pairs.worker == worker)
    truth = pairs.wish.copy()
    truth[own] = rng.permutation(len(own)) * 10
    lie = truth.copy()
    lie[own] = rng.permutation(len(own)) * 10
    honest, gained = vacancy_of(truth), vacancy_of(lie)
    assert gained is None or (honest is not None and truth[honest] >= truth[gained])


@given(SEEDS)
def test_units_kept_for_a_group_hold_nobody_else(seed):
    pairs, limits, asked, order = world(seed)
    held = order[deferred_acceptance(asked, limits.a_worker)]
    quotas = limits.quotas
    touched = quotas.touched(pairs.vacancy[held], pairs.worker[held]).toarray()
    for vacancy in range(contests.V):
        here = touched[pairs.vacancy[held] == vacancy]
        promised = [q for q in np.flatnonzero(quotas.kept) if quotas.lone_vacancy()[q] == vacancy]
        inside = sum(min(int(quotas.reserved[q]), int(here[:, q].sum())) for q in promised)
        promise = sum(int(quotas.reserved[q]) for q in promised)
        assert len(here) - inside <= max(0, limits.places[vacancy] - promise)


def scene(scores, *, places, reserved, kept, members, cap=9):
    """Return one vacancy to which everybody wants, with a reserve for some."""
    n = len(scores)
    quotas = quotas_from_columns(
        1,
        n,
        key=[7],
        remaining=[cap],
        vacancies=Entries([0], [0], [1]),
        workers=Entries(members, np.zeros(len(members), int), np.ones(len(members), int)),
        reserved=[reserved],
        kept=[int(kept)],
    )
    pairs = ScoredPairs(
        np.zeros(n, int), np.arange(n), np.array(scores), np.arange(n, dtype=np.uint64), np.zeros(n, int)
    )
    asked, order = contest(pairs, Limits(np.array([places]), quotas, 1))
    return sorted(order[deferred_acceptance(asked, 1)].tolist())


@pytest.mark.parametrize(
    ("members", "reserved", "kept", "held"),
    [
        ([3, 4], 1, False, [0, 1, 3]),  # the better of the group comes in, although two others score more
        ([3, 4], 2, False, [0, 3, 4]),
        ([0, 4], 1, False, [0, 1, 2]),  # the best of the group fills the unit: no second one is owed
        ([], 1, False, [0, 1, 2]),  # nobody to fill it: open to all
        ([], 1, True, [0, 1]),  # or kept
        ([4], 2, True, [0, 4]),
        ([2, 3, 4], 1, True, [0, 1, 2]),
        ([0, 1, 2, 3, 4], 3, True, [0, 1, 2]),
    ],
)
def test_reserved_units_go_first_to_the_best_of_the_group(members, reserved, kept, held):
    assert scene([90, 80, 70, 60, 50], places=3, reserved=reserved, kept=kept, members=members) == held


def test_a_group_has_no_more_than_its_cap_though_units_are_reserved():
    assert scene([90, 80, 70], places=3, reserved=2, kept=True, members=[0, 1, 2], cap=1) == [0]


def test_a_worker_gets_the_vacancy_they_wish_for_though_they_score_more_elsewhere():
    pairs = ScoredPairs(
        np.array([0, 1]), np.array([0, 0]), np.array([900, 100]), np.arange(2, dtype=np.uint64), np.array([1, 5])
    )
    asked, order = contest(pairs, Limits(np.array([1, 1]), no_quotas(2, 1), 1))
    assert order[deferred_acceptance(asked, 1)].tolist() == [1]


def test_whoever_loses_an_offer_asks_the_next_vacancy():
    vacancy, worker = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    score, wish = np.array([50, 60, 10, 90]), np.array([9, 9, 1, 1])
    pairs = ScoredPairs(vacancy, worker, score, np.arange(4, dtype=np.uint64), wish)
    asked, order = contest(pairs, Limits(np.array([1, 1]), no_quotas(2, 2), 1))
    assert sorted(order[deferred_acceptance(asked, 1)].tolist()) == [1, 2]


def test_without_pairs_nobody_is_held():
    nothing = np.empty(0, dtype=np.intp)
    pairs = ScoredPairs(nothing, nothing, nothing, nothing.astype(np.uint64), nothing)
    asked, _ = contest(pairs, Limits(np.array([3]), no_quotas(1, 0), 1))
    assert deferred_acceptance(asked, 1).tolist() == []
    assert deferred_acceptance_plain(asked, 1).tolist() == []
