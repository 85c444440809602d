"""A worker's file: who may do which step when, what is refused where, and that every step is recorded."""

import dataclasses
from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from mobility.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, TransitionError
from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User
from mobility.models.platform.audit import AuditEvent
from mobility.models.workers.papers import IdentityDocument
from mobility.models.workers.workers import Worker
from mobility.queries.lists import worker_lists
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.basics.skills import Evidence
from mobility.rules.cases.checks import CheckKind, CheckResult
from mobility.rules.cases.consents import ConsentPurpose
from mobility.rules.cases.documents import DocumentKind
from mobility.rules.cases.workers import Sex, WorkerState
from mobility.security import audit
from mobility.security.audit_verification import verify
from mobility.security.projections import project_worker
from mobility.services.workers import checks, workers
from mobility.services.workers.checks import CheckTerms
from mobility.services.workers.registration import Paper, PastWork, WorkerTerms
from tests.days import new_day

POST = OrganisationKind.CONSULAR_POST
MRZ = "P<GTMLOPEZ<GARCIA<<ANA<MARIA<<<<<<<<<<<<<<<<\nA123456784GTM9403143F3405318<<<<<<<<<<<<<<<8"


@pytest.fixture
def other_registrar(make):
    return make.actor(POST, "GT", Role.REGISTRATION_OFFICER)


def paper(**changes):
    given = {
        "kind": DocumentKind.PASSPORT,
        "issuer": "GT",
        "number": "A12345678",
        "expires_on": date(2034, 5, 31),
        "issued_on": date(2024, 6, 1),
    }
    return Paper(**{**given, **changes})


def terms(**changes):
    given = {
        "given_names": "Ana María",
        "family_names": "López García",
        "born_on": date(1994, 3, 14),
        "sex": Sex.FEMALE,
        "nationalities": ["GT"],
        "residence_country": "GT",
        "residence_region": "GT-01",
        "paper": paper(),
        "consents": list(ConsentPurpose),
        "consent_language": "es",
        "phone": "+502 5555-0100",
        "skills": {"S0001": 3},
        "languages": {"es": 6, "en": 2},
        "employments": [PastWork("9211", "GT", 18, date(2026, 1, 31))],
        "licences": ["tractor"],
        "pay_floor_hourly": Decimal("9.5"),
        "pay_floor_currency": "USD",
    }
    return WorkerTerms(**{**given, **changes})


def check(kind, result=CheckResult.PASSED, **changes):
    given = {"kind": kind, "result": result, "provider": "Hospital", "checked_on": date(2026, 5, 4)}
    return CheckTerms(**{**given, **changes})


