"""Recording checks: who may, what is refused where, how long each counts, what it does to skills and state."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from mobility.errors import ForbiddenError, InvalidError, NotFoundError, TransitionError
from mobility.models.accounts.organisations import Organisation
from mobility.models.platform.audit import AuditEvent
from mobility.models.workers.papers import Check
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.basics.skills import Evidence
from mobility.rules.cases.checks import CheckKind, CheckResult
from mobility.rules.cases.workers import WorkerState
from mobility.security.projections import project_worker
from mobility.services.workers import checks, workers
from mobility.services.workers.checks import CheckTerms, default_validity

POST = OrganisationKind.CONSULAR_POST
TODAY = date(2026, 5, 4)


@pytest.fixture
def registrar(make):
    return make.actor(POST, "GT", Role.REGISTRATION_OFFICER)


@pytest.fixture
def screener(make, session, registrar):
    post = session.get_one(Organisation, registrar.organisation_id)
    return make.actor(POST, "GT", Role.SCREENING_OFFICER, of=post)


def terms(kind=CheckKind.POLICE, result=CheckResult.PASSED, **changes):
    given = {"kind": kind, "result": result, "provider": "National police", "checked_on": TODAY}
    return CheckTerms(**{**given, **changes})


def of_kind(worker, kind):
    return [check for check in worker.checks if check.kind is kind]


def test_a_check_is_stored_with_its_verifier_and_recorded(session, make, registrar, screener, at):
    worker = make.worker(registrar, WorkerState.SCREENING)

    checks.record(session, screener, worker.ref, terms(CheckKind.LANGUAGE), at=at)

    (check,) = of_kind(worker, CheckKind.LANGUAGE)
    assert (check.result, check.provider, check.verifier_id, check.recorded_at) == (
        CheckResult.PASSED,
        "National police",
        screener.user_id,
        at,
    )
    event = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert (event.action, event.object_ref) == ("worker.check", worker.ref)
    assert '"kind":"language"' in event.body


@pytest.mark.parametrize(
    ("kind", "until"),
    [
        (CheckKind.POLICE, date(2026, 11, 4)),
        (CheckKind.MEDICAL, date(2027, 5, 4)),
        (CheckKind.LANGUAGE, date(2028, 5, 4)),
        (CheckKind.TRADE_TEST, date(2029, 5, 4)),
        (CheckKind.REFERENCE, date(2028, 5, 4)),
        (CheckKind.MIGRATION_RECORD, date(2026, 11, 4)),
        (CheckKind.ORIENTATION, date(2028, 5, 4)),
    ],
)
def test_each_kind_counts_for_its_usual_time(session, make, registrar, screener, at, kind, until):
    worker = make.worker(registrar, WorkerState.SCREENING)
    checks.record(session, screener, worker.ref, terms(kind), at=at)
    assert of_kind(worker, kind)[-1].valid_until == default_validity(kind, TODAY) == until


def test_identity_has_no_usual_time():
    assert default_validity(CheckKind.IDENTITY, TODAY) is None


def test_what_the_paper_says_beats_the_usual_time(session, make, registrar, screener, at):
    worker = make.worker(registrar, WorkerState.SCREENING)
    checks.record(session, screener, worker.ref, terms(valid_until=date(2026, 6, 1)), at=at)
    assert of_kind(worker, CheckKind.POLICE)[-1].valid_until == date(2026, 6, 1)


@pytest.mark.parametrize("result", [CheckResult.FAILED, CheckResult.PENDING])
def test_a_check_that_lets_nobody_through_does_not_run_out(session, make, registrar, screener, at, result):
    worker = make.worker(registrar, WorkerState.SCREENING)
    checks.record(session, screener, worker.ref, terms(result=result, valid_until=date(2027, 1, 1)), at=at)
    assert of_kind(worker, CheckKind.POLICE)[-1].valid_until is None


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"kind": CheckKind.IDENTITY}, "check.identity_apart", "kind"),
        ({"checked_on": date(2026, 5, 5)}, "check.in_future", "checked_on"),
        ({"valid_until": date(2026, 5, 3)}, "check.ends_before", "valid_until"),
        ({"result": CheckResult.WAIVED}, "check.waiver_unexplained", "note"),
        ({"skills": ["S0001"]}, "check.no_skills", "skills"),
        (
            {"kind": CheckKind.TRADE_TEST, "result": CheckResult.FAILED, "skills": ["S0001"]},
            "check.no_skills",
            "skills",
        ),
        ({"kind": CheckKind.TRADE_TEST, "skills": ["S0777"]}, "unknown_skill", "skills"),
    ],
)
def test_what_does_not_hold_is_refused_at_its_field(session, make, registrar, screener, at, changes, code, field):
    worker = make.worker(registrar, WorkerState.SCREENING)
    before = len(worker.checks)
    with pytest.raises(InvalidError) as refused:
        checks.record(session, screener, worker.ref, terms(**changes), at=at)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert len(session.scalars(sa.select(Check)).all()) == before


def test_a_waiver_with_its_reason_counts(session, make, registrar, screener, at):
    worker = make.worker(registrar, WorkerState.SCREENING)
    for check in of_kind(worker, CheckKind.POLICE):
        check.valid_until = TODAY
    waived = terms(result=CheckResult.WAIVED, note="Consul, letter of 3 May")
    later = at + timedelta(days=2)
    checks.record(session, screener, worker.ref, waived, at=later)
    workers.make_ready(session, screener, worker.ref, version=worker.version, at=later)
    assert worker.state is WorkerState.READY


class TestSkills:
    def test_a_passed_trade_test_lifts_the_skills_that_it_looked_at(self, session, make, registrar, screener, at):
        worker = make.worker(registrar, WorkerState.SCREENING, skills={"S0001": 2, "S0002": 3})
        checks.record(session, screener, worker.ref, terms(CheckKind.TRADE_TEST, skills=["S0002"]), at=at)
        assert {skill.skill.code: skill.evidence for skill in worker.skills} == {
            "S0001": Evidence.CLAIMED,
            "S0002": Evidence.TESTED,
        }

    def test_a_reference_never_weakens_what_a_test_has_shown(self, session, make, registrar, screener, at):
        worker = make.worker(registrar, WorkerState.SCREENING)
        for kind in (CheckKind.REFERENCE, CheckKind.TRADE_TEST, CheckKind.REFERENCE):
            checks.record(session, screener, worker.ref, terms(kind, skills=["S0001"]), at=at)
        assert worker.skills[0].evidence is Evidence.TESTED

    def test_a_reference_alone_attests(self, session, make, registrar, screener, at):
        worker = make.worker(registrar, WorkerState.SCREENING)
        checks.record(session, screener, worker.ref, terms(CheckKind.REFERENCE, skills=["S0001"]), at=at)
        assert worker.skills[0].evidence is Evidence.ATTESTED


class TestState:
    def test_the_first_check_begins_the_screening(self, session, make, registrar, screener, at):
        worker = make.worker(registrar, WorkerState.IDENTITY_CHECKED)
        checks.record(session, screener, worker.ref, terms(), at=at)
        assert worker.state is WorkerState.SCREENING

    def test_a_failed_check_takes_a_ready_worker_off_the_roster_at_once(self, session, make, registrar, screener, at):
        worker = make.worker(registrar)
        checks.record(session, screener, worker.ref, terms(result=CheckResult.FAILED), at=at)
        assert worker.state is WorkerState.ACTION_NEEDED

    def test_a_failed_check_that_is_not_required_does_not(self, session, make, registrar, screener, at):
        worker = make.worker(registrar)
        checks.record(session, screener, worker.ref, terms(CheckKind.LANGUAGE, CheckResult.FAILED), at=at)
        assert worker.state is WorkerState.READY

    def test_a_renewed_check_makes_ready_again_once_nothing_else_is_wanting(
        self, session, make, registrar, screener, at
    ):
        worker = make.worker(registrar, WorkerState.READY)
        checks.record(session, screener, worker.ref, terms(result=CheckResult.FAILED), at=at)
        checks.record(session, screener, worker.ref, terms(CheckKind.MEDICAL, CheckResult.FAILED), at=at)
        later = at + timedelta(days=1)
        again = {"checked_on": later.date()}
        checks.record(session, screener, worker.ref, terms(**again), at=later)
        assert worker.state is WorkerState.ACTION_NEEDED
        checks.record(session, screener, worker.ref, terms(CheckKind.MEDICAL, **again), at=later)
        assert worker.state is WorkerState.READY

    @pytest.mark.parametrize(
        "state",
        [WorkerState.DRAFT, WorkerState.REGISTERED, WorkerState.PAUSED, WorkerState.WITHDRAWN, WorkerState.INELIGIBLE],
    )
    def test_a_file_that_is_not_open_takes_no_check(self, session, make, registrar, screener, at, state):
        worker = make.worker(registrar, state)
        with pytest.raises(TransitionError):
            checks.record(session, screener, worker.ref, terms(), at=at)


class TestNotes:
    def test_the_note_is_sealed_and_the_post_reads_it(self, session, make, registrar, screener, keyring, at):
        worker = make.worker(registrar, WorkerState.SCREENING)
        checks.record(session, screener, worker.ref, terms(CheckKind.MEDICAL, note="Asthma"), at=at)

        view = project_worker(screener, workers.get(session, screener, worker.ref), keyring)

        assert [check.note for check in view.checks][-1] == "Asthma"
        assert b"Asthma" not in of_kind(worker, CheckKind.MEDICAL)[-1].note
        assert "Asthma" not in "".join(session.scalars(sa.select(AuditEvent.body)))
        assert "Asthma" not in repr(terms(note="Asthma"))

    def test_nothing_can_be_noted_on_an_erased_person(self, session, make, registrar, screener, at):
        worker = make.worker(registrar, WorkerState.SCREENING)
        worker.sealing_key = None
        session.flush()
        with pytest.raises(InvalidError, match=r"worker\.erased"):
            checks.record(session, screener, worker.ref, terms(note="x"), at=at)


class TestWhoMay:
    def test_the_registration_officer_of_the_same_post_may_not(self, session, make, registrar, at):
        worker = make.worker(registrar, WorkerState.SCREENING)
        with pytest.raises(ForbiddenError, match="worker_check"):
            checks.record(session, registrar, worker.ref, terms(), at=at)

    @pytest.mark.parametrize(
        ("kind", "country", "role"),
        [
            (POST, "GT", Role.SCREENING_OFFICER),
            (POST, "HN", Role.SCREENING_OFFICER),
            (OrganisationKind.OVERSIGHT_BODY, "GT", Role.AUDITOR),
            (OrganisationKind.EMPLOYER, "US", Role.RECRUITER),
        ],
    )
    def test_strangers_do_not_even_see_the_file(self, session, make, registrar, at, kind, country, role):
        worker = make.worker(registrar, WorkerState.SCREENING)
        with pytest.raises(NotFoundError):
            checks.record(session, make.actor(kind, country, role), worker.ref, terms(), at=at)

    def test_a_reviewer_of_the_ministry_sees_the_file_and_records_nothing(self, session, make, registrar, at):
        worker = make.worker(registrar, WorkerState.SCREENING)
        with pytest.raises(ForbiddenError):
            reviewer = make.actor(OrganisationKind.ORIGIN_MINISTRY, "GT", Role.REVIEWER)
            checks.record(session, reviewer, worker.ref, terms(), at=at)
