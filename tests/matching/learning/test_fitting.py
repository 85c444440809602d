import numpy as np
import pytest
from scipy.special import expit

from mobility.matching.learning.design import bins_of, ramps, rises
from mobility.matching.learning.fitting import SCHEDULE, Decided, Wanted, chosen_strength, learn
from mobility.matching.learning.problem import Design

WANTED = Wanted(pairs=[], most_pairs=4, least_gain=5.0, strength=None, max_iter=200, seed=0)
KNOTS = [np.linspace(0, 1, 5)] * 3
HALF = np.array([0.5])


def decided(seed, lists, worth, centre=None):
    """Return lists of ten, three features in [0, 1], whose worth is a function of them."""
    rng = np.random.default_rng(seed)
    values = rng.random((lists * 10, 3))
    favourable = rng.random(len(values)) < expit(6 * (worth(values) - 0.5))
    middle = np.tile(np.full(3, 1.0) if centre is None else np.asarray(centre, float), (4, 1)).T.ravel()
    design = Design(ramps(values, KNOTS), rises([5, 5, 5]), middle, np.zeros(12, bool))
    bins = np.column_stack([bins_of(column, HALF) for column in values.T])
    return Decided(design, bins, [2, 2, 2], favourable, np.repeat(np.arange(lists), 10))


def test_lists_decided_all_alike_teach_nothing():
    case = decided(0, 4, lambda values: values[:, 0])
    assert learn(case._replace(favourable=case.lists > 1), WANTED) is None


def test_a_given_penalty_is_used():
    assert learn(decided(0, 4, lambda values: values[:, 0]), WANTED._replace(strength=7.0)).strength == 7.0


@pytest.mark.parametrize(("lists", "allowed"), [(4, SCHEDULE[0][1]), (60, SCHEDULE[1][1]), (160, SCHEDULE[2][1])])
def test_only_the_penalties_of_the_schedule_are_chosen(lists, allowed):
    case = decided(1, lists, lambda values: values[:, 0])
    assert chosen_strength(case, WANTED) in allowed


def test_with_few_decisions_only_a_strong_penalty_is_allowed():
    least = [min(strengths) for _, strengths in SCHEDULE]
    assert least == sorted(least, reverse=True)
    assert [start for start, _ in SCHEDULE] == sorted(start for start, _ in SCHEDULE)


def test_later_lists_choose_a_weak_penalty_where_the_prior_is_wrong_and_a_strong_one_where_it_is_right():
    wrong = decided(2, 160, lambda values: values[:, 0], centre=[0.0, 0.3, 0.3])
    right = decided(2, 160, lambda values: values[:, 0], centre=[1.5, 0.0, 0.0])
    assert chosen_strength(wrong, WANTED) == min(SCHEDULE[2][1])
    assert chosen_strength(right, WANTED) == max(SCHEDULE[2][1])


def test_if_no_later_list_can_judge_the_strongest_penalty_stands():
    case = decided(3, 60, lambda values: values[:, 0])
    silent = case._replace(favourable=case.favourable & (case.lists < 3))
    assert chosen_strength(silent, WANTED) == max(SCHEDULE[1][1])


def test_a_pair_that_pays_is_taken_in_and_its_grid_learned():
    case = decided(4, 150, lambda values: 0.2 + 0.6 * ((values[:, 0] > 0.5) & (values[:, 2] > 0.5)))
    learned = learn(case, WANTED._replace(pairs=[(0, 1), (0, 2)]))
    assert learned.pairs == ((0, 2),)
    grid = learned.levels[15:].reshape(2, 2)
    assert grid[1, 1] > 0.3
    assert grid.ravel()[:3].tolist() == [0, 0, 0]


def test_no_pair_is_taken_in_where_none_pays():
    case = decided(5, 150, lambda values: values[:, 0])
    assert learn(case, WANTED._replace(pairs=[(0, 1), (1, 2)])).pairs == ()
