"""Simulations over a whole pool: equal to whole runs, nothing stored, small cells hidden, limits and refusals."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
import sqlalchemy as sa

from mobility.errors import ForbiddenError, InvalidError, NotFoundError
from mobility.models.proposals import MatchProposal
from mobility.queries.lists import quota_lists
from mobility.queries.pools import fairness_groups
from mobility.queries.pools.worker_vectors import watermark
from mobility.rules.basics.findings import Verdict, worst
from mobility.rules.cases.proposals import ProposalState
from mobility.rules.cases.shortages import ShortageState
from mobility.rules.cases.simulations import Changes
from mobility.rules.law.rulesets import about_workers, blocking, evaluate
from mobility.security.actors import SYSTEM
from mobility.services.match_runs import eligibility
from mobility.services.simulations import simulations, worlds
from mobility.services.simulations.worlds import SimulationCache
from mobility.services.workers import fairness_groups as group_writing

WORKERS = 12


@pytest.fixture
def corridor(session, make):
    """Twelve workers born 1970 to 2003, three vacancies of two positions, everybody eligible."""
    made = make.corridor(workers=WORKERS, vacancies=3, positions=2)
    for number, worker in enumerate(made.workers):
        worker.born_on = date(1970 + number * 3, 3, 1)
    session.flush()
    return made


def scheme_of(session, corridor, actor=None):
    return simulations.get(session, actor or corridor.destination, corridor.scheme.ref)


def world_of(session, corridor, at):
    law = simulations.law_of_today(scheme_of(session, corridor), at=at)
    return worlds.load(session, corridor.scheme.id, law.rules, at=at, mark=watermark(session))


def ask(session, corridor, at, changes=None, *, actor=None, world=None, **options):
    scheme = scheme_of(session, corridor, actor)
    held = world or world_of(session, corridor, at)
    who = actor or corridor.destination
    return simulations.answer(session, who, scheme, held, changes or Changes(), at=at, **options)


def age(least):
    return Changes(params={"age": {"field": "worker.age", "min": least}})


def quota_of(session, corridor):
    return quota_lists.of_scheme(session, corridor.scheme.id)[0]


def test_without_a_change_both_sides_are_the_same(session, corridor, at):
    found = ask(session, corridor, at)
    assert found.figures["before"] == found.figures["after"]
    told = found.figures
    assert (told["workers"], told["vacancies"], told["positions"]) == (WORKERS, 3, 6)
    assert (told["lost"], told["gained"], told["before"]["filled"], found.impact) == (0, 0, 6, None)


def test_eligible_pairs_are_those_that_each_person_judged_alone_gives(session, corridor, at):
    found = ask(session, corridor, at, age(30))
    pairs = [(worker.id, vacancy.id) for worker in corridor.workers for vacancy in corridor.vacancies]
    facts = eligibility.facts_of(session, pairs, on=at.date())
    passing = {pair for pair in pairs
               if worst(evaluate(blocking(about_workers(found.after)), facts[pair], on=at.date())) is Verdict.PASS}  # fmt: skip
    assert found.figures["after"]["pairs"] == len(passing)
    assert found.figures["after"]["people"] == len({worker for worker, _ in passing})
    assert found.figures["lost"] == WORKERS - found.figures["after"]["people"] > 0


def test_the_steps_say_what_the_same_change_brings_when_it_is_asked(session, corridor, at):
    world = world_of(session, corridor, at)
    found = ask(session, corridor, at, age(45), world=world)
    step = next(step for step in found.figures["steps"] if step["rule"] == "age")
    assert step["params"]["min"] == 44
    then = ask(session, corridor, at, age(44), world=world).figures["after"]
    assert step["people"] == then["people"] - found.figures["after"]["people"] == 1
    assert step["pairs"] == then["pairs"] - found.figures["after"]["pairs"]


def test_a_rule_left_out_keeps_nobody_out(session, corridor, at):
    strict = ask(session, corridor, at, age(45)).figures["after"]["people"]
    found = ask(session, corridor, at, Changes(left_out=frozenset({"age"}))).figures
    assert found["after"]["people"] == WORKERS > strict
    assert "age" not in {line["rule"] for line in found["waterfall"]}


def test_a_lower_cap_fills_fewer_positions_and_changes_nobody_s_eligibility(session, corridor, at):
    ref = quota_of(session, corridor).ref
    found = ask(session, corridor, at, Changes(caps={ref: 4})).figures
    assert (found["before"]["filled"], found["after"]["filled"]) == (6, 4)
    assert found["before"]["people"] == found["after"]["people"]


def test_units_that_are_taken_count(session, corridor, at):
    quota = quota_of(session, corridor)
    quota.committed = 3
    session.flush()
    assert ask(session, corridor, at, Changes(caps={quota.ref: 5})).figures["after"]["filled"] == 2


def test_a_share_of_an_origin_is_a_cap(session, corridor, at):
    found = ask(session, corridor, at, Changes(shares={"GT": 50})).figures
    assert (found["before"]["filled"], found["after"]["filled"]) == (6, 3)
    assert ask(session, corridor, at, Changes(shares={"GT": 100})).figures["after"]["filled"] == 6


def test_an_occupation_left_out_takes_its_positions_away(session, corridor, at):
    code = worlds.load(
        session, corridor.scheme.id, (), at=at, mark=watermark(session)
    ).run.demand.facts[0]["vacancy.occupation"]  # fmt: skip
    found = ask(session, corridor, at, Changes(occupations=frozenset({code}))).figures
    assert (found["before"]["places"], found["after"]["places"]) == (6, 0)
    assert (found["after"]["vacancies"], found["after"]["people"], found["after"]["filled"]) == (0, 0, 0)


def test_a_higher_wage_floor_bars_the_vacancies_below_it(session, corridor, at):
    law = simulations.law_of_today(scheme_of(session, corridor), at=at)
    rule = next(rule for rule in law.rules if rule.operator == "highest_of_floors")
    corridor.vacancies[0].pay = Decimal(30)
    session.flush()
    params = {**rule.params, "amounts": {"test": "20"}}
    found = ask(session, corridor, at, Changes(params={rule.id: params})).figures
    assert (found["before"]["places"], found["after"]["places"]) == (6, 2)
    assert found["after"]["vacancies"] == 1


def test_pairs_that_somebody_decided_against_fill_nothing(session, make, corridor, at):
    make.match(corridor, per_position=6)  # everybody for every vacancy
    session.execute(sa.update(MatchProposal).values(state=ProposalState.REFUSED))
    refused = {(pair.vacancy_id, pair.worker_id) for pair in session.scalars(sa.select(MatchProposal))}
    world = world_of(session, corridor, at)
    assert {tuple(pair) for pair in world.never.tolist()} == refused
    found = ask(session, corridor, at, world=world).figures["before"]
    assert (len(refused), found["people"], found["filled"]) == (3 * WORKERS, WORKERS, 0)


def test_open_proposals_that_would_be_stopped_are_named_to_who_may_see_them(session, make, corridor, at):
    make.match(corridor)
    found = ask(session, corridor, at, age(45), actor=corridor.origin)
    assert found.impact.lost == len(found.impact.shown) > 0
    assert set(found.impact.rules) == {"age"}
    blind = ask(session, corridor, at, age(45))
    assert (blind.impact.lost, blind.impact.shown) == (found.impact.lost, ())


def test_too_many_open_proposals_are_judged_only_when_asked(session, make, corridor, at, monkeypatch):
    make.match(corridor)
    monkeypatch.setattr(simulations, "JUDGED_AT_ONCE", 0)
    assert ask(session, corridor, at, age(45)).impact is None
    assert ask(session, corridor, at, age(45), judge=True).impact.lost > 0
    assert ask(session, corridor, at, Changes(shares={"GT": 50}), judge=True).impact is None


def test_small_groups_are_hidden_on_both_sides(session, corridor, at):
    found = ask(session, corridor, at, age(45)).figures
    assert found["groups"]["origin"]["workers"] == {"GT": WORKERS}
    assert found["groups"]["origin"]["eligible"] == [{"GT": None}, {"GT": None}]  # four are left
    for table in (*found["groups"].values(), *found["protected"].values()):
        for side in (*table["eligible"], *table["filled"]):
            assert all(value is None or value >= 5 for value in side.values())


def test_sex_and_age_are_only_for_who_may_see_fairness(session, make, corridor, at):
    assert set(ask(session, corridor, at).figures["protected"]) == {"sex", "age"}
    with pytest.raises(ForbiddenError):
        fairness_groups.codes_of(session, corridor.destination, np.array([1]))


def test_codes_of_groups_are_the_groups_of_runs(session, corridor, at):
    keys = [worker.id for worker in corridor.workers]
    group_writing.write(session, keys[2:], on=at.date())
    whole = fairness_groups.groups_of(session, SYSTEM, keys)
    for name, coded in fairness_groups.codes_of(session, SYSTEM, np.array(keys)).items():
        assert [coded.names[code] for code in coded.code.tolist()] == whole[name]


def test_cover_counts_what_is_tied_to_a_shortage(session, make, corridor, at):
    officer = make.another(corridor.destination)
    shortage = make.shortage(officer, ShortageState.DECLARED)
    corridor.vacancies[0].shortage_id = shortage.id
    session.flush()
    found = ask(session, corridor, at, age(45)).figures["cover"]
    assert found[shortage.ref] == {"places": [2, 2], "filled": [2, found[shortage.ref]["filled"][1]]}
    assert found[shortage.ref]["filled"][1] <= 2


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        (Changes(caps={"Q-NONE": 3}), "simulation.unknown_quota", "caps"),
        (Changes(shares={"FR": 3}), "simulation.unknown_origin", "shares"),
        (Changes(left_out=frozenset({"none"})), "rules.no_such_rule", "rule"),
    ],
)
def test_what_does_not_fit_is_refused(session, corridor, at, changes, code, field):
    with pytest.raises(InvalidError) as refused:
        ask(session, corridor, at, changes)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_cap_below_what_is_taken_is_refused_at_its_quota(session, corridor, at):
    quota = quota_of(session, corridor)
    quota.committed = 3
    session.flush()
    with pytest.raises(InvalidError) as refused:
        ask(session, corridor, at, Changes(caps={quota.ref: 2}))
    assert (refused.value.code, refused.value.field) == ("quota.cap_below_taken", f"cap_{quota.ref}")


def test_only_a_scheme_officer_of_a_party_or_oversight_asks(session, make, corridor, at):
    for actor in (corridor.endorser, corridor.approver):
        with pytest.raises(ForbiddenError):
            scheme_of(session, corridor, actor)
    with pytest.raises(NotFoundError):
        scheme_of(session, corridor, make.scheme_officer("CA"))


def test_a_version_that_is_not_there_cannot_be_started_from(session, corridor, at):
    with pytest.raises(NotFoundError):
        ask(session, corridor, at, Changes(base="7"))


class TestTheShelf:
    def prepared(self, session, sessions, shelf, corridor, at):
        return simulations.prepared(session, sessions, shelf, scheme_of(session, corridor), at=at)

    def test_a_pool_is_read_once_and_again_when_a_worker_or_vacancy_changed(self, session, sessions, corridor, at):
        shelf = SimulationCache()
        world = world_of(session, corridor, at)
        shelf.put(world)
        assert self.prepared(session, sessions, shelf, corridor, at).world is world
        corridor.vacancies[0].positions = corridor.vacancies[0].certified_positions = 4
        session.flush()
        assert not worlds.is_current(session, world, at=at)
        assert not worlds.is_current(session, world, at=at + timedelta(days=1))

    def test_the_pool_asked_for_least_recently_goes_first(self, session, corridor, at):
        world = world_of(session, corridor, at)
        shelf = SimulationCache(most_bytes=int(world.nbytes * 2.5))
        for number in (1, 2):
            shelf.put(replace(world, scheme_id=number))
        assert shelf.held(1) is not None
        shelf.put(replace(world, scheme_id=3))
        assert [shelf.held(number) is not None for number in (1, 2, 3)] == [True, False, True]

    def test_a_pool_that_would_not_fit_is_refused_before_it_is_read(self):
        with pytest.raises(InvalidError, match=r"simulation\.too_large"):
            SimulationCache().check_size(5_000_000)
        SimulationCache().check_size(1_000_000)

    def test_an_answer_is_kept_and_the_oldest_goes(self, session, corridor, at):
        world = world_of(session, corridor, at)
        asked = []
        for key in [*"abcdefghi", "i", "a"]:
            world.answer(key, lambda key=key: asked.append(key) or key)
        assert asked == [*"abcdefghi", "a"]
