from dataclasses import fields

import numpy as np
import pytest

from mobility.matching.core.arrays import Entries
from mobility.matching.facts.columns import fact_column
from mobility.matching.facts.pool import Profile, pool_from_columns
from mobility.rules.law.facts import DISCRIMINATORY
from tests.matching import worlds

WORDS = worlds.vocabulary()
#: All that may move a worker's score. Adding to it is a decision about people: see domain.md, section 6.
ALLOWED = {
    "skills",
    "evidence",
    "experience",
    "last_worked",
    "languages",
    "earliest_start",
    "destinations",
    "sectors",
    "months_away",
    "pay_floor",
    "pay_currency",
    "returned_on_time",
}
PROTECTED = {"sex", "age", "birth", "nationality", "origin", "name", "photo", "contact", "displaced", "family"}


def test_a_profile_holds_only_what_may_move_a_score():
    names = {part.name for part in fields(Profile)}
    assert names == ALLOWED
    assert not names & set(DISCRIMINATORY)
    assert not [name for name in names if PROTECTED & set(name.split("_"))]


def test_what_is_left_out_is_unknown_for_everybody():
    pool = pool_from_columns(WORDS, key=[4, 9])
    assert len(pool) == 2
    assert pool.profile.skills.shape == (2, len(WORDS.skills))
    assert pool.profile.pay_currency.tolist() == [-1, -1]
    assert pool.profile.languages.tolist() == [[0, 0, 0]] * 2


def test_a_pool_may_be_empty():
    assert len(pool_from_columns(WORDS, key=[])) == 0


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"key": [1, 1]}, "key stands twice"),
        ({"key": [1], "skills": Entries([0], [0], [2])}, "evidence needs one rank"),
        ({"key": [1], "skills": Entries([0], [99], [2]), "evidence": [1]}, r"skills column\[0\] is 99"),
        ({"key": [1], "skills": Entries([0], [0], [5]), "evidence": [1]}, r"skills value\[0\] is 5"),
        ({"key": [1], "skills": Entries([0], [0], [2]), "evidence": [0]}, r"evidence value\[0\] is 0"),
        ({"key": [1], "languages": [[0, 7, 0]]}, r"languages\[0, 1\] is 7"),
        ({"key": [1], "months_away": [[1, float("nan")]]}, "months_away holds a value"),
        ({"key": [1], "pay_currency": [2]}, r"pay_currency\[0\] is 2"),
        ({"key": [1, 2], "earliest_start": [1]}, "earliest_start has shape"),
        ({"key": [1], "facts": {"worker.age": fact_column([1, 2])}}, "worker.age has 2 rows, expected 1"),
    ],
)
def test_columns_that_do_not_fit_are_refused_by_name(columns, message):
    with pytest.raises(ValueError, match=message):
        pool_from_columns(WORDS, **columns)


def test_taking_rows_takes_every_column():
    pool = worlds.pool(3, 8)
    rows = np.array([5, 2])
    taken = pool.take(rows)
    assert taken.key.tolist() == pool.key[rows].tolist()
    assert taken.profile.skills.toarray().tolist() == pool.profile.skills.toarray()[rows].tolist()
    for name, column in pool.facts.items():
        assert [taken.facts[name].value_at(row) for row in (0, 1)] == [column.value_at(row) for row in (5, 2)]


def test_the_better_of_two_entries_for_one_skill_stands():
    pool = pool_from_columns(WORDS, key=[1], skills=Entries([0, 0], [3, 3], [4, 2]), evidence=[1, 3])
    assert (pool.profile.skills[0, 3], pool.profile.evidence[0, 3]) == (4, 3)
