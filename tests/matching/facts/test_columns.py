from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.matching.facts.columns import coded_column, fact_column, facts_at

VALUES = st.lists(st.none() | st.dates() | st.frozensets(st.sampled_from(["GT", "HN"])) | st.text(max_size=3))


@given(VALUES)
def test_a_column_gives_back_what_was_put_in(values):
    column = fact_column(values)
    assert len(column) == len(values)
    assert [column.value_at(row) for row in range(len(values))] == values


@given(VALUES)
def test_a_column_holds_each_value_once(values):
    column = fact_column(values)
    assert len(set(column.values)) == len(column.values)
    assert set(column.values) == {value for value in values if value is not None}


@given(VALUES, st.randoms())
def test_taking_rows_keeps_their_values(values, random):
    rows = [random.randrange(len(values)) for _ in values]
    taken = fact_column(values).take(np.array(rows, dtype=np.intp))
    assert [taken.value_at(row) for row in range(len(rows))] == [values[row] for row in rows]


def test_codes_that_a_caller_has_already_make_a_column():
    column = coded_column([1, -1, 0], ["HN", "GT"])
    assert [column.value_at(row) for row in range(3)] == ["GT", None, "HN"]


def test_a_code_without_a_value_is_refused():
    with pytest.raises(ValueError, match=r"codes\[0\] is 2"):
        coded_column([2], ["HN", "GT"])
    with pytest.raises(ValueError, match="hold one twice"):
        coded_column([0], ["HN", "HN"])


def test_a_row_of_facts_reads_as_a_mapping():
    table = {"worker.age": fact_column([30, None]), "worker.birth_date": fact_column([None, date(1990, 1, 1)])}
    assert facts_at(table, 1) == {"worker.age": None, "worker.birth_date": date(1990, 1, 1)}
