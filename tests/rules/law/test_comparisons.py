from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.errors import InvalidError
from mobility.rules.basics.findings import Verdict
from mobility.rules.basics.languages import Cefr
from mobility.rules.law.comparisons import HighestOfFloors, NoneOf, OneOf, Range
from mobility.rules.law.operators import parse_condition
from tests.rules.rule_worlds import ALL_FACTS, FLOOR, WHOLE, memberships, ranges


def read(operator, **params):
    return parse_condition({"operator": operator, "params": params})


def refused(operator, **params):
    with pytest.raises(InvalidError) as error:
        read(operator, **params)
    return error.value


class TestRange:
    ADULT = read("range", field="worker.age", min=18, max=55)

    @pytest.mark.parametrize(
        ("age", "verdict", "code"),
        [
            (17, Verdict.FAIL, "range.below"),
            (18, Verdict.PASS, "range.met"),
            (55, Verdict.PASS, "range.met"),
            (56, Verdict.FAIL, "range.above"),
        ],
    )
    def test_both_bounds_are_included(self, age, verdict, code):
        seen = self.ADULT.apply({"worker.age": age})
        assert (seen.verdict, seen.code, seen.params["value"]) == (verdict, code, age)

    @pytest.mark.parametrize("facts", [{}, {"worker.age": None}])
    def test_what_is_missing_is_named(self, facts):
        seen = self.ADULT.apply(facts)
        assert (seen.verdict, seen.code) == (Verdict.UNKNOWN, "fact.missing")
        assert seen.params == {"missing": "worker.age"}

    def test_dates_and_decimals_are_compared_as_such(self):
        early = read("range", field="worker.earliest_start", max="2026-05-01")
        assert early.apply({"worker.earliest_start": date(2026, 5, 2)}).params["limit"] == "2026-05-01"
        hours = read("range", field="vacancy.hours_week", min="35")
        assert hours.apply({"vacancy.hours_week": Decimal("34.9")}).verdict is Verdict.FAIL

    @pytest.mark.parametrize(
        ("params", "code", "field"),
        [
            ({"field": "worker.age"}, "rules.required", "condition.params.min"),
            ({"min": 18}, "rules.required", "condition.params.field"),
            ({"field": "worker.age", "min": 30, "max": 20}, "rules.contradiction", "condition.params.min"),
            ({"field": "worker.age", "min": "18"}, "rules.not_an_integer", "condition.params.min"),
            ({"field": "worker.age", "min": True}, "rules.not_an_integer", "condition.params.min"),
            ({"field": "worker.age", "min": 10**9}, "rules.out_of_bounds", "condition.params.min"),
            ({"field": "worker.age", "least": 18}, "rules.unknown_parameter", "condition.params"),
            ({"field": "worker.displaced", "min": 1}, "rules.wrong_kind", "condition.params.field"),
            ({"field": "worker.sex", "min": 1}, "facts.discriminatory", "condition.params.field"),
            ({"field": "vacancy.pay_hourly", "min": "NaN"}, "rules.not_a_number", "condition.params.min"),
            ({"field": "vacancy.pay_hourly", "min": "1e99"}, "rules.not_a_number", "condition.params.min"),
            ({"field": "vacancy.start", "min": "2026-02-30"}, "rules.not_a_date", "condition.params.min"),
            ({"field": "vacancy.start", "min": "20260230"}, "rules.not_a_date", "condition.params.min"),
        ],
    )
    def test_parameters_that_do_not_fit_are_refused_with_their_path(self, params, code, field):
        error = refused("range", **params)
        assert (error.code, error.field) == (code, field)

    @given(ranges(), ALL_FACTS, st.integers(0, 50))
    def test_loosening_never_turns_a_pass_into_a_fail(self, asked, facts, slack):
        if asked.apply(facts).verdict is not Verdict.PASS:
            return
        assert Range(asked.field, None, asked.most).apply(facts).verdict is Verdict.PASS
        assert Range(asked.field, asked.least, None).apply(facts).verdict is Verdict.PASS
        if isinstance(asked.least, int):
            assert Range(asked.field, asked.least - slack, asked.most).apply(facts).verdict is Verdict.PASS

    @given(WHOLE, WHOLE, WHOLE, WHOLE)
    def test_a_tighter_range_passes_a_subset(self, age, least, most, slack):
        facts = {"worker.age": age}
        if Range("worker.age", least, most).apply(facts).verdict is Verdict.PASS:
            assert Range("worker.age", least - slack, most + slack).apply(facts).verdict is Verdict.PASS


