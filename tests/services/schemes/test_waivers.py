"""Waivers: given by the authority that the rule names, kept by decisions, taken back, told and recorded."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from mobility.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, TransitionError
from mobility.models.notices import Notice
from mobility.models.proposals import MatchProposal, ProposalEnding
from mobility.models.schemes.waivers import Waiver
from mobility.models.workers.papers import IdentityDocument
from mobility.rules.basics.findings import Verdict
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.notices import NoticeKind
from mobility.rules.cases.proposals import EndReason, ProposalState
from mobility.services.match_runs import eligibility
from mobility.services.proposals import proposals
from mobility.services.schemes import rule_impact, waivers
from mobility.services.workers import vectors
from tests.days import new_day
from tests.factories import Make

UNTIL = date(2026, 11, 30)


@pytest.fixture
def corridor(session, make):
    made = make.corridor(workers=1, vacancies=1)
    make.match(made)
    return made


@pytest.fixture
def endorsed(session, corridor, at):
    """Return an endorsed proposal whose worker's passport turns out to end with the job: a rule may be waived."""
    proposal = session.scalars(sa.select(MatchProposal)).first()
    proposals.endorse(session, corridor.endorser, proposal.ref, version=proposal.version, at=at)
    session.execute(sa.update(IdentityDocument).values(expires_on=date(2026, 12, 1)))
    return proposal


def verdicts(session, proposal, corridor, at):
    found = eligibility.findings(session, corridor.scheme.id, proposal.vacancy_id, proposal.worker_id, at=at)
    return {finding.rule: (finding.verdict, finding.code) for finding in found}


def give(session, actor, proposal, at, rule="document", reason="A new passport is being printed", until=UNTIL):
    return waivers.give(session, actor, proposal.ref, rule, reason, until, at=at)


def test_a_waived_rule_passes_and_the_approval_goes_through(session, corridor, endorsed, at):
    assert verdicts(session, endorsed, corridor, at)["document"][0] is Verdict.FAIL
    with pytest.raises(InvalidError, match=r"proposal\.no_longer_eligible"):
        proposals.approve(session, corridor.approver, endorsed.ref, version=endorsed.version, at=at)

    give(session, corridor.approver, endorsed, at)

    assert verdicts(session, endorsed, corridor, at)["document"] == (Verdict.PASS, "waived")
    proposals.approve(session, corridor.approver, endorsed.ref, version=endorsed.version, at=at)


def test_only_rules_that_stand_against_the_person_are_offered(session, corridor, endorsed, at):
    whole = proposals.get(session, corridor.approver, endorsed.ref)
    assert [rule.id for rule in waivers.waivable(session, corridor.approver, whole, at=at)] == ["document"]
    assert waivers.waivable(session, corridor.endorser, whole, at=at) == []
    give(session, corridor.approver, endorsed, at)
    assert waivers.waivable(session, corridor.approver, whole, at=at) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"rule": "age"}, "waiver.nobody_may"),
        ({"rule": "documents"}, "waiver.not_in_force"),
        ({"reason": " "}, "reason.missing"),
        ({"until": date(2026, 5, 3)}, "waiver.not_ahead"),
        ({"until": date(2028, 1, 1)}, "waiver.too_long"),
    ],
)
def test_a_waiver_that_does_not_fit_is_refused_and_none_is_stored(session, corridor, endorsed, at, changes, code):
    with pytest.raises(InvalidError, match=code):
        give(session, corridor.approver, endorsed, at, **changes)
    assert session.scalars(sa.select(Waiver)).all() == []


def test_another_authority_may_not_waive_it(session, corridor, endorsed, at):
    with pytest.raises(ForbiddenError, match=r"waiver\.other_authority"):
        give(session, corridor.endorser, endorsed, at)


def test_strangers_see_no_proposal_to_waive_for(session, make, endorsed, at):
    with pytest.raises(NotFoundError):
        give(session, make.actor(OrganisationKind.DESTINATION_MINISTRY, "CA", Role.REVIEWER), endorsed, at)


