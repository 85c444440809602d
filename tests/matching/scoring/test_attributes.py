import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.matching.scoring import attributes as bins
from mobility.matching.scoring.attributes import Attributes, attributes_of
from tests.matching import worlds
from tests.matching.engines import EPOCH

#: All that a snapshot may hold of a worker. Adding to it is a decision about people: see domain.md, section 6.
ALLOWED = ["epoch", "skills", "work", "record", "pay", "destinations", "sectors"]
DAYS = st.integers(EPOCH - 4000, EPOCH + 4000)


def one(function, *values):
    return int(
        function(*(np.array([value]) if isinstance(value, int) and value != EPOCH else value for value in values))[0]
    )


def test_attributes_are_those_that_were_decided_on():
    assert list(Attributes.__dataclass_fields__) == ALLOWED


@given(st.integers(0, 500), st.integers(0, 500))
def test_more_months_never_fall_into_a_lower_bin_and_count_only_as_far_as_worked(months, other):
    low, high = sorted([months, other])
    assert one(bins.worked_bin, low) <= one(bins.worked_bin, high)
    assert bins.WORKED[one(bins.worked_bin, months)] <= months


@given(DAYS, DAYS)
def test_later_work_never_falls_into_a_lower_bin_and_never_looks_older_than_it_is(day, other):
    low, high = sorted([day, other])
    assert one(bins.recency_bin, low, EPOCH) <= one(bins.recency_bin, high, EPOCH)
    held = one(bins.recency_bin, day, EPOCH)
    assert held == 1 or one(bins.recency_days, held) <= max(EPOCH - day, 0)


def test_work_without_a_date_is_unknown_and_very_old_work_forgotten():
    assert [one(bins.recency_bin, day, EPOCH) for day in (0, EPOCH - 1820, EPOCH - 1819, EPOCH + 9)] == [0, 1, 2, 15]


@given(DAYS, DAYS)
def test_a_worker_never_looks_free_later_than_stated(day, other):
    low, high = sorted([day, other])
    assert one(bins.week_byte, low, EPOCH) <= one(bins.week_byte, high, EPOCH)
    assert EPOCH + 7 * one(bins.week_byte, day, EPOCH) <= max(day, EPOCH)


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_wish_for_months_away_is_rounded_outwards(least, most):
    held = one(bins.away_byte, least, most)
    low, high = bins.AWAY[held >> 4], bins.AWAY[held & 15]
    assert low <= least
    assert high >= most or high == 0
    assert (least, most) == (low, high) or least > 12 or most > 12


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_a_pay_floor_is_rounded_down_by_less_than_five_in_a_hundred(floor, other):
    low, high = sorted([floor, other])
    assert one(bins.pay_code, low, 2) <= one(bins.pay_code, high, 2)
    held = one(bins.pay_code, floor, 1)
    assert (held >> 8, bins.PAY[held & 255] <= floor) == ((1, True) if floor else (0, True))
    assert floor < 100 or floor < bins.PAY[held & 255] * 1.051 + 1


def test_a_pay_floor_in_no_currency_is_nobodys():
    assert one(bins.pay_code, 1000, -1) >> 8 == bins.NO_CURRENCY


@pytest.mark.parametrize("level", [1, 2, 3, 4])
@pytest.mark.parametrize("evidence", [1, 2, 3, 4])
def test_a_grade_holds_level_and_evidence(level, evidence):
    held = bins.grade(np.array([level]), np.array([evidence]))
    assert 1 <= held[0] < bins.GRADES
    assert (bins.level_of(held)[0], bins.evidence_of(held)[0]) == (level, evidence)


def test_no_grade_is_no_level_and_no_evidence():
    none = np.zeros(1, np.uint8)
    assert (bins.level_of(none)[0], bins.evidence_of(none)[0]) == (0, 0)


@given(st.integers(0, 10_000))
def test_attributes_hold_every_group_and_skill_of_a_worker(seed):
    pool = worlds.pool(seed, 8)
    held = attributes_of(pool.profile, EPOCH)
    assert (held.skills.toarray() > 0).tolist() == (pool.profile.skills.toarray() > 0).tolist()
    months, last = pool.profile.experience.toarray(), pool.profile.last_worked.toarray()
    assert (held.work.toarray() > 0).tolist() == ((months > 0) | (last > 0)).tolist()
    assert held.record[:, bins.LANGUAGES_FROM :].tolist() == pool.profile.languages.tolist()
    assert held.take(np.array([3, 1])).pay.tolist() == held.pay[[3, 1]].tolist()
