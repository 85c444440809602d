"""Match runs as use cases: who starts one, what it proposes, what it leaves behind."""

from datetime import date, timedelta

import numpy as np
import pytest
import sqlalchemy as sa

from mobility.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, TransitionError
from mobility.matching.runs.explain import explain
from mobility.matching.runs.run import match
from mobility.models.match_runs import MatchPart, MatchRun
from mobility.models.platform.audit import AuditEvent
from mobility.models.platform.jobs import Job
from mobility.models.proposals import MatchProposal
from mobility.models.vacancies import Vacancy, VacancySkill
from mobility.models.workers.profiles import WorkerSkill
from mobility.models.workers.workers import Worker
from mobility.queries.lists import match_run_lists
from mobility.queries.pools import demands, pools
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.basics.skills import Evidence
from mobility.rules.cases.jobs import JobState
from mobility.rules.cases.match_runs import MatchRunState, PartKind
from mobility.rules.cases.proposals import ProposalState
from mobility.rules.cases.schemes import SchemeState
from mobility.rules.cases.vacancies import VacancyState
from mobility.rules.cases.workers import Sex, WorkerState
from mobility.rules.law.rulesets import parse_rules
from mobility.security.actors import SYSTEM
from mobility.security.audit_verification import verify
from mobility.services.match_runs import match_runs, reports, steps
from mobility.services.match_runs.match_runs import Parameters
from mobility.services.match_runs.parts import pack_parts, unpack_parts, unpack_reached
from mobility.services.platform import jobs
from mobility.services.proposals import proposals
from mobility.services.workers import fairness_groups, vectors


@pytest.fixture
def world(make):
    return make.corridor()


def start(session, world, at, **values):
    return match_runs.start(session, world.destination, world.scheme.ref, at=at, seed=7, **values)


class TestStart:
    def test_a_run_is_written_with_its_jobs_and_its_cut(self, session, world, at):
        run = start(session, world, at, parameters=Parameters(part_size=1))

        assert (run.state, run.vacancies, run.workers, run.seed) == (MatchRunState.QUEUED, 2, 6, 7)
        kinds = [job.kind for job in session.scalars(sa.select(Job).order_by(Job.id))]
        assert kinds == [match_runs.SCORE, match_runs.SCORE, match_runs.FINISH]
        assert match_runs.missing_chunks(session, run.ref) == [1, 2]

    def test_jobs_and_log_hold_no_personal_data(self, session, world, at):
        start(session, world, at)
        text = " ".join(str(job.args) for job in session.scalars(sa.select(Job)))
        text += " ".join(session.scalars(sa.select(AuditEvent.body)))
        assert "Núñez" not in text
        assert "Ana" not in text

    def test_without_a_seed_one_is_drawn(self, session, world, at):
        run = match_runs.start(session, world.destination, world.scheme.ref, at=at)
        assert 0 <= run.seed < match_runs.LARGEST_SEED

    def test_only_a_scheme_officer_of_the_scheme_starts(self, session, make, world, at):
        for actor in (world.origin, world.approver, world.endorser):
            with pytest.raises(ForbiddenError):
                match_runs.start(session, actor, world.scheme.ref, at=at)
        with pytest.raises(NotFoundError):
            match_runs.start(session, make.scheme_officer("CA"), world.scheme.ref, at=at)

    def test_one_run_of_a_scheme_at_a_time(self, session, world, at):
        start(session, world, at)
        with pytest.raises(ConflictError, match="match_run.under_way"):
            start(session, world, at)

    def test_a_scheme_that_is_not_active_is_not_matched(self, session, world, at):
        world.scheme.state = SchemeState.SUSPENDED
        session.flush()
        with pytest.raises(InvalidError, match="match_run.scheme_not_active"):
            start(session, world, at)

    def test_without_rules_in_force_nothing_is_matched(self, session, world, at):
        with pytest.raises(InvalidError, match="match_run.no_rules"):
            start(session, world, at - timedelta(days=800))

    def test_without_vacancies_or_workers_nothing_is_matched(self, session, make, at):
        with pytest.raises(InvalidError, match="match_run.no_vacancies"):
            start(session, make.corridor(vacancies=0), at)
        with pytest.raises(InvalidError, match="match_run.no_workers"):
            start(session, make.corridor(workers=0, country="HN"), at)


