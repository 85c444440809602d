"""What ends open proposals sets people and units free, tells everybody, and does what its page showed."""

import pytest
import sqlalchemy as sa

from mobility.errors import ConflictError
from mobility.models.accounts.organisations import Organisation
from mobility.models.notices import Notice
from mobility.models.platform.audit import AuditEvent
from mobility.models.proposals import ProposalEnding
from mobility.models.schemes.quotas import Quota, QuotaUnit
from mobility.models.vacancies import Vacancy
from mobility.models.workers.workers import Worker
from mobility.queries import proposal_endings
from mobility.rules.basics.causes import Cause, Why
from mobility.rules.basics.organisations import Role
from mobility.rules.cases.consents import ConsentPurpose
from mobility.rules.cases.notices import NoticeKind
from mobility.rules.cases.proposals import EndReason, ProposalState
from mobility.rules.cases.vacancies import Deficiency, VacancyEvent
from mobility.rules.cases.workers import WorkerState
from mobility.security.actors import SYSTEM
from mobility.security.audit_verification import verify
from mobility.services import employers
from mobility.services.proposals import endings, proposals
from mobility.services.proposals.endings import Ending
from mobility.services.vacancies import vacancies
from mobility.services.workers import consents, vectors, workers


@pytest.fixture
def world(session, make, at):
    """A vacancy with two places: one person approved, one endorsed, the others proposed; and a second vacancy."""
    made = make.corridor(positions=2)
    make.record_people()
    made.found = make.proposals(make.match(made))
    first, second, *_ = made.found
    for each in (first, second):
        proposals.endorse(session, made.endorser, each.ref, version=each.version, at=at)
    proposals.approve(session, made.approver, first.ref, version=first.version, at=at)
    made.vacancy = first.vacancy_id
    made.mine = [each for each in made.found if each.vacancy_id == made.vacancy]
    made.others = [each for each in made.found if each.vacancy_id != made.vacancy]
    return made


@pytest.fixture
def ending(session, world):
    return Ending(EndReason.VACANCY_WITHDRAWN, ("vacancy", world.vacancies[0].ref))


def end(session, world, ending, at, *, actor=None, **given):
    chosen = proposal_endings.of_vacancy(world.vacancy)
    return endings.end_open(session, actor or world.destination, chosen, ending, at=at, **given)


def told(session, kind):
    return session.scalars(sa.select(Notice).where(Notice.kind == kind).order_by(Notice.id)).all()


class TestEnd:
    def test_every_open_proposal_of_the_choice_ends_with_its_reason_and_no_other(self, session, world, ending, at):
        end(session, world, ending, at)
        assert {each.state for each in world.mine} == {ProposalState.SUPERSEDED}
        assert {each.state for each in world.others} == {ProposalState.GENERATED}
        kept = session.scalars(sa.select(ProposalEnding)).all()
        assert {each.proposal_id for each in kept} == {each.id for each in world.mine}
        assert {(each.reason, each.organisation_id, each.ended_at) for each in kept} == {
            (EndReason.VACANCY_WITHDRAWN, world.destination.organisation_id, at)
        }

    def test_the_approved_person_is_ready_again_and_the_unit_comes_back(self, session, world, ending, at):
        worker = session.get_one(Worker, world.found[0].worker_id)
        assert worker.state is WorkerState.PROPOSED
        end(session, world, ending, at)
        session.expire_all()
        assert worker.state is WorkerState.READY
        assert session.scalar(sa.select(sa.func.count()).select_from(QuotaUnit)) == 0
        assert session.execute(sa.select(Quota.committed, Quota.released)).all() == [(0, 1)]
        assert vectors.differing(session, [worker.id]) == []

    def test_whom_another_approval_binds_stays_bound(self, session, world, ending, at):
        first = world.found[0]
        other = next(each for each in world.others if each.worker_id == first.worker_id)
        other.state, other.approved_by_id = ProposalState.APPROVED, world.approver.user_id
        end(session, world, ending, at)
        assert session.get_one(Worker, first.worker_id).state is WorkerState.PROPOSED

    def test_last_season_s_placement_binds_nobody(self, session, world, ending, at):
        season = next(each for each in world.others if each.worker_id == world.found[0].worker_id)
        season.state, season.accepted_at = ProposalState.PLACED, at
        season.approved_by_id = world.approver.user_id
        end(session, world, ending, at)
        assert session.get_one(Worker, season.worker_id).state is WorkerState.READY

    def test_the_log_tells_of_each_and_still_holds(self, session, world, ending, at):
        end(session, world, ending, at)
        actions = session.scalars(sa.select(AuditEvent.action).where(AuditEvent.action == "proposal.supersede")).all()
        assert len(actions) == len(world.mine)
        session.expire_all()
        assert verify(session, None).faults == ()

    def test_a_second_time_there_is_nothing_left(self, session, world, ending, at):
        end(session, world, ending, at)
        again = end(session, world, ending, at)
        assert (again.people, again.waiting, again.approved, again.units, again.told) == (0, 0, 0, 0, 0)
        assert len(told(session, NoticeKind.WORKER_PROPOSAL_ENDED)) == len(world.mine)


