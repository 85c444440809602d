"""Orders that may have been sent in twice: one employer, one place, overlapping dates, the same work."""

from datetime import date

import pytest

from mobility.models.concepts.occupations import Occupation
from mobility.rules.basics.causes import Cause, Why
from mobility.rules.cases.vacancies import VacancyState
from mobility.services.concepts.search import ConceptShelf
from mobility.services.vacancies import vacancies
from mobility.services.vacancies.twins import twins
from tests.services.concepts.taxonomy_worlds import sample_in


@pytest.fixture
def world(session, make, at, index_folder):
    sample_in(session, at, ConceptShelf(index_folder))
    return make.vacancy_world()


@pytest.fixture
def found(session, world, index_folder):
    """Return a function that names the twins of a vacancy."""

    def of(vacancy, actor=None):
        shelf = ConceptShelf(index_folder)
        return [(twin.vacancy.ref, twin.by_title) for twin in twins(session, actor or world.boss, shelf, vacancy)]

    return of


def test_the_same_occupation_place_and_dates_are_the_same_order(make, world, found):
    first, second = make.vacancy(world), make.vacancy(world, VacancyState.DRAFT)
    assert found(second) == [(first.ref, False)]


@pytest.mark.parametrize(
    "changes",
    [
        {"region": "US-GA"},
        {"starts_on": date(2027, 4, 1), "ends_on": date(2027, 4, 20)},
    ],
    ids=["another place", "other dates"],
)
def test_another_place_or_other_dates_are_another_order(make, world, found, changes):
    make.vacancy(world)
    assert found(make.vacancy(world, VacancyState.DRAFT, **changes)) == []


def test_dates_that_touch_on_one_day_overlap(make, world, found):
    first = make.vacancy(world)
    second = make.vacancy(world, VacancyState.DRAFT, starts_on=first.ends_on, ends_on=date(2027, 4, 30))
    assert found(second) == [(first.ref, False)]


def test_other_occupations_are_the_same_work_if_their_titles_mean_the_same(session, make, world, found):
    first = make.vacancy(world, title="Melon picker")
    second = make.vacancy(world, VacancyState.DRAFT, title="cosechador de melón")
    other = session.query(Occupation).filter(Occupation.code == "9213").one()
    second.occupation = other
    session.flush()
    assert found(second) == [(first.ref, True)]
    second.title = "pipe welder"
    session.flush()
    assert found(second) == []


def test_withdrawn_orders_and_other_employers_are_nobodys_twin(session, make, world, found, at):
    gone = make.vacancy(world, VacancyState.DRAFT)
    vacancies.withdraw(session, world.boss, gone.ref, Why(Cause.NO_LONGER_NEEDED), version=gone.version, at=at)
    rival = make.employer_actor(make.employer())
    assert found(make.vacancy(world, VacancyState.DRAFT)) == []
    own = make.vacancy(world, VacancyState.SUBMITTED)
    assert found(own, rival) == []
