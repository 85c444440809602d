import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mobility.matching.ties import mix, tie_order

KEYS = np.arange(2000)


def order(seed, vacancy):
    return tie_order(seed, np.full(len(KEYS), vacancy), KEYS)


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**62))
def test_no_two_workers_draw_the_same_within_a_vacancy(seed, vacancy):
    assert len(np.unique(order(seed, vacancy))) == len(KEYS)


def test_the_same_seed_draws_the_same():
    assert order(5, 3).tolist() == order(5, 3).tolist()


def test_another_seed_or_vacancy_draws_anew():
    for other in (order(6, 3), order(5, 4)):
        agree = np.mean(np.diff(order(5, 3).astype(float)) > 0) - np.mean(np.diff(other.astype(float)) > 0)
        assert abs(agree) < 0.1
        assert np.argsort(other).tolist() != np.argsort(order(5, 3)).tolist()


def test_early_registrants_have_no_advantage():
    firsts = [int(np.argmin(order(seed, 1))) for seed in range(400)]
    assert 0.4 < np.mean(np.array(firsts) < len(KEYS) // 2) < 0.6


def test_a_number_is_scrambled_as_published():
    # First outputs of SplitMix64 from state 1234567: Steele, Lea and Flood's reference generator.
    step, state, drawn = 0x9E3779B97F4A7C15, 1234567, []
    for _ in range(3):
        drawn.append(int(mix(np.array([state], dtype=np.uint64))[0]))
        state = (state + step) % 2**64
    assert drawn == [6457827717110365317, 3203168211198807973, 9817491932198370423]
