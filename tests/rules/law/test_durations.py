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


STAYS = {"worker.stays": (Period(date(2025, 10, 1), date(2025, 12, 31)),)}
HISTORY = ("worker.seasons_completed", "worker.years_since_last_season", "worker.last_returned_on_time")


class TestWhatAFindingSays:
    @pytest.mark.parametrize(
        ("until", "code"),
        [(date(2028, 3, 9), "valid_beyond_end.too_early"), (date(2028, 3, 10), "valid_beyond_end.met")],
    )
    def test_months_come_before_days_and_a_leap_day_counts(self, until, code):
        asked = read("valid_beyond_end", field=PASSPORT, months=6, days=10)
        seen = asked.apply({PASSPORT: until, "vacancy.end": date(2027, 8, 31)})
        assert seen.code == code
        assert seen.params == {"field": PASSPORT, "value": until.isoformat(), "needed": "2028-03-10"}

    def test_a_paper_without_further_time_holds_until_the_last_day_itself(self):
        asked = read("valid_beyond_end", field=PASSPORT)
        assert (asked.months, asked.days) == (0, 0)
        assert asked.apply({PASSPORT: date(2028, 2, 29), "vacancy.end": date(2028, 2, 29)}).verdict is Verdict.PASS
        assert asked.apply({PASSPORT: date(2028, 2, 28), "vacancy.end": date(2028, 2, 29)}).verdict is Verdict.FAIL

    @pytest.mark.parametrize(("start", "code"), [(date(2026, 4, 1), "met"), (date(2026, 4, 2), "too_late")])
    def test_an_order_of_dates_names_both_fields_and_days(self, start, code):
        limit = "worker.check.medical_valid_until"
        seen = TestNoLaterThan.ASKED.apply({"vacancy.start": start, limit: date(2026, 4, 1)})
        assert seen.code == f"no_later_than.{code}"
        assert seen.params == {
            "field": "vacancy.start",
            "value": start.isoformat(),
            "than": limit,
            "needed": "2026-04-01",
        }

    def test_a_date_compared_with_itself_is_refused_by_its_place(self):
        with pytest.raises(InvalidError) as error:
            read("no_later_than", field="vacancy.start", than="vacancy.start")
        assert error.value.field == "condition.params.than"
        assert error.value.params == {"value": "vacancy.start"}

    @pytest.mark.parametrize(
        ("params", "months"),
        [
            ({"window": "stay"}, "6.0"),
            ({"window": "rolling", "over": 12}, "9.0"),
            ({"window": "rolling", "over": 8}, "6.0"),
            ({"window": "calendar_year"}, "6.0"),
            ({"window": "fiscal_year", "year_opens": "10-01"}, "9.0"),
            ({"window": "fiscal_year", "year_opens": "01-01"}, "6.0"),
            ({"window": "since_reset", "reset_days": 90}, "6.0"),
            ({"window": "since_reset", "reset_days": 91}, "9.0"),
        ],
    )
    def test_each_window_counts_its_own_months(self, params, months):
        whole = int(float(months))
        for cap, code in ((whole, "met"), (whole - 1, "too_long")):
            seen = read("stay_cap", max_months=cap, **params).apply(HERE | STAYS)
            assert seen.code == f"stay_cap.{code}"
            assert seen.params == {"window": params["window"], "months": months, "max_months": cap}

    def test_one_day_too_many_is_shown_as_a_tenth_and_never_rounded_to_the_cap(self):
        facts = HERE | {"vacancy.end": date(2026, 10, 1), "worker.stays": ()}
        seen = read("stay_cap", max_months=6, window="calendar_year").apply(facts)
        assert (seen.code, seen.params["months"]) == ("stay_cap.too_long", "6.1")

    @pytest.mark.parametrize("window", [one for one in Window if one is not Window.STAY])
    def test_every_window_but_the_stay_needs_the_past_stays(self, window):
        cap = StayCap(6, window)
        assert cap.fields == {"vacancy.start", "vacancy.end", "worker.stays"}
        assert cap.apply({}).params == {"missing": "vacancy.end,vacancy.start,worker.stays"}
        assert StayCap(6).apply({}).params == {"missing": "vacancy.months"}

    def test_a_cap_as_long_as_its_rolling_period_is_refused_by_its_place(self):
        with pytest.raises(InvalidError) as error:
            read("stay_cap", max_months=12, window="rolling", over=12)
        assert (error.value.field, error.value.params) == ("condition.params.max_months", {"over": 12})

    def test_a_cap_is_loosened_by_a_month_until_it_would_cap_nothing(self):
        assert StayCap(10, Window.ROLLING, 12).loosened() == StayCap(11, Window.ROLLING, 12)
        assert StayCap(11, Window.ROLLING, 12).loosened() is None
        assert StayCap(12, Window.CALENDAR_YEAR).loosened() == StayCap(13, Window.CALENDAR_YEAR)

    def test_a_paper_is_loosened_by_a_month_first_then_by_a_week_and_never_below_nothing(self):
        assert ValidBeyondEnd(PASSPORT, 2, 10).loosened() == ValidBeyondEnd(PASSPORT, 1, 10)
        assert ValidBeyondEnd(PASSPORT, 0, 10).loosened() == ValidBeyondEnd(PASSPORT, 0, 3)
        assert ValidBeyondEnd(PASSPORT, 0, 3).loosened() == ValidBeyondEnd(PASSPORT, 0, 0)
        assert ValidBeyondEnd(PASSPORT, 0, 0).loosened() is None

    @pytest.mark.parametrize(
        ("start", "code"), [(date(2025, 11, 1), "season.met"), (date(2025, 10, 31), "season.outside")]
    )
    def test_a_season_over_the_new_year_names_its_days(self, start, code):
        asked = read("season", opens="11-01", closes="03-31")
        seen = asked.apply({"vacancy.start": start, "vacancy.end": date(2026, 3, 31)})
        assert seen.code == code
        assert seen.params == {
            "start": start.isoformat(),
            "end": "2026-03-31",
            "opens": "11-01",
            "closes": "03-31",
        }

    @pytest.mark.parametrize(
        ("filed", "days", "code"),
        [
            (date(2028, 2, 20), 10, "met"),
            (date(2028, 2, 21), 9, "too_short"),
            (date(2028, 2, 10), 20, "met"),
            (date(2028, 2, 9), 21, "too_early"),
        ],
    )
    def test_notice_counts_the_leap_day_and_names_both_bounds(self, filed, days, code):
        asked = read("notice_days", field="vacancy.filed_on", least=10, most=20)
        seen = asked.apply({"vacancy.filed_on": filed, "vacancy.start": date(2028, 3, 1)})
        assert seen.code == f"notice_days.{code}"
        assert seen.params == {"field": "vacancy.filed_on", "days": days, "least": 10, "most": 20}

    def test_notice_without_an_upper_bound_names_none_and_what_is_missing(self):
        asked = read("notice_days", field="vacancy.filed_on", least=10)
        seen = asked.apply({"vacancy.filed_on": date(2026, 4, 1), "vacancy.start": date(2026, 4, 1)})
        assert seen.params == {"field": "vacancy.filed_on", "days": 0, "least": 10}
        assert asked.apply({}).params == {"missing": "vacancy.filed_on,vacancy.start"}

    def test_equal_bounds_of_notice_are_one_day_and_reversed_ones_are_named(self):
        assert read("notice_days", field="vacancy.filed_on", least=60, most=60).most == 60
        with pytest.raises(InvalidError) as error:
            read("notice_days", field="vacancy.filed_on", least=61, most=60)
        assert error.value.field == "condition.params.most"
        assert error.value.params == {"least": 61, "most": 60}

    @pytest.mark.parametrize(
        ("asked", "case", "params"),
        [
            (History(min_seasons=3), (2, None, None), {"field": HISTORY[0], "value": 2, "limit": 3}),
            (History(within_years=0), (0, None, None), {"field": HISTORY[0], "value": 0, "limit": 1}),
            (History(within_years=3), (1, 4, None), {"field": HISTORY[1], "value": 4, "limit": 3}),
            (History(returned_on_time=True), (1, None, False), {"field": HISTORY[2]}),
            (History(returned_on_time=True), (0, None, None), {"value": 0}),
            (History(min_seasons=2), (5, None, None), {"value": 5}),
            (History(within_years=3), (None, 1, None), {"missing": HISTORY[0]}),
            (History(within_years=3), (2, None, None), {"missing": HISTORY[1]}),
            (History(returned_on_time=True), (2, None, None), {"missing": HISTORY[2]}),
        ],
    )
    def test_a_finding_on_earlier_seasons_names_what_decided(self, asked, case, params):
        assert asked.apply(dict(zip(HISTORY, case, strict=True))).params == params

    def test_earlier_seasons_read_only_the_fields_that_are_asked_for(self):
        assert History(min_seasons=1).fields == {HISTORY[0]}
        assert History(within_years=0).fields == set(HISTORY[:2])
        assert History(returned_on_time=True).fields == {HISTORY[0], HISTORY[2]}

    def test_a_history_that_asks_for_one_season_only_cannot_be_loosened(self):
        assert History(min_seasons=2).loosened() == History(min_seasons=1)
        assert History(min_seasons=1).loosened() is None
