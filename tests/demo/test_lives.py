from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from mobility.demo.dice import rows
from mobility.demo.lives import CHANCES, LifeMaker, near_duplicate, papers_current
from mobility.rules.cases.workers import WorkerState
from tests.demo.worlds import TODAY

MAKER = LifeMaker(TODAY)


def lives(seed, count=40):
    return [MAKER.life(dice) for dice in rows(seed, 7, 0, count=count, width=CHANCES)]


def test_the_same_dice_make_the_same_life():
    assert lives(5) == lives(5)
    assert lives(5) != lives(6)


@given(st.integers(0, 2**31))
def test_a_life_is_possible(seed):
    for origin, life in lives(seed, 5):
        age = (TODAY - life.columns["born_on"]).days / 365.25
        assert 17.9 < age < 50
        assert life.columns["origin_country"] == origin.country
        assert life.columns["residence_region"].startswith(origin.country)
        assert 0 < life.columns["education_years"] < 20
        assert life.document["issued_on"] < life.document["expires_on"]
        assert life.registered <= TODAY - timedelta(days=20)
        assert life.languages
        assert all(1 <= level <= 6 for level in life.languages.values())
        assert len({code for code, _, _ in life.skills}) == len(life.skills) > 0
        assert all(job["months"] > 0 for job in life.employments)
        assert life.clear["phone"].startswith("+000 ")


def test_only_people_of_a_stricken_region_are_displaced():
    for origin, life in lives(1, 400):
        assert bool(life.columns["displaced_by"]) == (life.columns["residence_region"] in origin.stricken)


def test_a_near_duplicate_differs_in_the_family_name_alone():
    for family in ("Pérez Gómez", "Rosales"):
        clear = {"given_names": "Ana", "family_names": family, "phone": "+000 1"}
        other = near_duplicate(clear)
        assert other["family_names"] != family
        assert {**other, "family_names": family} == clear


def test_whoever_has_only_registered_has_no_checks_yet():
    assert not papers_current(WorkerState.REGISTERED)
    assert papers_current(WorkerState.READY)
