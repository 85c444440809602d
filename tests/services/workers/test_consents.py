"""Consents: given by text and language, withdrawn with effect at once, never deleted."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from mobility.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User
from mobility.models.platform.audit import AuditEvent
from mobility.models.workers.papers import Consent
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.consents import ConsentPurpose, in_force
from mobility.rules.cases.workers import WorkerState
from mobility.security import audit
from mobility.security.audit_verification import verify
from mobility.services.workers import consents, workers
from mobility.services.workers.readiness import consent_records
from mobility.services.workers.registration import CONSENT_TEXT

POST = OrganisationKind.CONSULAR_POST
MATCHING = ConsentPurpose.MATCHING


@pytest.fixture
def registrar(make):
    return make.actor(POST, "GT", Role.REGISTRATION_OFFICER)


def holding(worker, at):
    return in_force(consent_records(worker), at)


def test_withdrawing_is_dated_and_recorded_and_nothing_is_deleted(session, make, registrar, at):
    worker = make.worker(registrar)
    consents.withdraw(session, registrar, worker.ref, ConsentPurpose.STATISTICS, at=at)

    assert ConsentPurpose.STATISTICS not in holding(worker, at)
    assert len(session.scalars(sa.select(Consent)).all()) == len(ConsentPurpose)
    event = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert event.action == "worker.withdraw_consent"
    assert '"purpose":"statistics"' in event.body


def test_without_consent_to_matching_a_ready_worker_is_off_the_roster_at_once(session, make, registrar, at):
    worker = make.worker(registrar)
    consents.withdraw(session, registrar, worker.ref, MATCHING, at=at)
    assert worker.state is WorkerState.ACTION_NEEDED
    assert [finding.code for finding in workers.wanting(session, worker, at=at)] == ["consent.withdrawn"]


@pytest.mark.parametrize(
    "purpose",
    [ConsentPurpose.STATISTICS, ConsentPurpose.SHARE_WITH_EMPLOYER, ConsentPurpose.SHARE_WITH_DESTINATION],
)
def test_other_purposes_leave_a_ready_worker_on_the_roster(session, make, registrar, at, purpose):
    worker = make.worker(registrar)
    consents.withdraw(session, registrar, worker.ref, purpose, at=at)
    assert worker.state is WorkerState.READY


@pytest.mark.parametrize(
    "state", [WorkerState.REGISTERED, WorkerState.SCREENING, WorkerState.READY, WorkerState.PAUSED]
)
def test_without_consent_to_registration_a_worker_leaves_the_register(session, make, registrar, at, state):
    worker = make.worker(registrar, state)
    consents.withdraw(session, registrar, worker.ref, ConsentPurpose.REGISTRATION, at=at)
    assert worker.state is WorkerState.WITHDRAWN


@pytest.mark.parametrize("state", [WorkerState.PLACED, WorkerState.ABROAD, WorkerState.WITHDRAWN])
def test_a_placement_or_an_earlier_leaving_is_not_undone_by_it(session, make, registrar, at, state):
    worker = make.worker(registrar, state)
    consents.withdraw(session, registrar, worker.ref, ConsentPurpose.REGISTRATION, at=at)
    assert worker.state is state
    assert ConsentPurpose.REGISTRATION not in holding(worker, at)


def test_a_consent_taken_back_can_be_given_anew_and_both_stay_on_file(session, make, registrar, at):
    worker = make.worker(registrar)
    later = at + timedelta(days=1)
    consents.withdraw(session, registrar, worker.ref, MATCHING, at=at)
    consents.give(session, registrar, worker.ref, MATCHING, "fr", at=later)

    given = [consent for consent in worker.consents if consent.purpose is MATCHING]
    assert [(c.language, c.text_version, c.withdrawn_at) for c in given] == [
        ("es", "2026-05", at),
        ("fr", CONSENT_TEXT, None),
    ]
    assert MATCHING in holding(worker, later)
    assert worker.state is WorkerState.ACTION_NEEDED


def test_what_is_in_force_is_not_given_twice(session, make, registrar, at):
    worker = make.worker(registrar)
    with pytest.raises(ConflictError, match=r"consent\.in_force"):
        consents.give(session, registrar, worker.ref, MATCHING, "es", at=at)


def test_what_is_not_in_force_cannot_be_withdrawn(session, make, registrar, at):
    worker = make.worker(registrar)
    consents.withdraw(session, registrar, worker.ref, MATCHING, at=at)
    with pytest.raises(ConflictError, match=r"consent\.not_in_force"):
        consents.withdraw(session, registrar, worker.ref, MATCHING, at=at)


def test_a_text_that_does_not_exist_cannot_have_been_read_out(session, make, registrar, at):
    worker = make.worker(registrar)
    with pytest.raises(InvalidError, match=r"consent\.language"):
        consents.give(session, registrar, worker.ref, MATCHING, "de", at=at)


@pytest.mark.parametrize("step", ["give", "withdraw"])
def test_only_a_registration_officer_of_the_post_records_consents(session, make, registrar, at, step):
    worker = make.worker(registrar)
    post = session.get_one(Organisation, registrar.organisation_id)
    screener = make.actor(POST, "GT", Role.SCREENING_OFFICER, of=post)
    stranger = make.actor(POST, "GT", Role.REGISTRATION_OFFICER)
    more = ("es",) if step == "give" else ()

    with pytest.raises(ForbiddenError):
        getattr(consents, step)(session, screener, worker.ref, MATCHING, *more, at=at)
    with pytest.raises(NotFoundError):
        getattr(consents, step)(session, stranger, worker.ref, MATCHING, *more, at=at)


def test_giving_and_withdrawing_keep_the_log_true(session, make, registrar, at):
    posts = [registrar.organisation_id, registrar.ministry_id]
    audit.record_many(session, registrar, "organisation.create", Organisation, posts, at=at)
    audit.record_many(session, registrar, "user.create", User, [registrar.user_id], at=at)
    worker = make.worker(registrar)
    consents.withdraw(session, registrar, worker.ref, MATCHING, at=at)
    consents.give(session, registrar, worker.ref, MATCHING, "en", at=at + timedelta(hours=1))
    assert verify(session, None).faults == ()
