"""Decisions on proposals: who may, when, what they bind, and what time undoes."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from mobility.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    QuotaFullError,
    TransitionError,
)
from mobility.models.accounts.organisations import Organisation
from mobility.models.platform.audit import AuditEvent
from mobility.models.proposals import Decision, MatchProposal
from mobility.models.schemes.quotas import Quota, QuotaUnit
from mobility.models.workers.papers import Consent, IdentityDocument
from mobility.models.workers.workers import Worker
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.consents import ConsentPurpose
from mobility.rules.cases.employers import EmployerState
from mobility.rules.cases.proposals import ADVERSE, ProposalEvent, ProposalState, ReasonCode
from mobility.rules.cases.schemes import ReviewOrder, SchemeState
from mobility.rules.cases.vacancies import VacancyState
from mobility.rules.cases.workers import WorkerState
from mobility.security.audit_verification import verify
from mobility.services.match_runs import match_runs
from mobility.services.proposals import proposals
from mobility.services.proposals.proposals import ReviewDecision
from tests.days import new_day


@pytest.fixture
def world(make):
    made = make.corridor()
    made.found = make.proposals(make.match(made))
    return made


@pytest.fixture
def first(world):
    return world.found[0]


@pytest.fixture
def endorsed(session, world, first, at):
    return proposals.endorse(session, world.endorser, first.ref, version=1, at=at)


def approve(session, world, proposal, at, **values):
    given = {"version": proposal.version, "at": at, **values}
    return proposals.approve(session, world.approver, proposal.ref, **given)


class TestEndorse:
    def test_an_origin_reviewer_endorses_and_it_is_recorded(self, session, world, endorsed, at):
        assert (endorsed.state, endorsed.endorsed_by_id, endorsed.version) == (
            ProposalState.ENDORSED,
            world.endorser.user_id,
            2,
        )
        (step,) = session.scalars(sa.select(Decision)).all()
        assert (step.event, step.state_before, step.state_after, step.decided_at, step.override) == (
            ProposalEvent.ENDORSE,
            ProposalState.GENERATED,
            ProposalState.ENDORSED,
            at,
            False,
        )
        assert session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()[-1] == "proposal.endorse"

    def test_only_a_reviewer_of_the_workers_country_endorses(self, session, make, world, first, at):
        officer = world.origin
        with pytest.raises(ForbiddenError):
            proposals.endorse(session, officer, first.ref, version=1, at=at)
        for stranger in (
            world.approver,
            make.actor(OrganisationKind.ORIGIN_MINISTRY, "HN", Role.REVIEWER),
            make.actor(OrganisationKind.DESTINATION_MINISTRY, "CA", Role.REVIEWER),
        ):
            with pytest.raises(NotFoundError):
                proposals.endorse(session, stranger, first.ref, version=1, at=at)

    def test_a_post_and_an_auditor_read_and_decide_nothing(self, session, make, world, first, at):
        auditor = make.actor(OrganisationKind.OVERSIGHT_BODY, "US", Role.AUDITOR, Role.APPEALS_OFFICER)
        for reader in (world.post, auditor):
            assert proposals.get(session, reader, first.ref).ref == first.ref
            assert proposals.open_to(reader, proposals.get(session, reader, first.ref), at=at) == []
            with pytest.raises(ForbiddenError):
                proposals.endorse(session, reader, first.ref, version=1, at=at)

    def test_an_endorsed_one_is_not_endorsed_again(self, session, world, endorsed, at):
        with pytest.raises(TransitionError):
            proposals.endorse(session, world.endorser, endorsed.ref, version=2, at=at)

    def test_the_destination_cannot_act_before(self, session, world, first, at):
        with pytest.raises(NotFoundError):
            approve(session, world, first, at)

    def test_the_second_is_told_who_was_first_what_and_when(self, session, make, world, endorsed, at):
        with pytest.raises(ConflictError) as told:
            proposals.not_endorse(
                session,
                make.another(world.endorser),
                endorsed.ref,
                ReasonCode.PAPER_MISSING,
                version=1,
                at=at,
            )
        assert world.endorser.name in told.value.by
        assert (told.value.code, told.value.what, told.value.at) == ("proposal.decided", "endorse", at)

    def test_a_change_that_nobody_decided_is_only_stale(self, session, world, first, at):
        with pytest.raises(ConflictError, match="stale"):
            proposals.endorse(session, world.endorser, first.ref, version=9, at=at)

    @pytest.mark.parametrize("what", ["scheme", "employer", "vacancy"])
    def test_what_is_suspended_freezes_its_proposals(self, session, world, first, at, what):
        vacancy = world.vacancies[0]
        match what:
            case "scheme":
                world.scheme.state = SchemeState.SUSPENDED
            case "employer":
                vacancy.employer.state = EmployerState.SUSPENDED
            case _:
                vacancy.state = VacancyState.WITHDRAWN
        session.flush()
        with pytest.raises(ConflictError, match=f"proposal.{what}_not"):
            proposals.endorse(session, world.endorser, first.ref, version=1, at=at)


class TestReasons:
    @pytest.mark.parametrize("event", [ProposalEvent.NOT_ENDORSE, ProposalEvent.REFUSE])
    def test_an_adverse_decision_needs_a_coded_reason(self, session, world, endorsed, first, at, event):
        ref = endorsed.ref if event is ProposalEvent.REFUSE else world.found[1].ref
        actor = world.approver if event is ProposalEvent.REFUSE else world.endorser
        version = 2 if event is ProposalEvent.REFUSE else 1
        with pytest.raises(InvalidError, match="proposal.reason_missing"):
            proposals.decide(session, actor, ref, ReviewDecision(event, version), at=at)
        assert event in ADVERSE

    def test_a_reason_must_belong_to_the_decision(self, session, world, first, at):
        with pytest.raises(InvalidError, match="proposal.reason_not_for_event"):
            proposals.endorse(session, world.endorser, first.ref, version=1, at=at, reason=ReasonCode.PAY_TOO_LOW)

    def test_a_refusal_keeps_reason_and_note_for_the_worker(self, session, world, endorsed, at):
        proposals.refuse(
            session, world.approver, endorsed.ref, ReasonCode.PAPER_EXPIRED, version=2, at=at, note="Renew it"
        )
        step = session.scalars(sa.select(Decision).order_by(Decision.id.desc())).first()
        assert (step.reason, step.note, endorsed.state) == (
            ReasonCode.PAPER_EXPIRED,
            "Renew it",
            ProposalState.REFUSED,
        )

    def test_a_note_stays_out_of_the_audit_log(self, session, world, endorsed, at):
        proposals.refuse(session, world.approver, endorsed.ref, ReasonCode.PAPER_EXPIRED, version=2, at=at, note="Sick")
        assert "Sick" not in " ".join(session.scalars(sa.select(AuditEvent.body)))

    def test_passing_over_a_higher_score_needs_its_own_reason_and_is_flagged(self, session, world, at):
        high, low = world.found[:2]
        session.execute(sa.update(MatchProposal).where(MatchProposal.id == low.id).values(score=8000))
        for proposal in (high, low):
            proposals.endorse(session, world.endorser, proposal.ref, version=1, at=at)
        for reason in (None, ReasonCode.MEETS_NEED):
            with pytest.raises(InvalidError, match="proposal.override_reason"):
                approve(session, world, low, at, reason=reason)
        approve(session, world, low, at, reason=ReasonCode.OVERRIDES_RANKING)
        step = session.scalars(sa.select(Decision).order_by(Decision.id.desc())).first()
        assert step.override is True

    def test_approving_the_best_overrides_nothing(self, session, world, at):
        high, low = world.found[:2]
        session.execute(sa.update(MatchProposal).where(MatchProposal.id == low.id).values(score=8000))
        for proposal in (high, low):
            proposals.endorse(session, world.endorser, proposal.ref, version=1, at=at)
        approve(session, world, high, at)
        step = session.scalars(sa.select(Decision).order_by(Decision.id.desc())).first()
        assert step.override is False

    def test_nobody_is_passed_over_while_there_are_places_for_all(self, session, make, at):
        world = make.corridor(workers=2, vacancies=1, positions=2)
        high, low = make.proposals(make.match(world))
        session.execute(sa.update(MatchProposal).where(MatchProposal.id == low.id).values(score=10))
        for proposal in (high, low):
            proposals.endorse(session, world.endorser, proposal.ref, version=1, at=at)
        approve(session, world, low, at)
        assert low.state is ProposalState.APPROVED


class TestApprove:
    def test_it_takes_a_unit_binds_the_worker_and_the_log_verifies(self, session, make, world, endorsed, at):
        approve(session, world, endorsed, at)
        make.record_people()
        session.expire_all()

        worker = session.get_one(Worker, endorsed.worker_id)
        assert (endorsed.state, worker.state) == (ProposalState.APPROVED, WorkerState.PROPOSED)
        assert endorsed.approved_by_id == world.approver.user_id
        assert session.scalars(sa.select(Quota.committed)).all() == [1]
        assert session.scalars(sa.select(QuotaUnit.proposal_id)).all() == [endorsed.id]
        assert verify(session, None).faults == ()

    def test_the_endorser_and_the_endorsing_organisation_may_not_approve(self, session, make, world, endorsed, at):
        both = world.endorser
        with pytest.raises(ForbiddenError):
            proposals.approve(session, both, endorsed.ref, version=2, at=at)
        # an organisation that somehow sits on both sides is still one organisation
        home = session.get_one(Organisation, world.approver.organisation_id)
        inside = make.actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.REVIEWER, of=home)
        session.execute(
            sa.update(MatchProposal).where(MatchProposal.id == endorsed.id).values(endorsed_by_id=inside.user_id)
        )
        with pytest.raises(ForbiddenError, match="proposal.same_organisation"):
            approve(session, world, endorsed, at)
        with pytest.raises(ForbiddenError, match="proposal_approve"):
            proposals.approve(session, inside, endorsed.ref, version=2, at=at)
        shown = proposals.get(session, world.approver, endorsed.ref)
        assert ProposalEvent.APPROVE not in proposals.open_to(world.approver, shown, at=at)

    def test_no_more_are_approved_than_positions_are_certified(self, session, world, at):
        one, other = world.found[:2]
        for proposal in (one, other):
            proposals.endorse(session, world.endorser, proposal.ref, version=1, at=at)
        approve(session, world, one, at)
        with pytest.raises(ConflictError, match="proposal.positions_filled"):
            approve(session, world, other, at)

    def test_a_full_quota_refuses_and_changes_nothing(self, session, make, at):
        world = make.corridor(workers=4, vacancies=2, cap=4)
        found = make.proposals(make.match(world))
        one, other = found[0], found[-1]
        for proposal in (one, other):
            proposals.endorse(session, world.endorser, proposal.ref, version=1, at=at)
        session.execute(sa.update(Quota).values(cap=1))
        approve(session, world, one, at)
        with pytest.raises(QuotaFullError), session.begin_nested():
            approve(session, world, other, at)
        session.expire_all()
        assert one.vacancy_id != other.vacancy_id
        assert other.state is ProposalState.ENDORSED
        assert session.scalars(sa.select(Quota.committed)).all() == [1]

    @pytest.mark.parametrize("state", [WorkerState.PAUSED, WorkerState.WITHDRAWN])
    def test_a_worker_who_left_is_not_approved(self, session, world, endorsed, at, state):
        session.execute(sa.update(Worker).where(Worker.id == endorsed.worker_id).values(state=state))
        with pytest.raises(ConflictError, match="proposal.worker_left"):
            approve(session, world, endorsed, at)

    def test_a_worker_who_withdrew_the_consent_is_not_approved(self, session, world, endorsed, at):
        mine = sa.and_(Consent.worker_id == endorsed.worker_id, Consent.purpose == ConsentPurpose.MATCHING)
        session.execute(sa.update(Consent).where(mine).values(withdrawn_at=at))
        with pytest.raises(ConflictError, match="proposal.worker_left"):
            approve(session, world, endorsed, at)

    def test_a_paper_that_no_longer_lasts_refuses_with_the_rule_and_its_source(self, session, world, endorsed, at):
        mine = IdentityDocument.worker_id == endorsed.worker_id
        session.execute(sa.update(IdentityDocument).where(mine).values(expires_on=date(2026, 12, 1)))
        with pytest.raises(InvalidError) as refused:
            approve(session, world, endorsed, at)
        assert refused.value.code == "proposal.no_longer_eligible"
        assert refused.value.params["rule"] == "document"
        assert refused.value.params["source"].startswith("8 USC")

    def test_a_missing_paper_is_no_pass(self, session, world, endorsed, at):
        session.execute(sa.delete(IdentityDocument).where(IdentityDocument.worker_id == endorsed.worker_id))
        with pytest.raises(InvalidError, match="fact.missing"):
            approve(session, world, endorsed, at)

    def test_the_employer_may_come_before_the_destination(self, session, make, at):
        world = make.corridor(order=ReviewOrder.EMPLOYER_FIRST)
        proposal = make.proposals(make.match(world))[0]
        proposals.endorse(session, world.endorser, proposal.ref, version=1, at=at)
        with pytest.raises(TransitionError):
            approve(session, world, proposal, at)


class TestOpenTo:
    def test_each_side_is_offered_its_own_decisions(self, session, world, first, at):
        def offered(actor):
            return proposals.open_to(actor, proposals.get(session, actor, first.ref), at=at)

        assert offered(world.endorser) == [ProposalEvent.ENDORSE, ProposalEvent.NOT_ENDORSE]
        assert offered(world.origin) == []
        proposals.endorse(session, world.endorser, first.ref, version=1, at=at)
        assert offered(world.endorser) == []
        assert offered(world.approver) == [ProposalEvent.APPROVE, ProposalEvent.REFUSE]

    def test_nothing_is_offered_once_time_is_over(self, session, world, first):
        shown = proposals.get(session, world.endorser, first.ref)
        assert proposals.open_to(world.endorser, shown, at=shown.expires_at) == []


class TestTime:
    def test_nothing_is_decided_once_time_is_over(self, session, world, first):
        with pytest.raises(ConflictError, match="proposal.over"):
            proposals.endorse(session, world.endorser, first.ref, version=1, at=first.expires_at)

    def test_open_ones_expire_at_their_moment_and_not_before(self, session, make, world, first, at):
        assert new_day(proposals, session, first.expires_at - timedelta(seconds=1)) == 0
        assert new_day(proposals, session, first.expires_at) == 4
        assert new_day(proposals, session, first.expires_at) == 0
        make.record_people()
        session.expire_all()
        assert {proposal.state for proposal in world.found} == {ProposalState.EXPIRED}
        assert verify(session, None).faults == ()

    def test_what_an_expired_approval_bound_is_free_again(self, session, make, world, endorsed, at):
        approve(session, world, endorsed, at)
        new_day(proposals, session, endorsed.expires_at)
        make.record_people()
        session.expire_all()
        quota = session.scalars(sa.select(Quota)).one()
        assert (quota.committed, quota.released) == (0, 1)
        assert session.get_one(Worker, endorsed.worker_id).state is WorkerState.READY
        assert verify(session, None).faults == ()

    def test_a_worker_whom_another_approval_binds_stays_proposed(self, session, make, at):
        world = make.corridor(workers=1, vacancies=2)
        one, other = make.proposals(make.match(world))
        for proposal in (one, other):
            proposals.endorse(session, world.endorser, proposal.ref, version=1, at=at)
            approve(session, world, proposal, at)
        later = at + timedelta(days=300)
        session.execute(sa.update(MatchProposal).where(MatchProposal.id == other.id).values(expires_at=later))
        assert new_day(proposals, session, one.expires_at) == 1
        session.expire_all()
        assert session.scalars(sa.select(Worker.state)).all() == [WorkerState.PROPOSED]

    def test_decided_ones_do_not_expire(self, session, world, first, at):
        proposals.not_endorse(session, world.endorser, first.ref, ReasonCode.PAPER_MISSING, version=1, at=at)
        new_day(proposals, session, first.expires_at)
        assert first.state is ProposalState.NOT_ENDORSED

    def test_an_expired_pair_may_be_proposed_again(self, session, make, world, first):
        new_day(proposals, session, first.expires_at)
        run = match_runs.start(session, world.destination, world.scheme.ref, at=first.expires_at, seed=7)
        for number in match_runs.missing_chunks(session, run.ref):
            match_runs.run_chunk(session, run.ref, number, at=first.expires_at)
        match_runs.finish(session, run.ref, at=first.expires_at)
        assert run.counts["eligible"] == 12
