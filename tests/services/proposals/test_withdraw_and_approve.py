"""A vacancy is withdrawn at the moment in which one of its proposals is approved: whoever is first, nothing is left."""

import threading

import pytest
import sqlalchemy as sa

from mobility.db import write_tx
from mobility.errors import ConflictError, TransitionError
from mobility.models.accounts.organisations import Organisation
from mobility.models.proposals import MatchProposal, ProposalEnding
from mobility.models.schemes.quotas import Quota, QuotaUnit
from mobility.models.vacancies import Vacancy
from mobility.models.workers.workers import Worker
from mobility.rules.basics.causes import Cause, Why
from mobility.rules.basics.organisations import Role
from mobility.rules.cases.proposals import ProposalState
from mobility.rules.cases.vacancies import VacancyState
from mobility.rules.cases.workers import WorkerState
from mobility.services.proposals import proposals
from mobility.services.vacancies import vacancies


@pytest.fixture
def corridor(session, make, at):
    made = make.corridor(workers=1, vacancies=1)
    [made.proposal] = make.proposals(make.match(made))
    proposals.endorse(session, made.endorser, made.proposal.ref, version=made.proposal.version, at=at)
    home = session.get_one(Organisation, made.vacancies[0].employer.organisation_id)
    made.boss = make.actor(home.kind, home.country, Role.EMPLOYER_ADMINISTRATOR, of=home)
    session.commit()
    return made


@pytest.mark.parametrize("turn", range(3))
def test_no_unit_and_no_person_stays_bound(session, sessions, corridor, at, turn):
    vacancy, proposal = corridor.vacancies[0], corridor.proposal
    given = {"withdraw": (vacancy.ref, vacancy.version), "approve": (proposal.ref, proposal.version)}
    start, met = threading.Barrier(2), {}

    def withdraw(own, ref, version):
        vacancies.withdraw(own, corridor.boss, ref, Why(Cause.NO_LONGER_NEEDED), version=version, at=at)

    def approve(own, ref, version):
        proposals.approve(own, corridor.approver, ref, version=version, at=at)

    def run(name, step):
        start.wait()
        try:
            with write_tx(sessions) as own:
                step(own, *given[name])
            met[name] = "done"
        except (ConflictError, TransitionError) as error:
            met[name] = type(error).__name__

    threads = [
        threading.Thread(target=run, args=[name, step])
        for name, step in (("withdraw", withdraw), ("approve", approve))[:: 1 if turn % 2 else -1]
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert met["withdraw"] == "done"
    with sessions() as reader:
        assert reader.scalar(sa.select(Vacancy.state)) is VacancyState.WITHDRAWN
        assert reader.scalar(sa.select(MatchProposal.state)) is ProposalState.SUPERSEDED
        assert reader.scalar(sa.select(ProposalEnding.cause)) is Cause.NO_LONGER_NEEDED
        assert reader.scalar(sa.select(sa.func.count()).select_from(QuotaUnit)) == 0
        assert reader.scalar(sa.select(Quota.committed)) == 0
        assert reader.scalar(sa.select(Quota.released)) == (1 if met["approve"] == "done" else 0)
        assert reader.scalar(sa.select(Worker.state)) is WorkerState.READY
