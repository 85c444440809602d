"""Agreements: who takes them on record, and what they may not say."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from mobility.errors import ConflictError, ForbiddenError, InvalidError, TransitionError
from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User
from mobility.models.notices import Notice
from mobility.models.proposals import ProposalEnding
from mobility.models.schemes.agreements import Agreement
from mobility.rules.basics.causes import Cause, Why
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.agreements import AgreementEvent, AgreementState, CostBearer, CostKind
from mobility.rules.cases.notices import NoticeKind
from mobility.rules.cases.proposals import EndReason, ProposalState
from mobility.security import audit
from mobility.security.actors import SYSTEM
from mobility.security.audit_verification import verify
from mobility.services.proposals import proposals
from mobility.services.schemes import agreements
from mobility.services.schemes.agreements import AgreementTerms
from tests.days import new_day


def terms(officer, honduras, **changes):
    given = {
        "title": "Agreement on seasonal work",
        "destination": officer.organisation_ref,
        "origin": honduras.organisation_ref,
        "valid_from": date(2025, 1, 1),
        "sectors": ["forestry", "agriculture"],
        "costs": {CostKind.VISA: CostBearer.EMPLOYER, CostKind.PASSPORT: CostBearer.WORKER},
    }
    return AgreementTerms(**{**given, **changes})


def test_an_agreement_keeps_its_parties_and_who_bears_which_cost(session, officer, honduras, at):
    made = agreements.create(session, officer, terms(officer, honduras), at=at)

    session.expire(made)
    assert (made.destination_id, made.origin_id) == (officer.organisation_id, honduras.organisation_id)
    assert made.costs == {"visa": "employer", "passport": "worker"}
    assert made.sectors == ["agriculture", "forestry"]


def test_the_system_takes_one_on_record_too(session, officer, honduras, at):
    assert agreements.create(session, SYSTEM, terms(officer, honduras), at=at).ref.startswith("A-")


def test_nobody_else_does(session, make, officer, honduras, at):
    destination = session.get_one(Organisation, officer.organisation_id)
    reviewer = make.actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.REVIEWER, of=destination)
    for actor in (honduras, make.scheme_officer("CA"), reviewer):
        with pytest.raises(ForbiddenError):
            agreements.create(session, actor, terms(officer, honduras), at=at)
    assert session.scalars(sa.select(Agreement)).all() == []


@pytest.mark.parametrize("field", ["destination", "origin"])
def test_each_party_is_a_ministry_of_its_side(session, officer, honduras, at, field):
    other = {"destination": honduras, "origin": officer}[field]
    for ref in (other.organisation_ref, "O-0000-0000-0"):
        with pytest.raises(InvalidError, match=r"agreement.not_a_ministry") as refused:
            agreements.create(session, officer, terms(officer, honduras, **{field: ref}), at=at)
        assert refused.value.field == field


@pytest.mark.parametrize("bearer", [CostBearer.WORKER, CostBearer.SHARED])
@pytest.mark.parametrize("cost", [CostKind.RECRUITMENT, CostKind.VISA])
def test_no_recruitment_cost_falls_on_the_worker(session, officer, honduras, at, cost, bearer):
    with pytest.raises(InvalidError, match=r"recruitment_cost.on_worker"):
        agreements.create(session, officer, terms(officer, honduras, costs={cost: bearer}), at=at)


def test_an_agreement_does_not_end_before_it_begins(session, officer, honduras, at):
    with pytest.raises(InvalidError, match="period_reversed"):
        agreements.create(session, officer, terms(officer, honduras, valid_to=date(2024, 12, 31)), at=at)


def test_the_log_is_true_after_it(session, officer, honduras, at):
    for model in (Organisation, User):
        ids = session.scalars(sa.select(model.id)).all()
        audit.record_many(session, officer, "test.made", model, ids, at=at)
    agreements.create(session, officer, terms(officer, honduras), at=at)
    assert verify(session, None).faults == ()


class TestEnding:
    """Suspended, resumed, ended by a party or by its last day: what happens to the open proposals that it carries."""

    @pytest.fixture
    def corridor(self, make):
        made = make.corridor(workers=3, vacancies=1, positions=2)
        made.found = make.proposals(make.match(made))
        return made

    @pytest.fixture
    def agreement(self, session, corridor):
        return session.get_one(Agreement, corridor.scheme.agreements[0].agreement_id)

    def told(self, session, kind):
        return set(session.scalars(sa.select(Notice.organisation_id).where(Notice.kind == kind)))

    @pytest.mark.parametrize("party", ["destination", "origin"])
    def test_either_party_ends_it_and_its_proposals_end(self, session, corridor, agreement, at, party):
        actor = getattr(corridor, party)
        shown = agreements.touched_by(session, actor, agreement, AgreementEvent.END)
        assert (shown.waiting, shown.ends) == (len(corridor.found), True)
        why = Why(Cause.NOTICE_GIVEN, "Six months ago")
        agreements.end(session, actor, agreement.ref, why, version=agreement.version, at=at, seen=shown.mark)

        assert (agreement.state, agreement.cause) == (AgreementState.ENDED, Cause.NOTICE_GIVEN)
        assert {each.state for each in corridor.found} == {ProposalState.SUPERSEDED}
        ended = session.scalars(sa.select(ProposalEnding)).all()
        assert {(each.reason, each.cause) for each in ended} == {(EndReason.AGREEMENT_ENDED, Cause.NOTICE_GIVEN)}
        others = {corridor.destination.organisation_id, corridor.origin.organisation_id} - {actor.organisation_id}
        assert self.told(session, NoticeKind.AGREEMENT_ENDED) >= {*others, corridor.post.organisation_id}
        assert self.told(session, NoticeKind.WORKER_PROPOSAL_ENDED) == {corridor.post.organisation_id}

    def test_its_last_day_ends_it_with_its_proposals_once(self, session, corridor, agreement, at):
        agreement.valid_to = at.date()
        session.flush()
        assert new_day(agreements, session, at) == 0
        assert new_day(agreements, session, at + timedelta(days=1)) == 1
        assert new_day(agreements, session, at + timedelta(days=2)) == 0

        assert (agreement.state, agreement.cause) == (AgreementState.ENDED, Cause.LAST_DAY_PAST)
        assert {each.state for each in corridor.found} == {ProposalState.SUPERSEDED}
        assert self.told(session, NoticeKind.AGREEMENT_ENDED) >= {
            corridor.destination.organisation_id,
            corridor.origin.organisation_id,
        }

    def test_while_it_is_suspended_nothing_under_it_goes_on(self, session, corridor, agreement, at):
        why, first = Why(Cause.UNDER_REVIEW, "Talks"), corridor.found[0]
        agreements.suspend(session, corridor.origin, agreement.ref, why, version=agreement.version, at=at)
        with pytest.raises(ConflictError, match=r"proposal\.agreement_over"):
            proposals.endorse(session, corridor.endorser, first.ref, version=first.version, at=at)
        assert self.told(session, NoticeKind.WORKER_PROPOSAL_FROZEN) == {corridor.post.organisation_id}

        agreements.resume(session, corridor.origin, agreement.ref, version=agreement.version, at=at)
        proposals.endorse(session, corridor.endorser, first.ref, version=first.version, at=at)
        assert self.told(session, NoticeKind.WORKER_PROPOSAL_GOES_ON) == {corridor.post.organisation_id}

    def test_nobody_else_steers_it_and_an_ended_one_stays(self, session, make, corridor, agreement, at):
        why = Why(Cause.OTHER, "No")
        with pytest.raises(ForbiddenError):
            agreements.end(session, corridor.approver, agreement.ref, why, version=agreement.version, at=at)
        with pytest.raises(InvalidError, match=r"cause\.missing"):
            agreements.end(session, corridor.origin, agreement.ref, Why(None), version=agreement.version, at=at)
        agreements.end(session, corridor.origin, agreement.ref, why, version=agreement.version, at=at)
        with pytest.raises(TransitionError):
            agreements.resume(session, corridor.origin, agreement.ref, version=agreement.version, at=at)
