"""What a ministry sees before it certifies, and that certifications at once never exceed a shortage together."""

import threading
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

from mobility.db import write_tx
from mobility.errors import InvalidError
from mobility.models.vacancies import Vacancy
from mobility.rules.basics.findings import Verdict
from mobility.rules.cases.vacancies import VacancyState
from mobility.rules.law.facts import check_facts
from mobility.services.vacancies import certification, vacancies
from mobility.services.vacancies.certification import (
    MINIMUM,
    assess,
    facts_of,
    floor_names,
    floors_of,
    rules_of,
)
from tests.factories.schemes import example
from tests.factories.vacancies import FLOORS

S = VacancyState
TODAY = date(2026, 5, 4)
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def world(make):
    return make.vacancy_world()


def codes(found):
    return {seen.finding.rule: seen.finding.code for seen in found.seen}


def test_every_condition_shows_also_those_that_are_met(session, make, world):
    vacancy = make.vacancy(world, S.SUBMITTED)

    found = assess(session, vacancy, positions=10, floors=FLOORS, at=NOON)

    assert found.obstacles == []
    assert codes(found) == {
        "employer_verified": "employer_verified.met",
        "scheme_active": "scheme_active.met",
        "vacancy_period": "vacancy_period.met",
        "shortage_match": "shortage_match.met",
        "shortage_left": "shortage_left.met",
        "wage_floor": "highest_of_floors.met",
        "zero_fees": "zero_fees.met",
        "vacancy_certified": "vacancy_certified.met",
        "occupation": "one_of.met",
        "hours": "range.met",
        "guarantee": "range.met",
        "housing": "is_true.met",
        "transport": "is_true.met",
        "insurance": "is_true.met",
        "fees": "range.met",
        "notice": "notice_days.met",
        "stay": "stay_cap.met",
    }


def test_findings_of_the_scheme_carry_its_own_words_and_source(session, make, world):
    vacancy = make.vacancy(world, S.SUBMITTED, housing_free=False)

    found = assess(session, vacancy, positions=10, floors=FLOORS, at=NOON)

    housing = next(seen for seen in found.scheme if seen.finding.rule == "housing")
    assert housing.finding.source == "20 CFR 655.122(d)"
    assert set(housing.words) == {"en", "es", "fr"}
    assert [(each.code, each.params["rule"]) for each in found.obstacles] == [("vacancy_rule.failed", "housing")]


def test_a_rule_that_only_warns_does_not_stop(session, make, world):
    vacancy = make.vacancy(world, S.SUBMITTED, starts_on=date(2026, 5, 10))
    found = assess(session, vacancy, positions=10, floors=FLOORS, at=NOON)
    assert codes(found)["notice"] == "notice_days.too_short"
    assert found.obstacles == []


def test_pay_is_held_to_the_floors_by_the_hour(session, make, world):
    vacancy = make.vacancy(world, S.SUBMITTED, pay=Decimal(640), pay_period="week")
    for floor, verdict in ((Decimal("16.00"), Verdict.PASS), (Decimal("16.01"), Verdict.FAIL)):
        found = assess(session, vacancy, positions=10, floors={"aewr": floor}, at=NOON)
        wage = next(seen.finding for seen in found.procedure if seen.finding.rule == "wage_floor")
        assert (wage.verdict, wage.params["offered"]) == (verdict, "16.0000")


def test_floors_are_named_by_the_scheme_or_else_the_minimum(session, world):
    rules = rules_of(session, world.scheme.id, TODAY)
    assert floor_names(rules) == ["aewr"]
    assert floor_names([rule for rule in rules if rule.id != "wage_floor"]) == [MINIMUM]


def test_before_the_first_day_of_its_rules_a_scheme_has_none(session, world):
    assert rules_of(session, world.scheme.id, date(2020, 1, 1)) == ()


def test_without_a_floor_in_the_rules_a_minimum_is_asked_for(session, make, world):
    vacancy = make.vacancy(world, S.SUBMITTED, starts_on=date(2026, 7, 1))
    for floors, code in (
        ({}, "wage_floor.missing"),
        ({MINIMUM: Decimal(20)}, "wage_floor.below"),
        ({MINIMUM: Decimal(0)}, "wage_floor.met"),
    ):
        found = assess(session, vacancy, positions=1, floors=floors, at=datetime(2020, 1, 1, 12, tzinfo=UTC))
        assert codes(found)["wage_floor"] == code


def test_a_vacancy_without_a_shortage_is_told_so(session, make, world):
    vacancy = make.vacancy(world, S.SUBMITTED)
    vacancy.shortage_id = None
    session.flush()
    found = assess(session, vacancy, positions=1, floors=FLOORS, at=NOON)
    assert codes(found)["shortage_match"] == "shortage_match.none"


@pytest.mark.parametrize("code", ["us_h2a_like", "us_h2b_like", "skilled_corridor"])
def test_facts_are_those_that_rules_may_name(make, world, code):
    vacancy = make.vacancy(world, S.SUBMITTED)
    facts = facts_of(vacancy, FLOORS, on=TODAY)
    check_facts(facts)
    wanted = {name for rule in example(code).rules for name in rule.fields if name.startswith("vacancy.")}
    assert {name for name in wanted if not name.startswith("vacancy.wage_floor.")} <= set(facts)
    assert (facts["vacancy.region"], facts["vacancy.pay_hourly"]) == ("US-FL", Decimal("16.0000"))


def test_a_whole_country_is_no_region(make, world):
    vacancy = make.vacancy(world, S.SUBMITTED, region="US")
    assert facts_of(vacancy, {}, on=TODAY)["vacancy.region"] is None


def test_stored_floors_come_back_as_amounts(make, world):
    assert floors_of(make.vacancy(world, S.CERTIFIED)) == FLOORS
    assert floors_of(make.vacancy(world, S.DRAFT)) == {}


def race(sessions, world, refs, at):
    """Certify all at once, each in its own transaction; return what each thread met."""
    start, met = threading.Barrier(len(refs)), []

    def run(ref):
        start.wait()
        try:
            with write_tx(sessions) as own:
                vacancies.certify(own, world.officer, ref, 10, FLOORS, version=2, at=at)
            met.append("certified")
        except InvalidError as error:
            met.append(error.code)

    threads = [threading.Thread(target=run, args=[ref]) for ref in refs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(met)


def test_certifications_at_once_never_exceed_the_shortage_together(session, sessions, make, at):
    world = make.vacancy_world(headcount=35)
    refs = [make.vacancy(world, S.SUBMITTED).ref for _ in range(8)]
    session.commit()

    assert race(sessions, world, refs, at) == ["certified"] * 3 + ["shortage_left.too_few"] * 5

    total = sa.select(sa.func.sum(Vacancy.certified_positions)).where(Vacancy.shortage_id == world.shortage.id)
    with sessions() as reader:
        assert reader.scalar(total) == 30


def test_without_the_lock_they_would_exceed_it(session, sessions, make, at, monkeypatch, database_url):
    if database_url.startswith("sqlite"):
        pytest.skip("SQLite lets only one transaction write at a time, lock or not")
    plain = certification.assess
    both_counted = threading.Barrier(2, timeout=10)

    def unlocked(*args, lock, **options):
        found = plain(*args, **options)
        both_counted.wait()
        return found

    monkeypatch.setattr(vacancies, "assess", unlocked)
    world = make.vacancy_world(headcount=10)
    refs = [make.vacancy(world, S.SUBMITTED).ref for _ in range(2)]
    session.commit()

    assert race(sessions, world, refs, at) == ["certified", "certified"]