class TestRegister:
    def test_a_person_is_stored_with_everything_and_recorded(self, session, registrar, at):
        worker = workers.register(session, registrar, terms(), at=at)

        assert (worker.state, worker.origin_country, worker.post_id) == (
            WorkerState.REGISTERED,
            "GT",
            registrar.organisation_id,
        )
        assert [(held.level, held.evidence) for held in worker.skills] == [(3, Evidence.CLAIMED)]
        assert {spoken.language: spoken.level for spoken in worker.languages} == {"es": 6, "en": 2}
        assert worker.employments[0].months == 18
        assert {consent.purpose for consent in worker.consents} == set(ConsentPurpose)
        assert all(consent.controller_id == registrar.ministry_id for consent in worker.consents)
        assert session.scalars(sa.select(AuditEvent.action)).all() == ["worker.register"]

    def test_what_is_entered_is_what_the_post_reads_again(self, session, registrar, keyring, at):
        ref = workers.register(session, registrar, terms(email="ana@example.org"), at=at).ref

        view = project_worker(registrar, workers.get(session, registrar, ref), keyring)

        assert (view.name, view.phone, view.email) == ("Ana María López García", "+502 5555-0100", "ana@example.org")
        assert view.documents[0].number == "A12345678"
        assert view.hidden == frozenset()

    def test_a_zone_that_adds_up_and_agrees_is_noted(self, session, registrar, at):
        worker = workers.register(session, registrar, terms(paper=paper(mrz=MRZ)), at=at)
        assert worker.documents[0].mrz_valid is True

    def test_without_a_zone_nobody_claims_that_one_was_read(self, session, registrar, at):
        assert workers.register(session, registrar, terms(), at=at).documents[0].mrz_valid is None

    def test_a_wrong_check_digit_is_told_by_line_and_position(self, session, registrar, at):
        with pytest.raises(InvalidError) as refused:
            workers.register(session, registrar, terms(paper=paper(mrz=MRZ.replace("A123456784", "A123456785"))), at=at)
        assert (refused.value.code, refused.value.field) == ("mrz.check", "mrz")
        assert (refused.value.params["line"], refused.value.params["position"]) == (2, 10)

    @pytest.mark.parametrize(
        ("changes", "papers", "field"),
        [
            ({}, {"number": "B12345678"}, "document_number"),
            ({"born_on": date(1994, 3, 15)}, {}, "born_on"),
            ({}, {"expires_on": date(2034, 6, 1)}, "document_expires_on"),
            ({"family_names": "Pérez"}, {}, "family_names"),
        ],
    )
    def test_a_zone_that_says_something_else_is_refused_at_the_field(
        self, session, registrar, at, changes, papers, field
    ):
        with pytest.raises(InvalidError, match="document_match") as refused:
            workers.register(session, registrar, terms(paper=paper(mrz=MRZ, **papers), **changes), at=at)
        assert refused.value.field == field

    @pytest.mark.parametrize(
        ("changes", "code", "field"),
        [
            ({"born_on": date(2010, 5, 5)}, "worker.too_young", "born_on"),
            ({"born_on": date(2026, 5, 5)}, "worker.birth_impossible", "born_on"),
            ({"born_on": date(1914, 1, 1)}, "worker.birth_impossible", "born_on"),
            ({"nationalities": ["HN"]}, "worker.other_national", "nationality"),
            ({"residence_region": "MX-CHP"}, "worker.region_elsewhere", "residence_region"),
            ({"pay_floor_currency": None}, "worker.currency_missing", "pay_floor_currency"),
            ({"consents": [ConsentPurpose.REGISTRATION]}, "consent.needed", "consents"),
            ({"consents": [ConsentPurpose.MATCHING]}, "consent.needed", "consents"),
            ({"paper": paper(expires_on=date(2026, 5, 3))}, "identity_document.invalid", "document_expires_on"),
            ({"paper": paper(issued_on=date(2026, 5, 5))}, "worker.issued_in_future", "document_issued_on"),
            ({"skills": {"S9999": 1}}, "unknown_skill", "skills"),
            ({"employments": [PastWork("9999", "GT", 1)]}, "unknown_occupation", "work_1_occupation"),
            (
                {"employments": [PastWork("9211", "GT", 1), PastWork("9211", "GT", 1, date(2027, 1, 1))]},
                "worker.work_in_future",
                "work_2_ended_on",
            ),
        ],
    )
    def test_what_does_not_hold_is_refused_at_its_field(self, session, registrar, at, changes, code, field):
        with pytest.raises(InvalidError) as refused:
            workers.register(session, registrar, terms(**changes), at=at)
        assert (refused.value.code, refused.value.field) == (code, field)
        assert session.scalars(sa.select(Worker)).all() == []

    def test_a_document_in_force_on_its_last_day_is_enough(self, session, registrar, at):
        assert workers.register(session, registrar, terms(paper=paper(expires_on=at.date(), issued_on=None)), at=at).ref

    def test_sixteen_years_old_today_may_register(self, session, registrar, at):
        assert workers.register(session, registrar, terms(born_on=date(2010, 5, 4)), at=at).ref

    @pytest.mark.parametrize(
        ("kind", "role"),
        [
            (POST, Role.SCREENING_OFFICER),
            (OrganisationKind.ORIGIN_MINISTRY, Role.SCHEME_OFFICER),
            (OrganisationKind.DESTINATION_MINISTRY, Role.REVIEWER),
            (OrganisationKind.OPERATOR, Role.OPERATOR),
        ],
    )
    def test_only_a_registration_officer_of_a_post_registers(self, session, make, registrar, at, kind, role):
        with pytest.raises(ForbiddenError):
            workers.register(session, make.actor(kind, "GT", role), terms(), at=at)

    def test_terms_never_print_what_they_hold(self):
        assert "López" not in repr(terms())
        assert "A12345678" not in repr(paper())