class TestResult:
    def test_a_finished_run_proposes_and_the_log_verifies(self, session, make, world):
        run = make.match(world)
        make.record_people()

        found = make.proposals(run)
        assert run.state is MatchRunState.FINISHED
        assert [proposal.rank for proposal in found] == [1, 2, 1, 2]
        assert {proposal.state for proposal in found} == {ProposalState.GENERATED}
        assert verify(session, None).faults == ()

    def test_a_run_is_what_the_library_says(self, session, make, world, at):
        run = make.match(world, part_size=1)
        asked = steps.brief(session, run.ref)
        ids, demand = asked.workers.tolist(), asked.demand
        pool = pools.pool(session, demand.vocabulary, ids, on=run.on_date)
        bounds = demands.quotas(session, run.scheme_id, demand.key.tolist(), ids)
        expected = match(pool, demand, bounds, asked.terms).proposals
        found = {(p.vacancy_id, p.worker_id, p.score) for p in make.proposals(run)}
        assert found == set(
            zip(expected.vacancy.tolist(), expected.worker.tolist(), expected.score.tolist(), strict=True)
        )

    def test_contributions_add_up_to_the_score(self, make, world):
        for proposal in make.proposals(make.match(world)):
            assert sum(part["points"] for part in proposal.contributions) == proposal.score

    def test_a_proposal_is_explained_as_the_library_explains_it_with_every_skill_there_is(
        self, session, make, world, at
    ):
        for code in ("S0000", "S0009"):
            make.skill_asked(code)
        world.vacancies[0].skills.append(VacancySkill(skill=make.skill_asked("S0005"), essential=False, level=2))
        world.workers[0].skills.append(WorkerSkill(skill=make.skill_asked("S0009"), level=2, evidence=Evidence.TESTED))
        run = make.match(world)
        asked, at_end = steps.brief(session, run.ref), make.proposals(run)
        ids = [worker.id for worker in world.workers]
        pool = pools.pool(session, asked.demand.vocabulary, ids, on=run.on_date)
        shown = asked.terms._replace(schemes=[parse_rules(run.rule_set.rules)])
        for proposal in at_end:
            row, job = ids.index(proposal.worker_id), asked.demand.key.tolist().index(proposal.vacancy_id)
            why = explain(pool, row, asked.demand, job, shown, cut_off=proposal.reasons["cut_off"])
            assert proposal.contributions == reports.contributions_json(why)
            assert proposal.reasons == reports.reasons_json(why)
            assert proposal.findings == [reports.finding_json(finding) for finding in why.findings]

    def test_chunks_do_not_change_the_result(self, session, make, at):
        world = make.corridor(workers=5, vacancies=5, positions=2)
        digests = {make.match(world, part_size=size).digest for size in (1, 2, 3, 128)}
        assert len(digests) == 1

    def test_another_seed_may_change_the_order_and_no_score(self, make):
        world = make.corridor(workers=12, vacancies=1, positions=6)
        for worker in world.workers:
            worker.employments[0].months = 60
        runs = [make.match(world, seed=seed) for seed in (1, 2)]
        first, second = (make.proposals(run) for run in runs)
        assert {p.score for p in first} == {p.score for p in second}
        assert [p.worker_id for p in first] != [p.worker_id for p in second]
        assert all(p.tied_with == 11 for p in first)

    def test_storing_a_chunk_twice_changes_nothing(self, session, world, at):
        run = start(session, world, at)
        cut = steps.cut(session, run.ref)
        for _ in range(2):
            match_runs.run_chunk(session, run.ref, 1, at=at, given=cut)
        count = (
            sa.select(sa.func.count())
            .select_from(MatchPart)
            .where(MatchPart.kind == PartKind.SCORED, MatchPart.number == 1)
        )
        assert session.scalar(count) == 1

    def test_a_run_cannot_be_finished_twice(self, session, make, world, at):
        run = make.match(world)
        with pytest.raises(TransitionError):
            match_runs.finish(session, run.ref, at=at)

    def test_a_run_with_a_chunk_missing_cannot_be_concluded(self, session, world, at):
        run = start(session, world, at, parameters=Parameters(part_size=1))
        match_runs.run_chunk(session, run.ref, 1, at=at)
        with pytest.raises(ValueError, match="exactly once"):
            steps.conclude(session, run.ref, at=at)

    @pytest.mark.parametrize("leaves", ["vacancy", "worker"])
    def test_whoever_leaves_between_conclusion_and_storing_is_not_proposed(self, session, make, world, at, leaves):
        run = start(session, world, at)
        match_runs.run_chunk(session, run.ref, 1, at=at)
        found = steps.conclude(session, run.ref, at=at)
        pair = found.proposed[0]
        if leaves == "vacancy":
            session.get_one(Vacancy, pair.vacancy).state = VacancyState.WITHDRAWN
        else:
            session.get_one(Worker, pair.worker).state = WorkerState.PAUSED
        session.flush()
        run = match_runs.store(session, run.ref, found, at=at)
        stored = make.proposals(run)
        gone = [each for each in found.proposed if getattr(each, leaves) == getattr(pair, leaves)]
        assert len(stored) == len(found.proposed) - len(gone)
        assert run.counts["withdrawn_meanwhile"] == len(gone) > 0

    def test_a_packed_chunk_comes_back_to_the_last_bit(self, session, world, at):
        run = start(session, world, at)
        scored = steps.score(steps.cut(session, run.ref), 1)
        packed = pack_parts(*scored)
        back = unpack_parts(packed)[0]
        assert unpack_reached(packed, len(scored.reached)).tolist() == scored.reached.tolist()
        assert np.array_equal(back.eligible.tie, scored.chunks[0].eligible.tie)
        assert back.eligible.tie.dtype == np.uint64
        assert np.array_equal(back.waterfalls[0].left, scored.chunks[0].waterfalls[0].left)

    def test_proposals_stay_within_positions_and_quota(self, make):
        world = make.corridor(workers=8, vacancies=3, positions=2, cap=5)
        run = make.match(world)
        assert len(make.proposals(run)) == run.counts["proposed"] == 5
        assert run.counts["quota_full"] > 0
        assert run.counts["sound"] is True

    def test_a_worker_gets_no_more_proposals_than_allowed(self, make):
        world = make.corridor(workers=2, vacancies=5)
        found = make.proposals(make.match(world, a_worker=2))
        assert max(sum(p.worker_id == worker.id for p in found) for worker in world.workers) == 2

    def test_a_proposal_alone_changes_no_workers_state(self, session, make, world):
        make.match(world)
        states = session.scalars(sa.select(Worker.state).execution_options(populate_existing=True)).all()
        assert set(states) == {WorkerState.READY}


