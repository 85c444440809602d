from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.errors import ForbiddenError, InvalidError
from mobility.rules.cases import appeals
from mobility.rules.cases.appeals import APPEAL_DAYS, check_in_time, check_independence, last_day

DECIDED = datetime(2027, 5, 1, 12, 30, tzinfo=UTC)


@given(st.integers(0, 90), st.integers(-200_000, 200_000))
def test_an_appeal_is_in_time_up_to_the_last_moment(days, seconds):
    at = DECIDED + timedelta(days=days, seconds=seconds)
    if seconds <= 0:
        check_in_time(DECIDED, at, days=days)
    else:
        with pytest.raises(InvalidError) as refusal:
            check_in_time(DECIDED, at, days=days)
        assert refusal.value.code == "appeal.too_late"
        assert refusal.value.params == {"last_day": (DECIDED + timedelta(days=days)).date().isoformat()}


def test_without_a_rule_there_are_thirty_days():
    assert APPEAL_DAYS == 30
    assert last_day(DECIDED) == datetime(2027, 5, 31, 12, 30, tzinfo=UTC)
    check_in_time(DECIDED, last_day(DECIDED))
    with pytest.raises(InvalidError, match=r"appeal\.too_late"):
        check_in_time(DECIDED, last_day(DECIDED) + timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("decider", "organisation", "independent"),
    [(5, 50, True), (1, 50, False), (5, 10, False), (1, 10, False), (10, 1, True)],
)
def test_who_decided_before_does_not_decide_the_appeal(decider, organisation, independent):
    chain = {"users": {1, 2}, "organisations": {10, 20}}
    if independent:
        check_independence(decider, organisation, **chain)
    else:
        with pytest.raises(ForbiddenError, match=r"appeal\.not_independent"):
            check_independence(decider, organisation, **chain)


def test_the_codes_are_listed():
    assert set(appeals.CODES) == {"appeal.too_late", "appeal.not_independent"}
