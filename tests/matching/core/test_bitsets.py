import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from mobility.matching.core.bitsets import contains, count, members, pack, unpack, words_for

FLAGS = arrays.arrays(np.bool_, st.tuples(st.integers(0, 4), st.integers(0, 200)))


@given(FLAGS)
def test_what_is_packed_comes_out_as_it_went_in(flags):
    words = pack(flags)
    assert words.shape == (flags.shape[0], words_for(flags.shape[1]))
    assert unpack(words, flags.shape[1]).tolist() == flags.tolist()


@given(FLAGS)
def test_counts_and_members_are_those_of_the_flags(flags):
    words = pack(flags)
    assert count(words).tolist() == flags.sum(axis=1).tolist()
    for row in range(len(flags)):
        assert members(words[row], flags.shape[1]).tolist() == np.flatnonzero(flags[row]).tolist()
        assert contains(words[row], np.arange(flags.shape[1])).tolist() == flags[row].tolist()


def test_worker_i_stands_in_bit_i_of_its_word():
    flags = np.zeros(130, dtype=np.bool_)
    flags[[0, 65, 129]] = True
    assert pack(flags).tolist() == [1, 2, 2]
