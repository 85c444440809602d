from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from mobility.demo import vacancies
from mobility.demo.calendar import Calendar
from mobility.demo.dice import single
from mobility.demo.geography import SCHEMES
from mobility.models.concepts.occupations import Occupation
from mobility.models.employers import Employer
from mobility.models.shortages.shortages import Shortage
from mobility.models.vacancies import Vacancy
from mobility.rules.cases.employers import EmployerState
from mobility.rules.cases.vacancies import VacancyState
from tests.demo import worlds


class OnlyDates(vacancies.Posting):
    def __init__(self, today, seed):
        self.calendar, self.dice = Calendar(today), single(seed, 3, width=2)


@given(st.dates(date(2025, 1, 1), date(2030, 12, 31)), st.integers(0, 99), st.sampled_from(list(SCHEMES.values())))
@pytest.mark.parametrize("season", [vacancies.LAST, vacancies.COMING])
def test_whatever_day_it_is_a_job_has_a_length_and_the_farm_corridor_keeps_to_one_year(season, today, seed, code):
    start, end = OnlyDates(today, seed)._dates(season, code)
    assert (end - start).days >= 40
    assert (start > today) == (season is vacancies.COMING) == (end > today)
    if code == "ca_sawp_like":
        assert start.year == end.year
        assert end <= date(end.year, 12, 15)


def every(session):
    return list(session.scalars(sa.select(Vacancy).order_by(Vacancy.id)))


def test_forty_employers_most_of_them_verified(look):
    states = Counter(look.scalars(sa.select(Employer.state)))
    assert states.total() == 40
    assert states[EmployerState.VERIFIED] == 37


def test_120_vacancies_stand_where_a_season_has_them(look):
    states = Counter(vacancy.state for vacancy in every(look))
    assert states.total() == 120
    assert states[VacancyState.EXPIRED] == 24
    for state, number in vacancies.ON_THE_WAY.items():
        assert states[state] == number
    assert states[VacancyState.OPEN] > 60


def test_only_certified_vacancies_have_positions_to_fill(look):
    for vacancy in every(look):
        certified = vacancy.state in {*vacancies.CERTIFIED, VacancyState.EXPIRED}
        assert (vacancy.certified_positions > 0) == certified, vacancy.state
        assert vacancy.certified_positions <= vacancy.positions


def test_every_vacancy_is_of_a_verified_employer_and_a_shortage_of_its_own_country_and_occupation(look):
    rows = look.execute(
        sa.select(Vacancy, Employer, Shortage)
        .join(Employer, Vacancy.employer_id == Employer.id)
        .join(Shortage, Vacancy.shortage_id == Shortage.id)
    ).all()
    assert len(rows) == 120
    for vacancy, employer, shortage in rows:
        assert employer.state is EmployerState.VERIFIED
        assert vacancy.country == employer.country == shortage.country
        assert vacancy.occupation_id == shortage.occupation_id
        assert vacancy.region.startswith(vacancy.country)


def test_pay_reaches_the_floor_that_was_found_for_it(look):
    for vacancy in every(look):
        for floor in (vacancy.wage_floors or {}).values():
            assert vacancy.pay >= Decimal(floor)


def test_last_season_is_over_and_the_coming_one_not_begun(look):
    for vacancy in every(look):
        assert vacancy.starts_on < vacancy.ends_on
        assert (vacancy.ends_on < worlds.TODAY) == (vacancy.state is VacancyState.EXPIRED)
        if vacancy.state is not VacancyState.EXPIRED:
            assert vacancy.starts_on > worlds.TODAY


def test_the_occupations_are_the_demo_s_own_trades(look):
    used = set(look.scalars(sa.select(Occupation.code).join(Vacancy, Vacancy.occupation_id == Occupation.id)))
    assert used <= {trade.isco for trade in vacancies.TRADES}
    assert len(used) > 8
