import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.errors import InvalidError
from mobility.rules.basics.findings import Severity, Verdict, worst
from mobility.rules.basics.organisations import OrganisationKind
from mobility.rules.law import facts as catalogue
from mobility.rules.law import operators, rulesets
from mobility.rules.law.facts import Scope
from mobility.rules.law.rulesets import about, evaluate, in_force, parse_rules, write_rules
from tests.rules.law.test_conditions import JSON
from tests.rules.rule_worlds import ALL_FACTS, RULES, SOME_FACTS, refusal_of

TODAY = date(2026, 4, 1)
KNOWN_CODES = {*rulesets.CODES, *operators.CODES, *catalogue.CODES}


def rule(**changes):
    return {
        "id": "age",
        "operator": "range",
        "params": {"field": "worker.age", "min": 18},
        "source": "IRIS Standard, criterion A.3",
        "valid_from": "2025-01-01",
    } | changes


def refused(*rules):
    with pytest.raises(InvalidError) as error:
        parse_rules(list(rules))
    return error.value


class TestParsing:
    def test_what_is_left_out_has_its_usual_meaning(self):
        (parsed,) = parse_rules([rule()])
        assert (parsed.severity, parsed.valid_to, parsed.waiver, dict(parsed.sentence)) == (
            Severity.BLOCK,
            None,
            None,
            {},
        )
        assert (parsed.operator, parsed.params) == ("range", {"field": "worker.age", "min": 18})

    def test_an_empty_rule_set_is_a_rule_set(self):
        assert parse_rules([]) == ()

    @pytest.mark.parametrize(
        ("change", "code", "field"),
        [
            ({"id": None}, "rules.required", "rules[0].id"),
            ({"id": "Two words"}, "rules.not_a_name", "rules[0].id"),
            ({"operator": "rnage"}, "rules.unknown_operator", "rules[0].operator"),
            ({"params": None}, "rules.required", "rules[0].params"),
            ({"params": []}, "rules.not_an_object", "rules[0].params"),
            ({"source": " "}, "rules.not_a_text", "rules[0].source"),
            ({"source": None}, "rules.required", "rules[0].source"),
            ({"severity": "error"}, "rules.not_a_code", "rules[0].severity"),
            ({"waiver": "minister"}, "rules.not_a_code", "rules[0].waiver"),
            ({"valid_from": None}, "rules.required", "rules[0].valid_from"),
            ({"valid_from": "1 May"}, "rules.not_a_date", "rules[0].valid_from"),
            ({"valid_to": "2024-12-31"}, "rules.dates_reversed", "rules[0].valid_to"),
            ({"sentence": {"de": "Ab 18."}}, "rules.unknown_parameter", "rules[0].sentence"),
            ({"sentence": {"en": ""}}, "rules.not_a_text", "rules[0].sentence.en"),
            ({"note": "x"}, "rules.unknown_parameter", "rules[0]"),
            ({"params": {"field": "worker.marital_status", "min": 1}}, "facts.discriminatory", "rules[0].params.field"),
        ],
    )
    def test_what_does_not_fit_is_refused_with_its_path(self, change, code, field):
        error = refused(rule(**change))
        assert (error.code, error.field) == (code, field)

    def test_the_rule_at_fault_is_named(self):
        error = refused(rule(id="first"), rule(id="second", params={"field": "worker.aeg", "min": 1}))
        assert (error.field, error.params["rule"]) == ("rules[1].params.field", "second")
        assert error.params["nearest"] == "worker.age"

    @pytest.mark.parametrize("raw", [None, {}, "rules", 3])
    def test_a_rule_set_is_a_list(self, raw):
        with pytest.raises(InvalidError, match=r"rules\.not_a_list"):
            parse_rules(raw)

    def test_a_rule_set_has_a_reasonable_length(self):
        with pytest.raises(InvalidError, match=r"rules\.too_many"):
            parse_rules([rule()] * 501)

    @given(JSON | st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(rule(), JSON))))
    def test_any_json_is_read_or_refused_with_a_listed_code(self, raw):
        error = refusal_of(parse_rules, raw)
        assert error is None or (error.code in KNOWN_CODES and error.field.startswith("rules"))

    @given(st.sampled_from(sorted(rule())), JSON)
    def test_a_good_rule_with_one_spoilt_part_is_read_or_refused(self, key, value):
        error = refusal_of(parse_rules, [rule(**{key: value})])
        assert error is None or error.code in KNOWN_CODES

    @given(RULES)
    def test_rules_come_back_from_their_json(self, rules):
        assert parse_rules(json.loads(json.dumps(write_rules(rules)))) == rules


