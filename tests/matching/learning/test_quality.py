import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import ndcg_score

from mobility.matching.learning.quality import MARGIN, interval, ndcg, promotion

GRADES = arrays(np.int64, (4, 9), elements=st.integers(0, 4))


class TestNdcg:
    @given(GRADES, st.integers(0, 1000), st.integers(1, 12))
    def test_it_agrees_with_scikit_learn_on_exponential_gains(self, grades, seed, k):
        score = np.random.default_rng(seed).permutation(36).reshape(4, 9)
        found = ndcg(score, grades, k)
        for row in range(4):
            if grades[row].any():
                assert found[row] == pytest.approx(ndcg_score([2.0 ** grades[row] - 1], [score[row]], k=k))
            else:
                assert found[row] == 1

    @given(GRADES)
    def test_the_right_order_is_worth_one(self, grades):
        assert ndcg(grades, grades).tolist() == pytest.approx([1.0] * 4)

    def test_among_equal_scores_the_earlier_goes_first(self):
        assert ndcg([0, 0], [1, 0], 1).tolist() == [1]
        assert ndcg([0, 0], [0, 1], 1).tolist() == [0]

    @pytest.mark.parametrize(("score", "k"), [([[1, 2]], 0), ([[1, 2, 3]], 10)])
    def test_what_does_not_fit_is_refused(self, score, k):
        with pytest.raises(ValueError, match="one shape"):
            ndcg(score, [[1, 2]], k)


class TestInterval:
    def test_a_known_sample_has_a_known_interval(self):
        # mean 3, standard error sqrt(2.5 / 5), t(.975, 4) = 2.776445
        found = interval([1, 2, 3, 4, 5])
        assert found == pytest.approx((3, 3 - 1.963243, 3 + 1.963243), abs=1e-5)

    @pytest.mark.parametrize("values", [[], [1.0], [1.0, np.nan], [1.0, np.inf]])
    def test_what_has_none_is_refused(self, values):
        with pytest.raises(ValueError, match="two finite differences"):
            interval(values)


class TestPromotion:
    def test_a_version_that_is_surely_better_is_proposed(self):
        found = promotion([0.9, 0.92, 0.95, 0.91], [0.8, 0.83, 0.84, 0.82])
        assert found.proposed
        assert found.challenger == pytest.approx(0.92)
        assert found.difference.low > 0

    def test_a_version_that_may_be_worse_is_not(self):
        assert not promotion([0.9, 0.7, 0.99], [0.8, 0.8, 0.8]).proposed

    def test_an_equal_version_is_and_one_that_is_surely_a_little_worse_is_not(self):
        figures = np.linspace(0.8, 0.9, 30)
        assert promotion(figures, figures).proposed
        assert not promotion(figures - MARGIN / 5, figures + np.linspace(0, 1e-6, 30)).proposed

    def test_within_the_margin_it_is_proposed_if_it_may_be_as_good(self):
        active = np.full(40, 0.9)
        near = active + np.tile([-0.004, 0.004], 20) - 0.0005
        assert promotion(near, active).proposed
        assert not promotion(near, active, margin=0.0).proposed

    @given(arrays(np.float64, 12, elements=st.floats(0, 1)), arrays(np.float64, 12, elements=st.floats(0, 1)))
    def test_whatever_is_proposed_can_lose_no_more_than_the_margin(self, new, old):
        found = promotion(new, old)
        assert found.proposed == (found.difference.low >= -MARGIN and found.difference.high >= 0)

    def test_other_lists_are_refused(self):
        with pytest.raises(ValueError, match="the same lists"):
            promotion([0.5, 0.6], [0.5, 0.6, 0.7])
