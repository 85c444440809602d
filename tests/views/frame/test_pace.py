"""How often one person may ask: as often as allowed, then not until enough time has gone by."""

from hypothesis import given
from hypothesis import strategies as st

from mobility.views.frame import pace
from mobility.views.frame.pace import Pace


def test_so_many_are_let_in_and_the_next_waits_until_the_first_is_old():
    bound = Pace(most=2, seconds=10)
    assert [bound.wait(1, at) for at in (0.0, 4.0, 5.0)] == [0.0, 0.0, 5.0]
    assert bound.wait(1, 10.0) == 0.0


def test_people_are_counted_apart():
    bound = Pace(most=1, seconds=10)
    assert bound.wait(1, 0.0) == bound.wait(2, 0.0) == 0.0
    assert bound.wait(1, 1.0) == 9.0


@given(st.lists(st.floats(0, 100), max_size=40))
def test_never_more_than_so_many_in_any_stretch(moments):
    bound = Pace(most=3, seconds=10)
    let_in = [at for at in sorted(moments) if bound.wait(7, at) == 0]
    assert all(sum(at - 10 < other <= at for other in let_in) <= 3 for at in let_in)


def test_those_who_went_away_are_forgotten(monkeypatch):
    monkeypatch.setattr(pace, "MOST_PEOPLE", 3)
    bound = Pace(most=1, seconds=10)
    for person in range(4):
        bound.wait(person, 0.0)
    bound.wait(9, 100.0)
    assert set(bound._asked) == {9}
