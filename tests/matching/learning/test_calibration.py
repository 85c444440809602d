import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from mobility.matching.learning.calibration import ISOTONIC_FROM, calibrate, reliability, with_calibration
from mobility.matching.scoring.scorecard import expert_scorecard, read_scorecard


def scored(seed, lists, slope=6.0):
    rng = np.random.default_rng(seed)
    score = rng.integers(0, 10_001, lists * 10)
    favourable = rng.random(len(score)) < expit(slope * (score / 10_000 - 0.6))
    return score, favourable, np.repeat(np.arange(lists), 10)


class TestReliability:
    def test_chances_that_come_true_have_no_error(self):
        found = reliability([0.0] * 4 + [0.5] * 4 + [1.0] * 4, [0] * 4 + [0, 1, 0, 1] + [1] * 4, bins=3)
        assert found.error == 0
        assert found.foretold.tolist() == found.came.tolist() == [0, 0.5, 1]
        assert found.size.tolist() == [4, 4, 4]

    def test_the_error_is_the_mean_distance(self):
        assert reliability([0.9] * 10, [1] * 5 + [0] * 5).error == pytest.approx(0.4)

    @given(st.integers(0, 1000), st.integers(1, 60))
    def test_every_decision_is_counted_once(self, seed, count):
        rng = np.random.default_rng(seed)
        found = reliability(rng.integers(0, 4, count) / 4, rng.random(count) < 0.5)
        assert found.size.sum() == count
        assert (np.diff(found.foretold) > 0).all()
        assert 0 <= found.error <= 1

    @pytest.mark.parametrize(("chance", "came"), [([], []), ([0.5], [1, 0])])
    def test_nothing_to_compare_is_refused(self, chance, came):
        with pytest.raises(ValueError, match="as many chances as decisions"):
            reliability(chance, came)


class TestCalibrate:
    @settings(max_examples=20, deadline=None)
    @given(st.integers(0, 1000), st.sampled_from(["isotonic", "platt"]), st.sampled_from([-6.0, 0.0, 6.0]))
    def test_chances_never_fall_with_the_score(self, seed, method, slope):
        found = calibrate(*scored(seed, 12, slope), method=method)
        chance = found.calibration.probability(np.arange(10_001))
        assert (np.diff(chance) >= 0).all()
        assert (chance >= 0).all()
        assert (chance <= 1).all()
        assert found.method == method

    @pytest.mark.parametrize("method", ["isotonic", "platt"])
    def test_it_finds_the_chances_that_made_the_decisions(self, method):
        found = calibrate(*scored(1, 800), method=method)
        at = np.arange(1000, 9001, 500)
        off = np.abs(found.calibration.probability(at) - expit(6 * (at / 10_000 - 0.6)))
        assert off.mean() < 0.03
        assert off.max() < {"platt": 0.06, "isotonic": 0.1}[method]  # steps are coarser at a point than on the whole
        assert found.held_out.error < 0.03

    def test_what_it_reports_was_not_learned_from(self):
        score, favourable, lists = scored(2, 40)
        turned = np.where(lists < 20, favourable, ~favourable)
        assert calibrate(score, turned, lists).held_out.error > 0.2

    def test_few_decisions_take_a_curve_and_many_take_steps(self):
        few, many = ISOTONIC_FROM // 10 - 1, ISOTONIC_FROM // 10
        assert calibrate(*scored(3, few)).method == "platt"
        assert calibrate(*scored(3, many)).method == "isotonic"

    def test_what_cannot_be_calibrated_is_refused(self):
        score, favourable, lists = scored(4, 5)
        for case in (
            (score, favourable | True, lists),
            (score, favourable & False, lists),
            (score, favourable, lists * 0),
        ):
            with pytest.raises(ValueError, match="at least two lists"):
                calibrate(*case)
        with pytest.raises(ValueError, match="choose isotonic or platt"):
            calibrate(score, favourable, lists, method="beta")


@pytest.mark.parametrize("method", ["isotonic", "platt"])
def test_a_calibration_becomes_a_part_of_the_scorecard_and_of_its_hash(method):
    calibration = calibrate(*scored(5, 30), method=method).calibration
    card = with_calibration(expert_scorecard(), calibration)
    assert card.sha256 != expert_scorecard().sha256
    assert card.points.tolist() == expert_scorecard().points.tolist()
    again = read_scorecard(card.text()).calibration
    score = np.arange(0, 10_001, 100)
    assert again.probability(score).tolist() == calibration.probability(score).tolist()
    assert "calibration error" in again.reason
