import numpy as np
import pytest

from mobility.matching.allocation.allocation import allocate, exhausted
from mobility.matching.allocation.quotas import Limits, no_quotas
from tests.matching.allocation.test_tree import every_pair, quotas

ALL, NONE = np.ones(2, bool), np.zeros(2, bool)


def found(limits, truncated, workers=2):
    pairs = every_pair(2, workers)
    return exhausted(pairs, limits, allocate(pairs, limits), truncated)


def test_a_vacancy_with_places_left_and_more_eligible_people_is_named_with_how_deep_the_run_looked():
    short = found(Limits(np.array([5, 1]), no_quotas(2, 2), 2), ALL)
    assert (short.vacancy.tolist(), short.listed.tolist(), short.places_left.tolist()) == ([0], [2], [3])


def test_a_vacancy_whose_list_holds_everybody_eligible_is_not():
    assert len(found(Limits(np.array([5, 5]), no_quotas(2, 2), 2), NONE).vacancy) == 0


@pytest.mark.parametrize(("cap", "named"), [(2, 0), (3, 2)])
def test_nor_is_one_whose_quota_is_used_up(cap, named):
    limits = Limits(np.array([5, 5]), quotas(([0, 1], None, cap), w=2), 1)
    assert len(found(limits, ALL).vacancy) == named


def test_a_full_quota_of_some_workers_leaves_room_for_others():
    limits = Limits(np.array([5, 5]), quotas(([0, 1], [0], 1), w=2), 1)
    assert len(found(limits, ALL).vacancy) == 2
