from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.errors import InvalidError
from mobility.rules.basics.dates import Period
from mobility.rules.basics.findings import Verdict
from mobility.rules.law.durations import History, StayCap, ValidBeyondEnd, Window
from mobility.rules.law.operators import parse_condition
from tests.rules.rule_worlds import ALL_FACTS, HISTORIES, STAY_CAPS

PASSPORT = "worker.document_valid_until"
HERE = {"vacancy.start": date(2026, 4, 1), "vacancy.end": date(2026, 9, 30), "vacancy.months": 6}


def read(operator, **params):
    return parse_condition({"operator": operator, "params": params})


def refused(operator, **params):
    with pytest.raises(InvalidError) as error:
        read(operator, **params)
    return error.value.code


class TestValidBeyondEnd:
    ASKED = read("valid_beyond_end", field=PASSPORT, months=6)

    @pytest.mark.parametrize(
        ("until", "verdict"),
        [(date(2027, 2, 27), Verdict.FAIL), (date(2027, 2, 28), Verdict.PASS), (None, Verdict.UNKNOWN)],
    )
    def test_six_months_after_the_31st_of_august_is_the_end_of_february(self, until, verdict):
        facts = {PASSPORT: until, "vacancy.end": date(2026, 8, 31)}
        assert self.ASKED.apply(facts).verdict is verdict

    def test_the_finding_says_until_when_it_must_hold(self):
        seen = self.ASKED.apply({PASSPORT: date(2026, 9, 1), "vacancy.end": date(2026, 8, 31)})
        assert (seen.code, seen.params["needed"]) == ("valid_beyond_end.too_early", "2027-02-28")

    def test_every_missing_field_is_named(self):
        assert self.ASKED.apply({}).params["missing"] == f"{PASSPORT},vacancy.end"

    @given(ALL_FACTS, st.integers(0, 60), st.integers(0, 60))
    def test_asking_for_less_never_loses_a_pass(self, facts, months, less):
        strict, loose = ValidBeyondEnd(PASSPORT, months + less), ValidBeyondEnd(PASSPORT, months)
        if strict.apply(facts).verdict is Verdict.PASS:
            assert loose.apply(facts).verdict is Verdict.PASS

    def test_a_field_without_a_date_is_refused(self):
        assert refused("valid_beyond_end", field="worker.age", months=6) == "rules.wrong_kind"
        assert refused("valid_beyond_end", field=PASSPORT, months=-1) == "rules.out_of_bounds"


class TestNoLaterThan:
    ASKED = read("no_later_than", field="vacancy.start", than="worker.check.medical_valid_until")

    @pytest.mark.parametrize(
        ("until", "verdict"), [(date(2026, 4, 1), Verdict.PASS), (date(2026, 3, 31), Verdict.FAIL)]
    )
    def test_the_same_day_is_not_later(self, until, verdict):
        facts = {"vacancy.start": date(2026, 4, 1), "worker.check.medical_valid_until": until}
        assert self.ASKED.apply(facts).verdict is verdict

    def test_a_check_that_was_never_made_is_unknown(self):
        seen = self.ASKED.apply({"vacancy.start": date(2026, 4, 1)})
        assert seen.params == {"missing": "worker.check.medical_valid_until"}

    def test_a_date_is_not_compared_with_itself(self):
        assert refused("no_later_than", field="vacancy.start", than="vacancy.start") == "rules.duplicate"


class TestStayCap:
    def apply(self, facts, **params):
        return read("stay_cap", **params).apply(HERE | facts)

    def test_a_stay_is_capped_by_its_own_months(self):
        assert self.apply({}, max_months=6).verdict is Verdict.PASS
        assert self.apply({}, max_months=5).code == "stay_cap.too_long"

    def test_stays_of_the_calendar_year_add_up(self):
        facts = {"worker.stays": (Period(date(2025, 12, 1), date(2026, 2, 28)),)}
        seen = self.apply(facts, max_months=7, window="calendar_year")
        assert (seen.verdict, seen.params["months"]) == (Verdict.FAIL, "8.0")
        assert self.apply(facts, max_months=8, window="calendar_year").verdict is Verdict.PASS

    def test_stays_in_a_rolling_window_add_up(self):
        facts = {"worker.stays": (Period(date(2025, 10, 1), date(2025, 12, 31)),)}
        assert self.apply(facts, max_months=8, window="rolling", over=12).verdict is Verdict.FAIL
        assert self.apply(facts, max_months=9, window="rolling", over=12).verdict is Verdict.PASS

    def test_the_clock_restarts_after_an_absence(self):
        facts = {"worker.stays": (Period(date(2023, 4, 1), date(2026, 1, 30)),)}
        assert self.apply(facts, max_months=36, window="since_reset", reset_days=60).verdict is Verdict.PASS
        assert self.apply(facts, max_months=36, window="since_reset", reset_days=90).verdict is Verdict.FAIL

    def test_unknown_stays_are_unknown_and_no_stays_are_none(self):
        assert self.apply({}, max_months=9, window="calendar_year").params == {"missing": "worker.stays"}
        assert self.apply({"worker.stays": ()}, max_months=9, window="calendar_year").verdict is Verdict.PASS

    @pytest.mark.parametrize(
        ("params", "code"),
        [
            ({"max_months": 0}, "rules.out_of_bounds"),
            ({"max_months": 9, "window": "week"}, "rules.not_a_code"),
            ({"max_months": 9, "over": 12}, "rules.unknown_parameter"),
            ({"max_months": 9, "window": "rolling"}, "rules.required"),
            ({"max_months": 12, "window": "rolling", "over": 12}, "rules.contradiction"),
            ({"max_months": 9, "window": "since_reset"}, "rules.required"),
        ],
    )
    def test_parameters_that_do_not_fit_are_refused(self, params, code):
        assert refused("stay_cap", **params) == code

    @given(STAY_CAPS, ALL_FACTS, st.integers(1, 60))
    def test_a_higher_cap_never_loses_a_pass(self, cap, facts, more):
        looser = StayCap(cap.max_months + more, cap.window, cap.over, cap.reset_days)
        if cap.apply(facts).verdict is Verdict.PASS:
            assert looser.apply(facts).verdict is Verdict.PASS

    @given(ALL_FACTS, st.integers(1, 36), st.sampled_from([Window.ROLLING, Window.CALENDAR_YEAR]))
    def test_a_further_stay_never_gains_a_pass(self, facts, months, window):
        cap = StayCap(months, window, months + 1)
        more = facts | {"worker.stays": (*facts["worker.stays"], Period(date(2026, 1, 1), date(2026, 5, 1)))}
        if cap.apply(more).verdict is Verdict.PASS:
            assert cap.apply(facts).verdict is Verdict.PASS


