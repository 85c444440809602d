from collections import Counter

import sqlalchemy as sa

from mobility.models.match_runs import MatchRun
from mobility.models.proposals import Decision, MatchProposal
from mobility.models.schemes.quotas import Quota, QuotaUnit
from mobility.models.vacancies import Vacancy
from mobility.models.workers.profiles import Employment
from mobility.models.workers.workers import Worker
from mobility.rules.cases.match_runs import MatchRunState
from mobility.rules.cases.proposals import ProposalState
from mobility.rules.cases.vacancies import VacancyState
from mobility.rules.cases.workers import WorkerState
from tests.demo import worlds

TAKEN = (ProposalState.APPROVED, ProposalState.ACCEPTED, ProposalState.SELECTED)


def by_season(session, column):
    rows = session.execute(
        sa.select(Vacancy.state == VacancyState.EXPIRED, column).select_from(MatchProposal).join(MatchProposal.vacancy)
    )
    return Counter(tuple(row) for row in rows)


def test_all_runs_came_to_their_end(look):
    runs = list(look.scalars(sa.select(MatchRun)))
    assert {run.state for run in runs} == {MatchRunState.FINISHED}
    assert len(runs) == 8


def test_decisions_and_quota_use_exist_in_both_seasons(look):
    states = by_season(look, MatchProposal.state)
    assert states[True, ProposalState.PLACED] > 0
    assert states[False, ProposalState.APPROVED] > 0
    assert states[False, ProposalState.NOT_ENDORSED] > 0
    days = [moment.date() for moment in look.scalars(sa.select(Decision.decided_at))]
    assert any(day == worlds.TODAY for day in days)
    assert any(day < worlds.TODAY for day in days)
    past, coming = (
        list(look.scalars(sa.select(Quota).where(condition)))
        for condition in (Quota.period_to < worlds.TODAY, Quota.period_to >= worlds.TODAY)
    )
    assert sum(quota.used for quota in past) > 0
    assert sum(quota.committed for quota in past) == 0
    assert sum(quota.committed for quota in coming) > 0


def test_last_season_left_nothing_open(look):
    assert not {
        state
        for over, state in by_season(look, MatchProposal.state)
        if over and state in {ProposalState.GENERATED, ProposalState.ENDORSED, *TAKEN}
    }


def test_the_counters_are_the_units_that_were_taken(look):
    units = dict(look.execute(sa.select(QuotaUnit.quota_id, sa.func.count()).group_by(QuotaUnit.quota_id)).all())
    for quota in look.scalars(sa.select(Quota)):
        assert quota.held + quota.committed + quota.used == units.get(quota.id, 0)


def test_nobody_has_accepted_two_jobs(look):
    accepted = sa.select(MatchProposal.worker_id).where(
        MatchProposal.accepted_at.is_not(None), MatchProposal.state != ProposalState.PLACED
    )
    assert not look.scalars(accepted.group_by(MatchProposal.worker_id).having(sa.func.count() > 1)).all()


def test_the_best_of_a_run_were_decided_first_and_others_wait(look):
    assert by_season(look, MatchProposal.state)[False, ProposalState.GENERATED] > 0


def test_who_was_placed_has_the_season_in_their_history_and_came_home(look):
    placed = set(look.scalars(sa.select(MatchProposal.worker_id).where(MatchProposal.state == ProposalState.PLACED)))
    assert placed <= set(look.scalars(sa.select(Employment.worker_id).where(Employment.returned_on_time.is_(True))))
    states = set(look.scalars(sa.select(Worker.state).where(Worker.id.in_(placed))))
    assert WorkerState.ABROAD not in states