class TestVersions:
    OLD = rule(valid_to="2026-03-31")

    def test_a_version_may_follow_on_the_next_day_in_any_order(self):
        new = rule(valid_from="2026-04-01", params={"field": "worker.age", "min": 21})
        assert len(parse_rules([new, self.OLD])) == 2

    @pytest.mark.parametrize(
        ("starts", "code", "day"),
        [
            ("2026-03-31", "rules.dates_overlap", "2026-03-31"),
            ("2025-01-01", "rules.dates_overlap", "2025-01-01"),
            ("2026-04-02", "rules.dates_gap", "2026-03-31"),
        ],
    )
    def test_versions_neither_overlap_nor_leave_a_gap(self, starts, code, day):
        error = refused(self.OLD, rule(valid_from=starts))
        assert (error.code, error.params) == (code, {"rule": "age", "day": day})

    def test_a_version_without_an_end_is_the_last(self):
        assert refused(rule(), rule(valid_from="2030-01-01")).code == "rules.dates_overlap"

    def test_only_the_version_of_the_day_applies(self):
        rules = parse_rules([self.OLD, rule(valid_from="2026-04-01", params={"field": "worker.age", "min": 21})])
        facts = {"worker.age": 19}
        verdicts = [evaluate(rules, facts, on=day)[0].verdict for day in (date(2026, 3, 31), date(2026, 4, 1))]
        assert verdicts == [Verdict.PASS, Verdict.FAIL]
        assert evaluate(rules, facts, on=date(2024, 12, 31)) == []

    @given(st.dates(date(2024, 1, 1), date(2029, 1, 1)))
    def test_at_most_one_version_applies_on_any_day(self, day):
        rules = parse_rules([self.OLD, rule(valid_from="2026-04-01")])
        assert len(in_force(rules, day)) == (day >= date(2025, 1, 1))


class TestContradictions:
    @pytest.mark.parametrize(
        "other",
        [
            rule(id="young", params={"field": "worker.age", "max": 17}),
            rule(id="young", params={"field": "worker.age", "min": 0, "max": 10}),
        ],
    )
    def test_ranges_that_exclude_each_other_are_refused(self, other):
        error = refused(rule(), other)
        assert (error.code, error.params) == ("rules.contradiction", {"rule": "young", "other": "age"})

    def test_lists_that_share_nothing_are_refused(self):
        one = rule(id="one", operator="one_of", params={"field": "vacancy.country", "values": ["US"]})
        other = one | {"id": "other", "params": {"field": "vacancy.country", "values": ["CA"]}}
        assert refused(one, other).code == "rules.contradiction"

    def test_groups_of_occupations_share_those_below_them(self):
        one = rule(id="one", operator="one_of", params={"field": "vacancy.occupation", "values": ["92"]})
        other = one | {"id": "other", "params": {"field": "vacancy.occupation", "values": ["9214"]}}
        assert len(parse_rules([one, other])) == 2

    @pytest.mark.parametrize(
        "change",
        [
            {"severity": "warn"},
            {"params": {"field": "worker.age", "max": 18}},
            {"params": {"field": "worker.education_years", "max": 10}},
            {"operator": "equals", "params": {"field": "worker.age", "value": 3}},
        ],
    )
    def test_rules_that_some_case_can_meet_are_accepted(self, change):
        other = {"id": "young", "params": {"field": "worker.age", "max": 17}} | change
        assert len(parse_rules([rule(), rule(**other)])) == 2

    def test_rules_of_different_times_may_differ(self):
        young = rule(id="young", params={"field": "worker.age", "max": 17}, valid_from="2026-01-01")
        assert len(parse_rules([rule(valid_to="2025-12-31"), young])) == 2

    def test_a_person_may_hold_nationalities_of_two_lists(self):
        one = rule(id="one", operator="one_of", params={"field": "worker.nationalities", "values": ["GT"]})
        other = one | {"id": "other", "params": {"field": "worker.nationalities", "values": ["HN"]}}
        assert len(parse_rules([one, other])) == 2


