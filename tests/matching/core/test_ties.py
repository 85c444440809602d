import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mobility.matching.core.ties import (
    LOTTERY_BITS,
    mix,
    ranking_keys,
    scores_of,
    scramble,
    tie_order,
    ties_of,
    unscramble,
    vacancy_draw,
    workers_of,
)
from mobility.matching.kernels.machine import ranking_key

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


DRAWS = st.lists(st.integers(0, 2**LOTTERY_BITS - 1), min_size=1, max_size=30, unique=True)
SCORES = st.integers(0, 10_000)


@given(DRAWS)
def test_scrambling_is_one_to_one_and_can_be_undone(values):
    given_ = np.array(values, dtype=np.uint64)
    drawn = scramble(given_)
    assert drawn.max() < 2**LOTTERY_BITS
    assert len(np.unique(drawn)) == len(values)
    assert unscramble(drawn).tolist() == values


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**62), SCORES, DRAWS)
def test_a_ranking_key_tells_score_lottery_and_worker(seed, vacancy, score, workers):
    keys, vacancies = np.array(workers), np.full(len(workers), vacancy)
    tie = tie_order(seed, vacancies, keys)
    packed = ranking_keys(np.full(len(workers), score), tie)
    assert scores_of(packed).tolist() == [score] * len(workers)
    assert ties_of(packed).tolist() == tie.tolist()
    assert workers_of(seed, vacancies, packed).tolist() == workers
    draw = vacancy_draw(seed, vacancies[:1])[0]
    assert [int(ranking_key(score, worker, draw)) for worker in keys] == packed.tolist()


@given(st.tuples(SCORES, st.integers(0, 2**50 - 1)), st.tuples(SCORES, st.integers(0, 2**50 - 1)))
def test_the_greater_key_has_the_better_score_or_the_smaller_lottery_number(one, other):
    keys = ranking_keys(np.array([one[0], other[0]]), np.array([one[1], other[1]], dtype=np.uint64))
    assert (keys[0] > keys[1]) == ((-one[0], one[1]) < (-other[0], other[1]))
