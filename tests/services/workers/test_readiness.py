"""Checks that run out: notices ahead, action needed, frozen proposals, and back when they are renewed."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from mobility.errors import ConflictError, InvalidError
from mobility.models.accounts.organisations import Organisation
from mobility.models.notices import Notice
from mobility.models.proposals import MatchProposal
from mobility.models.schemes.quotas import Quota
from mobility.models.workers.papers import Check
from mobility.models.workers.workers import Worker
from mobility.queries.pools import pools
from mobility.rules.basics.organisations import OrganisationKind
from mobility.rules.cases.checks import CheckKind, CheckResult
from mobility.rules.cases.notices import NoticeKind
from mobility.rules.cases.proposals import ProposalState, ReasonCode
from mobility.rules.cases.workers import WorkerState
from mobility.security.audit_verification import verify
from mobility.services.match_runs import match_runs
from mobility.services.proposals import proposals, validity
from mobility.services.workers import checks
from mobility.services.workers.checks import CheckTerms
from tests.days import new_day

LAST = date(2026, 5, 20)
#: Half an hour before midnight in Guatemala, and half an hour after.
EVENING, NIGHT = datetime(2026, 5, 21, 5, 30, tzinfo=UTC), datetime(2026, 5, 21, 6, 30, tzinfo=UTC)


@pytest.fixture
def world(session, make):
    """Return a corridor whose proposals are open beyond the last day of one worker's police check."""
    made = make.corridor(workers=2, vacancies=1, positions=2)
    made.found = make.proposals(make.match(made))
    made.first = made.found[0]
    made.person = next(each for each in made.workers if each.id == made.first.worker_id)
    police = next(each for each in made.person.checks if each.kind is CheckKind.POLICE)
    session.execute(sa.update(Check).where(Check.id == police.id).values(valid_until=LAST))
    session.expire_all()
    return made


def told(session, *kinds):
    select = sa.select(Notice).where(Notice.kind.in_(kinds)).order_by(Notice.id)
    return session.scalars(select).all()


def renew(session, world, at):
    terms = CheckTerms(CheckKind.POLICE, CheckResult.PASSED, "Police", at.date())
    checks.record(session, world.post, world.person.ref, terms, at=at)


def approved(session, world, at):
    proposals.endorse(session, world.endorser, world.first.ref, version=1, at=at)
    proposals.approve(session, world.approver, world.first.ref, version=2, at=at)


class TestNotices:
    def test_the_post_is_told_30_and_14_days_ahead_and_on_the_last_day_once_each(self, session, world):
        days = []
        for ahead in range(40, -3, -1):
            at = datetime(2026, 5, 20, 18, tzinfo=UTC) - timedelta(days=ahead)
            for _ in range(2):
                new_day(checks, session, at, "GT")
            days += [ahead] * (len(told(session, NoticeKind.WORKER_CHECK_RUNS_OUT)) - len(days))
        assert days == [30, 14, 0]
        first, *_ = told(session, NoticeKind.WORKER_CHECK_RUNS_OUT)
        assert (first.organisation_id, first.worker_id) == (world.post.organisation_id, world.person.id)
        assert first.params == {"check": "police", "until": "2026-05-20", "days": 30}

    def test_days_that_were_missed_give_one_notice_and_not_three(self, session, world):
        new_day(checks, session, datetime(2026, 5, 20, 18, tzinfo=UTC), "GT")
        (only,) = told(session, NoticeKind.WORKER_CHECK_RUNS_OUT)
        assert only.params["days"] == 0

    def test_a_check_that_was_renewed_in_time_is_not_spoken_of(self, session, world, at):
        renew(session, world, at)
        new_day(checks, session, datetime(2026, 5, 20, 18, tzinfo=UTC), "GT")
        assert told(session, NoticeKind.WORKER_CHECK_RUNS_OUT) == []