class TestDuplicates:
    def test_a_document_known_at_the_same_post_is_refused_with_the_reference(self, session, registrar, at):
        first = workers.register(session, registrar, terms(), at=at)
        with pytest.raises(ConflictError, match="document_known") as refused:
            workers.register(session, registrar, terms(family_names="Otra", paper=paper(number="a 1234-5678")), at=at)
        assert (refused.value.code, refused.value.what) == ("document_known", first.ref)

    def test_a_document_known_elsewhere_is_refused_without_saying_where(self, session, registrar, other_registrar, at):
        first = workers.register(session, registrar, terms(), at=at)
        with pytest.raises(ConflictError) as refused:
            workers.register(session, other_registrar, terms(family_names="Otra"), at=at)
        assert (refused.value.code, refused.value.what) == ("document_known_elsewhere", "")
        assert first.ref not in str(refused.value)

    def test_the_same_number_of_another_issuer_is_another_document(self, session, registrar, at):
        workers.register(session, registrar, terms(), at=at)
        other = terms(family_names="Otra", paper=paper(issuer="HN"))
        assert workers.register(session, registrar, other, at=at).ref
        assert len(session.scalars(sa.select(IdentityDocument)).all()) == 2

    @pytest.mark.parametrize("spelling", ["lopez garcia", "LÓPEZ  GARCÍA", "López-García"])
    def test_the_same_name_and_birth_date_must_be_confirmed(self, session, registrar, at, spelling):
        first = workers.register(session, registrar, terms(), at=at)
        again = terms(family_names=spelling, paper=paper(number="B87654321"))

        with pytest.raises(InvalidError) as refused:
            workers.register(session, registrar, again, at=at)
        second = workers.register(session, registrar, dataclasses.replace(again, same_name_confirmed=True), at=at)

        assert (refused.value.code, refused.value.field) == ("worker.same_name", "same_name_confirmed")
        assert refused.value.params == {"refs": first.ref}
        assert second.ref != first.ref

    def test_the_same_name_at_another_post_names_nobody(self, session, registrar, other_registrar, at):
        workers.register(session, registrar, terms(), at=at)
        with pytest.raises(InvalidError) as refused:
            workers.register(session, other_registrar, terms(paper=paper(number="B87654321")), at=at)
        assert (refused.value.code, refused.value.params) == ("worker.same_name_elsewhere", {})

    def test_another_country_learns_nothing_of_a_namesake(self, session, make, registrar, at):
        workers.register(session, registrar, terms(), at=at)
        abroad = make.actor(POST, "HN", Role.REGISTRATION_OFFICER)
        other = terms(nationalities=["HN"], residence_country="HN", residence_region=None, paper=paper(number="C1"))
        assert workers.register(session, abroad, other, at=at).ref

    def test_a_namesake_born_on_another_day_is_nobody_alike(self, session, registrar, at):
        workers.register(session, registrar, terms(), at=at)
        other = terms(born_on=date(1994, 3, 15), paper=paper(number="B87654321"))
        assert workers.register(session, registrar, other, at=at).ref