class TestSeason:
    ASKED = read("season", opens="01-01", closes="12-15")

    def test_work_must_end_with_the_season(self):
        inside = {"vacancy.start": date(2026, 1, 1), "vacancy.end": date(2026, 12, 15)}
        assert self.ASKED.apply(inside).verdict is Verdict.PASS
        assert self.ASKED.apply(inside | {"vacancy.end": date(2026, 12, 16)}).code == "season.outside"
        assert self.ASKED.apply({}).params["missing"] == "vacancy.start,vacancy.end"

    @pytest.mark.parametrize("day", ["1-1", "02-30", "13-01", "", 101, None])
    def test_days_that_do_not_exist_are_refused(self, day):
        assert refused("season", opens=day, closes="12-15") in {
            "rules.not_a_date",
            "rules.not_a_text",
            "rules.required",
        }


class TestNotice:
    ASKED = read("notice_days", field="vacancy.filed_on", least=60, most=75)

    @pytest.mark.parametrize(
        ("filed", "code"),
        [
            (date(2026, 1, 31), "notice_days.met"),
            (date(2026, 2, 1), "notice_days.too_short"),
            (date(2026, 1, 16), "notice_days.met"),
            (date(2026, 1, 15), "notice_days.too_early"),
        ],
    )
    def test_notice_lies_between_both_bounds(self, filed, code):
        assert self.ASKED.apply({"vacancy.filed_on": filed, "vacancy.start": date(2026, 4, 1)}).code == code

    def test_without_an_upper_bound_any_time_before_will_do(self):
        asked = read("notice_days", field="vacancy.filed_on", least=10)
        facts = {"vacancy.filed_on": date(2020, 1, 1), "vacancy.start": date(2026, 4, 1)}
        assert asked.apply(facts).verdict is Verdict.PASS
        assert asked.apply({}).verdict is Verdict.UNKNOWN

    def test_bounds_that_exclude_each_other_are_refused(self):
        assert refused("notice_days", field="vacancy.filed_on", least=75, most=60) == "rules.contradiction"


class TestHistory:
    def facts(self, seasons=None, years=None, on_time=None):
        return {
            "worker.seasons_completed": seasons,
            "worker.years_since_last_season": years,
            "worker.last_returned_on_time": on_time,
        }

    @pytest.mark.parametrize(
        ("params", "case", "code"),
        [
            ({"within_years": 3}, {"seasons": 1, "years": 3}, "history.met"),
            ({"within_years": 3}, {"seasons": 1, "years": 4}, "history.too_long_ago"),
            ({"within_years": 3}, {"seasons": 0}, "history.too_few_seasons"),
            ({"within_years": 3}, {"seasons": 2}, "fact.missing"),
            ({"within_years": 3}, {"years": 1}, "fact.missing"),
            ({"min_seasons": 3}, {"seasons": 2}, "history.too_few_seasons"),
            ({"min_seasons": 3}, {"seasons": 3}, "history.met"),
            ({"returned_on_time": True}, {"seasons": 0}, "history.met"),
            ({"returned_on_time": True}, {"seasons": 1, "on_time": True}, "history.met"),
            ({"returned_on_time": True}, {"seasons": 1, "on_time": False}, "history.returned_late"),
            ({"returned_on_time": True}, {"seasons": 1}, "fact.missing"),
            ({"within_years": 3, "returned_on_time": True}, {"seasons": 1, "on_time": False}, "history.returned_late"),
            ({"within_years": 3, "returned_on_time": True}, {"seasons": 1, "on_time": True}, "fact.missing"),
        ],
    )
    def test_each_part_asks_only_where_it_is_set(self, params, case, code):
        assert read("history", **params).apply(self.facts(**case)).code == code

    def test_asking_nothing_is_refused(self):
        assert refused("history") == "rules.history_asks_nothing"
        assert refused("history", returned_on_time=False) == "rules.history_asks_nothing"

    @given(HISTORIES, ALL_FACTS, st.integers(1, 5))
    def test_a_longer_look_back_never_loses_a_pass(self, asked, facts, more):
        if asked.within_years is None or asked.apply(facts).verdict is not Verdict.PASS:
            return
        looser = History(asked.min_seasons, asked.within_years + more, asked.returned_on_time)
        assert looser.apply(facts).verdict is Verdict.PASS
