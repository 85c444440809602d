import copy
from datetime import date
from decimal import Decimal
from multiprocessing.reduction import ForkingPickler

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.data.reference import countries, sectors
from mobility.data.schemes import scheme_documents
from mobility.errors import InvalidError
from mobility.rules.basics.findings import Severity, Verdict, worst
from mobility.rules.cases.schemes import SchemeKind
from mobility.rules.law.example_schemes import example_schemes, parse_example
from mobility.rules.law.facts import check_facts
from mobility.rules.law.rulesets import evaluate, in_force, parse_rules, write_rules
from mobility.rules.quotas.places import quotas_of
from tests.rules.law.test_conditions import JSON
from tests.rules.rule_worlds import FARM_JOB, PERSON, refusal_of

TODAY = date(2026, 3, 1)
SCHEMES = {scheme.code: scheme for scheme in example_schemes()}

#: A case that each scheme accepts: what differs from a Guatemalan on a Californian farm.
GOOD = {
    "us_h2a_like": {},
    "us_h2b_like": {"vacancy.occupation": "9214", "vacancy.sector": "landscaping"},
    "ca_sawp_like": {"worker.nationalities": frozenset({"JM"}), "vacancy.country": "CA", "vacancy.currency": "CAD"},
    "es_gecco_like": {"vacancy.country": "ES", "vacancy.currency": "EUR"},
    "disaster_response": {"worker.nationalities": frozenset({"HN"})},
    "skilled_corridor": {"vacancy.occupation": "7212", "vacancy.country": "CA", "vacancy.currency": "CAD"},
}


def findings(code, on=TODAY, **changes):
    facts = PERSON | FARM_JOB | GOOD[code] | {name.replace("__", ".", 1): value for name, value in changes.items()}
    check_facts(facts)
    return evaluate(SCHEMES[code].rules, facts, on=on)


def by_rule(code, **changes):
    return {finding.rule: finding for finding in findings(code, **changes)}


def test_there_are_six_of_four_kinds_or_more():
    assert sorted(SCHEMES) == sorted(GOOD)
    assert {scheme.kind for scheme in SCHEMES.values()} >= {
        SchemeKind.SEASONAL,
        SchemeKind.CIRCULAR,
        SchemeKind.DISASTER_RESPONSE,
        SchemeKind.SKILLED,
    }


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=list(SCHEMES))
class TestEveryScheme:
    def test_names_real_countries_and_sectors(self, scheme):
        known = {country.code for country in countries()}
        assert {scheme.destination, *scheme.origins} <= known
        assert scheme.destination not in scheme.origins
        assert set(scheme.sectors) <= {sector.slug for sector in sectors()}

    def test_says_in_three_languages_that_it_is_an_example(self, scheme):
        assert set(scheme.titles) == set(scheme.note) == {"en", "es", "fr"}
        assert "check before use" in scheme.note["en"]

    def test_gives_every_rule_a_sentence_in_three_languages_and_a_source(self, scheme):
        for rule in scheme.rules:
            assert len(set(rule.sentence.values())) == 3
            assert rule.source

    def test_lets_no_worker_pay_and_nobody_under_18_go(self, scheme):
        rules = {rule.id: rule for rule in in_force(scheme.rules, TODAY)}
        assert rules["fees"].severity is rules["age"].severity is Severity.BLOCK
        assert rules["fees"].waiver is rules["age"].waiver is None

    def test_comes_back_from_its_json(self, scheme):
        assert parse_rules(write_rules(scheme.rules)) == scheme.rules

    def test_may_be_handed_to_another_process(self, scheme):
        assert ForkingPickler.loads(ForkingPickler.dumps(scheme)) == scheme

    def test_caps_its_quotas_in_the_right_order(self, scheme):
        assert len({quota.code for quota in scheme.quotas}) == len(scheme.quotas)
        assert len(scheme.quotas) >= 2 or len(quotas_of(scheme.places)) >= 2
        for quota in scheme.quotas:
            assert quota.valid_from < quota.valid_to
            assert quota.cap > 0
            assert bool(quota.values) is (quota.dimension is not None)

    def test_accepts_its_worked_example(self, scheme):
        found = findings(scheme.code)
        assert [finding for finding in found if finding.verdict is not Verdict.PASS] == []

    def test_takes_a_worker_of_17_for_nobody(self, scheme):
        found = by_rule(scheme.code, worker__age=17)
        assert (found["age"].verdict, found["age"].params["limit"]) == (Verdict.FAIL, 18)
        assert worst(found.values()) is Verdict.FAIL

    def test_refuses_a_job_that_asks_the_worker_to_pay(self, scheme):
        found = by_rule(scheme.code, vacancy__worker_fees=Decimal(1))
        assert found["fees"].code == "range.above"

    def test_calls_pay_below_the_highest_floor_too_low(self, scheme):
        found = by_rule(scheme.code, vacancy__pay_hourly=Decimal("7.00"))
        assert found["wage_floor"].code == "highest_of_floors.below"

    def test_leaves_a_case_without_papers_open_and_names_them(self, scheme):
        lost = {"worker.document_valid_until": None, "worker.check.identity_valid_until": None}
        found = by_rule(scheme.code, **lost)["document"]
        assert found.verdict is Verdict.UNKNOWN
        assert "worker.document_valid_until" in found.params["missing"]

    def test_takes_nobody_of_a_country_that_does_not_take_part(self, scheme):
        assert by_rule(scheme.code, worker__nationalities=frozenset({"NZ"}))["origin"].code == "one_of.outside"


