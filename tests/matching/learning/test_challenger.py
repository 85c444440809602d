import numpy as np
import pytest

from mobility.matching.learning.challenger import DECLARED_PAIRS, DecisionLog, challenge, challenger_ranker
from mobility.matching.scoring.features import FEATURES
from mobility.matching.scoring.scorecard import expert_scorecard, read_scorecard
from tests.matching.decided import PRIOR, decided

pytestmark = pytest.mark.slow

RECENCY = list(FEATURES).index("recency")


def log(seed, lists, **how):
    data = decided(seed, lists, **how)
    return DecisionLog(data.values, data.favourable == 1, data.lists, data.position)


def asked(case, **changes):
    return challenge(case, expert_scorecard(), name="learned-1", source="decisions until May", **changes)


def test_declared_pairs_are_of_features_and_each_has_a_reason():
    for (first, second), reason in DECLARED_PAIRS.items():
        assert {first, second} <= set(FEATURES)
        assert first != second
        assert len(reason) > 30
    assert len({frozenset(pair) for pair in DECLARED_PAIRS}) == len(DECLARED_PAIRS)


def test_the_products_ranker_is_drawn_to_the_experts_and_takes_declared_pairs_only():
    ranker = challenger_ranker(strength=5.0)
    assert ranker.prior is expert_scorecard()
    assert len(ranker.pairs) == len(DECLARED_PAIRS)
    assert ranker.strength == 5.0


def test_where_reviewers_value_something_else_a_better_scorecard_is_proposed():
    found = asked(log(1, 300, worth=lambda values: values[:, RECENCY] / 1000))
    assert found.promotion.proposed
    assert found.promotion.difference.low > 0
    assert found.card.points[RECENCY] > 3 * PRIOR[RECENCY]
    assert found.card.calibration is not None
    assert found.calibrated.held_out.error < 0.2
    assert {weight.reason for weight in found.card.weights} == {"decisions until May"}


def test_equal_logs_and_seeds_give_equal_bytes_that_can_be_read_again():
    first, second = (asked(log(2, 60), seed=3).card for _ in range(2))
    assert first.text() == second.text()
    assert read_scorecard(first.text()) == first


def test_what_stands_at_the_end_is_not_learned_from():
    case = log(3, 100)
    turned = case._replace(favourable=np.where(case.lists >= 80, ~case.favourable, case.favourable))
    found, other = asked(case), asked(turned)
    assert other.card == found.card
    assert other.promotion.challenger < found.promotion.challenger


def test_a_log_that_is_out_of_order_or_too_short_is_refused():
    case = log(4, 20)
    with pytest.raises(ValueError, match="not in order of time"):
        asked(case.take(np.arange(len(case.lists))[::-1]))
    with pytest.raises(ValueError, match="at least two lists"):
        asked(case.take(case.lists < 2))