class TestPreview:
    def test_it_counts_what_the_step_then_touches(self, session, world, ending, at):
        shown = endings.preview(session, world.destination, proposal_endings.of_vacancy(world.vacancy), ending)
        assert (shown.approved, shown.waiting, shown.units) == (1, len(world.mine) - 1, 1)
        assert shown.people == len({each.worker_id for each in world.mine})
        assert end(session, world, ending, at, seen=shown.mark) == shown
        organisations = {each.organisation_id for each in told(session, NoticeKind.PROPOSALS_ENDED)}
        assert len(organisations) == shown.told == 2

    def test_it_changes_nothing(self, session, world, ending):
        before = [(each.state, each.version) for each in world.found]
        endings.preview(session, world.destination, proposal_endings.of_vacancy(world.vacancy), ending)
        assert not session.dirty
        session.expire_all()
        assert [(each.state, each.version) for each in world.found] == before

    def test_what_changed_since_it_was_shown_stops_the_step(self, session, world, ending, at):
        shown = endings.preview(session, world.destination, proposal_endings.of_vacancy(world.vacancy), ending)
        second = world.found[1]
        proposals.approve(session, world.approver, second.ref, version=second.version, at=at)
        with pytest.raises(ConflictError, match=r"ending\.changed"):
            end(session, world, ending, at, seen=shown.mark)
        assert ProposalState.SUPERSEDED not in {each.state for each in world.found}


class TestTold:
    def test_each_person_through_their_post_about_their_own_proposal(self, session, world, ending, at):
        end(session, world, ending, at)
        found = told(session, NoticeKind.WORKER_PROPOSAL_ENDED)
        assert {(each.worker_id, each.subject_ref) for each in found} == {
            (each.worker_id, each.ref) for each in world.mine
        }
        assert {each.organisation_id for each in found} == {world.post.organisation_id}
        assert {each.params["why"] for each in found} == {"vacancy_withdrawn"}

    def test_the_other_ministry_and_the_employer_but_not_who_acted(self, session, world, ending, at):
        end(session, world, ending, at)
        employer = session.get_one(Organisation, world.vacancies[0].employer.organisation_id)
        found = {each.organisation_id: each.params for each in told(session, NoticeKind.PROPOSALS_ENDED)}
        assert set(found) == {world.origin.organisation_id, employer.id}
        assert (found[world.origin.organisation_id]["count"], found[employer.id]["count"]) == (len(world.mine), 1)
        assert found[employer.id]["approved"] == 1

    def test_without_a_subject_each_notice_is_about_its_vacancy(self, session, world, at):
        chosen = proposal_endings.of_worker(world.found[0].worker_id)
        endings.end_open(session, SYSTEM, chosen, Ending(EndReason.WORKER_WITHDREW), at=at)
        found = told(session, NoticeKind.PROPOSALS_ENDED)
        assert {each.subject_kind for each in found} == {"vacancy"}

    @pytest.mark.parametrize(("reason", "expected"), [(EndReason.NEW_RUN, 0), (EndReason.TIME_OVER, 2)])
    def test_nobody_where_nobody_had_looked(self, session, world, at, reason, expected):
        end(session, world, Ending(reason), at, actor=SYSTEM)
        assert len(told(session, NoticeKind.WORKER_PROPOSAL_ENDED)) == expected