class TestWorkedExamples:
    def test_a_farm_scheme_takes_no_welder_and_the_other_no_picker(self):
        assert by_rule("us_h2a_like", vacancy__occupation="7212")["occupation"].verdict is Verdict.FAIL
        assert by_rule("us_h2b_like", vacancy__occupation="9211")["occupation"].code == "none_of.excluded"
        assert by_rule("us_h2b_like", vacancy__occupation="6113")["occupation"].verdict is Verdict.PASS

    def test_the_wage_rule_changes_its_source_on_2_october_2025(self):
        days = (date(2025, 10, 1), date(2025, 10, 2))
        old, new = ({f.rule: f for f in findings("us_h2a_like", on=day)}["wage_floor"] for day in days)
        assert "90 FR 47914" in new.source
        assert "90 FR 47914" not in old.source

    def test_a_passport_must_outlast_the_job_by_six_months(self):
        found = by_rule("us_h2a_like", worker__document_valid_until=date(2027, 4, 29))["document"]
        assert (found.verdict, found.params["needed"]) == (Verdict.FAIL, "2027-04-30")

    def test_supplementary_visas_go_to_returners_or_to_four_countries(self):
        new = {"worker__seasons_completed": 0, "worker__years_since_last_season": None}
        assert by_rule("us_h2b_like", **new)["returning_or_set_aside"].verdict is Verdict.PASS
        mexican = by_rule("us_h2b_like", worker__nationalities=frozenset({"MX"}), **new)["returning_or_set_aside"]
        assert (mexican.verdict, mexican.severity) == (Verdict.FAIL, Severity.WARN)

    def test_a_canadian_season_ends_on_15_december_and_lasts_eight_months(self):
        late = by_rule("ca_sawp_like", vacancy__end=date(2026, 12, 20), vacancy__months=9)
        assert (late["season"].code, late["stay"].code) == ("season.outside", "stay_cap.too_long")

    def test_only_workers_from_mexico_are_asked_to_read_and_write(self):
        assert by_rule("ca_sawp_like", worker__reads_and_writes=False)["literacy"].code == "when.not_applicable"
        mexican = by_rule("ca_sawp_like", worker__reads_and_writes=False, worker__nationalities=frozenset({"MX"}))
        assert mexican["literacy"].code == "is_true.not_met"

    def test_nine_months_a_year_count_all_stays_in_spain(self):
        stays = (PERSON["worker.stays"][0]._replace(start=date(2026, 1, 1), end=date(2026, 3, 15)),)
        found = by_rule("es_gecco_like", worker__stays=stays)
        assert (found["stay"].verdict, found["year_stay"].verdict) == (Verdict.PASS, Verdict.FAIL)

    def test_somebody_who_overstayed_needs_a_waiver_in_spain(self):
        assert (
            by_rule("es_gecco_like", worker__last_returned_on_time=False)["return_record"].code
            == "history.returned_late"
        )

    def test_lost_papers_are_replaced_by_a_consular_check_after_a_disaster(self):
        assert (
            by_rule("disaster_response", worker__document_valid_until=date(2020, 1, 1))["document"].verdict
            is Verdict.PASS
        )

    def test_the_disaster_lane_is_for_displaced_people(self):
        assert by_rule("disaster_response", worker__displaced=False)["displaced"].verdict is Verdict.FAIL

    def test_french_will_do_where_english_is_missing(self):
        levels = type(PERSON["worker.language.en"])
        french = {"worker.language.en": levels.NONE, "worker.language.fr": levels.B2}
        neither = {"worker.language.en": levels.A2, "worker.language.fr": levels.A1}
        case = PERSON | FARM_JOB | GOOD["skilled_corridor"]
        verdicts = [
            {f.rule: f for f in evaluate(SCHEMES["skilled_corridor"].rules, case | some, on=TODAY)}["language"].code
            for some in (french, neither)
        ]
        assert verdicts == ["any_of.met", "any_of.none"]


class TestBadDocuments:
    @given(JSON)
    def test_any_json_is_refused_with_a_code(self, raw):
        with pytest.raises(InvalidError):
            parse_example(raw)

    @given(st.sampled_from(sorted(scheme_documents()[0])), st.integers() | st.none() | st.lists(st.integers()))
    def test_a_spoilt_part_is_refused_or_read(self, key, value):
        document = copy.deepcopy(scheme_documents()[0]) | {key: value}
        refused = refusal_of(parse_example, document)
        assert refused is None or refused.field.startswith("scheme")

    @pytest.mark.parametrize(
        ("key", "value", "code"),
        [
            ("kind", "holiday", "rules.not_a_code"),
            ("review_order", "nobody_first", "rules.not_a_code"),
            ("destination", "Spain", "rules.not_a_code"),
            ("titles", {"en": "Only English"}, "rules.required"),
            ("quotas", [{"code": "q", "valid_from": "2026-02-01", "valid_to": "2026-01-01"}], "rules.dates_reversed"),
            ("colour", "blue", "rules.unknown_parameter"),
        ],
    )
    def test_what_does_not_fit_is_named(self, key, value, code):
        document = copy.deepcopy(scheme_documents()[0]) | {key: value}
        assert refusal_of(parse_example, document).code == code

    def test_a_rule_without_its_sentence_in_french_is_refused(self):
        document = copy.deepcopy(scheme_documents()[0])
        del document["rules"][0]["sentence"]["fr"]
        with pytest.raises(InvalidError, match=r"rules\.sentence_incomplete"):
            parse_example(document)