def measured_as(session, workers, sexes, at):
    for worker, sex in zip(workers, sexes, strict=True):
        worker.sex = sex
    fairness_groups.write(session, [worker.id for worker in workers], on=at.date())


class TestFigures:
    def test_the_waterfall_names_the_rule_that_excludes(self, session, make, world):
        for worker in world.workers[:2]:
            worker.documents[0].expires_on = date(2026, 8, 1)
        session.flush()
        rows = {row["rule"]: row for row in make.match(world).counts["waterfall"]}
        assert rows["document"]["failed"] == rows["document"]["sole"] == 4
        assert rows["document"]["source"].startswith("8 USC")
        assert rows["age"]["failed"] == 0

    def test_who_came_close_is_kept_with_the_reason(self, session, make, world):
        world.workers[0].documents[0].expires_on = date(2026, 8, 1)
        session.flush()
        run = make.match(world)
        proposal = make.proposals(run)[0]
        around = match_run_lists.margin(session, run.id, proposal.chunk, proposal.vacancy_id)
        reasons = {(miss["reason"], miss["rule"]) for miss in around["misses"]}
        assert reasons == {("vacancy_full", None), (None, "document")}

    def test_a_missing_paper_is_unknown_and_no_failure(self, session, make, world):
        session.delete(world.workers[0].documents[0])
        session.flush()
        counts = make.match(world).counts
        row = next(row for row in counts["waterfall"] if row["rule"] == "document")
        assert (row["failed"], row["unknown"], counts["unclear"]) == (0, 2, 2)

    def test_fairness_shows_groups_of_five_and_more_alone(self, session, make, at):
        world = make.corridor(workers=20, vacancies=1, positions=8)
        measured_as(session, world.workers, [Sex.FEMALE, Sex.MALE] * 10, at)
        report = make.match(world).fairness["sex"]
        assert report["counts"]["considered"] == report["counts"]["ranked"] == {"female": 10, "male": 10}
        assert report["rates"]["rules"]["female"]["rate"] == 1000
        assert sum(report["attention"]["ranked"].values()) in {999, 1000, 1001}

    def test_fairness_hides_a_small_group_and_its_only_neighbour(self, session, make, world, at):
        measured_as(session, world.workers[:1], [Sex.MALE], at)
        report = make.match(world).fairness["sex"]
        nobody = {"female": None, "male": None}
        assert all(shown == nobody for shown in report["counts"].values())
        assert all(rate == nobody for rate in report["rates"].values())
        assert all(share == nobody for share in report["attention"].values())

    def test_what_the_rules_do_is_told_apart_from_what_the_ranking_does(self, session, make, at):
        world = make.corridor(workers=20, vacancies=1, positions=2)
        measured_as(session, world.workers, [Sex.FEMALE] * 10 + [Sex.MALE] * 10, at)
        for worker in world.workers[:5]:
            worker.documents[0].expires_on = date(2026, 8, 1)
        session.flush()
        rates = make.match(world).fairness["sex"]["rates"]
        assert (rates["rules"]["female"]["rate"], rates["rules"]["male"]["rate"]) == (500, 1000)
        assert rates["rules"]["female"]["alert"] == "look"
        assert (rates["ranking"]["female"]["rate"], rates["ranking"]["male"]["rate"]) == (1000, 1000)

    def test_a_run_tells_how_it_was_allocated_and_that_its_check_found_nothing(self, make, world):
        counts = make.match(world).counts
        assert counts["method"] == "deferred_acceptance"
        assert counts["sound"] is True
        assert set(counts["check"].values()) == {0}
        assert counts["lists_exhausted"] == 0

    def test_a_list_that_was_too_short_is_told(self, make):
        world = make.corridor(workers=9, vacancies=2, positions=2)
        counts = make.match(world, top=0, a_worker=1).counts
        assert counts["lists_exhausted"] >= 1
        assert counts["list_depth"] == 4
        assert counts["places_beyond_lists"] == 8 - counts["proposed"] > 0

    @pytest.mark.parametrize(
        ("kind", "role", "sees"),
        [
            (OrganisationKind.OVERSIGHT_BODY, Role.AUDITOR, True),
            (OrganisationKind.OVERSIGHT_BODY, Role.APPEALS_OFFICER, False),
        ],
    )
    def test_figures_by_group_need_a_permission_of_their_own(self, session, make, world, kind, role, sees):
        run = make.match(world)
        actor = make.actor(kind, "US", role)
        seen = match_runs.get(session, actor, run.ref)
        if sees:
            assert match_runs.fairness_of(actor, seen)["sex"]["groups"]
        else:
            with pytest.raises(ForbiddenError, match="fairness_view"):
                match_runs.fairness_of(actor, seen)

    def test_swapping_sex_changes_no_score_and_no_rank(self, session, make, world):
        before = [(p.vacancy_id, p.worker_id, p.rank, p.score) for p in make.proposals(make.match(world))]
        for worker in world.workers:
            worker.sex = Sex.MALE
        session.flush()
        after = [(p.vacancy_id, p.worker_id, p.rank, p.score) for p in make.proposals(make.match(world))]
        assert before == after


