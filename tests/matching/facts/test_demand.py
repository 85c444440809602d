import numpy as np
import pytest

from mobility.matching.core.arrays import Entries
from mobility.matching.facts.demand import demand_from_columns
from tests.matching import worlds

WORDS = worlds.vocabulary()
PLAIN = {"key": [1], "start": [10], "end": [20], "positions": [2]}


def test_what_is_left_out_is_not_asked():
    demand = demand_from_columns(WORDS, **PLAIN)
    assert demand.group.tolist() == [-1]
    assert demand.essential.nnz == 0
    assert demand.facts == ({},)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"end": [9]}, r"end\[0\] is before start"),
        ({"positions": [-1]}, r"positions\[0\] is -1"),
        ({"scheme": [-1]}, r"scheme\[0\] is -1"),
        ({"group": [99]}, r"group\[0\] is 99"),
        ({"country": [-2]}, r"country\[0\] is -2"),
        ({"essential": Entries([1], [0], [1])}, r"essential row\[0\] is 1"),
        ({"optional": Entries([0], [0], [0])}, r"optional value\[0\] is 0"),
        ({"languages": [[0, 0]]}, "languages has shape"),
        ({"facts": []}, "facts has 0 rows, expected 1"),
    ],
)
def test_columns_that_do_not_fit_are_refused_by_name(columns, message):
    with pytest.raises(ValueError, match=message):
        demand_from_columns(WORDS, **(PLAIN | columns))


def test_a_skill_asked_twice_counts_as_essential():
    demand = demand_from_columns(
        WORDS, **PLAIN, essential=Entries([0], [4], [1]), optional=Entries([0, 0], [4, 5], [3, 2])
    )
    assert demand.essential[0, 4] == 1
    assert demand.optional.toarray()[0, [4, 5]].tolist() == [0, 2]
    assert demand.optional.nnz == 1


def test_taking_rows_takes_every_column():
    demand = worlds.demand(3, 6)
    rows = np.array([4, 1])
    taken = demand.take(rows)
    assert len(taken) == 2
    assert taken.key.tolist() == demand.key[rows].tolist()
    assert taken.facts == (demand.facts[4], demand.facts[1])
    assert taken.optional.toarray().tolist() == demand.optional.toarray()[rows].tolist()