class TestChosen:
    def test_by_employer_scheme_and_agreement(self, session, world):
        open_ones = {each.ref for each in world.found}
        agreement = world.scheme.agreements[0].agreement_id

        def refs(chosen):
            return {each.ref for each in proposal_endings.open_ones(session, chosen)}

        assert (
            refs(proposal_endings.of_vacancies(Vacancy.scheme_id == world.scheme.id))
            == refs(proposal_endings.of_agreement(agreement))
            == open_ones
        )
        mine = Vacancy.employer_id == world.vacancies[0].employer_id
        assert refs(proposal_endings.of_vacancies(mine)) == {each.ref for each in world.mine}
        worker = world.found[0].worker_id
        assert refs(proposal_endings.of_worker(worker)) == {
            each.ref for each in world.found if each.worker_id == worker
        }


class TestStepsThatEndProposals:
    """Withdrawing, revoking, leaving and debarring end open proposals through the one use case."""

    def test_a_vacancy_that_is_revoked(self, session, world, at):
        vacancy = world.vacancies[0]
        vacancies.revoke(
            session, world.destination, vacancy.ref, [Deficiency.TERMS_BROKEN], version=vacancy.version, at=at
        )
        assert {each.state for each in world.mine} == {ProposalState.SUPERSEDED}
        assert session.get_one(Worker, world.found[0].worker_id).state is WorkerState.READY
        heard = {each.organisation_id for each in told(session, NoticeKind.VACANCY_REVOKED)}
        assert heard == {world.origin.organisation_id, vacancy.employer.organisation_id}

    def test_a_vacancy_that_is_withdrawn_only_as_it_was_shown(self, session, make, world, at):
        vacancy = world.vacancies[0]
        home = session.get_one(Organisation, vacancy.employer.organisation_id)
        boss = make.actor(home.kind, home.country, Role.EMPLOYER_ADMINISTRATOR, of=home)
        seen = vacancies.touched_by(session, boss, vacancy, VacancyEvent.WITHDRAW)
        second = world.found[1]
        proposals.approve(session, world.approver, second.ref, version=second.version, at=at)
        now = vacancies.touched_by(session, boss, vacancy, VacancyEvent.WITHDRAW)
        assert (seen.approved, now.approved) == (1, 2)
        with pytest.raises(ConflictError, match=r"ending\.changed"):
            vacancies.withdraw(
                session, boss, vacancy.ref, Why(Cause.NO_LONGER_NEEDED), version=vacancy.version, at=at, seen=seen.mark
            )

    @pytest.mark.parametrize("step", ["pause", "withdraw", "ineligible", "consent"])
    def test_a_worker_who_leaves(self, session, make, world, at, step):
        worker = session.get_one(Worker, world.found[0].worker_id)
        home = session.get_one(Organisation, world.post.organisation_id)
        officer = make.actor(home.kind, home.country, Role.REGISTRATION_OFFICER, of=home)
        match step:
            case "ineligible":
                day = at.date().replace(year=at.year + 1)
                workers.mark_ineligible(
                    session, officer, worker.ref, "False papers", day, version=worker.version, at=at
                )
            case "consent":
                consents.withdraw(session, officer, worker.ref, ConsentPurpose.MATCHING, at=at)
            case _:
                leave = getattr(workers, step)
                leave(session, officer, worker.ref, "Asked for it", version=worker.version, at=at)
        assert proposal_endings.open_ones(session, proposal_endings.of_worker(worker.id)) == []
        assert session.execute(sa.select(Quota.committed, Quota.released)).all() == [(0, 1)]
        assert worker.state not in {WorkerState.PROPOSED, WorkerState.READY}
        assert world.destination.organisation_id in {
            each.organisation_id for each in told(session, NoticeKind.PROPOSALS_ENDED)
        }
        make.record_people()
        session.expire_all()
        assert verify(session, None).faults == ()

    def test_an_employer_that_is_suspended_keeps_them_waiting_and_loses_them_when_debarred(self, session, world, at):
        employer = world.vacancies[0].employer
        employers.suspend(session, world.destination, employer.ref, "Unpaid wages", version=employer.version, at=at)
        assert ProposalState.SUPERSEDED not in {each.state for each in world.mine}
        assert len(told(session, NoticeKind.WORKER_PROPOSAL_FROZEN)) == len(world.mine)
        employers.debar(session, world.destination, employer.ref, "Unpaid wages", version=employer.version, at=at)
        assert {each.state for each in world.mine} == {ProposalState.SUPERSEDED}
        (notice,) = told(session, NoticeKind.EMPLOYER_DEBARRED)
        assert (notice.organisation_id, notice.params["count"]) == (employer.organisation_id, len(world.mine))
