from datetime import date

import numpy as np
import pytest

from mobility.matching.core.arrays import Entries
from mobility.matching.facts.columns import fact_column
from mobility.matching.facts.demand import demand_from_columns
from mobility.matching.facts.derived import DERIVED, EXPERIENCE, Stay, depends_on, derived_column, pair_facts
from mobility.matching.facts.pool import pool_from_columns
from mobility.rules.basics.dates import Period
from mobility.rules.law.facts import FACTS, check_facts
from tests.matching import worlds

WORDS = worlds.vocabulary(5, 3)
START = date(2026, 4, 1)
VACANCY = {"vacancy.start": START, "vacancy.country": "US"}
STAYS = (
    Stay("US", date(2025, 4, 1), date(2025, 9, 30)),
    Stay("CA", date(2024, 3, 1), date(2025, 4, 30)),
)


def pool(**facts):
    columns = {f"worker.{name}": fact_column([value]) for name, value in facts.items()}
    return pool_from_columns(WORDS, key=[1], experience=Entries([0], [1], [7]), facts=columns)


def value(name, people, vacancy=VACANCY, group=1):
    column = derived_column(people, name, vacancy, group)
    return None if column is None else column.value_at(0)


@pytest.mark.parametrize(("born", "age"), [(date(2008, 4, 1), 18), (date(2008, 4, 2), 17), (None, None)])
def test_age_is_that_of_the_vacancys_first_day(born, age):
    assert value("worker.age", pool(birth_date=born)) == age


def test_stays_are_those_in_the_vacancys_country():
    people = pool(stays_abroad=STAYS)
    assert value("worker.stays", people) == (Period(date(2025, 4, 1), date(2025, 9, 30)),)
    assert value("worker.stays", people, {"vacancy.country": "MX"}) == ()
    assert value("worker.stays", pool(stays_abroad=())) == ()


def test_months_abroad_count_every_country_once_in_the_last_year():
    assert value("worker.months_abroad_last_12", pool(stays_abroad=STAYS)) == 6
    assert value("worker.months_abroad_last_12", pool(stays_abroad=())) == 0


def test_years_since_the_last_season_are_calendar_years():
    assert value("worker.years_since_last_season", pool(last_season_end=date(2023, 12, 31))) == 3
    assert value("worker.years_since_last_season", pool(last_season_end=None)) is None


def test_experience_is_that_in_the_vacancys_group():
    assert [value(EXPERIENCE, pool(), group=group) for group in (1, 2, -1)] == [7, 0, None]


@pytest.mark.parametrize("name", [*DERIVED, EXPERIENCE])
def test_a_derived_fact_is_one_that_rules_may_name(name):
    assert name in FACTS


@pytest.mark.parametrize("name", sorted(how.kept for how in DERIVED.values()))
def test_a_kept_fact_is_one_that_rules_may_not_name(name):
    assert name not in FACTS


def test_a_fact_that_the_pool_holds_itself_comes_first():
    assert value("worker.age", pool(birth_date=date(2000, 1, 1), age=44)) == 44
    assert depends_on("worker.age", pool(age=44).facts, VACANCY, 1) is None


@pytest.mark.parametrize("name", [*DERIVED, "worker.displaced"])
def test_what_nobody_kept_is_not_known(name):
    assert derived_column(pool(), name, VACANCY, 1) is None


@pytest.mark.parametrize("name", DERIVED)
def test_without_the_vacancys_fact_nothing_is_derived(name):
    people = pool(birth_date=START, last_season_end=START, stays_abroad=STAYS)
    assert derived_column(people, name, {}, 1) is None
    assert depends_on(name, people.facts, {}, 1) is None
    assert depends_on(name, people.facts, VACANCY, 1) in (START, START.year, "US")


def test_the_facts_of_a_pair_are_facts_of_the_catalogue():
    people, demand = worlds.pool(5, 4), worlds.demand(5, 3)
    for worker in range(4):
        facts = pair_facts(people, worker, demand, 1)
        check_facts(facts)
        assert "worker.birth_date" not in facts
        assert {"worker.age", "vacancy.start", EXPERIENCE if demand.group[1] >= 0 else "worker.stays"} <= set(facts)


def test_a_pair_has_the_facts_of_its_own_worker_and_vacancy():
    people = pool_from_columns(WORDS, key=[1, 2], facts={"worker.displaced": fact_column([True, False])})
    plain = {"start": [1, 1], "end": [2, 2], "positions": [1, 1]}
    demand = demand_from_columns(WORDS, key=[1, 2], facts=[{"vacancy.months": 3}, {"vacancy.months": 4}], **plain)
    assert pair_facts(people, 1, demand, 0) == {"worker.displaced": False, "vacancy.months": 3}
    assert np.array_equal(demand.group, [-1, -1])