class TestRunOut:
    def test_it_counts_until_midnight_at_the_post_and_not_at_greenwich(self, session, world):
        new_day(checks, session, EVENING, "GT")
        assert world.person.state is WorkerState.READY
        assert new_day(checks, session, NIGHT, "US") == 0
        assert new_day(checks, session, NIGHT, "GT") == 1
        session.expire_all()
        assert session.get_one(Worker, world.person.id).state is WorkerState.ACTION_NEEDED

    def test_a_post_abroad_goes_by_the_clock_of_its_seat(self, session, world):
        session.execute(
            sa.update(Organisation).where(Organisation.id == world.post.organisation_id).values(seat_country="ES")
        )
        session.expire_all()
        assert new_day(checks, session, datetime(2026, 5, 20, 22, 30, tzinfo=UTC), "ES") == 1

    def test_a_run_leaves_them_out_whatever_the_daily_job_did(self, session, world):
        scheme = world.scheme.id
        assert world.person.id in pools.matchable(session, scheme, at=EVENING)
        assert world.person.id not in pools.matchable(session, scheme, at=NIGHT)
        assert pools.number_matchable(session, scheme, at=NIGHT) == 1

    def test_no_reviewer_decides_whatever_the_daily_job_did(self, session, world):
        first = world.first
        with pytest.raises(ConflictError, match="proposal.check_run_out"):
            proposals.endorse(session, world.endorser, first.ref, version=1, at=NIGHT)
        with pytest.raises(ConflictError, match="proposal.check_run_out"):
            proposals.not_endorse(session, world.endorser, first.ref, ReasonCode.PAPER_EXPIRED, version=1, at=NIGHT)
        proposals.endorse(session, world.endorser, first.ref, version=1, at=EVENING)
        with pytest.raises(ConflictError, match="proposal.check_run_out"):
            proposals.approve(session, world.approver, first.ref, version=2, at=NIGHT)
        assert validity.run_out(session, first, at=NIGHT) == ["proposal.check_run_out"]


class TestFreeze:
    @pytest.fixture
    def frozen(self, session, world, at):
        approved(session, world, at)
        assert new_day(checks, session, NIGHT, "GT") > 0
        session.expire_all()
        return session.get_one(MatchProposal, world.first.id)

    def test_an_approved_person_needs_action_and_keeps_the_unit(self, session, world, frozen):
        assert session.get_one(Worker, world.person.id).state is WorkerState.ACTION_NEEDED
        assert frozen.state is ProposalState.APPROVED
        assert session.scalars(sa.select(Quota.committed)).one() == 1

    def test_both_sides_the_employer_and_the_post_are_told(self, session, world, frozen):
        notices = told(session, NoticeKind.PROPOSAL_WAITS_FOR_CHECK)
        kinds = {session.get_one(Organisation, each.organisation_id).kind for each in notices}
        assert kinds == {
            OrganisationKind.ORIGIN_MINISTRY,
            OrganisationKind.DESTINATION_MINISTRY,
            OrganisationKind.EMPLOYER,
        }
        (own,) = told(session, NoticeKind.WORKER_ACTION_NEEDED)
        assert (own.worker_id, own.organisation_id) == (world.person.id, world.post.organisation_id)
        assert own.params == {"count": 1}

    def test_the_renewed_check_thaws_it_and_the_person_is_proposed_as_before(self, session, make, world, frozen):
        renew(session, world, NIGHT)
        assert session.get_one(Worker, world.person.id).state is WorkerState.PROPOSED
        assert validity.run_out(session, frozen, at=NIGHT) == []
        assert len(told(session, NoticeKind.PROPOSAL_CHECK_RENEWED)) == 3
        assert len(told(session, NoticeKind.WORKER_CHECK_RENEWED)) == 1
        make.record_people()

    def test_its_own_clock_goes_on_and_sets_the_unit_free(self, session, world, frozen):
        assert new_day(proposals, session, frozen.expires_at) == 2
        session.expire_all()
        assert session.scalars(sa.select(Quota.committed)).one() == 0
        assert session.get_one(Worker, world.person.id).state is WorkerState.ACTION_NEEDED
        renew(session, world, frozen.expires_at)
        assert session.get_one(Worker, world.person.id).state is WorkerState.READY


def test_every_step_is_in_the_log(session, make, at):
    world = make.corridor(workers=1, vacancies=1)
    world.first = make.proposals(make.match(world))[0]
    world.person = world.workers[0]
    later = at + timedelta(days=366)
    session.execute(sa.update(MatchProposal).values(expires_at=later + timedelta(days=90)))
    session.expire_all()
    new_day(checks, session, later, "GT")
    for kind in (CheckKind.POLICE, CheckKind.MEDICAL):
        terms = CheckTerms(kind, CheckResult.PASSED, "Office", later.date())
        checks.record(session, world.post, world.person.ref, terms, at=later)
    assert world.person.state is WorkerState.READY
    make.record_people()
    faults = {fault.where for fault in verify(session, None).faults}
    assert faults <= {f"match_proposal:{world.first.ref}"}


def test_a_run_without_anybody_whose_papers_count_is_refused(session, world, at):
    session.execute(sa.update(Check).values(valid_until=LAST))
    with pytest.raises(InvalidError, match="match_run.no_workers"):
        match_runs.start(session, world.destination, world.scheme.ref, at=NIGHT, seed=1)
