import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mobility.matching.runs.wishes import WISHES, wish_values
from mobility.matching.scoring.attributes import attributes_of
from mobility.matching.scoring.features import FEATURES, feature_values
from tests.matching import worlds


@given(st.integers(0, 300))
def test_a_wish_value_is_the_sum_of_what_the_worker_asked_for(seed):
    pool, demand = worlds.pool(seed, 12), worlds.demand(seed, 4)
    vacancy, worker = (axis.ravel() for axis in np.indices((4, 12)))
    workers = attributes_of(pool.profile, worlds.TODAY.toordinal())
    values = feature_values(workers, demand, vacancy, worker)
    columns = [list(FEATURES).index(wish.__name__) for wish in WISHES]
    found = wish_values(workers, demand, vacancy, worker)
    assert found.tolist() == values[:, columns].sum(axis=1).tolist()
    assert 0 <= found.min() <= found.max() <= 1000 * len(WISHES)


def test_only_what_workers_say_they_want_counts():
    assert [wish.__name__ for wish in WISHES] == [
        "destination_wish",
        "sector_wish",
        "duration_wish",
        "pay_wish",
        "availability",
    ]
