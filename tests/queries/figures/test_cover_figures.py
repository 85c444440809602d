"""Cover of shortages: declared, certified, proposed, approved, arrived, as far as each actor sees."""

import pytest

from mobility.queries.figures import cover_figures
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.proposals import ReasonCode
from mobility.rules.cases.shortages import ShortageState
from mobility.services.proposals import proposals


@pytest.fixture
def world(session, make):
    corridor = make.corridor(workers=4, vacancies=0)
    shortage = make.shortage(corridor.destination, headcount=10)
    corridor.vacancies = [make.open_vacancy(corridor.scheme, positions=2, shortage_id=shortage.id) for _ in range(2)]
    session.flush()
    return corridor, shortage


def steps(session, actor):
    return [each.steps for each in cover_figures.covers(session, actor)]


def test_each_step_is_counted_and_people_as_far_as_they_are_seen(session, make, at, world):
    corridor, _ = world
    run = make.match(corridor)
    first = make.proposals(run)[0]
    second = next(each for each in make.proposals(run) if each.worker_id != first.worker_id)
    for each in (first, second):
        proposals.endorse(session, corridor.endorser, each.ref, version=each.version, at=at)
    proposals.approve(session, corridor.approver, first.ref, version=first.version, at=at)
    corridor.vacancies[0].filled_positions = 1
    session.flush()

    assert steps(session, corridor.origin) == [(10, 4, 4, 1, 1)]
    assert steps(session, corridor.destination) == [(10, 4, 2, 1, 1)]


def test_a_person_who_was_refused_covers_nothing(session, make, at, world):
    corridor, _ = world
    run = make.match(corridor)
    mine = [each for each in make.proposals(run) if each.worker_id == corridor.workers[0].id]
    before = steps(session, corridor.origin)[0][2]
    reason = ReasonCode.DATES_DO_NOT_FIT
    for each in mine:
        proposals.not_endorse(session, corridor.endorser, each.ref, reason, version=each.version, at=at)
    assert mine
    assert steps(session, corridor.origin)[0][2] == before - 1


def test_drafts_cover_nothing_and_a_state_filters(session, make, world):
    corridor, shortage = world
    make.shortage(corridor.destination, ShortageState.DRAFT)
    make.shortage(corridor.destination, ShortageState.EXPIRED, headcount=3)

    assert [each.declared for each in cover_figures.covers(session, corridor.destination)] == [10, 3]
    declared = cover_figures.covers(session, corridor.destination, state=ShortageState.DECLARED)
    assert [each.shortage.id for each in declared] == [shortage.id]
    assert cover_figures.covers(session, corridor.destination, state=ShortageState.DRAFT) == []


def test_the_total_is_the_sum_of_the_parts(session, make, world):
    corridor, _ = world
    make.shortage(corridor.destination, headcount=5)
    found = cover_figures.covers(session, corridor.destination)
    assert cover_figures.total(found).steps == tuple(map(sum, zip(*(each.steps for each in found), strict=True)))
    assert cover_figures.total([]).steps == (0, 0, 0, 0, 0)


def test_strangers_see_no_cover(session, make, world):
    assert cover_figures.covers(session, make.actor(OrganisationKind.DESTINATION_MINISTRY, "CA", Role.REVIEWER)) == []
