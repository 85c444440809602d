import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from mobility.matching.kernels.machine import SPARE, differing, members, offer, reaching

WORDS = st.lists(st.integers(0, 2**64 - 1) | st.sampled_from([0, 1, 2**63, 2**64 - 1]), min_size=1, max_size=5)
KEYS = st.lists(st.integers(0, 40), max_size=60)


@njit
def unlike(items, first, value):
    return differing(items, first, value)


@njit
def least(items, first, value):
    return reaching(items, first, value)


def word(flags):
    return sum(1 << place for place, flag in enumerate(flags) if flag)


@given(WORDS)
def test_members_are_the_places_of_the_bits(words):
    array = np.array(words, np.uint64)
    index = np.empty(64 * len(words) + SPARE, np.uint32)
    size = members(array, index)
    assert index[:size].tolist() == [place for place in range(64 * len(words)) if words[place // 64] >> place % 64 & 1]


@given(st.integers(0, 50), KEYS)
def test_a_heap_keeps_the_greatest(room, keys):
    heap, held = np.zeros(max(room, 1), np.uint64), 0
    for key in keys:
        held = offer(heap, held, np.uint64(key))
    kept = heap[:held]
    assert sorted(kept.tolist(), reverse=True) == sorted(keys, reverse=True)[: len(heap)]
    assert held < len(heap) or kept[0] == kept.min()


@pytest.mark.parametrize("first", [0, 3, 64])
@given(st.integers(0, 2**16), st.integers(-3, 3))
def test_64_items_are_compared_at_once(first, seed, value):
    items = np.random.default_rng(seed).integers(-3, 4, 128).astype(np.int16)
    some = items[first : first + 64]
    assert int(unlike(items, first, value)) == word(some != value)
    assert int(least(items, first, value)) == word(some >= value)


@pytest.mark.parametrize("kind", [np.uint8, np.uint32])
def test_items_of_every_width_are_compared(kind):
    items = np.array([0, 1, 255] * 30, kind)
    assert int(unlike(items, 2, 255)) == word(items[2:66] != 255)