class TestConfirmIdentity:
    def test_a_second_officer_confirms_and_screening_begins(self, session, registrar, screener, at):
        worker = workers.register(session, registrar, terms(paper=paper(mrz=MRZ)), at=at)

        workers.confirm_identity(session, screener, worker.ref, vouched=False, version=worker.version, at=at)

        assert (worker.state, worker.identity_checked_by_id) == (WorkerState.SCREENING, screener.user_id)
        assert [(c.kind, c.result, c.valid_until) for c in worker.checks] == [
            (CheckKind.IDENTITY, CheckResult.PASSED, date(2034, 5, 31))
        ]

    def test_whoever_registered_may_not_confirm(self, session, make, at):
        both = make.actor(POST, "GT", Role.REGISTRATION_OFFICER, Role.SCREENING_OFFICER)
        worker = make.worker(both, WorkerState.REGISTERED)
        with pytest.raises(ForbiddenError, match="worker_confirm_identity"):
            workers.confirm_identity(session, both, worker.ref, vouched=True, version=worker.version, at=at)

    def test_another_post_does_not_even_see_the_file(self, session, make, registrar, at):
        worker = make.worker(registrar, WorkerState.REGISTERED)
        stranger = make.actor(POST, "GT", Role.SCREENING_OFFICER)
        with pytest.raises(NotFoundError):
            workers.confirm_identity(session, stranger, worker.ref, vouched=True, version=worker.version, at=at)

    def test_a_paper_that_no_machine_read_needs_an_officer_who_answers_for_it(self, session, registrar, screener, at):
        worker = workers.register(session, registrar, terms(), at=at)
        with pytest.raises(InvalidError, match=r"identity_zone\.missing"):
            workers.confirm_identity(session, screener, worker.ref, vouched=False, version=worker.version, at=at)
        workers.confirm_identity(session, screener, worker.ref, vouched=True, version=worker.version, at=at)
        assert worker.state is WorkerState.SCREENING

    def test_a_namesake_needs_an_officer_who_answers_for_the_difference(self, session, make, registrar, screener, at):
        make.worker(registrar, WorkerState.REGISTERED)
        second = make.worker(registrar, WorkerState.REGISTERED)
        with pytest.raises(InvalidError, match=r"identity_duplicates\.open"):
            workers.confirm_identity(session, screener, second.ref, vouched=False, version=second.version, at=at)
        workers.confirm_identity(session, screener, second.ref, vouched=True, version=second.version, at=at)
        assert second.state is WorkerState.SCREENING

    def test_nobody_can_answer_for_a_paper_that_ran_out(self, session, make, registrar, screener, at):
        worker = make.worker(registrar, WorkerState.REGISTERED)
        later = at.replace(year=2035)
        with pytest.raises(InvalidError, match=r"identity_document\.invalid"):
            workers.confirm_identity(session, screener, worker.ref, vouched=True, version=worker.version, at=later)

    def test_it_is_confirmed_once(self, session, make, registrar, screener, at):
        worker = make.worker(registrar, WorkerState.SCREENING)
        with pytest.raises(TransitionError):
            workers.confirm_identity(session, screener, worker.ref, vouched=True, version=worker.version, at=at)

    def test_a_step_on_an_older_version_is_a_conflict(self, session, make, registrar, screener, at):
        worker = make.worker(registrar, WorkerState.REGISTERED)
        with pytest.raises(ConflictError, match="stale"):
            workers.confirm_identity(session, screener, worker.ref, vouched=True, version=worker.version + 1, at=at)


