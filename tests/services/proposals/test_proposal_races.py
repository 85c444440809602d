"""Many reviewers at once, on both databases: exactly one decision wins, and no quota is ever oversold."""

import threading
from collections import Counter

import pytest
import sqlalchemy as sa

from mobility.db import write_tx
from mobility.errors import ConflictError, MobilityError, QuotaFullError
from mobility.models.proposals import Decision, MatchProposal
from mobility.models.schemes.quotas import Quota, QuotaUnit
from mobility.models.workers.workers import Worker
from mobility.rules.cases.proposals import ProposalEvent, ProposalState, ReasonCode
from mobility.security.audit_verification import verify
from mobility.services.proposals import proposals
from mobility.services.proposals.proposals import ReviewDecision
from tests.factories import Make

pytestmark = pytest.mark.slow

REVIEWERS = 16
ROUNDS = 5


@pytest.fixture
def world(sessions, at):
    with write_tx(sessions) as session:
        make = Make(session, at)
        made = make.corridor(workers=12, vacancies=6, positions=2, cap=100)
        made.reviewers = [make.another(made.endorser) for _ in range(REVIEWERS)]
        made.approvers = [make.another(made.approver) for _ in range(REVIEWERS)]
        made.refs = [proposal.ref for proposal in make.proposals(make.match(made))]
        make.record_people()
    return made


def at_once(sessions, at, tasks):
    """Let each (actor, reference, verdict) act in a thread of its own, all at the same moment; count the outcomes."""
    ready, seen, said = threading.Barrier(len(tasks)), Counter(), []

    def act(actor, ref, verdict):
        ready.wait()
        try:
            with write_tx(sessions) as session:
                proposals.decide(session, actor, ref, verdict, at=at)
            seen["won"] += 1
        except ConflictError as error:
            seen[error.code] += 1
            said.append(error)
        except (MobilityError, sa.exc.SQLAlchemyError) as error:
            seen[type(error).__name__] += 1

    threads = [threading.Thread(target=act, args=task) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen, said


def test_of_sixteen_reviewers_of_one_proposal_exactly_one_wins(world, sessions, at):
    for ref in world.refs[:ROUNDS]:
        tasks = [
            (
                reviewer,
                ref,
                ReviewDecision(ProposalEvent.ENDORSE, 1)
                if number % 2
                else ReviewDecision(ProposalEvent.NOT_ENDORSE, 1, ReasonCode.PAPER_MISSING),
            )
            for number, reviewer in enumerate(world.reviewers)
        ]
        seen, said = at_once(sessions, at, tasks)
        assert seen == {"won": 1, "proposal.decided": REVIEWERS - 1}
        assert all(error.by and error.what and error.at == at for error in said)
    with sessions() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Decision)) == ROUNDS
        assert verify(session, None).faults == ()


def endorse_all(world, sessions, at):
    with write_tx(sessions) as session:
        for ref in world.refs:
            proposals.endorse(session, world.endorser, ref, version=1, at=at)


def test_of_sixteen_approvals_of_one_proposal_one_takes_one_unit(world, sessions, at):
    endorse_all(world, sessions, at)
    approval = ReviewDecision(ProposalEvent.APPROVE, 2)
    seen, _ = at_once(sessions, at, [(each, world.refs[0], approval) for each in world.approvers])
    assert seen == {"won": 1, "proposal.decided": REVIEWERS - 1}
    with sessions() as session:
        assert session.scalars(sa.select(Quota.committed)).all() == [1]
        assert session.scalar(sa.select(sa.func.count()).select_from(QuotaUnit)) == 1


@pytest.mark.parametrize("cap", [1, 3])
def test_many_approvals_never_oversell_a_small_quota(world, sessions, at, cap):
    endorse_all(world, sessions, at)
    with write_tx(sessions) as session:
        session.execute(sa.update(Quota).values(cap=cap))
        best = sa.select(MatchProposal.ref).where(MatchProposal.rank <= 2).order_by(MatchProposal.id)
        refs = session.scalars(best).all()
    approval = ReviewDecision(ProposalEvent.APPROVE, 2, ReasonCode.OVERRIDES_RANKING)
    tasks = [(approver, ref, approval) for approver, ref in zip(world.approvers, refs, strict=False)]
    assert len(tasks) == 12
    seen, _ = at_once(sessions, at, tasks)
    assert seen == {"won": cap, QuotaFullError.__name__: len(tasks) - cap}
    with sessions() as session:
        approved = sa.select(sa.func.count()).where(MatchProposal.state == ProposalState.APPROVED)
        assert session.scalar(approved) == cap
        assert session.scalars(sa.select(Quota.committed)).all() == [cap]
        assert session.scalar(sa.select(sa.func.count()).select_from(QuotaUnit)) == cap


def test_many_approvals_never_promise_a_position_twice(world, sessions, at):
    endorse_all(world, sessions, at)
    with sessions() as session:
        first = session.scalar(sa.select(MatchProposal.vacancy_id).order_by(MatchProposal.id).limit(1))
        mine = sa.select(MatchProposal.ref).where(MatchProposal.vacancy_id == first).order_by(MatchProposal.rank)
        refs = session.scalars(mine).all()
    approval = ReviewDecision(ProposalEvent.APPROVE, 2, ReasonCode.OVERRIDES_RANKING)
    tasks = [(approver, ref, approval) for approver, ref in zip(world.approvers, refs, strict=False)]
    assert len(tasks) == 4
    seen, _ = at_once(sessions, at, tasks)
    assert seen == {"won": 2, "proposal.positions_filled": 2}


def test_two_approvals_of_one_worker_at_once_both_leave_the_log_true(world, sessions, at):
    endorse_all(world, sessions, at)
    with sessions() as session:
        counts = sa.select(MatchProposal.worker_id).group_by(MatchProposal.worker_id)
        worker = session.scalars(counts.having(sa.func.count() > 1)).first()
        refs = session.scalars(sa.select(MatchProposal.ref).where(MatchProposal.worker_id == worker)).all()
    approval = ReviewDecision(ProposalEvent.APPROVE, 2, ReasonCode.OVERRIDES_RANKING)
    seen, _ = at_once(sessions, at, [(a, ref, approval) for a, ref in zip(world.approvers, refs, strict=False)])
    assert seen == {"won": len(refs)}
    with sessions() as session:
        assert session.get_one(Worker, worker).state.value == "proposed"
        faults = verify(session, None).faults
    assert faults == ()
