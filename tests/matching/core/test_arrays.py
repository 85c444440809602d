import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mobility.matching.core.arrays import NO_ENTRIES, Entries, lookup, table, unique_keys, whole


def test_whole_numbers_keep_value_and_take_the_type():
    result = whole("months", [0, 7.0, 300], (3,), np.int16)
    assert result.dtype == np.int16
    assert result.tolist() == [0, 7, 300]
    assert not result.flags.writeable


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1, 2], r"months has shape \(2,\), expected \(3,\)"),
        ([0, float("nan"), 1], "months holds a value that is not a whole number"),
        ([0, 1.5, 1], "not a whole number"),
        ([0, 1, -4], r"months\[2\] is -4, expected 0 to 32767"),
        ([0, 40_000, 1], r"months\[1\] is 40000"),
        (["a", "b", "c"], "months must be numbers"),
    ],
)
def test_a_wrong_column_is_refused_with_its_name_and_place(values, message):
    with pytest.raises(ValueError, match=message):
        whole("months", values, (3,), np.int16)


def test_a_table_keeps_the_greater_of_two_values_in_one_cell():
    cells = table("skills", Entries([1, 0, 1], [2, 0, 2], [1, 4, 3]), (2, 3), np.int8, high=4)
    assert cells.toarray().tolist() == [[4, 0, 0], [0, 0, 3]]
    assert cells.nnz == 2


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        (Entries([2], [0], [1]), r"skills row\[0\] is 2, expected 0 to 1"),
        (Entries([0], [3], [1]), r"skills column\[0\] is 3"),
        (Entries([0], [-1], [1]), r"skills column\[0\] is -1"),
        (Entries([0], [0], [5]), r"skills value\[0\] is 5, expected 1 to 4"),
        (Entries([0, 1], [0], [1, 1]), "skills column has shape"),
    ],
)
def test_a_cell_outside_its_table_is_refused(entries, message):
    with pytest.raises(ValueError, match=message):
        table("skills", entries, (2, 3), np.int8, high=4)


def test_a_table_may_be_empty_or_have_no_columns():
    assert table("skills", NO_ENTRIES, (3, 0), np.int8).shape == (3, 0)
    assert table("skills", NO_ENTRIES, (0, 4), np.int8).nnz == 0


@given(arrays(np.int16, (4, 5), elements=st.integers(0, 3)), st.lists(st.tuples(st.integers(0, 3), st.integers(-1, 4))))
def test_lookup_equals_dense_indexing(dense, wanted):
    row, column = np.nonzero(dense)
    cells = table("cells", Entries(row, column, dense[row, column]), dense.shape, np.int16)
    rows, columns = (np.array([pair[side] for pair in wanted], dtype=np.int64) for side in (0, 1))
    expected = [0 if c < 0 else int(dense[r, c]) for r, c in wanted]
    assert lookup(cells, rows, columns).tolist() == expected


def test_keys_are_unique_and_not_negative():
    assert unique_keys([5, 3]).tolist() == [5, 3]
    with pytest.raises(ValueError, match="key stands twice"):
        unique_keys([5, 5])
    with pytest.raises(ValueError, match=r"key\[1\] is -1"):
        unique_keys([5, -1])