class TestRenewal:
    def renewed(self, **changes):
        return paper(**{"number": "B87654321", "expires_on": date(2036, 5, 31), "issued_on": None, **changes})

    def test_a_renewed_passport_is_confirmed_by_a_second_officer_and_extends_identity(
        self, session, make, registrar, screener, keyring, at
    ):
        worker = make.worker(registrar)
        assert not workers.awaits_renewal(worker)

        workers.add_document(session, registrar, worker.ref, self.renewed(), at=at)
        assert workers.awaits_renewal(worker)
        workers.confirm_identity(session, screener, worker.ref, vouched=True, version=worker.version, at=at)

        assert worker.state is WorkerState.READY
        assert not workers.awaits_renewal(worker)
        assert worker.checks[-1].valid_until == date(2036, 5, 31)
        view = project_worker(registrar, workers.get(session, registrar, worker.ref), keyring)
        assert [held.number for held in view.documents][-1] == "B87654321"

    def test_a_worker_whose_papers_ran_out_gets_back_to_ready(self, session, make, registrar, screener, at):
        worker = make.worker(registrar)
        later = at.replace(year=2034, month=7)
        assert new_day(checks, session, later, "GT") == 1
        with pytest.raises(InvalidError, match=r"identity_document\.invalid"):
            workers.add_document(session, registrar, worker.ref, self.renewed(expires_on=date(2034, 6, 30)), at=later)

        workers.add_document(session, registrar, worker.ref, self.renewed(), at=later)
        workers.confirm_identity(session, screener, worker.ref, vouched=True, version=worker.version, at=later)
        for kind in (CheckKind.POLICE, CheckKind.MEDICAL):
            checks.record(session, screener, worker.ref, check(kind, checked_on=later.date()), at=later)

        assert worker.state is WorkerState.READY

    def test_the_new_paper_is_looked_at_and_not_the_old_one(self, session, make, registrar, screener, at):
        worker = make.worker(registrar)
        workers.add_document(session, registrar, worker.ref, self.renewed(), at=at)
        with pytest.raises(InvalidError, match=r"identity_zone\.missing"):
            workers.confirm_identity(session, screener, worker.ref, vouched=False, version=worker.version, at=at)

    def test_a_zone_that_names_somebody_else_is_refused(self, session, make, registrar, at):
        worker = make.worker(registrar, born_on=date(1994, 3, 14))
        wrong = paper(mrz=MRZ, issued_on=None)
        with pytest.raises(InvalidError, match=r"document_match\.name_differs"):
            workers.add_document(session, registrar, worker.ref, wrong, at=at)

    def test_a_document_must_be_valid_longer_than_the_one_on_file(self, session, make, registrar, at):
        worker = make.worker(registrar)
        with pytest.raises(InvalidError, match=r"worker\.document_not_longer"):
            workers.add_document(session, registrar, worker.ref, self.renewed(expires_on=date(2034, 5, 31)), at=at)

    def test_somebody_else_s_document_is_refused(self, session, make, registrar, at):
        other, worker = make.worker(registrar, number="B87654321"), make.worker(registrar)
        with pytest.raises(ConflictError) as refused:
            workers.add_document(session, registrar, worker.ref, self.renewed(), at=at)
        assert refused.value.what == other.ref

    def test_an_erased_person_gets_no_document(self, session, make, registrar, at):
        worker = make.worker(registrar)
        worker.sealing_key = None
        session.flush()
        with pytest.raises(InvalidError, match=r"worker\.erased"):
            workers.add_document(session, registrar, worker.ref, self.renewed(), at=at)

    def test_the_screening_officer_adds_none(self, session, make, registrar, screener, at):
        worker = make.worker(registrar)
        with pytest.raises(ForbiddenError):
            workers.add_document(session, screener, worker.ref, self.renewed(), at=at)

    def test_nothing_new_is_nothing_to_confirm(self, session, registrar, screener, at):
        worker = workers.register(session, registrar, terms(paper=paper(mrz=MRZ)), at=at)
        workers.confirm_identity(session, screener, worker.ref, vouched=False, version=worker.version, at=at)
        with pytest.raises(TransitionError):
            workers.confirm_identity(session, screener, worker.ref, vouched=False, version=worker.version, at=at)


class TestMakeReady:
    def test_current_checks_and_consents_make_a_worker_ready(self, session, make, registrar, screener, at):
        worker = make.worker(registrar, WorkerState.SCREENING)
        workers.make_ready(session, screener, worker.ref, version=worker.version, at=at)
        assert worker.state is WorkerState.READY

    def test_the_first_check_that_is_wanting_is_named(self, session, registrar, screener, at):
        worker = workers.register(session, registrar, terms(), at=at)
        workers.confirm_identity(session, screener, worker.ref, vouched=True, version=worker.version, at=at)

        with pytest.raises(InvalidError) as refused:
            workers.make_ready(session, screener, worker.ref, version=worker.version, at=at)

        assert (refused.value.code, refused.value.params["check"]) == ("check.missing", "police")
        assert worker.state is WorkerState.SCREENING

    def test_a_withdrawn_consent_stands_in_the_way(self, session, make, registrar, screener, at):
        worker = make.worker(registrar, WorkerState.SCREENING)
        next(c for c in worker.consents if c.purpose is ConsentPurpose.MATCHING).withdrawn_at = at
        audit.record(session, registrar, "worker.edit", worker, at=at)
        with pytest.raises(InvalidError, match=r"consent\.withdrawn"):
            workers.make_ready(session, screener, worker.ref, version=worker.version, at=at)

    def test_the_registration_officer_may_not(self, session, make, registrar, at):
        worker = make.worker(registrar, WorkerState.SCREENING)
        with pytest.raises(ForbiddenError):
            workers.make_ready(session, registrar, worker.ref, version=worker.version, at=at)

    def test_nobody_is_made_ready_before_the_screening(self, session, make, registrar, screener, at):
        worker = make.worker(registrar, WorkerState.REGISTERED)
        with pytest.raises(TransitionError):
            workers.make_ready(session, screener, worker.ref, version=worker.version, at=at)