class TestEvaluation:
    THREE = parse_rules(
        [
            rule(waiver="destination_ministry"),
            rule(id="housing", operator="is_true", params={"field": "vacancy.housing_free"}, severity="warn"),
            rule(id="document", operator="valid_beyond_end", params={"field": "worker.document_valid_until"}),
        ]
    )

    def test_each_rule_gives_one_finding_with_its_source_and_severity(self):
        found = evaluate(self.THREE, {"worker.age": 17, "vacancy.housing_free": False}, on=TODAY)
        assert [(one.rule, one.verdict, one.severity) for one in found] == [
            ("age", Verdict.FAIL, Severity.BLOCK),
            ("housing", Verdict.FAIL, Severity.WARN),
            ("document", Verdict.UNKNOWN, Severity.BLOCK),
        ]
        assert {one.source for one in found} == {"IRIS Standard, criterion A.3"}
        assert found[2].params["missing"] == "worker.document_valid_until,vacancy.end"

    def test_a_waived_rule_passes_and_says_who_may_waive_it(self):
        (seen, *_) = evaluate(self.THREE, {"worker.age": 17}, on=TODAY, waived=frozenset({"age"}))
        assert (seen.verdict, seen.code) == (Verdict.PASS, "waived")
        assert seen.params == {"authority": OrganisationKind.DESTINATION_MINISTRY}

    def test_a_rule_that_nobody_may_waive_is_applied_all_the_same(self):
        found = evaluate(self.THREE, {}, on=TODAY, waived=frozenset({"document", "no_such_rule"}))
        assert found[2].verdict is Verdict.UNKNOWN

    def test_rules_know_whom_they_are_about(self):
        assert [one.id for one in about(self.THREE, Scope.WORKER)] == ["age"]
        assert [one.id for one in about(self.THREE, Scope.VACANCY)] == ["housing"]
        assert about(self.THREE, Scope.WORKER, Scope.VACANCY) == self.THREE

    @given(RULES, SOME_FACTS)
    def test_findings_are_coded_and_stand_in_the_order_of_the_rules(self, rules, facts):
        found = evaluate(rules, facts, on=TODAY)
        assert [one.rule for one in found] == [one.id for one in rules]
        assert {one.code for one in found} <= KNOWN_CODES

    @given(RULES, SOME_FACTS, st.randoms(use_true_random=False))
    def test_the_order_of_rules_changes_no_finding(self, rules, facts, random):
        shuffled = tuple(random.sample(rules, len(rules)))
        one, other = evaluate(rules, facts, on=TODAY), evaluate(shuffled, facts, on=TODAY)
        assert sorted(map(repr, one)) == sorted(map(repr, other))
        assert worst(one) is worst(other)

    @given(RULES, ALL_FACTS, st.data())
    def test_removing_facts_never_makes_a_case_pass(self, rules, facts, data):
        blocking = tuple(replace(one, severity=Severity.BLOCK) for one in rules)
        dropped = data.draw(st.sets(st.sampled_from(sorted(facts))))
        fewer = {name: value for name, value in facts.items() if name not in dropped}
        before, after = (worst(evaluate(blocking, some, on=TODAY)) for some in (facts, fewer))
        assert after in {before, Verdict.UNKNOWN}

    @given(RULES, SOME_FACTS)
    def test_the_same_case_gives_the_same_findings(self, rules, facts):
        assert evaluate(rules, facts, on=TODAY) == evaluate(rules, dict(facts), on=TODAY)

    @given(RULES, SOME_FACTS)
    def test_waiving_never_makes_a_case_worse(self, rules, facts):
        everything = frozenset(one.id for one in rules)
        order = [Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS]
        plain = evaluate(rules, facts, on=TODAY)
        waived = evaluate(rules, facts, on=TODAY, waived=everything)
        assert all(order.index(b.verdict) >= order.index(a.verdict) for a, b in zip(plain, waived, strict=True))
