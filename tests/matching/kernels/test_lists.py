import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mobility.matching.kernels.lists import empty_lists, merged, no_counts, ranked, rows_of

KEYS = st.lists(st.integers(0, 2**64 - 1), unique=True, max_size=40)


def held(keys, room):
    """Return ranked lists of one vacancy that kept the best of some keys."""
    lists = empty_lists(np.array([room]))
    best = sorted(keys)[::-1][:room]
    lists.keys[: len(best)] = np.array(best, dtype=np.uint64)
    lists.length[0] = len(best)
    return ranked(lists)


@given(KEYS, st.integers(0, 12), st.integers(1, 5))
def test_merged_parts_are_the_best_of_the_whole_in_whatever_order(keys, room, parts):
    cut = [keys[first::parts] for first in range(parts)]
    whole = held(keys, room).keys.tolist()
    assert merged([held(part, room) for part in cut], np.array([room])).keys.tolist() == whole
    assert merged([held(part, room) for part in reversed(cut)], np.array([room])).keys.tolist() == whole
    halves = [merged([held(part, room) for part in some], np.array([room])) for some in (cut[:1], cut[1:])]
    assert merged(halves, np.array([room])).keys.tolist() == whole


def test_lists_of_several_vacancies_stay_apart():
    lists = empty_lists(np.array([2, 0, 3]))
    lists.keys[:] = [1, 9, 5, 4, 7]
    lists.length[:] = [2, 0, 2]
    best = ranked(lists)
    assert best.keys.tolist() == [9, 1, 5, 4]
    assert rows_of(best).tolist() == [0, 0, 2, 2]
    both = merged([best, best], np.array([3, 0, 3]))
    assert both.keys.tolist() == [9, 9, 1, 5, 5, 4]
    assert both.length.tolist() == [3, 0, 3]


def test_nothing_merged_is_nothing():
    none = merged([], np.array([4, 4]))
    assert (len(none.keys), none.length.tolist()) == (0, [0, 0])
    assert [part.sum() for part in no_counts(3, 2)] == [0, 0, 0, 0]