class TestMembership:
    def test_one_of_several_codes_is_enough(self):
        origin = read("one_of", field="worker.nationalities", values=["GT", "HN"])
        assert origin.apply({"worker.nationalities": frozenset({"SV", "HN"})}).verdict is Verdict.PASS
        seen = origin.apply({"worker.nationalities": frozenset({"SV"})})
        assert (seen.verdict, seen.code, seen.params["value"]) == (Verdict.FAIL, "one_of.outside", "SV")

    def test_of_excluded_codes_none_may_be_there(self):
        excluded = read("none_of", field="worker.nationalities", values=["GT"])
        assert excluded.apply({"worker.nationalities": frozenset({"SV", "GT"})}).code == "none_of.excluded"

    def test_a_known_empty_set_is_not_unknown(self):
        facts = {"worker.licences": frozenset()}
        assert read("one_of", field="worker.licences", values=["a"]).apply(facts).verdict is Verdict.FAIL
        assert read("none_of", field="worker.licences", values=["a"]).apply(facts).verdict is Verdict.PASS

    @pytest.mark.parametrize(("code", "inside"), [("9211", True), ("9111", False), ("6111", True), ("6210", False)])
    def test_a_group_of_occupations_stands_for_all_below_it(self, code, inside):
        farm = read("one_of", field="vacancy.occupation", values=["61", "921"])
        assert (farm.apply({"vacancy.occupation": code}).verdict is Verdict.PASS) is inside

    def test_other_codes_have_no_groups(self):
        assert (
            read("one_of", field="vacancy.sector", values=["c"]).apply({"vacancy.sector": "care"}).verdict
            is Verdict.FAIL
        )

    @pytest.mark.parametrize(
        ("values", "code"),
        [
            ([], "rules.empty"),
            ("GT", "rules.not_a_list"),
            (["gt"], "rules.not_a_code"),
            ([7], "rules.not_a_code"),
            (["GT", "GT"], "rules.duplicate"),
            (["GT"] * 501, "rules.too_many"),
            (None, "rules.required"),
        ],
    )
    def test_lists_that_do_not_fit_are_refused(self, values, code):
        assert refused("one_of", field="worker.nationalities", values=values).code == code

    @given(memberships(), ALL_FACTS)
    def test_none_of_is_the_opposite_of_one_of(self, asked, facts):
        inside = OneOf(asked.field, asked.values).apply(facts).verdict
        outside = NoneOf(asked.field, asked.values).apply(facts).verdict
        assert {inside, outside} == {Verdict.PASS, Verdict.FAIL}

    @given(memberships(), ALL_FACTS)
    def test_a_longer_list_never_loses_a_pass(self, asked, facts):
        if OneOf(asked.field, asked.values).apply(facts).verdict is Verdict.PASS:
            assert OneOf(asked.field, asked.values | {"ZZ"}).apply(facts).verdict is Verdict.PASS


