"""What a run will cost is told before it is started, by rates that were measured."""

import pytest

from mobility.errors import ForbiddenError
from mobility.services.match_runs import costs as match_costs
from mobility.services.match_runs.costs import A_PROPOSAL, A_WORKER, BASE, OURS, START, Rates
from mobility.services.match_runs.match_runs import Parameters


@pytest.fixture
def world(make):
    return make.corridor(workers=5, vacancies=3, positions=2)


def plan(session, world, at, **parameters):
    return match_costs.planned(session, world.destination, world.scheme.ref, at=at, parameters=Parameters(**parameters))


def told(run, workers, vacancies, **effort):
    run.workers, run.vacancies = workers, vacancies
    run.counts = {**run.counts, "effort": {"load": 0.0, "score": 0.0, "conclude": 0.0, **effort}}


def test_it_counts_what_the_run_will_look_at(session, make, world, at):
    cost = plan(session, world, at)
    run = make.match(world)
    assert (cost.workers, cost.vacancies, cost.pairs) == (run.workers, run.vacancies, run.counts["considered"])
    assert cost.proposals >= run.counts["proposed"]


def test_proposals_are_bounded_by_places_and_by_people(session, world, at):
    assert plan(session, world, at, per_position=2, a_worker=3).proposals == 12
    assert plan(session, world, at, per_position=2, a_worker=1).proposals == 5


def test_a_vacancy_that_is_full_costs_nothing(session, world, at):
    world.vacancies[0].filled_positions = 2
    session.flush()
    assert plan(session, world, at).vacancies == 2


def test_an_empty_scheme_costs_no_more_than_the_runner_itself(session, make, at):
    cost = plan(session, make.corridor(workers=0, vacancies=0), at)
    assert (cost.pairs, cost.seconds, cost.megabytes) == (0, START, BASE // 10**6)


def test_without_a_telling_run_our_own_rates_hold(session, make, world, at):
    make.match(world)
    cost = plan(session, world, at)
    assert not cost.measured
    assert cost.seconds == pytest.approx(START + 5 * OURS.worker + 15 * OURS.pair + 12 * OURS.proposal)
    assert cost.megabytes == (BASE + 5 * A_WORKER + 12 * A_PROPOSAL) // 10**6


def test_the_largest_recent_run_gives_the_rates(session, make, world, at):
    small, large = make.match(world), make.match(world, seed=8)
    told(small, 1_000, 1_000, load=100.0, score=100.0)
    told(large, 100_000, 50, load=2.0, score=10.0, conclude=3.0)
    session.flush()
    proposed = large.counts["proposed"]
    assert match_costs.measured_rates(session) == Rates(2 / 100_000, 10 / 5_000_000, 3 / proposed)
    cost = plan(session, world, at)
    assert cost.measured
    assert cost.seconds == pytest.approx(START + 5 * 2e-5 + 15 * 2e-6 + cost.proposals * 3 / proposed)


def test_a_run_from_before_efforts_were_kept_tells_nothing(session, make, world, at):
    old = make.match(world)
    told(old, 100_000, 100)
    old.counts = {name: value for name, value in old.counts.items() if name != "effort"}
    session.flush()
    assert match_costs.measured_rates(session) is None


def test_each_scheme_is_told_apart(session, make, world, at):
    other = make.corridor(workers=2, vacancies=1, country="HN")
    costs = match_costs.of_each(session, [world.scheme, other.scheme], at=at)
    assert [(cost.scheme, cost.workers, cost.vacancies) for cost in costs] == [
        (world.scheme.ref, 5, 3),
        (other.scheme.ref, 2, 1),
    ]


def test_it_is_told_to_whoever_may_start_the_run_alone(session, world, at):
    with pytest.raises(ForbiddenError):
        match_costs.planned(session, world.origin, world.scheme.ref, at=at)
