"""Simulations over a whole pool: equal to runs, nothing stored, small cells hidden, limits and refusals."""

from datetime import date

import pytest

from mobility.queries.worker_vectors import watermark
from mobility.rules.simulations import Changes
from mobility.services import simulation_worlds, simulations


@pytest.fixture
def corridor(session, make):
    """Twelve workers with 12, 24, … months of experience, three vacancies of two positions, all eligible."""
    made = make.corridor(workers=12, vacancies=3, positions=2)
    for number, worker in enumerate(made.workers):
        worker.born_on = date(1970 + number * 3, 3, 1)
    session.flush()
    return made


def world_of(session, corridor, at):
    law = simulations.law_of_today(_scheme(session, corridor), at=at)
    return simulation_worlds.load(session, corridor.scheme.id, law.rules, at=at, mark=watermark(session))


def _scheme(session, corridor, actor=None):
    return simulations.get(session, actor or corridor.destination, corridor.scheme.ref)


def ask(session, corridor, at, changes=None, *, actor=None, world=None, **options):
    scheme = _scheme(session, corridor, actor)
    held = world or world_of(session, corridor, at)
    who = actor or corridor.destination
    return simulations.answer(session, who, scheme, held, changes or Changes(), at=at, **options)


def age(least, most=99):
    return Changes(params={"age": {"field": "worker.age", "min": least, "max": most}})


def test_without_a_change_both_sides_are_the_same(session, corridor, at):
    found = ask(session, corridor, at)
    assert found.figures["before"] == found.figures["after"]
    assert (found.figures["workers"], found.figures["vacancies"], found.figures["positions"]) == (12, 3, 6)
    assert (found.figures["lost"], found.figures["gained"]) == (0, 0)
    assert found.figures["before"]["filled"] == 6
    assert found.impact is None