class TestRefreshByDate:
    def test_the_day_after_a_check_runs_out_a_ready_worker_has_to_act(self, session, make, registrar, at):
        worker = make.worker(registrar)
        last_day = at + timedelta(days=365)

        new_day(checks, session, last_day, "GT")
        assert worker.state is WorkerState.READY
        assert new_day(checks, session, last_day + timedelta(days=1), "GT") == 1
        assert new_day(checks, session, last_day + timedelta(days=1), "GT") == 0
        assert worker.state is WorkerState.ACTION_NEEDED

    def test_a_newer_check_of_the_same_kind_keeps_the_worker_ready(self, session, make, registrar, screener, at):
        worker = make.worker(registrar)
        later = at + timedelta(days=360)
        for kind in (CheckKind.POLICE, CheckKind.MEDICAL):
            checks.record(session, screener, worker.ref, check(kind, checked_on=later.date()), at=later)
        assert new_day(checks, session, at + timedelta(days=400), "GT") == 0
        assert worker.state is WorkerState.READY

    def test_a_check_that_is_not_required_may_run_out(self, session, make, registrar, at):
        worker = make.worker(registrar)
        for each in worker.checks:
            if each.kind is CheckKind.ORIENTATION:
                each.valid_until = at.date()
        audit.record(session, registrar, "worker.edit", worker, at=at)
        assert new_day(checks, session, at + timedelta(days=10), "GT") == 0

    def test_whoever_is_not_ready_is_left_alone(self, session, make, registrar, at):
        worker = make.worker(registrar, WorkerState.PLACED)
        assert new_day(checks, session, at + timedelta(days=400), "GT") == 0
        assert worker.state is WorkerState.PLACED

    def test_it_is_recorded_as_the_work_of_a_date(self, session, make, registrar, at):
        worker = make.worker(registrar)
        new_day(checks, session, at + timedelta(days=400), "GT")
        event = session.scalars(sa.select(AuditEvent).where(AuditEvent.stream == "SYSTEM")).one()
        assert (event.action, event.object_ref, event.actor_id) == ("worker.need_action", worker.ref, None)


class TestLeaving:
    @pytest.mark.parametrize(
        ("step", "state"), [(workers.pause, WorkerState.PAUSED), (workers.withdraw, WorkerState.WITHDRAWN)]
    )
    def test_a_worker_may_leave_and_come_back_to_have_identity_confirmed_anew(
        self, session, make, registrar, at, step, state
    ):
        worker = make.worker(registrar)
        step(session, registrar, worker.ref, " Harvest at home ", version=worker.version, at=at)
        assert (worker.state, worker.state_reason) == (state, "Harvest at home")

        workers.resume(session, registrar, worker.ref, version=worker.version, at=at)
        assert (worker.state, worker.state_reason, worker.identity_checked_by_id) == (
            WorkerState.REGISTERED,
            None,
            None,
        )

    def test_leaving_needs_a_reason(self, session, make, registrar, at):
        worker = make.worker(registrar)
        with pytest.raises(InvalidError, match=r"reason\.missing"):
            workers.pause(session, registrar, worker.ref, "  ", version=worker.version, at=at)

    @pytest.mark.parametrize("state", [WorkerState.PLACED, WorkerState.ABROAD])
    def test_a_placement_binds(self, session, make, registrar, at, state):
        worker = make.worker(registrar, state)
        with pytest.raises(ConflictError, match="placement_open"):
            workers.withdraw(session, registrar, worker.ref, "Home", version=worker.version, at=at)
        assert worker.state is state

    def test_coming_back_needs_the_consents(self, session, make, registrar, at):
        worker = make.worker(registrar, WorkerState.PAUSED)
        for consent in worker.consents:
            consent.withdrawn_at = at
        audit.record(session, registrar, "worker.edit", worker, at=at)
        with pytest.raises(InvalidError, match=r"consent\.withdrawn"):
            workers.resume(session, registrar, worker.ref, version=worker.version, at=at)

    def test_a_ready_worker_has_nothing_to_resume(self, session, make, registrar, at):
        worker = make.worker(registrar)
        with pytest.raises(TransitionError):
            workers.resume(session, registrar, worker.ref, version=worker.version, at=at)

    def test_the_screening_officer_does_not_take_people_off_the_register(self, session, make, registrar, screener, at):
        worker = make.worker(registrar)
        with pytest.raises(ForbiddenError):
            workers.withdraw(session, screener, worker.ref, "x", version=worker.version, at=at)


