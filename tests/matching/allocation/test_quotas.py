import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.matching.allocation.quotas import no_quotas, quotas_from_columns
from mobility.matching.core.arrays import Entries
from tests.matching import worlds


def test_a_pair_touches_the_quotas_of_both_its_sides():
    quotas = quotas_from_columns(
        2,
        2,
        key=[7, 8, 9],
        remaining=[5, 5, 5],
        vacancies=Entries([0, 0, 1], [0, 1, 2], [1, 1, 1]),
        workers=Entries([0, 0, 1, 1], [0, 2, 0, 1], [1, 1, 1, 1]),
    )
    touched = quotas.touched(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))
    assert touched.toarray().tolist() == [[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 0, 0]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"remaining": [-1]}, r"remaining\[0\] is -1"),
        ({"key": [1, 1], "remaining": [1, 1]}, "key stands twice"),
        ({"vacancies": Entries([2], [0], [1])}, r"quota of vacancy row\[0\] is 2"),
        ({"workers": Entries([0], [1], [1])}, r"quota of worker column\[0\] is 1"),
    ],
)
def test_quotas_that_do_not_fit_are_refused(change, message):
    plain = {"key": [1], "remaining": [1], "vacancies": Entries([0], [0], [1]), "workers": Entries([0], [0], [1])}
    with pytest.raises(ValueError, match=message):
        quotas_from_columns(2, 3, **(plain | change))


def test_a_run_may_have_no_quotas():
    assert len(no_quotas(3, 4)) == 0
    assert no_quotas(3, 4).touched(np.array([0, 2]), np.array([1, 3])).nnz == 0


@given(st.integers(0, 1000))
def test_order_changes_nothing_but_the_order(seed):
    quotas = worlds.quotas(seed, 4, 6)
    vacancies, workers = np.random.default_rng(seed).permutation(4), np.random.default_rng(seed).permutation(6)
    moved = quotas.in_order(vacancies, workers)
    assert moved.key.tolist() == sorted(quotas.key.tolist())
    by_key = dict(zip(quotas.key.tolist(), quotas.remaining.tolist(), strict=True))
    assert moved.remaining.tolist() == [by_key[key] for key in moved.key.tolist()]
    here = quotas.touched(vacancies[[1, 2]], workers[[3, 5]]).toarray()[:, np.argsort(quotas.key)]
    assert moved.touched(np.array([1, 2]), np.array([3, 5])).toarray().tolist() == here.tolist()
