"""The tale of the demo adds up: who was placed came home, nobody is bound twice, no reference comes twice."""

from collections import Counter

import sqlalchemy as sa

from mobility.demo.workers import reference
from mobility.forms.workers.workers import LICENCES
from mobility.models.proposals import MatchProposal
from mobility.models.vacancies import Vacancy
from mobility.models.workers.profiles import Employment, WorkerLicence
from mobility.models.workers.workers import Worker
from mobility.rules.basics.references import parse_reference
from mobility.rules.cases.proposals import ProposalState
from mobility.rules.cases.workers import WorkerState
from mobility.security import audit_verification
from mobility.services.workers import vectors


def of_workers(look, state):
    return list(look.scalars(sa.select(MatchProposal.worker_id).where(MatchProposal.state == state)))


def test_nobody_worked_in_two_places_last_season(look):
    placed = of_workers(look, ProposalState.PLACED)
    assert placed
    assert max(Counter(placed).values()) == 1


def test_whoever_was_placed_came_home_with_the_season_in_their_history(look):
    placed = set(of_workers(look, ProposalState.PLACED))
    seasons = set(look.scalars(sa.select(Employment.worker_id).where(Employment.scheme_kind.is_not(None))))
    states = Counter(look.scalars(sa.select(Worker.state).where(Worker.id.in_(placed))))
    assert placed <= seasons
    assert set(states) <= {WorkerState.READY, WorkerState.PROPOSED}


def test_proposed_are_just_those_whom_one_approval_binds(look):
    proposed = look.scalars(sa.select(Worker.id).where(Worker.state == WorkerState.PROPOSED))
    assert sorted(proposed) == sorted(of_workers(look, ProposalState.APPROVED))


def test_vacancies_count_the_places_that_were_filled(look):
    filled = look.scalar(sa.select(sa.func.sum(Vacancy.filled_positions)))
    assert filled == len(of_workers(look, ProposalState.PLACED))


def test_vectors_say_what_the_tables_say_after_the_whole_tale(look):
    assert vectors.differing(look, sorted(look.scalars(sa.select(Worker.id)))) == []


def test_the_audit_log_knows_of_all_that(look):
    assert audit_verification.verify(look, None).faults == ()


def test_licences_are_those_that_forms_know(look):
    assert set(look.scalars(sa.select(WorkerLicence.code))) <= set(LICENCES)


def test_no_reference_comes_twice_among_two_hundred_thousand():
    made = [reference(5, place) for place in range(200_000)]
    assert len(set(made)) == len(made)
    assert all(parse_reference(ref) == ref for ref in made[:500])