class TestIneligible:
    LATER = date(2027, 1, 15)

    def shut_out(self, session, actor, worker, at, reason="Court order", day=LATER):
        return workers.mark_ineligible(session, actor, worker.ref, reason, day, version=worker.version, at=at)

    def test_a_worker_is_shut_out_with_reason_and_day_and_comes_back_to_be_identified_anew(
        self, session, make, registrar, screener, at
    ):
        worker = make.worker(registrar)
        self.shut_out(session, screener, worker, at, " Court order ")
        assert (worker.state, worker.state_reason, worker.review_on) == (
            WorkerState.INELIGIBLE,
            "Court order",
            self.LATER,
        )

        workers.reinstate(session, registrar, worker.ref, version=worker.version, at=at)

        assert (worker.state, worker.state_reason, worker.review_on) == (WorkerState.REGISTERED, None, None)
        assert worker.identity_checked_by_id is None
        told = session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()
        assert told[-2:] == ["worker.mark_ineligible", "worker.reinstate"]

    @pytest.mark.parametrize(
        ("reason", "day", "code", "field"),
        [
            ("", LATER, "reason.missing", "reason"),
            ("x", None, "worker.review_date_missing", "review_on"),
            ("x", date(2026, 5, 3), "worker.review_date_past", "review_on"),
        ],
    )
    def test_nobody_is_shut_out_without_reason_and_a_day_ahead(
        self, session, make, registrar, at, reason, day, code, field
    ):
        worker = make.worker(registrar)
        with pytest.raises(InvalidError) as refused:
            self.shut_out(session, registrar, worker, at, reason, day)
        assert (refused.value.code, refused.value.field) == (code, field)
        assert worker.state is WorkerState.READY

    def test_the_case_officer_of_the_ministry_may_and_a_reviewer_may_not(self, session, make, registrar, at):
        ministry = session.get_one(Organisation, registrar.ministry_id)
        officer = make.actor(OrganisationKind.ORIGIN_MINISTRY, "GT", Role.SCHEME_OFFICER, of=ministry)
        reviewer = make.actor(OrganisationKind.ORIGIN_MINISTRY, "GT", Role.REVIEWER, of=ministry)
        worker = make.worker(registrar)
        with pytest.raises(ForbiddenError):
            self.shut_out(session, reviewer, worker, at)
        assert self.shut_out(session, officer, worker, at).state is WorkerState.INELIGIBLE

    @pytest.mark.parametrize("state", [WorkerState.PLACED, WorkerState.ABROAD])
    def test_a_placement_binds(self, session, make, registrar, at, state):
        worker = make.worker(registrar, state)
        with pytest.raises(ConflictError, match="placement_open"):
            self.shut_out(session, registrar, worker, at)

    def test_whoever_left_is_not_shut_out_nor_let_in_by_the_back_door(self, session, make, registrar, at):
        worker = make.worker(registrar, WorkerState.WITHDRAWN)
        with pytest.raises(TransitionError):
            self.shut_out(session, registrar, worker, at)
        with pytest.raises(TransitionError):
            workers.reinstate(session, registrar, worker.ref, version=worker.version, at=at)

    def test_whoever_is_shut_out_does_not_resume_by_themselves(self, session, make, registrar, at):
        worker = make.worker(registrar)
        self.shut_out(session, registrar, worker, at)
        with pytest.raises(TransitionError):
            workers.resume(session, registrar, worker.ref, version=worker.version, at=at)

    def test_coming_back_needs_the_consents(self, session, make, registrar, at):
        worker = make.worker(registrar)
        self.shut_out(session, registrar, worker, at)
        for consent in worker.consents:
            consent.withdrawn_at = at
        audit.record(session, registrar, "worker.edit", worker, at=at)
        with pytest.raises(InvalidError, match=r"consent\.withdrawn"):
            workers.reinstate(session, registrar, worker.ref, version=worker.version, at=at)


