import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.matching.allocation.quotas import Limits, no_quotas, quotas_from_columns
from mobility.matching.allocation.sorting import ScoredPairs
from mobility.matching.allocation.tree import cells_of, open_caps, tree_of
from mobility.matching.core.arrays import Entries
from tests.matching import contests

SEEDS = st.integers(0, 1_000_000)


def every_pair(vacancies, workers):
    n = vacancies * workers
    rows = np.arange(n)
    return ScoredPairs(rows // workers, rows % workers, np.zeros(n, int), rows.astype(np.uint64))


def quotas(*parts, n=2, w=4):
    """Return quotas given as (vacancies, workers or None for everybody, units, reserved, kept)."""
    vacancies = [(v, row) for row, part in enumerate(parts) for v in part[0]]
    members = [(m, row) for row, part in enumerate(parts) for m in part[1] or ()]
    return quotas_from_columns(
        n,
        w,
        key=np.arange(len(parts)) + 10,
        remaining=[part[2] for part in parts],
        vacancies=entries(vacancies),
        workers=entries(members),
        everybody=[int(part[1] is None) for part in parts],
        reserved=[part[3] if len(part) > 3 else 0 for part in parts],
        kept=[int(part[4]) if len(part) > 4 else 0 for part in parts],
    )


def entries(cells):
    table = np.array(cells, dtype=np.int64).reshape(-1, 2)
    return Entries(table[:, 0], table[:, 1], np.ones(len(table), np.int64))


def tree(given, *, places=(3, 3), pairs=None, w=4):
    pairs = every_pair(len(places), w) if pairs is None else pairs
    limits = Limits(np.array(places), given, 1)
    return tree_of(cells_of(pairs, given, len(places)), limits)


@given(SEEDS)
def test_pairs_of_a_cell_touch_what_the_cell_touches(seed):
    rng = np.random.default_rng(seed)
    pairs, given_quotas = contests.pairs(rng), contests.crossing(rng)
    cells = cells_of(pairs, given_quotas, contests.V)
    touched = given_quotas.touched(pairs.vacancy, pairs.worker).toarray()
    expected = np.concatenate([np.equal.outer(pairs.vacancy, np.arange(contests.V)), touched], axis=1)
    assert (cells.limits.toarray()[cells.of_pair] == expected).all()
    assert cells.size.tolist() == np.bincount(cells.of_pair, minlength=len(cells.size)).tolist()


def test_more_quotas_than_a_whole_number_has_bits_are_told_apart():
    many = quotas(*[([0], [row % 4], 9) for row in range(130)], n=1)
    cells = cells_of(every_pair(1, 4), many, 1)
    assert len(cells.size) == 4
    assert sorted(cells.limits.sum(axis=1).tolist()) == [1 + 32, 1 + 32, 1 + 33, 1 + 33]


def test_limits_within_one_another_make_a_tree_from_the_inside_out():
    made = tree(quotas(([0, 1], None, 5), ([0], [0, 1], 1)))
    assert made.leaf.tolist() == [0, 3, 1, 1]  # outsiders at vacancy 0, the group within it, both at vacancy 1
    assert made.parent.tolist() == [2, 2, -1, 0]
    assert made.cap.tolist() == [3, 3, 5, 1]


def test_a_quota_of_some_workers_over_several_vacancies_crosses_them():
    assert tree(quotas(([0, 1], [0, 1], 3))) is None


def test_two_groups_that_share_a_worker_cross():
    assert tree(quotas(([0], [0, 1], 1), ([0], [1, 2], 1))) is None


def test_a_quota_that_cannot_be_used_up_may_cross():
    assert tree(quotas(([0, 1], [0, 1], 4))) is not None  # two members at each vacancy


def test_quotas_may_cross_at_a_vacancy_without_a_place():
    assert tree(quotas(([0, 1], None, 1), ([1, 2], None, 1), n=3), places=(3, 3, 3)) is None
    assert tree(quotas(([0, 1], None, 1), ([1, 2], None, 1), n=3), places=(3, 0, 3)) is not None


def test_a_quota_for_all_who_are_there_crosses_nothing():
    only_members = ScoredPairs(np.array([0, 1]), np.array([0, 0]), np.zeros(2, int), np.arange(2, dtype=np.uint64))
    assert tree(quotas(([0, 1], [0], 1)), pairs=only_members) is not None


def test_a_reserve_must_be_innermost():
    assert tree(quotas(([0, 1], None, 5, 2))) is None
    assert tree(quotas(([0], [0, 1], 3, 2))) is not None


def test_units_kept_for_groups_close_that_part_of_a_vacancy_to_others():
    kept = quotas(([0], [0, 1], 9, 2, True), ([0], [2], 9, 5, True), ([1], [0], 9, 1, False))
    assert open_caps(Limits(np.array([4, 3]), kept, 1)).tolist() == [0, 3, 9, 9, 9]


def test_units_are_kept_at_one_vacancy_only():
    with pytest.raises(ValueError, match="not confined to one vacancy"):
        quotas(([0, 1], [0], 9, 1, True))


@given(SEEDS)
def test_nested_quotas_always_make_a_tree(seed):
    rng = np.random.default_rng(seed)
    pairs, nested = contests.pairs(rng), contests.nested(rng)
    made = tree_of(cells_of(pairs, nested, contests.V), contests.limits(rng, nested))
    assert made is not None
    for limit in range(len(made.parent)):
        seen = [limit]
        while made.parent[seen[-1]] >= 0:
            seen.append(int(made.parent[seen[-1]]))
            assert len(seen) <= len(made.parent)


def test_without_pairs_or_quotas_there_is_a_tree():
    nothing = np.empty(0, int)
    none = ScoredPairs(nothing, nothing, nothing, nothing.astype(np.uint64))
    assert tree(no_quotas(2, 0), pairs=none) is not None
    assert tree(no_quotas(2, 4)).parent.tolist() == [-1, -1]