class TestLater:
    def test_a_later_run_replaces_what_nobody_decided(self, session, make, world, at):
        first = make.proposals(make.match(world))
        proposals.endorse(session, world.endorser, first[0].ref, version=1, at=at)

        second = make.match(world)
        make.record_people()
        session.expire_all()

        assert first[0].state is ProposalState.ENDORSED
        assert {proposal.state for proposal in first[1:]} == {ProposalState.SUPERSEDED}
        assert second.counts["superseded"] == 3
        pairs = {(p.vacancy_id, p.worker_id) for p in make.proposals(second)}
        assert (first[0].vacancy_id, first[0].worker_id) not in pairs
        assert verify(session, None).faults == ()

    def test_an_approved_person_takes_a_position_and_is_not_proposed_again(self, session, make, world, at):
        first = make.proposals(make.match(world))[0]
        proposals.endorse(session, world.endorser, first.ref, version=1, at=at)
        proposals.approve(session, world.approver, first.ref, version=2, at=at)

        second = make.proposals(make.match(world))

        assert first.vacancy_id not in {p.vacancy_id for p in second}
        assert first.worker_id not in {p.worker_id for p in second}

    def test_who_leaves_while_a_run_goes_on_is_not_proposed(self, session, make, world, at):
        run = start(session, world, at)
        match_runs.run_chunk(session, run.ref, 1, at=at)
        best = make_best(session, run)
        session.execute(sa.update(Worker).where(Worker.id == best).values(state=WorkerState.PAUSED))
        match_runs.finish(session, run.ref, at=at)
        assert best not in {p.worker_id for p in make.proposals(run)}
        assert run.counts["workers_gone"] == 1

    def test_whose_file_changes_while_a_run_goes_on_is_scored_as_it_is_now(self, session, make, world, at):
        vectors.write(session, [worker.id for worker in world.workers])
        run = start(session, world, at)
        match_runs.run_chunk(session, run.ref, 1, at=at)
        last = min(world.workers, key=lambda worker: worker.employments[0].months)
        last.employments[0].months, last.languages[1].level = 240, 6
        vectors.write(session, [last.id])
        match_runs.finish(session, run.ref, at=at)

        found = {p.worker_id: p for p in make.proposals(run)}
        assert last.id in found
        again = {p.worker_id: p for p in make.proposals(make.match(world, seed=run.seed))}
        assert found[last.id].score == again[last.id].score
        assert found.keys() == again.keys()
        assert sum(part["points"] for part in found[last.id].contributions) == found[last.id].score

    def test_who_no_longer_meets_a_rule_when_it_ends_is_not_proposed(self, session, make, world, at):
        vectors.write(session, [worker.id for worker in world.workers])
        run = start(session, world, at)
        match_runs.run_chunk(session, run.ref, 1, at=at)
        best = session.get_one(Worker, make_best(session, run))
        best.born_on = at.date() - timedelta(days=365 * 15)
        vectors.write(session, [best.id])
        match_runs.finish(session, run.ref, at=at)
        assert best.id not in {p.worker_id for p in make.proposals(run)}
        assert run.counts["workers_gone"] == 0

    def test_cancelling_stops_the_jobs_and_keeps_what_was_stored_unused(self, session, make, world, at):
        run = start(session, world, at)
        cut = steps.cut(session, run.ref)
        match_runs.cancel(session, world.destination, run.ref, at=at)
        match_runs.run_chunk(session, run.ref, 1, at=at, given=cut)
        assert match_runs.missing_chunks(session, run.ref) == [1]
        assert set(session.scalars(sa.select(Job.state))) == {JobState.CANCELLED}
        assert session.scalars(sa.select(MatchProposal)).all() == []
        with pytest.raises(TransitionError):
            match_runs.cancel(session, world.destination, run.ref, at=at)

    def test_only_who_may_start_a_run_cancels_it(self, session, world, at):
        run = start(session, world, at)
        for actor in (world.origin, world.approver):
            with pytest.raises(ForbiddenError):
                match_runs.cancel(session, actor, run.ref, at=at)

    def test_a_run_with_a_dead_job_fails_and_another_may_start(self, session, world, at):
        run = start(session, world, at)
        match_runs.abandon(session, run.ref, "match_run.chunk_dead", at=at)
        match_runs.abandon(session, run.ref, "match_run.chunk_dead", at=at)
        session.expire_all()
        assert session.get(MatchRun, run.id).state is MatchRunState.FAILED
        start(session, world, at)

    def test_progress_counts_stored_chunks(self, session, world, at):
        run = start(session, world, at, parameters=Parameters(part_size=1))
        assert match_run_lists.progress(session, run) == match_run_lists.Progress("wait", 0, 2)
        match_runs.run_chunk(session, run.ref, 1, at=at)
        assert match_run_lists.progress(session, run) == match_run_lists.Progress("score", 1, 2)
        match_runs.run_chunk(session, run.ref, 2, at=at)
        assert match_run_lists.progress(session, run) == match_run_lists.Progress("score", 2, 2)
        match_runs.finish(session, run.ref, at=at)
        assert match_run_lists.progress(session, run).over

    def test_progress_tells_what_the_first_job_is_at(self, session, world, at):
        run = start(session, world, at, parameters=Parameters(part_size=1))
        held = jobs.claim(session, "lease", at=at, seconds=60)
        assert match_run_lists.progress(session, run) == match_run_lists.Progress("wait", 0, 2)
        jobs.report(session, held, at=at, seconds=60, stage="load", done=2, total=3)
        assert match_run_lists.progress(session, run) == match_run_lists.Progress("load", 2, 3)
        jobs.report(session, held, at=at, seconds=60, stage="score", done=0, total=1)
        assert match_run_lists.progress(session, run) == match_run_lists.Progress("score", 0, 2)

    def test_an_unknown_run_is_not_found(self, session, world, at):
        with pytest.raises(NotFoundError):
            match_runs.get(session, world.destination, "R-0000-0000-0")
        with pytest.raises(NotFoundError):
            steps.find(session, "R-0000-0000-0")