class TestWanting:
    def test_a_registered_worker_wants_identity(self, session, registrar, at):
        worker = workers.get(session, registrar, workers.register(session, registrar, terms(), at=at).ref)
        assert [finding.code for finding in workers.wanting(session, worker, at=at)] == ["identity_zone.missing"]

    def test_a_screened_worker_wants_checks_in_order(self, session, registrar, screener, at):
        worker = workers.register(session, registrar, terms(), at=at)
        workers.confirm_identity(session, screener, worker.ref, vouched=True, version=worker.version, at=at)
        found = workers.wanting(session, worker, at=at)
        assert [finding.params["check"] for finding in found] == ["police", "medical"]

    def test_a_ready_worker_wants_nothing(self, session, make, registrar, at):
        assert workers.wanting(session, make.worker(registrar), at=at) == []

    def test_a_withdrawn_worker_wants_consents(self, session, make, registrar, at):
        worker = make.worker(registrar, WorkerState.WITHDRAWN)
        worker.consents[0].withdrawn_at = at
        audit.record(session, registrar, "worker.edit", worker, at=at)
        assert [finding.code for finding in workers.wanting(session, worker, at=at)] == ["consent.withdrawn"]


class TestFinding:
    def test_a_worker_is_found_by_reference_however_it_is_typed(self, session, make, registrar):
        worker = make.worker(registrar)
        assert worker_lists.found(session, registrar, f" {worker.ref.lower()} ") == [worker]

    @pytest.mark.parametrize("text", ["Ana María Núñez", "ana maria nunez", "Núñez  Ana María"])
    def test_a_post_finds_by_the_whole_name_whatever_its_spelling(self, session, make, registrar, text):
        worker = make.worker(registrar)
        assert worker_lists.found(session, registrar, text) == [worker]

    @pytest.mark.parametrize("text", ["Ana", "", "  ", "W-0000-0000-1", "%"])
    def test_part_of_a_name_finds_nobody(self, session, make, registrar, text):
        make.worker(registrar)
        assert worker_lists.found(session, registrar, text) == []

    def test_nobody_finds_whom_they_may_not_see(self, session, make, registrar, other_registrar):
        worker = make.worker(registrar)
        assert worker_lists.found(session, other_registrar, worker.ref) == []
        assert worker_lists.found(session, other_registrar, "Ana María Núñez") == []

    def test_a_reviewer_cannot_find_out_whose_file_is_whose(self, session, make, registrar):
        worker = make.worker(registrar)
        ministry = session.get_one(Organisation, registrar.ministry_id)
        reviewer = make.actor(OrganisationKind.ORIGIN_MINISTRY, "GT", Role.REVIEWER, Role.SCHEME_OFFICER, of=ministry)
        officer = make.actor(OrganisationKind.ORIGIN_MINISTRY, "GT", Role.SCHEME_OFFICER, of=ministry)
        assert worker_lists.found(session, reviewer, "Ana María Núñez") == []
        assert worker_lists.found(session, reviewer, worker.ref) == [worker]
        assert worker_lists.found(session, officer, "Ana María Núñez") == [worker]

    def test_lists_are_bounded_by_scope_and_state(self, session, make, registrar, other_registrar):
        ready = make.worker(registrar)
        make.worker(registrar, WorkerState.SCREENING)
        make.worker(other_registrar)
        assert worker_lists.listed(session, registrar).total == 2
        assert worker_lists.listed(session, registrar, state=WorkerState.READY).rows == [ready]


def test_a_whole_file_keeps_the_log_true(session, make, registrar, screener, at):
    audit.record_many(
        session,
        registrar,
        "organisation.create",
        Organisation,
        [registrar.organisation_id, registrar.ministry_id],
        at=at,
    )
    audit.record_many(session, registrar, "user.create", User, [registrar.user_id, screener.user_id], at=at)
    worker = workers.register(session, registrar, terms(paper=paper(mrz=MRZ)), at=at)
    ref = worker.ref
    workers.confirm_identity(session, screener, ref, vouched=False, version=worker.version, at=at)
    for kind in (CheckKind.POLICE, CheckKind.MEDICAL):
        checks.record(session, screener, ref, check(kind, note="Fine"), at=at)
    workers.make_ready(session, screener, ref, version=worker.version, at=at)
    new_day(checks, session, at + timedelta(days=500), "GT")
    workers.pause(session, registrar, ref, "Rest", version=worker.version, at=at)
    workers.resume(session, registrar, ref, version=worker.version, at=at)

    assert worker.state is WorkerState.REGISTERED
    assert verify(session, None).faults == ()