class TestEqualsAndTruth:
    @pytest.mark.parametrize(
        ("field", "value", "other"),
        [
            ("vacancy.currency", "USD", "CAD"),
            ("worker.seasons_completed", 2, 3),
            ("worker.displaced", False, True),
        ],
    )
    def test_equal_values_pass_and_others_fail(self, field, value, other):
        asked = read("equals", field=field, value=value)
        assert asked.apply({field: value}).verdict is Verdict.PASS
        assert asked.apply({field: other}).code == "equals.differs"
        assert asked.apply({}).verdict is Verdict.UNKNOWN

    @pytest.mark.parametrize(
        ("field", "value", "code"),
        [
            ("vacancy.currency", "usd", "rules.not_a_code"),
            ("worker.displaced", 1, "rules.not_a_flag"),
            ("worker.age", "x", "rules.not_an_integer"),
            ("vacancy.pay_hourly", 3, "rules.wrong_kind"),
        ],
    )
    def test_a_value_of_another_kind_is_refused(self, field, value, code):
        assert refused("equals", field=field, value=value).code == code

    def test_a_yes_or_no_must_be_yes(self):
        asked = read("is_true", field="vacancy.housing_free")
        assert asked.apply({"vacancy.housing_free": True}).verdict is Verdict.PASS
        assert asked.apply({"vacancy.housing_free": False}).code == "is_true.not_met"
        assert asked.apply({}).params == {"missing": "vacancy.housing_free"}


class TestLevel:
    ASKED = read("at_least_level", field="worker.language.es", level="B1")

    @pytest.mark.parametrize("level", list(Cefr))
    def test_the_level_or_above_passes(self, level):
        passed = self.ASKED.apply({"worker.language.es": level}).verdict is Verdict.PASS
        assert passed is (level >= Cefr.B1)

    def test_no_level_at_all_is_unknown(self):
        assert self.ASKED.apply({}).verdict is Verdict.UNKNOWN

    @pytest.mark.parametrize("level", ["b1", "NONE", "D1", 3, ""])
    def test_other_levels_are_refused(self, level):
        assert refused("at_least_level", field="worker.language.es", level=level).code == "rules.not_a_level"


class TestHighestOfFloors:
    ASKED = HighestOfFloors("USD", (FLOOR,), {"federal_minimum": Decimal("7.25")})

    def case(self, pay="15", floor="12", currency="USD"):
        return {
            "vacancy.pay_hourly": None if pay is None else Decimal(pay),
            FLOOR: None if floor is None else Decimal(floor),
            "vacancy.currency": currency,
        }

    @pytest.mark.parametrize(
        ("facts", "verdict", "code"),
        [
            ({}, Verdict.PASS, "highest_of_floors.met"),
            ({"pay": "11.99"}, Verdict.FAIL, "highest_of_floors.below"),
            ({"pay": "7", "floor": None}, Verdict.FAIL, "highest_of_floors.below"),
            ({"floor": None}, Verdict.UNKNOWN, "fact.missing"),
            ({"pay": None}, Verdict.UNKNOWN, "fact.missing"),
            ({"currency": None}, Verdict.UNKNOWN, "fact.missing"),
            ({"currency": "CAD"}, Verdict.FAIL, "highest_of_floors.other_currency"),
            ({"floor": "0"}, Verdict.PASS, "highest_of_floors.met"),
        ],
    )
    def test_the_highest_known_floor_decides(self, facts, verdict, code):
        seen = self.ASKED.apply(self.case(**facts))
        assert (seen.verdict, seen.code) == (verdict, code)

    def test_what_is_missing_is_named_by_its_field(self):
        assert self.ASKED.apply(self.case(floor=None)).params["missing"] == FLOOR

    @pytest.mark.parametrize(
        ("params", "code"),
        [
            ({"currency": "USD"}, "rules.required"),
            ({"currency": "dollar", "amounts": {"a": 1}}, "rules.not_a_code"),
            ({"currency": "USD", "floors": ["vacancy.pay_hourly"]}, "rules.wrong_kind"),
            ({"currency": "USD", "floors": [FLOOR, FLOOR]}, "rules.duplicate"),
            ({"currency": "USD", "floors": [3]}, "rules.not_a_text"),
            ({"currency": "USD", "amounts": {"a": 0}}, "rules.out_of_bounds"),
            ({"currency": "USD", "amounts": {"a b": 1}}, "rules.not_a_code"),
            ({"currency": "USD", "amounts": [1]}, "rules.not_an_object"),
        ],
    )
    def test_parameters_that_do_not_fit_are_refused(self, params, code):
        assert refused("highest_of_floors", **params).code == code