def make_best(session, run):
    """Return the worker whom the only chunk ranks first."""
    packed = session.scalars(
        sa.select(MatchPart.result).where(
            MatchPart.run_id == run.id, MatchPart.kind == PartKind.SCORED, MatchPart.number == 1
        )
    ).one()
    return int(unpack_parts(packed)[0].eligible.worker[0])


def test_the_officer_of_the_command_line_is_found_by_mail_or_is_the_drafter(session, make, world):
    assert match_run_lists.officer_for(session, world.scheme.ref, None).user_id == world.destination.user_id
    from mobility.models.accounts.users import User

    mail = session.get_one(User, world.approver.user_id).email
    assert match_run_lists.officer_for(session, world.scheme.ref, mail.upper()).user_id == world.approver.user_id
    with pytest.raises(InvalidError, match="no_officer"):
        match_run_lists.officer_for(session, world.scheme.ref, "x@y")
    with pytest.raises(NotFoundError, match="scheme S-0"):
        match_run_lists.officer_for(session, "S-0", None)


def test_the_system_is_named_in_the_log_for_what_no_person_does(session, make, world):
    make.match(world)
    streams = dict(session.execute(sa.select(AuditEvent.action, AuditEvent.stream).distinct()).all())
    assert streams["match_run.start"] == world.destination.organisation_ref
    assert streams["proposal.generate"] == streams["match_run.finish"] == SYSTEM.organisation_ref