def test_a_rule_is_waived_once_at_a_time(session, corridor, endorsed, at):
    give(session, corridor.approver, endorsed, at)
    with pytest.raises(ConflictError, match=r"waiver\.given_already"):
        give(session, corridor.approver, endorsed, at)


def test_a_waiver_that_is_taken_back_frees_nobody(session, corridor, endorsed, at):
    waiver = give(session, corridor.approver, endorsed, at)
    with pytest.raises(ForbiddenError):
        waivers.withdraw(session, corridor.endorser, waiver.ref, version=waiver.version, at=at)

    waivers.withdraw(session, corridor.approver, waiver.ref, version=waiver.version, at=at)

    assert verdicts(session, endorsed, corridor, at)["document"][0] is Verdict.FAIL
    with pytest.raises(TransitionError):
        waivers.withdraw(session, corridor.approver, waiver.ref, version=waiver.version, at=at)
    with pytest.raises(ConflictError, match="stale"):
        waivers.withdraw(session, corridor.approver, waiver.ref, version=99, at=at)


def test_a_waiver_that_is_over_frees_nobody(session, make, corridor, endorsed, at):
    make.waiver(corridor.approver, endorsed, valid_from=date(2026, 1, 1), valid_until=date(2026, 5, 3))
    assert verdicts(session, endorsed, corridor, at)["document"][0] is Verdict.FAIL


def test_the_worker_is_told_through_the_post(session, corridor, endorsed, at):
    give(session, corridor.approver, endorsed, at)
    notice = session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.WORKER_RULE_WAIVED)).one()
    assert (notice.worker_id, notice.organisation_id) == (endorsed.worker_id, corridor.post.organisation_id)
    assert notice.params == {"rule": "document", "until": "2026-11-30"}


def test_the_day_after_a_waiver_ends_the_undecided_proposal_that_rests_on_it_ends(session, corridor, endorsed, at):
    give(session, corridor.approver, endorsed, at, until=at.date() + timedelta(days=10))
    assert [new_day(rule_impact, session, at + timedelta(days=days)) for days in (0, 10, 11, 12)] == [0, 0, 1, 0]
    session.refresh(endorsed)
    assert endorsed.state is ProposalState.SUPERSEDED
    ending = session.scalars(sa.select(ProposalEnding)).one()
    assert (ending.proposal_id, ending.reason) == (endorsed.id, EndReason.WAIVER_OVER)
    told = session.scalars(sa.select(Notice.kind).where(Notice.kind == NoticeKind.WORKER_PROPOSAL_ENDED)).all()
    assert len(told) == 1


def test_a_proposal_that_passes_without_its_waiver_by_then_goes_on(session, corridor, endorsed, at):
    give(session, corridor.approver, endorsed, at, until=at.date() + timedelta(days=10))
    session.execute(sa.update(IdentityDocument).values(expires_on=date(2030, 1, 1)))
    vectors.write(session, [endorsed.worker_id])
    assert new_day(rule_impact, session, at + timedelta(days=11)) == 0
    session.refresh(endorsed)
    assert endorsed.state is ProposalState.ENDORSED


def test_a_proposal_that_fails_for_another_reason_is_left_to_its_reviewers(session, corridor, endorsed, at):
    make_waiver = {"rule": "age", "valid_until": at.date() - timedelta(days=1), "valid_from": at.date() - timedelta(9)}
    Make(session, at).waiver(corridor.endorser, endorsed, **make_waiver)
    assert new_day(rule_impact, session, at + timedelta(days=1)) == 0
    session.refresh(endorsed)
    assert endorsed.state is ProposalState.ENDORSED


def test_a_decision_that_was_taken_under_a_waiver_stands_when_it_ends(session, corridor, endorsed, at):
    give(session, corridor.approver, endorsed, at, until=at.date() + timedelta(days=10))
    proposals.approve(session, corridor.approver, endorsed.ref, version=endorsed.version, at=at)
    assert new_day(rule_impact, session, at + timedelta(days=11)) == 0
    session.refresh(endorsed)
    assert endorsed.state is ProposalState.APPROVED
